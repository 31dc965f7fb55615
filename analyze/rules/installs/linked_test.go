package installs_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules/installs"
)

// TestLinksOfOtherPackages: where a path that is needed is one package's link to a program of
// another, both stay.
func TestLinksOfOtherPackages(t *testing.T) {
	const (
		server = "*sshd; Recommends: pam-systemd\npam-systemd; Depends: systemd, systemd-sysv\nsystemd; Files: lib/systemd/systemd\n"
		init   = "systemd-sysv; Depends: systemd; Files: "
		tool   = "*tool; Recommends: tool-names, tool-bin\ntool-names; Files: usr/bin/t -> tool.real\ntool-bin; Files: usr/bin/tool.real"
	)
	usrMerge := does("RUN x", imagetest.Symlink("sbin", "usr/sbin"))
	for _, test := range []struct {
		name, install, packages, cmd, more, want string
	}{
		{"the first program of a system", "sshd", server + init + "sbin/init -> /lib/systemd/systemd", "/sbin/init", "", "systemd-sysv"},
		{"a link beside its directory", "sshd", server + init + "sbin/init -> ../lib/systemd/systemd", "/sbin/init", "", "systemd-sysv"},
		{"where /sbin is a link", "sshd", server + init + "usr/sbin/init -> /lib/systemd/systemd", "/sbin/init", "merged", "systemd-sysv"},
		{"by its other path", "sshd", server + init + "usr/sbin/init -> /lib/systemd/systemd", "/usr/sbin/init", "", "systemd-sysv"},
		{"a package whose files nobody knows", "sshd", server + init + "usr/share/doc/x", "/sbin/init", "", "systemd-sysv"},
		{"a link that a RUN calls", "tool", tool, "/usr/bin/env", "RUN t --all", "tool-names tool-bin"},
		{"a link that a RUN calls by its path", "tool", tool, "/usr/bin/env", "RUN /usr/bin/t", "tool-names tool-bin"},
		{"a link that a text names", "tool", tool, "/usr/bin/env", "ENV T=/usr/bin/t", "tool-names tool-bin"},

		{"a program whose package is named for the machine", "tool", "*tool; Recommends: binutils\nbinutils; Depends: binutils-x86-64-linux-gnu; Files: usr/share/doc/b\nbinutils-x86-64-linux-gnu; Files: usr/bin/strip", "/usr/bin/env", "RUN strip /x", "binutils"},

		{"the program itself", "tool", tool, "/usr/bin/tool.real", "", "tool-bin"},
		{"the program of the system itself", "sshd", server + init + "sbin/init -> /lib/systemd/systemd", "/lib/systemd/systemd", "", "systemd"},
		{"another program", "sshd", server + init + "sbin/init -> /lib/systemd/systemd", "/usr/bin/sshd", "", ""},
		{"a word that is no program", "sshd", server + init + "sbin/init -> /lib/systemd/systemd", "/usr/bin/sshd init", "", ""},
		{"a link that nothing names", "tool", tool, "/usr/bin/env", "RUN tt", "tool-bin"},
		{"a link that leads to itself", "tool", "*tool; Recommends: x\nx; Files: usr/bin/t -> t", "/usr/bin/env", "", ""},
		{"a link that the install names", "tool tool-names", strings.Replace(tool, "\ntool-names", "\n*tool-names", 1), "/usr/bin/env", "RUN t --all", "tool-bin"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			more := does("COPY x /opt/")
			switch test.more {
			case "":
			case "merged":
				more = usrMerge
			default:
				more = does(test.more)
			}
			b := build(t, test.cmd, install(update+test.install, test.packages), more)
			commands, _ := b.Parsed().Commands(2)
			var got []string
			for _, k := range installs.Needed(b, 2, 1, commands).Kept {
				got = append(got, k.Name)
			}
			if diff := cmp.Diff(test.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
