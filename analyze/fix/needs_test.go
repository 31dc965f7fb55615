package fix_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// step is an instruction with the files that it leaves.
type step struct {
	text  string
	files []imagetest.File
}

func does(text string, files ...imagetest.File) step { return step{text, files} }

const users = "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n"

var root = does("ADD rootfs.tar /", imagetest.Text("etc/passwd", users), imagetest.Text("etc/group", "root:x:0:\napp:x:1000:\n"), imagetest.Text("bin/sh", "\x7fELF"),
	imagetest.Dir("tmp").Chmod(0o1777), imagetest.Dir("etc"), imagetest.Dir("home/app").Chown(1000, 1000))

// big is a file that an edit is worth.
func big(path string) imagetest.File { return imagetest.Fill(path, 48<<10) }

func of(uid int, files ...imagetest.File) []imagetest.File {
	for i := range files {
		files[i] = files[i].Chown(uid, uid)
	}
	return files
}

// patched is what tare fix makes of the Dockerfile that an image was built from, and why
// it leaves what it leaves.
func patched(t *testing.T, config v1.Config, opt fix.Options, steps ...step) (dockerfile, left string) {
	t.Helper()
	image := imagetest.Image{Config: config}
	file := "FROM debian\n"
	for i, s := range append([]step{root}, steps...) {
		if strings.HasPrefix(s.text, "#") { // a comment above it
			comment, text, _ := strings.Cut(s.text, "\n")
			file += comment + "\n"
			s.text = text
		}
		keyword, rest, _ := strings.Cut(s.text, " ")
		by := s.text + " # buildkit"
		if keyword == "RUN" {
			by = "RUN /bin/sh -c " + rest + " # buildkit"
		}
		if s.files == nil && keyword != "RUN" && keyword != "COPY" && keyword != "WORKDIR" {
			by = s.text
		}
		if i > 0 {
			file += s.text + "\n"
		}
		image.Layers = append(image.Layers, imagetest.Layer{Files: s.files, CreatedBy: by, Comment: "buildkit.dockerfile.v0", Empty: s.files == nil})
	}
	name := filepath.Join(t.TempDir(), "Dockerfile")
	if err := os.WriteFile(name, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	// A file of the image, written just now, would be waited for until it has settled.
	settings := analyze.Options{Dockerfile: name, NeedBuild: true, Base: "1"}
	settings.Stdin = bytes.NewReader(image.OCI().Tar())
	result, err := analyze.Analyze(t.Context(), "-", settings)
	if err != nil {
		t.Fatal(err)
	}
	opt.Build, opt.Floor = result.Build, 32<<10
	plan, err := fix.Plan(result.Report, []byte(file), opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range plan.Left {
		left += l.Why + "\n"
	}
	if string(plan.New) == file {
		return "", left
	}
	return strings.TrimPrefix(string(plan.New), "FROM debian\n"), left
}

// needsCase is an image, the Dockerfile that fix makes of its own, "" for none, and a
// part of why something is left.
type needsCase struct {
	name  string
	steps []step
	cmd   []string
	opt   fix.Options
	want  string
	left  string
}

func tryNeeds(t *testing.T, cases []needsCase) {
	t.Helper()
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cmd := test.cmd
			if cmd == nil {
				cmd = []string{"/opt/app"}
			}
			got, left := patched(t, v1.Config{Cmd: cmd}, test.opt, test.steps...)
			if got != test.want {
				t.Errorf("the patched file is\n%s\nwant\n%s\nleft: %s", got, test.want, left)
			}
			if !strings.Contains(left, test.left) {
				t.Errorf("left because %q, want %q", left, test.left)
			}
		})
	}
}

