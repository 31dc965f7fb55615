package multistage_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/tare-oci/tare/analyze/fix"
)

// refusals are Dockerfiles between FROM debian:12-slim and CMD ["app"] that no build stage
// is proposed for. A line may say what it writes, behind " ## ", in the words of a fixture, with a
// semicolon between two entries.
var refusals = []struct {
	name, lines, want string
}{
	{"a FROM of two lines", "FROM \\\n  debian:12-slim\n" + install + compile, "the FROM in line 2 spans several lines"},
	{"a build in a stage that the last one goes on from", "RUN true\nFROM debian:12-slim AS compiler\n" + install + compile + "FROM compiler\n", "line 5 builds in a stage that the last one goes on from; begin the last one from an image, and COPY --from that stage"},
	{"a stage that an argument chooses", "RUN true\nFROM debian:12-slim AS prod\n" + install + "ARG X\nFROM ${KIND:-prod}\n" + compile, "an argument says which stage line 6 goes on from"},
	{"an image with the name of a stage", "RUN true\nFROM compiler AS Compiler\n" + install + "FROM compiler\n" + compile, "the image of line 3 has the name of a stage, which another FROM would mean"},
	{"a FROM of two lines that the last stage goes on from", "RUN true\nFROM \\\n  debian:12-slim AS compiler\n" + install + "FROM compiler\n" + compile, "the FROM in line 3 spans several lines"},
	{"an image to build in", "FROM golang:1.22\n" + install + compile, "golang:1.22, which both stages would start from, is an image for building"},
	{"SHELL", install + "SHELL [\"/bin/bash\", \"-c\"]\n" + compile, "there is a SHELL in line 3"},
	{"VOLUME", install + compile + "VOLUME /data\n" + strings.Replace(compile, "app", "b", 1), "there is a VOLUME in line 4"},
	{"tools that nothing uses", install + "COPY . / ## /app 9k\n", "no later RUN seems to use the tools; leave them out of the install"},
	{"tools that only a RUN before them could use", "RUN ./prepare ## /prepared 9k\n" + install + "COPY . / ## /app 9k\n", "no later RUN seems to use the tools; leave them out of the install"},
	{"another package manager", "RUN apk add gcc ## /lib/apk/db/installed \"P:gcc\\nV:1\\nA:x86_64\\nF:usr/bin\\nR:gcc\\n\\n\"; /usr/bin/gcc 80k; /etc/apk/world \"gcc\\n\"\n" + compile, "line 2 runs apk, which changes the package database"},
	{"packages that dpkg does not know", install + "RUN ./bootstrap-packages ## /lib/apk/db/installed \"P:x\\nV:1\\nA:x86_64\\nF:usr/bin\\nR:x\\n\\n\"; /usr/bin/x 8k\n" + compile, "tare can leave packages out only of apt-get install"},
	{"dpkg -i", install + "RUN dpkg -i x.deb && gcc -o /app a.c ## /app 9k\n", "line 3 runs dpkg, which changes the package database"},
	{"upgrade", "RUN apt-get update && apt-get upgrade -y && apt-get install -y gcc ## " + gcc + compile, "line 2 runs apt-get upgrade"},
	{"a variable", "ARG COMPILER=gcc\nRUN apt-get update && apt-get install -y $COMPILER ## " + gcc + compile, "line 3 takes the names of packages from a variable"},
	{"only in some cases", "RUN apt-get update && if true; then apt-get install -y gcc; fi ## " + gcc + compile, "line 2 installs packages only under some condition"},
	{"in a subshell", "RUN apt-get update && (apt-get install -y gcc) ## " + gcc + compile, "line 2 installs packages only under some condition"},
	{"a file", "RUN apt-get update && apt-get install -y ./tool.deb gcc ## " + gcc + compile, "line 2 installs something other than packages by name"},
	{"a removal", "RUN apt-get update && apt-get install -y exim4- gcc ## " + gcc + compile, "line 2 installs something other than packages by name"},
	{"quotes", "RUN apt-get update && apt-get install -y -o 'Dpkg::Options::=--force confnew' gcc ## " + gcc + compile, "line 2 has an option that would need quotes"},
	{"a RUN that cannot be read", install + "RUN if gcc ## /app 9k\n", "line 3 is a RUN that tare cannot parse"},
	{"an unknown command beside an install", "RUN apt-get update && apt-get install -y gcc && setup-everything ## " + gcc + compile, "line 2 installs packages and runs setup-everything in the same RUN, so their files cannot be told apart; split it into two RUNs"},
	{"a system path beside an install", "RUN apt-get update && apt-get install -y gcc && echo a > /etc/motd ## " + gcc + compile, "line 2 installs packages and names /etc/motd in the same RUN, so their files cannot be told apart; split it into two RUNs"},
	{"a removal from the base image", install + "RUN rm /etc/group && gcc -o /app a.c ## /app 9k; /etc/group removed\n", "line 3 removes /etc/group, which belongs to the base image"},
	{"the package database", install + "RUN ./unpack && gcc -o /app a.c ## /app 9k; /var/lib/dpkg/status.d/x \"Package: x\\nVersion: 1\\n\"\n", "line 3 changes the package database"},
	{"the user database", strings.Replace(install, "gcc", "gcc tini", 1) + "RUN ./adduser && gcc -o /app a.c ## /app 9k; /etc/passwd \"app:x:1:1::/:\\n\"\n", "line 3 changes /etc/passwd, and so do packages"},
	{"an account only in some cases", strings.Replace(install, "gcc", "gcc tini", 1) + "RUN useradd app || adduser app ## /etc/passwd \"app:x:1:1::/:\\n\"\n" + compile, "line 3 changes /etc/passwd, and so do packages"},
	{"an account without network", strings.Replace(install, "gcc", "gcc tini", 1) + "RUN --network=none useradd app ## /etc/passwd \"app:x:1:1::/:\\n\"\n" + compile, "line 3 changes /etc/passwd, and so do packages"},
	{"a purge of what the base image has", install + compile + "RUN apt-get purge -y --allow-remove-essential perl-base ## /usr/bin/perl removed\n", "line 4 removes /usr/bin/perl, which belongs to the base image"},
	{"a number that depends on packages", strings.Replace(install, "/usr/bin/gcc:80k", "/usr/bin/gcc:80k; /etc/group \"root:x:0:\\ndistccd:x:999:\\n\"", 1) + "RUN groupadd -r app ## /etc/group \"root:x:0:\\ndistccd:x:999:\\napp:x:998:\\n\"\n" + compile, "line 3 creates an account whose ID depends on the packages from line 2; set it with --uid and --gid"},
	{"a number that depends on packages, with options together", strings.Replace(install, "/usr/bin/gcc:80k", "/usr/bin/gcc:80k; /etc/passwd \"x\"", 1) + "RUN useradd -rms /bin/false app ## /etc/passwd \"y\"\n" + compile, "line 3 creates an account whose ID depends on the packages from line 2; set it with --uid and --gid"},
	{"a number that depends on packages, with a group", strings.Replace(install, "/usr/bin/gcc:80k", "/usr/bin/gcc:80k; /etc/passwd \"x\"", 1) + "RUN useradd -r -g www-data app ## /etc/passwd \"y\"\n" + compile, "line 3 creates an account whose ID depends on the packages from line 2; set it with --uid and --gid"},
	{"an account of a package that owns what is copied", strings.Replace(install, "/usr/bin/gcc:80k", "/usr/bin/gcc:80k; /etc/passwd \"p:x:103:103::/:\\n\"", 1) + strings.Replace(compile, "9k", "9k owner=103:103", 1), "line 2 creates the account 103, which owns what would be copied, and another set of packages may number it otherwise"},
	{"a RUN that an argument switches on", "ARG DEV=0\n" + install + compile + "RUN if [ \"$DEV\" = 1 ]; then playwright install --with-deps; fi ##\n", "line 5 does something only where DEV says so, and what that is the image does not show"},
	{"a secret that would be repeated", "ENV TOKEN=ghp_0123456789abcdefghijABCDEFGHIJ012345\n" + install + compile, "line 2 holds a secret, and a second stage would repeat it; give it to the build with RUN --mount=type=secret, or to the container"},
	{"an argument whose name means a secret, behind another", "ARG NAME=app API_TOKEN_FILE=/run/x\nENV NAME=$NAME FROM=$API_TOKEN_FILE\n" + install + compile, "line 2 holds a secret, and a second stage would repeat it; give it to the build with RUN --mount=type=secret, or to the container"},
	{"an argument in quotes whose name means a secret", "ARG \"API_TOKEN=x\"\nENV FROM=$API_TOKEN\n" + install + compile, "line 2 holds a secret, and a second stage would repeat it; give it to the build with RUN --mount=type=secret, or to the container"},
	{"somebody who is not root", "USER app\n" + strings.ReplaceAll(strings.Replace(install, "gcc ", "gcc tini ", 1), "apt-get", "sudo apt-get") + "RUN sudo gcc -o /opt/a/a a.c && sudo chown 5 /opt/a ## /opt/a/ owner=5:0; /opt/a/a 9k\n", "commands of the new stage would not run as root"},
	{"many links", install + "RUN make install ## " + links(21) + "\n", "the build creates more than 20 symbolic links in directories that also hold other files"},
	{"a link of an odd name", install + "RUN make install ## /bin/app 9k; /bin/a -> ap$p\n", "/bin/a is a symbolic link with an unusual name"},
	{"many files of packages removed", strings.TrimSuffix(strings.Replace(install, "gcc ", "gcc many ", 1), "\n") + "; package many " + packaged(13) + "\nRUN rm -rf /etc/many && gcc -o /opt/a a.c ## /opt/a 9k; " + removed(13) + "\n", "the build removes 13 files from packages that stay"},
	{"a secret", install + "RUN gcc -o /opt/a/app a.c ## /opt/a/app 9k; /opt/a/.ssh/id_rsa 2k\n", "it would copy a secret, /opt/a/.ssh/id_rsa; keep that out of the build first (RUN --mount=type=secret)"},
	{"a login", install + "RUN npm config set a && gcc -o /opt/a/app a.c ## /opt/a/app 9k; /opt/a/.npmrc \"//registry.example.org/:_authToken=0f8fad5b-d9cb-469f-a165-70867728950e\\n\"\n", "it would copy a secret, /opt/a/.npmrc; keep that out of the build first (RUN --mount=type=secret)"}, // made up
	{"a device", install + "RUN gcc -o /app a.c && mknod /opt/null c 1 3 ## /app 9k; /opt/null device\n", "line 3 creates the device /opt/null"},
	{"a directory that COPY cannot name", install + "RUN gcc -o app a.c ## /opt/caf\u00e9/app 9k\n", "COPY cannot take a name like \"/opt/caf\u00e9\""},
	{"a file that COPY cannot name", install + "RUN gcc -o app a.c ## /bin/[ 9k\n", "COPY cannot take a name like \"/bin/[\""},
	{"nothing comes of it", install + "RUN gcc -o /tmp/a a.c && /tmp/a ## /var/log/a 9k\n", "none of the files that remain come from a build"},
	{"too many places", install + "RUN make install ## " + everywhere(25) + "\n", "the build writes to more than 24 places"},
	{"too many files", install + "RUN make install ## " + beside(200) + "\n", "the build writes to more than 24 places"},
	{"a service that a RUN enables", "RUN update-rc.d awslogs defaults ##\n" + install + compile, "line 2 turns a service on or off (update-rc.d), which the new stage would not do"},
	{"a service of the base image that a RUN disables on a condition", "RUN if true; then rm -rf /etc/service/sshd; fi ##\n" + install + compile, "line 2 changes /etc/service/sshd of the base image (rm), which the new stage would not do"},
	{"a file of the base image among others", "RUN rm -rf /etc/service/sshd && ./prepare ##\n" + install + compile, "line 2 changes /etc/service/sshd of the base image (rm), which the new stage would not do"},
	{"a notebook", install + compile + "ENTRYPOINT [\"jupyter\"]\n", "the container starts jupyter, in which people install packages"},
	{"/tmp is used later", install + compile + "RUN cp /tmp/a /etc/a ## /etc/a 9k\n", "line 4 uses files that an earlier RUN left in /tmp"},
	{"a file of a compiler is used later", strings.TrimSuffix(install, "\n") + "; package libc6-dev /usr/include/stdio.h:9k\n" + compile + "RUN cat /usr/include/stdio.h > /etc/a ## /etc/a 9k\n", "line 4 uses /usr/include/stdio.h, which only the build stage has"},
	{"the lists are used later", strings.Replace(install, " && rm -rf /var/lib/apt/lists/*", "", 1) + compile + "RUN apt-get install -y tini ## package tini /usr/bin/tini:9k\n", "line 4 installs from package lists that an earlier RUN fetched"},
}

