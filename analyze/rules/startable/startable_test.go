package startable_test

import (
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/analyze/rules/startable"
)

// container is one of an image with a few programs, some of which cannot be started.
func container(t *testing.T) *startable.Container {
	t.Helper()
	elf := func(name string) imagetest.File { return imagetest.Program(name, imagetest.ELF{}) }
	script := func(name, text string) imagetest.File { return imagetest.Text(name, text).Chmod(0o755) }
	img := rulestest.Image{
		Config: v1.Config{Cmd: []string{"/app"}, WorkingDir: "/srv"},
		Steps: []rulestest.Step{{By: "COPY rootfs /", Files: []imagetest.File{
			elf("app"), elf("bin/sh"), elf("usr/bin/tini"), elf("usr/bin/env"), elf("srv/run"),
			script("ok.sh", "#!/bin/sh\nexec /app\n"),
			script("windows.sh", "#!/bin/sh\r\nexec /app\r\n"),
			script("plain.sh", "set -e\nexec /app\n"),
			script("node.sh", "#!/usr/bin/node --x\nx\n"),
			imagetest.Program("foreign", imagetest.ELF{Interpreter: "/lib/ld-musl-x86_64.so.1"}),
			imagetest.Text("nobody.sh", "#!/bin/sh\n"), imagetest.Fill("data", 9),
			imagetest.Text("own.sh", "#!/bin/sh\n").Chmod(0o700),
			imagetest.Dir("root/").Chmod(0o700), script("root/run", "#!/bin/sh\n"),
			imagetest.Dir("usr/local/bin/first/"), imagetest.Text("usr/local/bin/second", "#!/bin/sh\n"), elf("usr/bin/first"), elf("usr/bin/second"),
			imagetest.Text("usr/local/bin/third", "#!/bin/sh\n"),
			imagetest.Symlink("link", "srv/run"), imagetest.Symlink("dangling", "srv/gone"), imagetest.Symlink("elsewhere", "mnt"),
		}}},
	}
	return img.Build(t).Container()
}

// TestWord: what becomes of one word, and which file it leads to.
func TestWord(t *testing.T) {
	c := container(t)
	c.Path, c.User = "/usr/local/bin:relative:/usr/bin:/bin", &startable.User{UID: 7}
	c.Volumes = []string{"/vol", "/mnt/"}
	for word, want := range map[string]struct {
		why      startable.Why
		file, at string
	}{
		"/app":           {startable.Starts, "app", ""},
		"/link":          {startable.Starts, "srv/run", ""},
		"./run":          {startable.Starts, "srv/run", ""},
		"../app":         {startable.Starts, "app", ""},
		"tini":           {startable.Starts, "usr/bin/tini", ""},
		"first":          {startable.Starts, "usr/bin/first", ""},
		"second":         {startable.Starts, "usr/bin/second", ""},
		"third":          {startable.NotExecutable, "usr/local/bin/third", ""},
		"/ok.sh":         {startable.Starts, "ok.sh", ""},
		"/usr/bin":       {startable.IsDirectory, "usr/bin", ""},
		"/data":          {startable.Unknown, "data", ""},
		"/dangling":      {startable.Unknown, "dangling", ""},
		"/nobody.sh":     {startable.NotExecutable, "nobody.sh", ""},
		"/own.sh":        {startable.NotByUser, "own.sh", ""},
		"/root/run":      {startable.NotReachable, "root/run", "root"},
		"/windows.sh":    {startable.WindowsLines, "windows.sh", "/bin/sh"},
		"/node.sh":       {startable.NoInterpreter, "node.sh", "/usr/bin/node"},
		"/foreign":       {startable.NoInterpreter, "foreign", "/lib/ld-musl-x86_64.so.1"},
		"/plain.sh":      {startable.NoFirstLine, "plain.sh", ""},
		"/gone":          {startable.NotThere, "", ""},
		"gone":           {startable.NotThere, "", ""},
		"./gone":         {startable.NotThere, "", ""},
		"app":            {startable.NotThere, "", ""},
		"test":           {startable.NotThere, "", ""},
		"~/run":          {startable.NotThere, "", ""},
		"/app --flag":    {startable.NotThere, "", ""},
		"/vol":           {startable.MayBeBrought, "", ""},
		"/vol/../vol/x":  {startable.MayBeBrought, "", ""},
		"/volume":        {startable.NotThere, "", ""},
		"../vol/x":       {startable.MayBeBrought, "", ""},
		"/elsewhere/x":   {startable.NotThere, "", ""}, // the link leads to nothing that the image has
		"/mnt/x":         {startable.MayBeBrought, "", ""},
		"/proc/self/exe": {startable.Unknown, "", ""},
		"/dev/fd/3":      {startable.Unknown, "", ""},
		"$APP":           {startable.Unknown, "", ""},
		"/a/${X}":        {startable.Unknown, "", ""},
		"":               {startable.Unknown, "usr/local/bin", ""},
	} {
		a := c.Word(word)
		if a.Why != want.why || a.File != want.file || a.At != want.at || a.Word != word {
			t.Errorf("%q: got %+v, want %+v", word, a, want)
		}
		if absent := want.why == startable.NotThere || want.why == startable.MayBeBrought; a.Absent() != absent {
			t.Errorf("%q: absent is %v", word, a.Absent())
		}
	}
}