// TestCleanupsByTheirUser: who may not remove a file must not be told to.
func TestCleanupsByTheirUser(t *testing.T) {
	lists := []imagetest.File{big("var/lib/apt/lists/a_Packages")}
	tryNeeds(t, []needsCase{
		{name: "a user's own file", steps: []step{does("USER app"), does("RUN make > /tmp/out", of(1000, big("tmp/out"))...)},
			want: "USER app\nRUN make > /tmp/out \\\n    && rm -rf /tmp/out\n"},
		{name: "by number", steps: []step{does("USER 1000"), does("RUN make > /tmp/out", of(1000, big("tmp/out"))...)},
			want: "USER 1000\nRUN make > /tmp/out \\\n    && rm -rf /tmp/out\n"},
		{name: "files that begin alike", steps: []step{does("USER app"), does("RUN split /data /tmp/part", of(1000, big("tmp/part1"), big("tmp/part2"), big("tmp/part3"), big("tmp/part4"), big("tmp/part5"))...)},
			left: "/tmp/part* may hold other users' files"},
		{name: "files that begin alike, by root", steps: []step{does("RUN split /data /tmp/part", big("tmp/partaa"), big("tmp/partab"), big("tmp/partac"), big("tmp/partad"), big("tmp/partae"))},
			want: "RUN split /data /tmp/part \\\n    && rm -rf /tmp/part*\n"},
		{name: "what pecl leaves, run by run", steps: []step{does("RUN pecl install mongodb", big("tmp/pear/temp/mongodb/config.log")), does("ENV A=b"), does("RUN pecl install redis && docker-php-ext-enable redis", big("tmp/pear/temp/redis/config.log"))},
			want: "RUN pecl install mongodb \\\n    && rm -rf /tmp/pear\nENV A=b\nRUN pecl install redis && docker-php-ext-enable redis \\\n    && rm -rf /tmp/pear\n"},
		{name: "root again", steps: []step{does("USER app"), does("USER root"), does("RUN apt-get update && apt-get install -y x", lists...)},
			want: "USER app\nUSER root\nRUN apt-get update && apt-get install -y x \\\n    && rm -rf /var/lib/apt/lists/*\n"},
		{name: "root's number in a variable", steps: []step{does("ENV ID=0"), does("USER $ID"), does("RUN apt-get update && apt-get install -y x", lists...)},
			want: "ENV ID=0\nUSER $ID\nRUN apt-get update && apt-get install -y x \\\n    && rm -rf /var/lib/apt/lists/*\n"},
		{name: "sudo for everything", steps: []step{does("RUN x", imagetest.Text("etc/sudoers.d/app", "app ALL=(ALL) NOPASSWD: ALL\n")), does("USER app"), does("RUN sudo apt-get update && sudo apt-get install -y x", lists...)},
			want: "RUN x\nUSER app\nRUN sudo apt-get update && sudo apt-get install -y x \\\n    && sudo rm -rf /var/lib/apt/lists/*\n"},
		{name: "sudo by root", steps: []step{does("RUN sudo apt-get update && sudo apt-get install -y x", lists...)},
			want: "RUN sudo apt-get update && sudo apt-get install -y x \\\n    && sudo rm -rf /var/lib/apt/lists/*\n"},
		{name: "sudo by root, which installs without it", steps: []step{does("RUN curl -o x.sh https://example.org/x.sh && sudo -E bash x.sh && apt-get update && apt-get install -y x", lists...)},
			want: "RUN curl -o x.sh https://example.org/x.sh && sudo -E bash x.sh && apt-get update && apt-get install -y x \\\n    && rm -rf /var/lib/apt/lists/*\n"},
		{name: "sudo that is given up", steps: []step{does("RUN x", imagetest.Text("etc/sudoers.d/app", "app ALL=(ALL) NOPASSWD: ALL\n")), does("USER app"), does("RUN sudo apt-get update && sudo apt-get install -y x && sudo rm /etc/sudoers.d/app", lists...)}, left: "takes away what sudo may do"},
		{name: "su by root", steps: []step{does("RUN su app -c 'make > /tmp/out'", of(1000, big("tmp/out"))...)},
			want: "RUN su app -c 'make > /tmp/out' \\\n    && rm -rf /tmp/out\n"},

		{name: "one of many in another's directory", steps: []step{does("USER app"), does("RUN apt-get update && apt-get install -y a", big("var/lib/apt/lists/a_Packages"))}, left: "runs as app, who may not remove what is in /var/lib/apt/lists"},
		{name: "another's file", steps: []step{does("USER app"), does("RUN make > /tmp/out", big("tmp/out"))}, left: "runs as app, who may not remove /tmp/out"},
		{name: "a folder of another", steps: []step{does("USER app"), does("RUN make > /tmp/out/x", append(of(1000, big("tmp/out/x")), imagetest.Dir("tmp/out"))...)}, left: "runs as app"},
		{name: "all of /tmp", steps: []step{does("COPY seed /tmp/seed", big("tmp/seed")), does("USER app"), does("RUN make", of(1000, big("tmp/q1"), big("tmp/w2"))...)}, left: "/tmp/seed lies there, too"},
		{name: "all of /tmp, but nothing else", steps: []step{does("USER app"), does("RUN make", of(1000, big("tmp/q1"), big("tmp/w2"))...)}, left: "may hold other users' files"},
		{name: "a script that calls sudo", steps: []step{does("COPY setup.sh /", imagetest.Text("setup.sh", "sudo apt-get update\n")), does("USER app"), does("RUN sh /setup.sh", lists...)}, left: "runs as app"},
		{name: "sudo for apt alone", steps: []step{does("RUN x", imagetest.Text("etc/sudoers.d/app", "app ALL=(ALL) NOPASSWD: /usr/bin/apt-get\n")), does("USER app"), does("RUN sudo apt-get update && sudo apt-get install -y x", lists...)}, left: "runs as app"},
		{name: "a user that only the build knows", steps: []step{does("ARG WHO"), does("USER $WHO"), does("RUN make > /tmp/out", of(1000, big("tmp/out"))...)}, left: "a user that only the build knows"},
		{name: "a user that is nobody yet", steps: []step{does("USER other"), does("RUN make > /tmp/out", of(1000, big("tmp/out"))...)}, left: "runs as other"},
	})
}

