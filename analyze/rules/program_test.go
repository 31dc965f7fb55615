package rules_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestProgram reads what an image runs: the words, what a script runs, and whether a
// shell stands before it.
func TestProgram(t *testing.T) {
	b := &rules.Build{
		Entrypoint: []string{"/entry.sh"}, Cmd: []string{"mvn", "exec:java"},
		Captured: map[string][]byte{"entry.sh": []byte("go run .\nexec \"$@\"\n"), "etc/passwd": []byte("root:x:0:0::/root:/bin/sh\n")},
	}
	p := b.Program()
	for tool, want := range map[string]bool{"mvn": true, "go run": true, "go test": false, "go": true, "mvn exec:java x": false, "root:x:0:0::/root:/bin/sh": false} {
		if p.Runs(tool) != want {
			t.Errorf("runs %s: %v, want %v", tool, !want, want)
		}
	}
	if p.Shell || len(p.Scripts) != 2 {
		t.Errorf("shell %v, %d commands in scripts, want false and 2", p.Shell, len(p.Scripts))
	}
	if p := (&rules.Build{Cmd: []string{"/bin/sh", "-c", "app"}}).Program(); !p.Shell || !p.Runs("app") {
		t.Errorf("sh -c app: %+v", p)
	}
	if p := (*rules.Build)(nil).Program(); p.Words != nil || (&rules.Build{}).Program().Commands != nil {
		t.Error("an image without a command runs something")
	}
}

// TestShellForm tells a shell with a text from a shell, and from a program.
func TestShellForm(t *testing.T) {
	for _, test := range []struct {
		entrypoint, cmd string
		want            bool
	}{
		{"", "/bin/sh -c app", true}, {"bash -ec app", "", true}, {"tini --", "/bin/sh -c app", false},
		{"", "sh app.sh", false}, {"", "sh app.sh x", false}, {"", "python -c app", false}, {"", "", false},
	} {
		if got := rules.ShellForm(strings.Fields(test.entrypoint), strings.Fields(test.cmd)); got != test.want {
			t.Errorf("%q %q: %v, want %v", test.entrypoint, test.cmd, got, test.want)
		}
	}
}

// TestRunsService tells programs from prompts.
func TestRunsService(t *testing.T) {
	for cmd, want := range map[string]bool{"app": true, "/usr/bin/python3": false, "python3 app.py": true, "bash": false, "": false,
		"tail -f /dev/null": false, "tail -F /dev/null": false, "sleep infinity": false, "sleep 10000": false, "cat": false, "tini -- sleep infinity": false, "/usr/bin/dumb-init --": false, "tini": false, "tini -- app": true, "touch /root/hello": false, "echo done": false, "echoes": true, "tail -f /var/log/app": true, "cat /motd": true} {
		if got := (&rules.Build{Cmd: strings.Fields(cmd)}).RunsService(); got != want {
			t.Errorf("%q: %v, want %v", cmd, got, want)
		}
	}
}

// TestWants names the files whose content tells the rules more.
func TestWants(t *testing.T) {
	b := &rules.Build{Entrypoint: []string{"run.sh", "bin/x", "a.sh", "b.sh"}, Cmd: []string{"-v", "/opt/y", "two words"}, WorkingDir: "/w", Env: []string{"PATH=/p:relative:/q"}}
	want := []string{"etc/passwd", "p/run.sh", "q/run.sh", "w/bin/x", "w/a.sh", "w/b.sh", "opt/y"}
	if diff := cmp.Diff(want, b.Wants()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := (&rules.Build{}).SearchPath(); !slices.Contains(got, "/usr/local/sbin") || len(got) != 6 {
		t.Errorf("without PATH: %q", got)
	}
	for name, want := range map[string]bool{"etc/passwd": true, "srv/docker-entrypoint": true, "a/b.sh": true, "sbin/init": true, "bin/ls": false} {
		if rules.Wants(name, 100) != want || rules.Wants(name, 1<<20) {
			t.Errorf("%s of 100 bytes: want %v, and none of a megabyte", name, want)
		}
	}
	if !rules.Resembles([]byte("#!/bin/sh"), 9) || !rules.Resembles([]byte("root:x"), 9) || rules.Resembles([]byte("\x7fELF"), 9) || rules.Resembles([]byte("#!"), 1<<20) {
		t.Error("Resembles goes by the first bytes and the size")
	}
}

// TestUsedFiles lists what the config and the scripts point to, and where links lead.
func TestUsedFiles(t *testing.T) {
	s := rulestest.NewTree()
	s.Add("opt", model.Record{Kind: model.Directory})
	s.Add("opt/app", model.Record{Kind: model.File, Size: model.SizeOf(1)})
	s.Add("bin", model.Record{Kind: model.Directory})
	s.Add("bin/app", model.Record{Kind: model.Symlink, Ref: s.AddText("../opt/app")})
	b := &rules.Build{
		Cmd: []string{"sh", "-c", "app --conf=/etc/app.conf; exec x.sh"}, Env: []string{"PATH=/bin"}, WorkingDir: "/w",
		Entrypoint: []string{"/e.sh"}, Captured: map[string][]byte{"e.sh": []byte("cp /a/b x=/c/d\n")}, Tree: s.Tree,
	}
	used := b.UsedFiles()
	for _, want := range []string{"w/sh", "w/app", "etc/app.conf", "w/x.sh", "bin", "w", "e.sh", "bin/app", "opt/app", "a/b", "c/d"} {
		if !slices.Contains(used, want) {
			t.Errorf("%s is not among %q", want, used)
		}
	}
	if (*rules.Build)(nil).UsedFiles() != nil {
		t.Error("an unknown image uses files")
	}
	many := &rules.Build{Cmd: slices.Repeat([]string{"/x"}, 5000)}
	if got := len(many.UsedFiles()); got > 1000 {
		t.Errorf("%d files of a config with 5000 words", got)
	}
	if r, ok := b.Visible("opt/app"); !ok || r.Kind != model.File {
		t.Error("opt/app is visible")
	}
	if _, ok := b.Visible("opt/none"); ok {
		t.Error("opt/none is not there")
	}
	if _, ok := (&rules.Build{}).Visible("opt"); ok {
		t.Error("without a tree nothing is visible")
	}
}

// TestParsedOutlivesEdits keeps what was read when the instructions are replaced.
func TestParsedOutlivesEdits(t *testing.T) {
	b := rulestest.Build("RUN make", "WORKDIR /a")
	first := b.Parsed()
	commands, _ := first.Commands(0)
	if b.Parsed() != first {
		t.Error("the same instructions are parsed twice")
	}
	b.Instructions = append(slices.Clone(b.Instructions), model.Instruction{Keyword: "WORKDIR", Text: "WORKDIR /b"})
	again, _ := b.Parsed().Commands(0)
	if &again[0] != &commands[0] || b.Parsed().WorkDir(3) != "/b" {
		t.Error("after a replacement, RUN make is read again or WORKDIR /b is not seen")
	}
	if got := (*rules.Build)(nil).Parsed().WorkDir(0); got != "" {
		t.Errorf("no build works in %q", got)
	}
}
