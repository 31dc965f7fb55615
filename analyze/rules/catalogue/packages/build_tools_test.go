package packages_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

var app = []string{"/app"}

// image is an image of steps that runs a command.
func image(cmd []string, steps ...rulestest.Step) rulestest.Image {
	return rulestest.Image{Config: v1.Config{Cmd: cmd}, Steps: steps}
}

// installs is a step after which dpkg knows packages, each with one file: "gcc;
// Depends: cpp, libc6-dev". Those marked * were asked for, the others came by
// themselves; those marked ! were there before, so the step brings no files of theirs.
func installs(t *testing.T, by string, lines ...string) rulestest.Step {
	s := rulestest.Does(t, by)
	var status, states strings.Builder
	for _, line := range lines {
		name, fields, _ := strings.Cut(line, "; ")
		manual, old := strings.HasPrefix(name, "*"), strings.Contains(name, "!")
		name = strings.TrimLeft(name, "*!")
		status.WriteString("Package: " + name + "\nStatus: install ok installed\nPriority: optional\nArchitecture: amd64\nVersion: 1\n")
		if fields != "" {
			status.WriteString(strings.ReplaceAll(fields, "; ", "\n") + "\n")
		}
		status.WriteString("\n")
		if !manual {
			states.WriteString("Package: " + name + "\nArchitecture: amd64\nAuto-Installed: 1\n\n")
		}
		if !old {
			s.Files = append(s.Files, rulestest.Does(t, by, "usr/lib/"+name+"/file").Files...)
			s.Files = append(s.Files, imagetest.Text("var/lib/dpkg/info/"+name+".list", "/.\n/usr\n/usr/lib\n/usr/lib/"+name+"\n/usr/lib/"+name+"/file\n"))
		}
	}
	s.Files = append(s.Files, imagetest.Text("var/lib/dpkg/status", status.String()), imagetest.Text("var/lib/apt/extended_states", states.String()))
	return s
}