// TestCachesFilledOnPurpose: a comment says that what comes later needs the cache.
func TestCachesFilledOnPurpose(t *testing.T) {
	npm := big("root/.npm/_cacache/content-v2/x")
	tryNeeds(t, []needsCase{
		{name: "warmed up", steps: []step{does("# warm up npm cache\nRUN npm ci", npm)}, left: "filled on purpose"},
		{name: "warmed up, with mounts", steps: []step{does("# warm up npm cache\nRUN npm ci", npm)}, opt: fix.Options{CacheMount: true}, left: "filled on purpose"},
		{name: "behind a COPY", steps: []step{does("# warm up npm cache\nCOPY package.json /", imagetest.Text("package.json", "{}")), does("RUN npm ci", npm)}, left: "filled on purpose"},

		{name: "installed", steps: []step{does("# what the program needs\nRUN npm ci", npm)}, want: "# what the program needs\nRUN npm ci \\\n    && rm -rf /root/.npm\n"},
		{name: "warmed up before", steps: []step{does("# warm up npm cache\nRUN true", imagetest.Text("x", "x")), does("RUN npm ci", npm)}, want: "# warm up npm cache\nRUN true\nRUN npm ci \\\n    && rm -rf /root/.npm\n"},
		{name: "lists of packages", steps: []step{does("# pre-install packages, pre-fetch dependencies\nRUN apt-get update && apt-get install -y x", big("var/lib/apt/lists/a_Packages"))},
			want: "# pre-install packages, pre-fetch dependencies\nRUN apt-get update && apt-get install -y x \\\n    && rm -rf /var/lib/apt/lists/*\n"},
	})
}