// TestNeeds: what a file lacks is told whatever else is wrong with it.
func TestNeeds(t *testing.T) {
	c := container(t)
	c.Volumes = []string{"/node.sh"}
	if a := c.Word("/node.sh"); a.Why != startable.Unknown || a.Needs != "/usr/bin/node" {
		t.Errorf("below a volume: %+v", a)
	}
}

// TestUnsure: where something else may decide, nothing is said of a program that is not there.
func TestUnsure(t *testing.T) {
	long := make([]string, 1000)
	for i := range long {
		long[i] = "/opt/" + strings.Repeat("x", i)
	}
	for name, change := range map[string]func(c *startable.Container){
		"no layers":               func(c *startable.Container) { c.Tree = nil },
		"a PATH of variables":     func(c *startable.Container) { c.Path = "$HOME/bin:/bin" },
		"a PATH from elsewhere":   func(c *startable.Container) { c.PathFromElsewhere = true },
		"a PATH that is too long": func(c *startable.Container) { c.Path = strings.Join(long, ":") },
		"a volume in PATH":        func(c *startable.Container) { c.Volumes = []string{"/usr/local"} },
		"an assumption":           func(c *startable.Container) { c.Assumed = func(word string) bool { return word == "gone" } },
		"a model":                 func(c *startable.Container) { c.Partial = true },
	} {
		c := container(t)
		if a := c.Word("gone"); a.Why != startable.NotThere {
			t.Fatalf("%+v", a)
		}
		change(c)
		if a := c.Word("gone"); a.Why != startable.Unknown && a.Why != startable.MayBeBrought {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

// TestCommand: the program of a command that cannot be started, where in the words it is, and why.
// want is "" where nothing is known to be wrong.
func TestCommand(t *testing.T) {
	c := container(t)
	for _, test := range []struct {
		words string // with | between them
		want  string
		index int
		why   startable.Why
	}{
		{"/app", "", 0, startable.Starts},
		{"gone|-x", "gone", 0, startable.NotThere},
		{"tini|--|gone", "gone", 2, startable.NotThere},
		{"tini|--|gosu|app|/app", "gosu", 2, startable.NotThere},
		{"tini|--|env|A=b|gone", "gone", 4, startable.NotThere},
		{"timeout|--new|5|/app", "timeout", 0, startable.NotThere},
		{"tini|-z|gone", "", 0, startable.Unknown},
		{"env|PATH=/x|gone", "", 0, startable.Unknown},
		{"env|-C|/x|./gone", "", 0, startable.Unknown},
		{"env|-C|/x|/gone", "/gone", 3, startable.NotThere},
		{"/plain.sh", "/plain.sh", 0, startable.NoFirstLine},
		{"tini|--|/plain.sh", "", 2, startable.Starts},
		{"tini|--|/windows.sh", "/windows.sh", 2, startable.WindowsLines},
		{"bash|-c|/app", "bash", 0, startable.NotThere},
		{"sh|-c|gone", "gone", 0, startable.NotThere},
		{"tini|--|sh|-ec|gone", "gone", 2, startable.NotThere},
		{"sh|-c|exec gone", "gone", 0, startable.NotThere},
		{"sh|-c|/gone && /app", "/gone", 0, startable.NotThere},
		{"sh|-c|test -e /x", "", 0, startable.Unknown},
		{"sh|-c|gone; true", "", 0, startable.Unknown},
		{"sh|-c|cd /x && ./gone", "", 0, startable.Unknown},
		{"env|-C|/x|sh|-c|./gone", "", 0, startable.Unknown}, // sh itself may be elsewhere
		{"sh|-lc|gone", "", 0, startable.Unknown},
		{"sh|-c|/proc/self/exe", "", 0, startable.Unknown},
		{"sh|-c|/plain.sh", "", 0, startable.Unknown},
		{"", "", 0, startable.Unknown},
	} {
		a := c.Command(strings.Split(test.words, "|"))
		got := a.Word
		if a.Why == startable.Unknown || a.Why == startable.Starts {
			got = ""
		}
		if got != test.want || a.Why != test.why || test.want != "" && a.Index != test.index {
			t.Errorf("%s: got %+v, want %+v", test.words, a, test)
		}
	}
	if a := c.Command(nil); a.Why != startable.Unknown {
		t.Errorf("without words: %+v", a)
	}
}

// TestBehindVolume: a wrapper that a volume may bring starts a program like any other.
func TestBehindVolume(t *testing.T) {
	c := container(t)
	c.Volumes = []string{"/vol"}
	if a := c.Command([]string{"/vol/tini", "--", "/gone"}); a.Word != "/gone" || a.Why != startable.NotThere {
		t.Errorf("%+v", a)
	}
	c.Assumed = func(word string) bool { return word == "gosu" }
	if a := c.Command([]string{"gosu", "app", "/gone"}); a.Word != "/gone" || a.Why != startable.NotThere {
		t.Errorf("behind what is taken to be there: %+v", a)
	}
}

// TestLater: where the container installs programs when it starts, a command that comes later
// may find them; the one that it starts with does not.
func TestLater(t *testing.T) {
	c := container(t)
	words := []string{"gone"}
	if a := c.Later(words); a.Why != startable.NotThere {
		t.Errorf("%+v", a)
	}
	c.Installs = func() bool { return true }
	if a := c.Later(words); a.Why != startable.Unknown {
		t.Errorf("after an installation: %+v", a)
	}
	if a := c.Command(words); a.Why != startable.NotThere {
		t.Errorf("before an installation: %+v", a)
	}
	if a := c.Command([]string{"sh", "-c", "gone"}); a.Why != startable.Unknown {
		t.Errorf("in a text: %+v", a)
	}
}

// TestShellReads: what BASH_ENV names may bring anything before a text runs.
func TestShellReads(t *testing.T) {
	c := container(t)
	c.ShellReads = true
	if a := c.Command([]string{"sh", "-c", "gone"}); a.Why != startable.Unknown {
		t.Errorf("%+v", a)
	}
}

// TestSteps: the wrappers of a command, and what those before each change.
func TestSteps(t *testing.T) {
	got := startable.Unwrap(strings.Fields("tini -- env -C /x PATH=/y nice -n 1 app")).By
	want := []startable.Step{{At: 0}, {At: 2}, {At: 6, Dir: true, Path: true}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
