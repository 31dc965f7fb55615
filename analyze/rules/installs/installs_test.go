package installs_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/installs"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// packages are what dpkg knows after an install, a package a line with fields between
// semicolons: "libomp; Depends: libc; Files: usr/lib/libomp.so.1". Those marked * were
// asked for. A library is a file with .so in its name, "a -> b" a link; without Files a
// package has a program by its name.
func install(by, packages string) rulestest.Step {
	s := rulestest.Step{By: by}
	var status, states strings.Builder
	for line := range strings.SplitSeq(packages, "\n") {
		name, rest, _ := strings.Cut(line, "; ")
		manual := strings.HasPrefix(name, "*")
		name = strings.TrimPrefix(name, "*")
		status.WriteString("Package: " + name + "\nStatus: install ok installed\nPriority: optional\nArchitecture: amd64\nVersion: 1\n")
		files := "usr/bin/" + name
		for field := range strings.SplitSeq(rest, "; ") {
			if list, ok := strings.CutPrefix(field, "Files: "); ok {
				files = list
			} else if field != "" {
				status.WriteString(field + "\n")
			}
		}
		status.WriteString("\n")
		if !manual {
			states.WriteString("Package: " + name + "\nArchitecture: amd64\nAuto-Installed: 1\n\n")
		}
		list := "/.\n"
		for file := range strings.SplitSeq(files, ", ") {
			link, target, isLink := strings.Cut(file, " -> ")
			list += "/" + link + "\n"
			switch {
			case isLink:
				s.Files = append(s.Files, imagetest.Symlink(link, target))
			case strings.Contains(file, ".so"):
				s.Files = append(s.Files, imagetest.Program(file, imagetest.ELF{Soname: file[strings.LastIndexByte(file, '/')+1:]}))
			default:
				s.Files = append(s.Files, imagetest.Same(file, name+file, 2<<10))
			}
		}
		s.Files = append(s.Files, imagetest.Text("var/lib/dpkg/info/"+name+".list", list))
	}
	s.Files = append(s.Files, imagetest.Text("var/lib/dpkg/status", status.String()), imagetest.Text("var/lib/apt/extended_states", states.String()))
	return s
}

// does is a step with files.
func does(by string, files ...imagetest.File) rulestest.Step {
	return rulestest.Step{By: by, Files: append(files, imagetest.Text("var/trace", by))}
}

// linked is a program that is linked with libraries.
func linked(path string, needed ...string) imagetest.File {
	return imagetest.Program(path, imagetest.ELF{Interpreter: "/lib64/ld-linux-x86-64.so.2", Needed: needed})
}

// script is a file that may be run, with a first line.
func script(path, first string, mode uint16) imagetest.File {
	f := imagetest.Text(path, first+"\n")
	f.Mode = int64(mode)
	return f
}

// build is an image of a base, an install and further steps.
func build(t *testing.T, cmd string, steps ...rulestest.Step) *rules.Build {
	t.Helper()
	base := []rulestest.Step{rulestest.Does(t, "ADD rootfs.tar /", "etc/os-release"), rulestest.Does(t, `CMD ["bash"]`)}
	return rulestest.Image{Config: v1.Config{Cmd: strings.Fields(cmd)}, Steps: append(base, steps...)}.Build(t)
}

const (
	update = "RUN apt-get update && apt-get install -y "
	// pip brings a compiler by recommendation, and that a library that programs are linked
	// with.
	pip    = "*python3-pip; Recommends: build-essential\nbuild-essential; Depends: gcc\ngcc; Depends: libgomp1\nlibgomp1; Files: usr/lib/x86_64-linux-gnu/libgomp.so.1.0.0, usr/lib/x86_64-linux-gnu/libgomp.so.1 -> libgomp.so.1.0.0"
	qt     = "*qtbase-dev; Recommends: libqtgl-dev\n*g++\nlibqtgl-dev; Depends: libqtgl; Files: usr/include/gl.h\nlibqtgl; Files: usr/lib/libqtgl.so.5"
	flex   = "*flex; Recommends: libfl-dev\n*g++\nlibfl-dev; Files: usr/include/FlexLexer.h"
	listed = "*python3-a\n*python3-b\n*python3-c; Recommends: python3-scipy, python3-tables\npython3-scipy; Files: usr/lib/python3/dist-packages/scipy/__init__.py\npython3-tables; Files: usr/lib/python3/dist-packages/tables/__init__.py, usr/lib/python3/dist-packages/tables-3.7.egg-info"
	all    = "*tool; Recommends: perl, python3, doc, libz-dev\nperl; Files: usr/bin/perl, usr/lib/perl/x.pm\npython3; Files: usr/bin/python3.11, usr/bin/python3 -> python3.11\ndoc; Files: usr/share/doc/tool/x\nlibz-dev; Depends: libz; Files: usr/include/z.h\nlibz; Files: usr/lib/libz.so.1"
)