// TestOwnersThatExist: a COPY can name only users that are there below it, and a chown
// goes only if the COPYs brought all that it changed.
func TestOwnersThatExist(t *testing.T) {
	conf := append(of(0, big("etc/my/a")), imagetest.Dir("etc/my"))
	mine := append(of(1000, imagetest.Same("etc/my/a", "etc/my/a", 48<<10)), imagetest.Dir("etc/my").Chown(1000, 1000))
	pg := imagetest.Text("etc/passwd", users+"pg:x:101:101::/:/bin/sh\n")
	pgs := imagetest.Text("etc/group", "root:x:0:\npg:x:101:\n")
	tryNeeds(t, []needsCase{
		{name: "a user of the base", steps: []step{does("COPY conf /etc/my", conf...), does("RUN chown -R app:app /etc/my", mine...)}, want: "COPY --chown=app:app conf /etc/my\n"},
		{name: "numbers", steps: []step{does("COPY conf /etc/my", conf...), does("RUN chown -R 1000:1000 /etc/my", mine...)}, want: "COPY --chown=1000:1000 conf /etc/my\n"},
		{name: "a user that an earlier RUN installs", steps: []step{does("RUN apt-get install pg", pg, pgs), does("COPY conf /etc/my", conf...), does("RUN chown -R pg:pg /etc/my", mine...)},
			want: "RUN apt-get install pg\nCOPY --chown=pg:pg conf /etc/my\n"},
		{name: "a folder that was there keeps its chown", steps: []step{does("WORKDIR /etc/my", imagetest.Dir("etc/my")), does("COPY conf .", of(0, big("etc/my/a"))...), does("RUN chown -R app:app /etc/my", mine...)},
			want: "WORKDIR /etc/my\nCOPY --chown=app:app conf .\nRUN chown app:app /etc/my\n"},

		{name: "the same RUN installs the user", steps: []step{does("COPY conf /etc/my", conf...), does("RUN apt-get install -y pg && chown -R pg:pg /etc/my", append(mine, pg, pgs)...)}, left: "there is no user pg yet"},
		{name: "a RUN between installs the user", steps: []step{does("COPY conf /etc/my", conf...), does("RUN apt-get install -y pg", pg, pgs), does("RUN chown -R pg /etc/my", mine...)}, left: "there is no user pg yet"},
		{name: "a package filled the folder", steps: []step{does("RUN apt-get install -y my", imagetest.Dir("etc/my"), imagetest.Text("etc/my/b", "x")), does("COPY conf /etc/my/", big("etc/my/a")),
			does("RUN chown -R app /etc/my", append(mine, imagetest.Text("etc/my/b", "x").Chown(1000, 0))...)}, left: "which did not come from a COPY"},
		{name: "the RUN makes a folder", steps: []step{does("COPY conf /etc/my", conf...), does("RUN mkdir /etc/my/data && chown -R app:app /etc/my", append(mine, imagetest.Dir("etc/my/data").Chown(1000, 1000))...)},
			want: "COPY --chown=app:app conf /etc/my\nRUN mkdir /etc/my/data && chown app:app /etc/my/data\n"},
		{name: "a folder above that the COPY makes", steps: []step{does("COPY conf /etc/my/own", big("etc/my/own/a")), does("RUN chown -R app:app /etc/my/own", of(1000, imagetest.Same("etc/my/own/a", "etc/my/own/a", 48<<10))...)},
			left: "BuildKit would give that owner to /etc/my"},
		{name: "the chown begins above the COPY", steps: []step{does("COPY conf /etc/my/own", big("etc/my/own/a"), imagetest.Dir("etc/my"), imagetest.Dir("etc/my/own")),
			does("RUN chown -R app:app /etc/my", of(1000, imagetest.Same("etc/my/own/a", "etc/my/own/a", 48<<10), imagetest.Dir("etc/my"), imagetest.Dir("etc/my/own"))...)},
			want: "COPY --chown=app:app conf /etc/my/own\nRUN chown app:app /etc/my\n"},
		{name: "a folder inside that was there", steps: []step{does("RUN install -d /etc/my/b", imagetest.Dir("etc/my"), imagetest.Dir("etc/my/b")), does("COPY conf /etc/my", big("etc/my/b/a")),
			does("RUN chown -R app:app /etc/my", imagetest.Dir("etc/my").Chown(1000, 1000), imagetest.Dir("etc/my/b").Chown(1000, 1000), imagetest.Same("etc/my/b/a", "etc/my/b/a", 48<<10).Chown(1000, 1000))},
			want: "RUN install -d /etc/my/b\nCOPY --chown=app:app conf /etc/my\nRUN chown app:app /etc/my /etc/my/b\n"},
	})
}

// TestMountsHideNothing: a cache mount covers what the layers below have.
func TestMountsHideNothing(t *testing.T) {
	mount := fix.Options{CacheMount: true}
	cache := big("root/.cache/pip/http-v2/a")
	tryNeeds(t, []needsCase{
		{name: "an empty place", opt: mount, steps: []step{does("RUN pip install x", cache)}, want: "RUN --mount=type=cache,target=/root/.cache/pip pip install x\n"},
		{name: "an empty folder", opt: mount, steps: []step{does("RUN mkdir -p /root/.cache/pip", imagetest.Dir("root/.cache/pip")), does("RUN pip install x", cache)},
			want: "RUN mkdir -p /root/.cache/pip\nRUN --mount=type=cache,target=/root/.cache/pip pip install x\n"},
		{name: "a wheel that a COPY brought", opt: mount, steps: []step{does("COPY w /root/.cache/pip/", imagetest.Text("root/.cache/pip/w.whl", "x")), does("RUN pip install x", cache)},
			want: "COPY w /root/.cache/pip/\nRUN pip install --no-cache-dir x\n"},
		{name: "what the same tool left before", opt: mount, steps: []step{does("RUN pip install x", cache), does("COPY a /a", imagetest.Text("a", "x")), does("RUN pip install y", big("root/.cache/pip/http-v2/b"))},
			want: "RUN --mount=type=cache,target=/root/.cache/pip pip install x\nCOPY a /a\nRUN --mount=type=cache,target=/root/.cache/pip pip install y\n"},
		{name: "/tmp is no cache", opt: mount, steps: []step{does("COPY install.sh /tmp/install.sh", imagetest.Text("tmp/install.sh", "x")), does("RUN sh /tmp/install.sh > /tmp/log", big("tmp/log"))},
			want: "COPY install.sh /tmp/install.sh\nRUN sh /tmp/install.sh > /tmp/log \\\n    && rm -rf /tmp/log\n"},
		{name: "/var/tmp neither", opt: mount, steps: []step{does("RUN make > /var/tmp/log", big("var/tmp/log"))}, want: "RUN make > /var/tmp/log \\\n    && rm -rf /var/tmp/log\n"},
	})
}