// TestBuildToolPackages tries which packages the rule claims.
func TestBuildToolPackages(t *testing.T) {
	const by = "RUN apt-get update && apt-get install -y x"
	gcc := []string{"*gcc; Depends: gcc-14, cpp", "gcc-14; Depends: gcc-14-base, binutils, libgcc-14-dev", "cpp", "gcc-14-base", "binutils; Depends: libbinutils, libjansson4", "libbinutils", "libjansson4", "libgcc-14-dev; Depends: libgomp1, libasan8", "libgomp1", "libasan8"}
	base := rulestest.Does(t, "ADD rootfs.tar /")
	for name, test := range map[string]struct {
		image rulestest.Image
		want  string
	}{
		"a compiler and what only it needs": {image(app, rulestest.Does(t, "COPY app /", "app"), installs(t, by, gcc...)),
			"binutils cpp gcc gcc-14 libasan8 libbinutils libgcc-14-dev libjansson4"},
		"headers, not the library": {image(app, rulestest.Does(t, "COPY app /", "app"), installs(t, by, "*libpq-dev; Depends: libpq5, libssl-dev", "libpq5", "libssl-dev; Depends: libssl3", "libssl3")),
			"libpq-dev libssl-dev"},
		"a compiler that what stays depends on": {image(app, rulestest.Does(t, "COPY app /", "app"), installs(t, by, "*gcc; Depends: cpp", "cpp", "*server; Depends: helper", "helper; Depends: binutils | other", "binutils")),
			"cpp gcc"},
		"through what it provides": {image(app, rulestest.Does(t, "COPY app /", "app"), installs(t, by, "*gcc; Provides: c-compiler", "*server; Depends: c-compiler")), ""},
		"an interpreter that headers brought": {image(app, rulestest.Does(t, "COPY app /", "app"), installs(t, by, "*python3-dev; Depends: python3, zlib1g-dev", "python3; Depends: libpython3-stdlib", "libpython3-stdlib", "zlib1g-dev")),
			"python3-dev zlib1g-dev"},
		"recommended only":               {image(app, rulestest.Does(t, "COPY app /", "app"), installs(t, by, "*pip; Recommends: build-essential", "build-essential; Depends: gcc", "gcc")), ""},
		"names that only look alike":     {image(app, rulestest.Does(t, "COPY app /", "app"), installs(t, by, "*makedev", "*gcc-14-base", "*device", "*cppcheck-data", "*libgcc-s1", "*golang-docker-credential-helpers", "*llvm-19-runtime", "*gmake-doc")), ""},
		"nothing says who asked":         {image(app, rulestest.Does(t, "COPY app /", "app"), installs(t, by, "*gcc; Depends: gcc-14-base", "*gcc-14-base", "*server")), "gcc"},
		"an image without a program":     {image([]string{"bash"}, rulestest.Does(t, "COPY app /", "app"), installs(t, by, gcc...)), ""},
		"a shell over the network":       {image([]string{"/usr/sbin/sshd", "-D"}, rulestest.Does(t, "COPY app /", "app"), installs(t, by, gcc...)), ""},
		"a shell behind what sets it up": {image([]string{"sh", "-c", "mkdir -p /run/sshd && ssh-keygen -A && exec /usr/sbin/sshd -D"}, rulestest.Does(t, "COPY app /", "app"), installs(t, by, gcc...)), ""},
		"a notebook":                     {image([]string{"python3", "-m", "jupyter", "lab"}, rulestest.Does(t, "COPY app /", "app"), installs(t, by, gcc...)), ""},
		"a service before a shell": {image([]string{"sh", "-c", "/app && exec /usr/sbin/sshd -D"}, rulestest.Does(t, "COPY app /", "app"), installs(t, by, gcc...)),
			"binutils cpp gcc gcc-14 libasan8 libbinutils libgcc-14-dev libjansson4"},
		"a server in screen": {image([]string{"screen", "-DmS", "x", "/app"}, rulestest.Does(t, "COPY app /", "app"), installs(t, by, gcc...)),
			"binutils cpp gcc gcc-14 libasan8 libbinutils libgcc-14-dev libjansson4"},
		"a shell beside a service": {image([]string{"sh", "-c", "/usr/sbin/sshd && exec /app"}, rulestest.Does(t, "COPY app /", "app"), installs(t, by, gcc...)),
			"binutils cpp gcc gcc-14 libasan8 libbinutils libgcc-14-dev libjansson4"},
		"a program that compiles": {image([]string{"/usr/bin/gcc", "-v"}, rulestest.Does(t, "COPY app /", "app"), installs(t, by, gcc...)), ""},
		"of the base image": {image(app, base, installs(t, "RUN apt-get install -y gcc", "*gcc"), rulestest.Does(t, `CMD ["bash"]`), rulestest.Does(t, "COPY app /", "app"), installs(t, by, "*!gcc", "*make")),
			"make"},
	} {
		t.Run(name, func(t *testing.T) {
			var names []string
			for _, f := range test.image.Findings(t, "build-tools") {
				names = append(names, f.Packages...)
			}
			slices.Sort(names)
			if diff := cmp.Diff(test.want, strings.Join(names, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPacmanBuildTools reads pacman's database. The libraries that gcc brings stay, since
// what was compiled needs them, and an orphan is no finding: no edit here is pacman's.
func TestPacmanBuildTools(t *testing.T) {
	s := rulestest.Does(t, "RUN pacman -S --noconfirm base-devel git", "usr/bin/gcc", "usr/bin/make", "usr/bin/git", "usr/bin/fakeroot", "usr/lib/libstdc++.so.6", "usr/lib/lost")
	for _, p := range [][3]string{
		{"base-devel", "%DEPENDS%\ngcc\nmake\nfakeroot\n", ""}, {"gcc", "%REASON%\n1\n\n%DEPENDS%\ngcc-libs=14\nlibmpc\n", "usr/bin/gcc"}, {"make", "%REASON%\n1\n", "usr/bin/make"},
		{"fakeroot", "%REASON%\n1\n", "usr/bin/fakeroot"}, {"gcc-libs", "%REASON%\n1\n", "usr/lib/libstdc++.so.6"}, {"libmpc", "%REASON%\n1\n", ""},
		{"git", "%DEPENDS%\nmake\n", "usr/bin/git"}, {"lost", "%REASON%\n1\n", "usr/lib/lost"},
	} {
		dir := "var/lib/pacman/local/" + p[0] + "-1-1/"
		s.Files = append(s.Files, imagetest.Text(dir+"desc", "%NAME%\n"+p[0]+"\n\n%VERSION%\n1-1\n\n"+p[1]), imagetest.Text(dir+"files", "%FILES%\n"+p[2]+"\n"))
	}
	img := image(app, rulestest.Does(t, "COPY app /", "app"), s)
	found := img.Findings(t, "build-tools")
	if len(found) != 1 || !slices.Equal(slices.Sorted(slices.Values(found[0].Packages)), []string{"base-devel", "fakeroot", "gcc", "libmpc"}) {
		t.Errorf("%+v", found)
	}
	rulestest.FindsNothing(t, "orphaned-packages", img)
	rulestest.FindsNothing(t, "apt-recommends", img)
}

// TestApkBuildTools reads apk's database, where others may need a compiler, too.
func TestApkBuildTools(t *testing.T) {
	block := func(name, depends, file string) string {
		return "P:" + name + "\nV:1\nA:x86_64\nD:" + depends + "\nF:usr/bin\nR:" + file + "\n\n"
	}
	s := rulestest.Does(t, "RUN apk add build-base git", "usr/bin/gcc", "usr/bin/make", "usr/bin/git", "usr/bin/ld", "usr/bin/isl")
	s.Files = append(s.Files,
		imagetest.Text("etc/apk/world", "build-base\ngit\n"),
		imagetest.Text("lib/apk/db/installed", block("build-base", "gcc make", "base")+block("gcc", "isl26 binutils", "gcc")+block("make", "", "make")+
			block("isl26", "", "isl")+block("git", "cmd:ld", "git")+strings.Replace(block("binutils", "", "ld"), "F:", "p:cmd:ld=2\nF:", 1)))
	found := image(app, rulestest.Does(t, "COPY app /", "app"), s).Findings(t, "build-tools")
	if len(found) != 1 || !slices.Equal(slices.Sorted(slices.Values(found[0].Packages)), []string{"build-base", "gcc", "isl26", "make"}) {
		t.Errorf("%+v", found)
	}
}

// TestNothingIsBuilt: a runtime in place of a development kit, and no package manager that
// nothing calls; a hint at a stage where something is built, or may be.
func TestNothingIsBuilt(t *testing.T) {
	const (
		node = "*nodejs\n*npm; Depends: node-gyp, nodejs\nnode-gyp"
		jdk  = "*openjdk-17-jdk-headless; Depends: openjdk-17-jre-headless\nopenjdk-17-jre-headless"
	)
	for _, test := range []struct {
		name  string
		steps func(*testing.T) []rulestest.Step
		cmd   string
		want  string // behind the -y; "" for a hint
	}{
		{"a JDK that only runs", steps(update+"openjdk-17-jdk-headless", jdk), "java -jar /app.jar", "openjdk-17-jre-headless"},
		{"npm that nothing calls", steps(update+"nodejs npm", node, runs("COPY node_modules /app/")), "node /app/x.js", "nodejs"},

		{"a JDK that compiles", steps(update+"openjdk-17-jdk-headless", jdk, runs("RUN javac X.java")), "java X", ""},
		{"a JDK beside a compiler", steps(update+"openjdk-17-jdk-headless gcc", jdk+"\n*gcc"), "java X", ""},
		{"a JDK for a program that nobody knows", steps(update+"openjdk-17-jdk-headless", jdk), "/app/start.sh", ""},
		{"npm that a RUN calls", steps(update+"nodejs npm", node, runs("RUN npm ci")), "node /app/x.js", ""},
		{"npm that the same RUN calls", steps(update+"nodejs npm && npm ci", node), "node /app/x.js", ""},
		{"npm in a script", steps(update+"nodejs npm", node, runs("COPY run.sh /", imagetest.Text("run.sh", "#!/bin/sh\nexec npm start\n"))), "node /app/x.js", ""},
		{"npm beside make", steps(update+"nodejs npm", node, runs("RUN make")), "node /app/x.js", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			all := append([]rulestest.Step{rulestest.Does(t, "ADD rootfs.tar /", "app/start.sh"), rulestest.Does(t, `CMD ["bash"]`)}, test.steps(t)...)
			found := image(strings.Fields(test.cmd), append(all, rulestest.Does(t, "CMD "+test.cmd))...).Findings(t, "build-tools")
			if len(found) != 1 {
				t.Fatalf("%d findings", len(found))
			}
			got := rulestest.Text(found[0].Fix.After)
			if got != "" {
				got = got[len(update):]
			}
			if diff := cmp.Diff(test.want, got); diff != "" || got != "" && found[0].Fix.Risk == "" {
				t.Errorf("(-want +got):\n%s%s", diff, found[0].Fix.Summary)
			}
		})
	}
}