// wheel is what pip notes of a package that the index had ready-made.
var wheel = imagetest.Text("usr/local/lib/python3.11/dist-packages/x-1.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: cp311-cp311-manylinux_2_17_x86_64\n")

// TestPrograms: what the image's own programs name stays, and nothing else does.
func TestPrograms(t *testing.T) {
	for _, test := range []struct {
		name, install, packages string
		more                    rulestest.Step
		want                    string
	}{
		{"a program that was copied", "python3-pip", pip, does("COPY app /opt/", linked("opt/app", "libgomp.so.1", "libc.so.6")), "libgomp1: /opt/app is linked with libgomp.so.1"},
		{"a wheel's library", "python3-pip", pip, does("RUN pip3 install x", wheel, linked("usr/local/lib/python3.11/dist-packages/x/_x.so", "libgomp.so.1")), "libgomp1: /usr/local/lib/python3.11/dist-packages/x/_x.so is linked with libgomp.so.1"},
		{"what old releases only recommend", "python-pip", "*python-pip; Recommends: python-setuptools, python-x\npython-setuptools\npython-x", does("RUN pip install x"), "python-setuptools: pip is called in a later RUN"},
		{"a driver that old releases only recommend", "libgl1-mesa-glx", "*libgl1-mesa-glx; Recommends: libgl1-mesa-dri\nlibgl1-mesa-dri", does("RUN true"), "libgl1-mesa-dri: libgl1-mesa-glx is installed: it draws nothing without a driver"},
		{"a library that may be opened", "python3-pip", pip, does("COPY app /opt/", imagetest.Program("opt/app", imagetest.ELF{Names: []string{"libgomp.so.1"}})), "libgomp1: /opt/app may open libgomp.so.1"},
		{"a file among the constants", "tool", all, does("COPY app /opt/", imagetest.Program("opt/app", imagetest.ELF{Names: []string{"/usr/lib/perl/x.pm"}})), "perl: /opt/app names /usr/lib/perl/x.pm"},
		{"a script's interpreter", "tool", all, does("COPY run /opt/", script("opt/run", "#!/usr/bin/perl -w", 0o755)), "perl: /opt/run is a script for perl"},
		{"through env", "tool", all, does("COPY run /opt/", script("opt/run", "#!/usr/bin/env -S python3 -u", 0o755)), "python3: /opt/run is a script for python3"},
		{"what was compiled, and its headers", "tool", all, does("RUN gcc x.c", linked("usr/local/bin/app", "libz.so.1")), "libz-dev: /usr/local/bin/app is linked with libz.so.1"},
		{"headers beside headers", "qtbase-dev g++", qt, does("RUN g++ x.cc"), "libqtgl-dev: code that includes headers of qtbase-dev may include its own"},
		{"flex, whose scanners include its header", "flex g++", flex, does("RUN cmake . && make"), "libfl-dev: flex is installed: scanners in C++ include its FlexLexer.h"},
		{"a module that a command imports", "python3-a python3-b python3-c", listed, does("RUN python3 -c 'from scipy.stats import norm'"), "python3-scipy: scipy is imported in a later RUN"},
		{"a script that nothing runs", "python3-a python3-b python3-c", listed, does("COPY run.sh /opt/", imagetest.Text("opt/run.sh", "python3 -m tables.scripts.ptdump x\n")), ""},
		{"several in a line", "python3-a python3-b python3-c", listed, does("RUN python3 -c 'import os, tables'"), "python3-tables: tables is imported in a later RUN"},
		{"a module that pip installs", "python3-a python3-b python3-c", listed, does("RUN python3 -m pip install scipy tables"), ""},
		{"a module that nothing imports", "python3-a python3-b python3-c", listed, does("RUN python3 -c 'import scipyx'"), ""},

		{"what trusts the certificates of a directory", "php-ldap", "*php-ldap; Recommends: libldap-common\nlibldap-common", does("RUN true"), "libldap-common: php-ldap is installed for use at run time"},
		{"no word of a directory", "php-gd", "*php-gd; Recommends: libldap-common\nlibldap-common", does("RUN true"), ""},

		{"another library", "python3-pip", pip, does("COPY app /opt/", linked("opt/app", "libc.so.6")), ""},
		{"no program", "python3-pip", pip, does("COPY list /opt/", imagetest.Text("opt/list", "libgomp.so.1")), ""},
		{"a program that is removed again", "python3-pip", pip, does("RUN x", linked("var/x", "libc.so.6")), ""},
		{"a directory among the constants", "tool", all, does("COPY app /opt/", imagetest.Program("opt/app", imagetest.ELF{Names: []string{"/usr/lib/perl", "/usr/share/none"}})), ""},
		{"a script that nobody may run", "tool", all, does("COPY run /opt/", script("opt/run", "#!/usr/bin/perl", 0o644)), ""},
		{"a script for what came from elsewhere", "tool", all, does("COPY run /opt/", script("opt/run", "#!/usr/local/bin/python3", 0o755), script("usr/local/bin/python3", "ELF", 0o755)), ""},
		{"headers of something else", "tool", strings.ReplaceAll(all, "libz-dev", "liby-dev"), does("RUN gcc x.c", linked("usr/local/bin/app", "libz.so.1")), "libz: /usr/local/bin/app is linked with libz.so.1"},
		{"a script among modules", "tool", all, does("RUN npm ci", script("app/node_modules/x/run", "#!/usr/bin/perl", 0o755)), ""},
		{"a script for a shell", "tool", all, does("COPY run /opt/", script("opt/run", "#!/bin/sh", 0o755)), ""},
		{"headers where nothing is compiled", "qtbase-dev g++", qt, does("COPY x /opt/"), ""},
		{"manual pages beside a compiler", "gcc", "*gcc; Recommends: manpages-dev\nmanpages-dev; Files: usr/share/man/man3/x.3", does("RUN gcc x.c"), ""},
		{"a library that came ready-made, and headers", "tool", all, does("RUN pip3 install x", wheel, linked("usr/lib/python3/dist-packages/x.so", "libz.so.1")), "libz: /usr/lib/python3/dist-packages/x.so is linked with libz.so.1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := build(t, "/usr/bin/env", install(update+test.install, test.packages), test.more)
			commands, _ := b.Parsed().Commands(2)
			var got []string
			for _, k := range installs.Needed(b, 2, 1, commands).Kept {
				got = append(got, k.Name+": "+k.Why)
			}
			if diff := cmp.Diff(test.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestIdle: what nothing calls any more, and what goes with it.
func TestIdle(t *testing.T) {
	const packages = "*nginx\n*git; Depends: perl\nperl\n*vim; Depends: vim-runtime\nvim-runtime\n*app"
	for _, test := range []struct {
		name, install, cmd string
		more               rulestest.Step
		want               string // what is dropped, what is removed, what goes
	}{
		{"never called", "nginx git vim", "/usr/bin/nginx", does("COPY x /opt/"), "git vim; ; git perl vim vim-runtime"},
		{"called in the same RUN", "nginx git vim && git clone x", "/usr/bin/nginx", does("COPY x /opt/"), "vim; git; git perl vim vim-runtime"},
		{"one is called later", "nginx git vim", "/usr/bin/nginx", does("RUN git clone x"), "vim; ; vim vim-runtime"},
		{"what it brings is called later", "nginx vim", "/usr/bin/nginx", does("RUN vim-runtime"), "vim; ; vim"},
		{"what it brings runs a script", "nginx git", "/usr/bin/nginx", does("COPY x /opt/", script("opt/x", "#!/usr/bin/perl", 0o755)), "git; ; git"},

		{"the container calls it", "nginx git", "git daemon", does("COPY x /opt/"), ""},
		{"a shell", "nginx git", "bash", does("COPY x /opt/"), ""},
		{"a program that looks for it", "nginx git", "/usr/bin/nginx", does("ENV GIT=/usr/bin/git"), ""},
		{"a build that nobody can read", "nginx git", "/usr/bin/nginx", does("RUN ./x.py"), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := build(t, test.cmd, install(update+test.install, packages), test.more, does("CMD "+test.cmd))
			got := ""
			for _, idle := range installs.FindIdle(b) {
				var goes []string
				for _, i := range idle.Goes {
					goes = append(goes, b.Packages[i].Name)
				}
				slices.Sort(goes)
				got += strings.Join(idle.Never, " ") + "; " + strings.Join(idle.Spent, " ") + "; " + strings.Join(goes, " ")
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestSmaller: the smaller package by the table's patterns, whatever the version.
func TestSmaller(t *testing.T) {
	for _, test := range []struct{ name, install, packages, cmd, want string }{
		{"a version in the middle", "openjdk-21-jdk", "*openjdk-21-jdk; Depends: openjdk-21-jre-headless\nopenjdk-21-jre-headless", "java -jar /x.jar", "openjdk-21-jdk by openjdk-21-jre-headless"},
		{"a version at the end", "postgresql-16 && psql -l", "*postgresql-16; Depends: postgresql-client-16\npostgresql-client-16", "/usr/bin/env", "postgresql-16 by postgresql-client-16"},
		{"the name in front", "php7.4 && php -v", "*php7.4; Depends: php7.4-cli, apache2-bin\nphp7.4-cli\napache2-bin", "/usr/bin/env", "php7.4 by php7.4-cli"},
		{"no version", "git-all && git --version", "*git-all; Depends: git, gitk\ngit\ngitk", "/usr/bin/env", "git-all by git"},

		{"the smaller one is not there", "openjdk-21-jdk", "*openjdk-21-jdk", "java -jar /x.jar", ""},
		{"the smaller one itself", "postgresql-client-16 && psql -l", "*postgresql-client-16", "/usr/bin/env", ""},
		{"something of the full one is called", "git-all && gitk", "*git-all; Depends: git, gitk\ngit\ngitk", "/usr/bin/env", ""},
		{"nothing calls it", "git-all", "*git-all; Depends: git, gitk\ngit\ngitk", "/usr/bin/env", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := build(t, test.cmd, install(update+test.install, test.packages), does("CMD "+test.cmd))
			got := ""
			for _, s := range installs.FindSmaller(b) {
				got += s.From + " by " + s.To
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestIsGuess tells what something visible needs from what somebody may.
func TestIsGuess(t *testing.T) {
	const tools = "*tool; Recommends: perl, make\nperl\nmake"
	for _, test := range []struct {
		name, cmd, install, packages string
		more                         rulestest.Step
		want                         string // the guesses
	}{
		{"what a command calls", "/usr/bin/tool", "tool", tools, does("RUN perl x && make"), ""},
		{"what a script may call", "/usr/bin/tool", "tool", tools, does("RUN /src/build.bash"), "make perl"},
		{"what a build may call", "/usr/bin/tool", "tool", tools, does("RUN ninja"), "make perl"},
		{"what people may compile with", "bash", "python3-pip vim", pip + "\n*vim", does("RUN true"), "build-essential"},
		{"what an unknown package asks for", "/usr/bin/tool", "tool", "*tool; Recommends: helper\nhelper", does("RUN true"), "helper"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := build(t, test.cmd, install(update+test.install, test.packages), test.more)
			commands, _ := b.Parsed().Commands(2)
			needs := installs.Needed(b, 2, 1, commands)
			var got []string
			for i := range needs.Kept {
				if needs.Kept[i].IsGuess() {
					got = append(got, needs.Kept[i].Name)
				}
			}
			if len(needs.Kept) == 0 || strings.Join(got, " ") != test.want {
				t.Errorf("guesses %q, want %q; kept %+v", got, test.want, needs.Kept)
			}
		})
	}
}

// TestPays: any of three reasons is enough, and just enough counts.
func TestPays(t *testing.T) {
	worth := installs.Worth{Bytes: 1000, Part: 10}
	for _, c := range []struct {
		name                string
		saved, named, whole int64
		want                bool
	}{
		{"as much as it names", 50, 50, 1000, true},
		{"less than it names, and little", 99, 100, 1000, false},
		{"a tenth of the whole", 100, 500, 1000, true},
		{"many bytes", 1000, 5000, 100_000, true},
		{"not so many", 999, 5000, 100_000, false},
	} {
		if got := worth.Pays(c.saved, c.named, c.whole); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

// TestReasons: the ways by which a package came in end at what the install names, and what it recommends
// counts only as far as that stays.
func TestReasons(t *testing.T) {
	for _, test := range []struct{ name, install, packages, kept, hosts string }{
		{"fonts of a browser", "chromium", "*chromium; Recommends: fonts-x\nfonts-x\ndoc", "fonts-x", ""},
		{"fonts of what it needs", "chromium", "*chromium; Depends: driver; Recommends: doc\ndriver; Recommends: fonts-x\nfonts-x\ndoc", "fonts-x", "chromium"},
		{"fonts of what it recommends, which goes", "chromium", "*chromium; Recommends: viewer\nviewer; Recommends: fonts-x\nfonts-x", "", "chromium"},
		{"two that are named, one for the other", "suite tool", "*suite; Recommends: tool\ntool; Recommends: doc\ndoc", "", "tool"},
		{"two that are named, and both bring it", "suite tool", "*suite; Recommends: doc\n*tool; Recommends: doc\ndoc", "", "suite tool"},
	} {
		b := build(t, "/usr/bin/env", install(update+test.install, strings.Replace(test.packages, "\ndoc", "\ndoc; Files: usr/share/doc/x", 1)))
		commands, _ := b.Parsed().Commands(2)
		needs := installs.Needed(b, 2, 1, commands)
		var kept []string
		for _, k := range needs.Kept {
			kept = append(kept, k.Name)
		}
		if strings.Join(kept, " ") != test.kept || strings.Join(needs.Hosts, " ") != test.hosts {
			t.Errorf("%s: %q is kept, %q bring what goes; want %q and %q", test.name, kept, needs.Hosts, test.kept, test.hosts)
		}
	}
}