// TestScriptsOfTheImage are read as they were when a RUN ran them.
func TestScriptsOfTheImage(t *testing.T) {
	lists := big("var/lib/apt/lists/a_Packages")
	clone := does("RUN git clone https://x/app /app", big("app/.git/objects/a"), imagetest.Text("app/main.c", "x"))
	script := func(text string) step {
		return does("COPY do.sh /usr/local/bin/do.sh", imagetest.Text("usr/local/bin/do.sh", text))
	}
	tryNeeds(t, []needsCase{
		{name: "a script that installs", steps: []step{script("apt-get install -y b\n"), does("RUN apt-get update", lists), does("RUN do.sh", imagetest.Text("usr/bin/b", "x"))},
			want: "COPY do.sh /usr/local/bin/do.sh\nRUN apt-get update \\\n    && do.sh \\\n    && rm -rf /var/lib/apt/lists/*\n"},
		{name: "a script that does not", steps: []step{script("make\n"), does("RUN apt-get update", lists), does("RUN do.sh", imagetest.Text("usr/bin/b", "x"))},
			want: "COPY do.sh /usr/local/bin/do.sh\nRUN do.sh\n"},
		{name: "a script that fetches its own lists", steps: []step{script("apt-get update\napt-get install -y b\nrm -rf /var/lib/apt/lists/*\n"), does("RUN apt-get update", lists), does("RUN do.sh", imagetest.Text("usr/bin/b", "x"))},
			want: "COPY do.sh /usr/local/bin/do.sh\nRUN do.sh\n"},
		{name: "a program that nobody knows and that installed", steps: []step{does("COPY do /opt/do", big("opt/do"), imagetest.Text("var/lib/dpkg/status", "")), does("RUN apt-get update", lists), does("RUN /opt/do", imagetest.Text("var/lib/dpkg/status", "Package: x\n"))},
			want: "COPY do /opt/do\nRUN apt-get update \\\n    && /opt/do \\\n    && rm -rf /var/lib/apt/lists/*\n"},
		{name: "a program that nobody knows and that installed nothing", steps: []step{does("COPY do /opt/do", big("opt/do"), imagetest.Text("var/lib/dpkg/status", "")), does("RUN apt-get update", lists), does("RUN /opt/do", imagetest.Text("usr/bin/b", ""))},
			want: "COPY do /opt/do\nRUN /opt/do\n"},
		{name: "a script that asks git", steps: []step{script("cd /app && git describe\n"), clone, does("RUN do.sh", imagetest.Text("opt/app", "x"))},
			want: "COPY do.sh /usr/local/bin/do.sh\nRUN git clone https://x/app /app \\\n    && do.sh \\\n    && rm -rf /app/.git\n"},
		{name: "a script that does not ask git", steps: []step{script("chmod +x /app/main.c\n"), clone, does("RUN do.sh", imagetest.Text("opt/app", "x"))},
			want: "COPY do.sh /usr/local/bin/do.sh\nRUN git clone https://x/app /app \\\n    && rm -rf /app/.git\nRUN do.sh\n"},
		{name: "a script that a later COPY replaces", steps: []step{script("cd /app && git describe\n"), clone, does("RUN do.sh", imagetest.Text("opt/app", "x")), script("echo\n")},
			want: "COPY do.sh /usr/local/bin/do.sh\nRUN git clone https://x/app /app \\\n    && do.sh \\\n    && rm -rf /app/.git\nCOPY do.sh /usr/local/bin/do.sh\n"},
		{name: "a working folder between", steps: []step{clone, does("WORKDIR /app"), does("RUN git checkout v1", imagetest.Text("app/main.c", "y"))}, left: "line 4 (git checkout v1) may need it"},
		{name: "the entry point's script asks git", steps: []step{clone, script("cd /app && git pull\n")}, cmd: []string{"do.sh"}}, // then it is no finding
		{name: "the entry point's script reads a temporary file", steps: []step{does("RUN make > /tmp/conf", big("tmp/conf")), script("cp /tmp/conf /etc/\n")}, cmd: []string{"/usr/local/bin/do.sh"}, left: "container"},
	})
}

// TestNothingElseGoes: a clean-up by a glob takes nothing but what was found.
func TestNothingElseGoes(t *testing.T) {
	var backups []imagetest.File
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i"} {
		backups = append(backups, imagetest.Fill("etc/app/x/"+name+".conf~", 40<<10))
	}
	tryNeeds(t, []needsCase{
		{name: "a folder of backups", steps: []step{does("RUN sed -i s/a/b/ /etc/x", backups...)}, want: "RUN sed -i s/a/b/ /etc/x \\\n    && rm -rf /etc/app/x/*\n"},
		{name: "a folder with more in it", steps: []step{does("RUN sed -i s/a/b/ /etc/x", append(backups, imagetest.Text("etc/app/x/a.conf", "x"))...)}, left: "backup"},
		{name: "a folder that was there", steps: []step{does("COPY c /etc/app/x/", imagetest.Text("etc/app/x/a.conf", "x")), does("RUN sed -i s/a/b/ /etc/x", backups...)}, left: "backup"},
	})
}