const (
	gcc     = "package gcc needs=libc6 /usr/bin/gcc:80k\n"
	install = "RUN apt-get update && apt-get install -y --no-install-recommends gcc && rm -rf /var/lib/apt/lists/* ## package gcc needs=libc6 /usr/bin/gcc:80k\n"
	compile = "RUN gcc -o /usr/local/bin/app a.c ## /usr/local/bin/app 9k\n"
)

// everywhere are files in as many directories that packages write to.
func everywhere(n int) string {
	var files []string
	for i := range n {
		files = append(files, fmt.Sprintf("/etc/d%d/a 10", i), fmt.Sprintf("/etc/d%d/.cache -> ../a", i))
	}
	return strings.Join(files, "; ")
}

// links are as many symbolic links in a directory that packages write to.
func links(n int) string {
	files := []string{"/bin/app 9k"}
	for i := range n {
		files = append(files, fmt.Sprintf("/bin/l%d -> app", i))
	}
	return strings.Join(files, "; ")
}

// packaged are as many files of a package, and removed are whiteouts of them.
func packaged(n int) string {
	var files []string
	for i := range n {
		files = append(files, fmt.Sprintf("/etc/many/f%d:9k", i))
	}
	return strings.Join(files, " ")
}

func removed(n int) string {
	var files []string
	for i := range n {
		files = append(files, fmt.Sprintf("/etc/many/f%d removed", i))
	}
	return strings.Join(files, "; ")
}

