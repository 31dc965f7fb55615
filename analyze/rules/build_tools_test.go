package rules_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules"
)

// installs is a step after which dpkg knows packages, each with one file: "gcc;
// Depends: cpp, libc6-dev". Those marked * were asked for, the others came by
// themselves; those marked ! were there before, so the step brings no files of theirs.
func installs(by string, lines ...string) step {
	s := does(by)
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
			s.files = append(s.files, does(by, "usr/lib/"+name+"/file").files...)
			s.files = append(s.files, imagetest.Text("var/lib/dpkg/info/"+name+".list", "/.\n/usr\n/usr/lib\n/usr/lib/"+name+"\n/usr/lib/"+name+"/file\n"))
		}
	}
	s.files = append(s.files, imagetest.Text("var/lib/dpkg/status", status.String()), imagetest.Text("var/lib/apt/extended_states", states.String()))
	return s
}

// TestBuildToolPackages: which packages the rule holds.
func TestBuildToolPackages(t *testing.T) {
	const by = "RUN apt-get update && apt-get install -y x"
	gcc := []string{"*gcc; Depends: gcc-14, cpp", "gcc-14; Depends: gcc-14-base, binutils, libgcc-14-dev", "cpp", "gcc-14-base", "binutils; Depends: libbinutils, libjansson4", "libbinutils", "libjansson4", "libgcc-14-dev; Depends: libgomp1, libasan8", "libgomp1", "libasan8"}
	base := does("ADD rootfs.tar /")
	for name, test := range map[string]struct {
		image fixture
		want  string
	}{
		"a compiler and what only it needs": {is("", v1.Config{Cmd: app}, does("COPY app /", "app"), installs(by, gcc...)),
			"binutils cpp gcc gcc-14 libasan8 libbinutils libgcc-14-dev libjansson4"},
		"headers, not the library": {is("", v1.Config{Cmd: app}, does("COPY app /", "app"), installs(by, "*libpq-dev; Depends: libpq5, libssl-dev", "libpq5", "libssl-dev; Depends: libssl3", "libssl3")),
			"libpq-dev libssl-dev"},
		"a compiler that what stays depends on": {is("", v1.Config{Cmd: app}, does("COPY app /", "app"), installs(by, "*gcc; Depends: cpp", "cpp", "*server; Depends: helper", "helper; Depends: binutils | other", "binutils")),
			"cpp gcc"},
		"through what it provides": {is("", v1.Config{Cmd: app}, does("COPY app /", "app"), installs(by, "*gcc; Provides: c-compiler", "*server; Depends: c-compiler")), ""},
		"an interpreter that headers brought": {is("", v1.Config{Cmd: app}, does("COPY app /", "app"), installs(by, "*python3-dev; Depends: python3, zlib1g-dev", "python3; Depends: libpython3-stdlib", "libpython3-stdlib", "zlib1g-dev")),
			"python3-dev zlib1g-dev"},
		"recommended only":           {is("", v1.Config{Cmd: app}, does("COPY app /", "app"), installs(by, "*pip; Recommends: build-essential", "build-essential; Depends: gcc", "gcc")), ""},
		"names that only look alike": {is("", v1.Config{Cmd: app}, does("COPY app /", "app"), installs(by, "*makedev", "*gcc-14-base", "*device", "*cppcheck-data", "*libgcc-s1", "*golang-docker-credential-helpers", "*llvm-19-runtime", "*gmake-doc")), ""},
		"nothing says who asked":     {is("", v1.Config{Cmd: app}, does("COPY app /", "app"), installs(by, "*gcc; Depends: gcc-14-base", "*gcc-14-base", "*server")), "gcc"},
		"an image without a program": {is("", v1.Config{Cmd: []string{"bash"}}, does("COPY app /", "app"), installs(by, gcc...)), ""},
		"a program that compiles":    {is("", v1.Config{Cmd: []string{"/usr/bin/gcc", "-v"}}, does("COPY app /", "app"), installs(by, gcc...)), ""},
		"of the base image": {is("", v1.Config{Cmd: app}, base, installs("RUN apt-get install -y gcc", "*gcc"), does(`CMD ["bash"]`), does("COPY app /", "app"), installs(by, "*!gcc", "*make")),
			"make"},
	} {
		t.Run(name, func(t *testing.T) {
			var names []string
			for _, f := range findings(report(t, test.image), "build-tools") {
				names = append(names, f.Packages...)
			}
			slices.Sort(names)
			if diff := cmp.Diff(test.want, strings.Join(names, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestToolOf: the names of other package managers.
func TestToolOf(t *testing.T) {
	for manager, names := range map[string]map[string]rules.ToolKind{
		"apk":  {"build-base": rules.Program, "musl-dev": rules.Headers, "musl": rules.NoTool, "libgcc": rules.NoTool, ".build-deps": rules.Program, ".run-deps": rules.NoTool, "go": rules.Program, "openjdk21-jre": rules.NoTool},
		"rpm":  {"gcc-c++": rules.Program, "glibc-devel": rules.Headers, "kernel-headers": rules.Headers, "glibc": rules.NoTool, "libstdc++": rules.NoTool, "java-21-openjdk-devel": rules.Headers},
		"dpkg": {"g++-14": rules.Program, "libc6-dev": rules.Headers, "libc6": rules.NoTool, "gcc-14-base": rules.NoTool, "linux-libc-dev": rules.Headers, "make": rules.Program, "libllvm19": rules.NoTool},
		"":     {"gcc": rules.NoTool},
	} {
		for name, want := range names {
			if got := rules.ToolOf(manager, name); got != want {
				t.Errorf("%s %s: %d, want %d", manager, name, got, want)
			}
		}
	}
}

// TestApkBuildTools reads apk's database, where others may need a compiler, too.
func TestApkBuildTools(t *testing.T) {
	block := func(name, depends, file string) string {
		return "P:" + name + "\nV:1\nA:x86_64\nD:" + depends + "\nF:usr/bin\nR:" + file + "\n\n"
	}
	s := does("RUN apk add build-base git", "usr/bin/gcc", "usr/bin/make", "usr/bin/git", "usr/bin/ld", "usr/bin/isl")
	s.files = append(s.files,
		imagetest.Text("etc/apk/world", "build-base\ngit\n"),
		imagetest.Text("lib/apk/db/installed", block("build-base", "gcc make", "base")+block("gcc", "isl26 binutils", "gcc")+block("make", "", "make")+
			block("isl26", "", "isl")+block("git", "cmd:ld", "git")+strings.Replace(block("binutils", "", "ld"), "F:", "p:cmd:ld=2\nF:", 1)))
	found := findings(report(t, is("", v1.Config{Cmd: app}, does("COPY app /", "app"), s)), "build-tools")
	if len(found) != 1 || !slices.Equal(slices.Sorted(slices.Values(found[0].Packages)), []string{"gcc", "isl26", "make"}) {
		t.Errorf("%+v", found)
	}
}