// TestPackageManagersFindTheirLists: an index that a later RUN installs from stays.
func TestPackageManagersFindTheirLists(t *testing.T) {
	index := big("var/cache/apk/APKINDEX.1.tar.gz")
	sync := big("var/lib/pacman/sync/core.db")
	meta := big("var/cache/dnf/x.solv")
	tryNeeds(t, []needsCase{
		{name: "apk update alone", steps: []step{does("RUN apk update", index), does("COPY a /a", imagetest.Text("a", "x")), does("RUN apk add b", imagetest.Text("usr/bin/b", "x"))}, left: "line 4 (apk add b) may need it"},
		{name: "apk add with an index of its own", steps: []step{does("RUN apk update", index), does("COPY a /a", imagetest.Text("a", "x")), does("RUN apk add --no-cache b", imagetest.Text("usr/bin/b", "x"))},
			want: "RUN apk update --no-cache\nCOPY a /a\nRUN apk add --no-cache b\n"},
		{name: "apk update, then add", steps: []step{does("RUN apk update", index), does("RUN apk add b", imagetest.Text("usr/bin/b", "x"))}, want: "RUN apk update \\\n    && apk add b \\\n    && rm -rf /var/cache/apk/*\n"},
		{name: "pacman without -y", steps: []step{does("RUN pacman -Sy", sync), does("COPY a /a", imagetest.Text("a", "x")), does("RUN pacman -S --noconfirm b", imagetest.Text("usr/bin/b", "x"))}, left: "pacman -S"},
		{name: "dnf from its cache", steps: []step{does("RUN dnf makecache", meta), does("COPY a /a", imagetest.Text("a", "x")), does("RUN dnf install -y --cacheonly b", imagetest.Text("usr/bin/b", "x"))}, left: "--cacheonly"},
		{name: "a source that is added later", steps: []step{does("RUN apt-get update && apt-get install -y a", big("var/lib/apt/lists/a_Packages")),
			does("RUN echo deb > /etc/apt/sources.list.d/x.list && apt-get update && apt-get install -y b && rm -rf /var/lib/apt/lists/*", imagetest.Text("usr/bin/b", "x"), imagetest.Whiteout("var/lib/apt/lists/a_Packages"))},
			want: "RUN apt-get update && apt-get install -y a \\\n    && rm -rf /var/lib/apt/lists/*\nRUN echo deb > /etc/apt/sources.list.d/x.list && apt-get update && apt-get install -y b && rm -rf /var/lib/apt/lists/*\n"},
		{name: "a .deb that a script installs from apt's cache", steps: []step{does("RUN apt-get install -dy b", big("var/cache/apt/archives/b.deb")), does("COPY i.sh /", imagetest.Text("i.sh", "dpkg -i /var/cache/apt/archives/*.deb\n")),
			does("RUN sh /i.sh", imagetest.Text("usr/bin/b", "x"))}, left: "may need"},
	})
}

// TestRemovedEarlier: what a later RUN removes may go before, where nothing between
// them needs it.
func TestRemovedEarlier(t *testing.T) {
	got := func(between ...step) []step {
		steps := append([]step{does("RUN curl -o /srv/x.tgz https://x", big("srv/x.tgz"))}, between...)
		return append(steps, does("RUN rm -rf /srv/x.tgz", imagetest.Whiteout("srv/x.tgz")))
	}
	tryNeeds(t, []needsCase{
		{name: "an install between", steps: got(does("COPY a /a", imagetest.Text("a", "x")), does("RUN apt-get install -y b", imagetest.Text("usr/bin/b", "x"))),
			want: "RUN curl -o /srv/x.tgz https://x \\\n    && rm -rf /srv/x.tgz\nCOPY a /a\nRUN apt-get install -y b\n"},
		{name: "unpacked between", steps: got(does("COPY a /a", imagetest.Text("a", "x")), does("RUN tar -xf /srv/x.tgz -C /opt", imagetest.Text("opt/b", "x")))},
		{name: "unpacked by a glob", steps: got(does("COPY a /a", imagetest.Text("a", "x")), does("RUN cd /srv && tar -xf *.tgz", imagetest.Text("opt/b", "x")))},
		{name: "unpacked by a script", steps: got(does("COPY a.sh /", imagetest.Text("a.sh", "tar -xf /srv/x.tgz\n")), does("RUN sh /a.sh", imagetest.Text("opt/b", "x")))},
		{name: "a variable", steps: got(does("ARG F"), does("RUN tar -xf $F", imagetest.Text("opt/b", "x")))},
		{name: "a working folder", steps: got(does("WORKDIR /srv"), does("RUN tar -xf x.tgz", imagetest.Text("opt/b", "x")))},
	})
}