// beside are as many files in a directory that packages write to.
func beside(n int) string {
	var files []string
	for i := range n {
		files = append(files, fmt.Sprintf("/bin/a%d 10", i))
	}
	return strings.Join(files, "; ")
}

// fixtureOf is a fixture in the words of refusals.
func fixtureOf(lines string) *fixture {
	f := &fixture{archive: &txtar.Archive{}, sections: make(map[string]string), dockerfile: "FROM debian:12-slim\n"}
	number := 1
	for line := range strings.Lines(lines) {
		number++
		instruction, writes, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ## ")
		f.dockerfile += instruction + "\n"
		f.sections[fmt.Sprintf("line %d", number)] = strings.ReplaceAll(writes, "; ", "\n")
	}
	f.dockerfile += "CMD [\"app\"]\n"
	return f
}

// TestPythonOfAnotherBase: modules of a Python that the base image does not bring are copied
// to nowhere.
func TestPythonOfAnotherBase(t *testing.T) {
	const build = "RUN pip install numpy && gcc -o /usr/local/bin/app a.c ## /usr/local/bin/app 9k; /usr/local/lib/python3.11/site-packages/numpy/a.so 9k\n"
	for base, want := range map[string]string{
		"python:3.9-slim":                "the image has Python 3.11 in /usr/local/lib, and python:3.9-slim does not bring that one",
		"docker.io/library/python:3.10":  "the image has Python 3.11 in /usr/local/lib, and docker.io/library/python:3.10 does not bring that one",
		"python:3.12-slim@sha256:" + sum: "the image has Python 3.11 in /usr/local/lib, and python:3.12-slim@sha256:" + sum + " does not bring that one",
		"python:3.11-slim":               "",
		"python:3.11.4-slim-bookworm":    "",
		"python:slim":                    "", // no version in the tag
		"example.org/our-python:3.9":     "", // a number of its own
		"debian:12-slim":                 "", // the build made the directory
	} {
		t.Run(base, func(t *testing.T) {
			f := fixtureOf(install + build)
			f.dockerfile = strings.Replace(f.dockerfile, "debian:12-slim", base, 1)
			r, build := f.analyze(t)
			result, err := fix.Plan(r, []byte(f.dockerfile), fix.Options{Stage: fix.AnyStage, Rules: f.rules(), Build: build})
			if err != nil {
				t.Fatal(err)
			}
			outcome := outcomeOf(r, result)
			if result.Changed() != (want == "") || want != "" && !strings.HasPrefix(outcome, "left: tare proposes no build stage: "+want+". ") {
				t.Errorf("got  %swant %q", outcome, want)
			}
		})
	}
}

var sum = strings.Repeat("0123", 16)

// TestRefusal holds why there is no build stage, and that the Dockerfile stays.
func TestRefusal(t *testing.T) {
	for _, test := range refusals {
		t.Run(test.name, func(t *testing.T) {
			f := fixtureOf(test.lines)
			r, build := f.analyze(t)
			result, err := fix.Plan(r, []byte(f.dockerfile), fix.Options{Stage: fix.AnyStage, Rules: f.rules(), Build: build})
			if err != nil {
				t.Fatal(err)
			}
			if result.Changed() {
				t.Errorf("it changes to\n%s", result.New)
			}
			if outcome := outcomeOf(r, result); !strings.HasPrefix(outcome, "left: tare proposes no build stage: "+test.want+". ") {
				t.Errorf("got  %swant %s", outcome, test.want)
			}
		})
	}
}

// TestOwnerThatIsNoAccount: what an archive brings of somebody whom nobody knows in the image is copied as
// it is.
func TestOwnerThatIsNoAccount(t *testing.T) {
	f := fixtureOf(strings.Replace(install, "/usr/bin/gcc:80k", "/usr/bin/gcc:80k; /etc/passwd \"p:x:104:104::/:\\n\"", 1) + strings.Replace(compile, "9k", "9k owner=103:103", 1))
	r, build := f.analyze(t)
	result, err := fix.Plan(r, []byte(f.dockerfile), fix.Options{Stage: fix.AnyStage, Rules: f.rules(), Build: build})
	if err != nil || !result.Changed() {
		t.Errorf("%s, error %v", outcomeOf(r, result), err)
	}
}

// TestNoLogin: a file that exists for logins, and that the scan found none in, is copied like any
// other.
func TestNoLogin(t *testing.T) {
	f := fixtureOf(install + "RUN npm config set strict-ssl false && gcc -o /usr/local/bin/app a.c ## /usr/local/bin/app 9k; /root/.npmrc \"strict-ssl=false\\n\"\n")
	r, build := f.analyze(t)
	result, err := fix.Plan(r, []byte(f.dockerfile), fix.Options{Stage: fix.AnyStage, Rules: f.rules(), Build: build})
	if err != nil || !result.Changed() {
		t.Errorf("%s, error %v", outcomeOf(r, result), err)
	}
}