// TestUpdatesThatNothingUses: a RUN that only fetches package lists goes where no later one
// installs from them, and gets no rm.
func TestUpdatesThatNothingUses(t *testing.T) {
	lists := big("var/lib/apt/lists/x_Packages")
	pkgcache := big("var/cache/apt/pkgcache.bin")
	other := does("COPY x /opt/x", imagetest.Text("opt/x", "x"))
	tryNeeds(t, []needsCase{
		{name: "alone", steps: []step{does("RUN apt-get update -qq", lists), other}, want: "COPY x /opt/x\n"},
		{name: "with apt's cache", steps: []step{does("RUN apt-get update && apt-get clean", lists, pkgcache), other}, want: "COPY x /opt/x\n"},
		{name: "where caches are mounted", opt: fix.Options{CacheMount: true}, steps: []step{does("RUN apt-get update", lists), other}, want: "COPY x /opt/x\n"},
		{name: "where caches are mounted, beside one that stays", opt: fix.Options{CacheMount: true}, steps: []step{does("RUN apt-get update", lists), other, does("RUN apt-get update && apt-get install -y y", imagetest.Same("var/lib/apt/lists/y_Packages", "y", 5<<20))}, want: "COPY x /opt/x\nRUN --mount=type=cache,target=/var/lib/apt/lists,sharing=locked apt-get update && apt-get install -y y\n"},
		{name: "in front of a RUN with its own", steps: []step{does("RUN apt-get update", lists), does("COPY x /opt/x", imagetest.Text("opt/x", "x")), does("RUN apt-get update && apt-get install -y y && rm -rf /var/lib/apt/lists/*", imagetest.Text("usr/bin/y", "y"))},
			want: "COPY x /opt/x\nRUN apt-get update && apt-get install -y y && rm -rf /var/lib/apt/lists/*\n"},
		{name: "an install behind a COPY", steps: []step{does("RUN apt-get update", lists), other, does("RUN apt-get install -y y", imagetest.Text("usr/bin/y", "y"))},
			want: "COPY x /opt/x\nRUN apt-get update \\\n    && apt-get install -y y \\\n    && rm -rf /var/lib/apt/lists/*\n"},

		{name: "with something else", steps: []step{does("RUN apt-get update && echo x > /opt/x", lists, imagetest.Text("opt/x", "x"))},
			want: "RUN echo x > /opt/x\n"},
		{name: "with a program that may look into the lists", steps: []step{does("RUN apt-get update && python3 /x.py > /opt/x", lists, imagetest.Text("opt/x", "x"))},
			want: "RUN apt-get update && python3 /x.py > /opt/x \\\n    && rm -rf /var/lib/apt/lists/*\n"},
		{name: "behind a source that is added without lists, as before Ubuntu 18.04", steps: []step{does("RUN apt-get update", lists), does("RUN add-apt-repository ppa:x", imagetest.Text("etc/apt/sources.list.d/x.list", "x")), does("RUN apt-get install -y b", imagetest.Text("var/lib/dpkg/status", "Package: b\n"), imagetest.Text("usr/bin/b", "x"))},
			want: "RUN apt-get update \\\n    && add-apt-repository ppa:x \\\n    && apt-get install -y b \\\n    && rm -rf /var/lib/apt/lists/*\n"},
		{name: "behind a component that was enabled already, so that nothing was fetched", steps: []step{does("RUN apt-get update", lists), does("RUN add-apt-repository universe"), does("RUN apt-get install -y b", imagetest.Text("var/lib/dpkg/status", "Package: b\n"), imagetest.Text("usr/bin/b", "x"))},
			want: "RUN apt-get update \\\n    && add-apt-repository universe \\\n    && apt-get install -y b \\\n    && rm -rf /var/lib/apt/lists/*\n"},
		{name: "an update and an install under one condition", steps: []step{does("RUN apt-get update && apt-get install -y y", lists, imagetest.Text("var/lib/dpkg/status", "Package: y\n")), does("RUN if [ -n \"$A\" ]; then apt-get update && apt-get install -y z; fi", lists, imagetest.Text("var/lib/dpkg/status", "Package: y\n\nPackage: z\n"))},
			want: "RUN apt-get update && apt-get install -y y \\\n    && rm -rf /var/lib/apt/lists/*\nRUN if [ -n \"$A\" ]; then apt-get update && apt-get install -y z; fi \\\n    && rm -rf /var/lib/apt/lists/*\n"},
		{name: "an update and an install under two conditions", steps: []step{does("RUN apt-get update && apt-get install -y y", lists, imagetest.Text("var/lib/dpkg/status", "Package: y\n")), does("RUN if [ -n \"$A\" ]; then apt-get update; fi; if [ -n \"$B\" ]; then apt-get install -y z; fi", lists, imagetest.Text("var/lib/dpkg/status", "Package: y\n\nPackage: z\n"))},
			want: "RUN apt-get update && apt-get install -y y\nRUN if [ -n \"$A\" ]; then apt-get update; fi; if [ -n \"$B\" ]; then apt-get install -y z; fi \\\n    && rm -rf /var/lib/apt/lists/*\n"},
		{name: "a script that reads settings and then updates", steps: []step{does("RUN apt-get update && apt-get install -y y", lists, imagetest.Text("var/lib/dpkg/status", "Package: y\n")), does("COPY setup.sh /d/", imagetest.Text("d/setup.sh", "#!/bin/bash\nsource /.env\n. /_VARIABLES\napt update\napt install -y z\n")), does("RUN bash /d/setup.sh build", lists, imagetest.Text("var/lib/dpkg/status", "Package: y\n\nPackage: z\n"))},
			want: "RUN apt-get update && apt-get install -y y \\\n    && rm -rf /var/lib/apt/lists/*\nCOPY setup.sh /d/\nRUN bash /d/setup.sh build \\\n    && rm -rf /var/lib/apt/lists/*\n"},
		{name: "a script that runs another one and then updates", steps: []step{does("RUN apt-get update && apt-get install -y y", lists, imagetest.Text("var/lib/dpkg/status", "Package: y\n")), does("COPY setup.sh /d/", imagetest.Text("d/setup.sh", "#!/bin/bash\n/d/first.sh\napt update\napt install -y z\n")), does("RUN bash /d/setup.sh build", lists, imagetest.Text("var/lib/dpkg/status", "Package: y\n\nPackage: z\n"))},
			want: "RUN apt-get update && apt-get install -y y \\\n    && rm -rf /var/lib/apt/lists/*\nCOPY setup.sh /d/\nRUN apt-get update \\\n    && bash /d/setup.sh build \\\n    && rm -rf /var/lib/apt/lists/*\n"},
		{name: "behind a source that is added with its lists", steps: []step{does("RUN apt-get update", lists), does("RUN add-apt-repository ppa:x", lists, imagetest.Text("etc/apt/sources.list.d/x.list", "x")), does("RUN apt-get install -y b", imagetest.Text("var/lib/dpkg/status", "Package: b\n"), imagetest.Text("usr/bin/b", "x"))},
			want: "RUN add-apt-repository ppa:x \\\n    && apt-get install -y b \\\n    && rm -rf /var/lib/apt/lists/*\n"},
		{name: "whose output is kept", steps: []step{does("RUN apt-get update > /opt/log", lists, imagetest.Text("opt/log", "x"))},
			want: "RUN apt-get update > /opt/log \\\n    && rm -rf /var/lib/apt/lists/*\n"},
		{name: "removes more than lists", steps: []step{does("RUN rm -rf /opt/y && apt-get update", lists)},
			want: "RUN rm -rf /opt/y && apt-get update \\\n    && rm -rf /var/lib/apt/lists/*\n"},
		{name: "the container installs", steps: []step{does("RUN apt-get update", lists)}, cmd: []string{"apt-get", "install", "-y", "x"}},
		{name: "a build on top installs", steps: []step{does("RUN apt-get update", lists), does("ONBUILD RUN apt-get install -y x")}},
	})
}

// TestHistoryOfAGem: a gem asks git which files belong to it, by the template of bundle gem.
func TestHistoryOfAGem(t *testing.T) {
	for _, test := range []struct {
		file string
		left bool
	}{{"app/x.gemspec", true}, {"app/x.rb", false}} {
		steps := []step{does("COPY . /app", big("app/.git/objects/a"), imagetest.Text(test.file, "x")), does("RUN bundle install", imagetest.Text("usr/lib/x", "x"))}
		if _, left := patched(t, v1.Config{Cmd: []string{"bash"}}, fix.Options{}, steps...); strings.Contains(left, "x.gemspec may list the files that git knows") != test.left {
			t.Errorf("%s: %s", test.file, left)
		}
	}
}
