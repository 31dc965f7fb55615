package launch_test

import (
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules/launch"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// container is one of an image with a few programs, some of which cannot be started.
func container(t *testing.T) *launch.Container {
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
	c.Path, c.User = "/usr/local/bin:relative:/usr/bin:/bin", &launch.User{UID: 7}
	c.Volumes = []string{"/vol", "/mnt/"}
	for word, want := range map[string]struct {
		why      launch.Why
		file, at string
	}{
		"/app":           {launch.Starts, "app", ""},
		"/link":          {launch.Starts, "srv/run", ""},
		"./run":          {launch.Starts, "srv/run", ""},
		"../app":         {launch.Starts, "app", ""},
		"tini":           {launch.Starts, "usr/bin/tini", ""},
		"first":          {launch.Starts, "usr/bin/first", ""},
		"second":         {launch.Starts, "usr/bin/second", ""},
		"third":          {launch.NotExecutable, "usr/local/bin/third", ""},
		"/ok.sh":         {launch.Starts, "ok.sh", ""},
		"/usr/bin":       {launch.IsDirectory, "usr/bin", ""},
		"/data":          {launch.Unknown, "data", ""},
		"/dangling":      {launch.Unknown, "dangling", ""},
		"/nobody.sh":     {launch.NotExecutable, "nobody.sh", ""},
		"/own.sh":        {launch.NotByUser, "own.sh", ""},
		"/root/run":      {launch.NotReachable, "root/run", "root"},
		"/windows.sh":    {launch.WindowsLines, "windows.sh", "/bin/sh"},
		"/node.sh":       {launch.NoInterpreter, "node.sh", "/usr/bin/node"},
		"/foreign":       {launch.NoInterpreter, "foreign", "/lib/ld-musl-x86_64.so.1"},
		"/plain.sh":      {launch.NoFirstLine, "plain.sh", ""},
		"/gone":          {launch.NotThere, "", ""},
		"gone":           {launch.NotThere, "", ""},
		"./gone":         {launch.NotThere, "", ""},
		"app":            {launch.NotThere, "", ""},
		"test":           {launch.NotThere, "", ""},
		"~/run":          {launch.NotThere, "", ""},
		"/app --flag":    {launch.NotThere, "", ""},
		"/vol":           {launch.MayBeBrought, "", ""},
		"/vol/../vol/x":  {launch.MayBeBrought, "", ""},
		"/volume":        {launch.NotThere, "", ""},
		"../vol/x":       {launch.MayBeBrought, "", ""},
		"/elsewhere/x":   {launch.NotThere, "", ""}, // the link leads to nothing that the image has
		"/mnt/x":         {launch.MayBeBrought, "", ""},
		"/proc/self/exe": {launch.Unknown, "", ""},
		"/dev/fd/3":      {launch.Unknown, "", ""},
		"$APP":           {launch.Unknown, "", ""},
		"/a/${X}":        {launch.Unknown, "", ""},
		"":               {launch.Unknown, "usr/local/bin", ""},
	} {
		a := c.Word(word)
		if a.Why != want.why || a.File != want.file || a.At != want.at || a.Word != word {
			t.Errorf("%q: got %+v, want %+v", word, a, want)
		}
		if absent := want.why == launch.NotThere || want.why == launch.MayBeBrought; a.Absent() != absent {
			t.Errorf("%q: absent is %v", word, a.Absent())
		}
	}
}

// TestNeeds: what a file lacks is told whatever else is wrong with it.
func TestNeeds(t *testing.T) {
	c := container(t)
	c.Volumes = []string{"/node.sh"}
	if a := c.Word("/node.sh"); a.Why != launch.Unknown || a.Needs != "/usr/bin/node" {
		t.Errorf("below a volume: %+v", a)
	}
}

// TestUnsure: where something else may decide, nothing is said of a program that is not there.
func TestUnsure(t *testing.T) {
	long := make([]string, 1000)
	for i := range long {
		long[i] = "/opt/" + strings.Repeat("x", i)
	}
	for name, change := range map[string]func(c *launch.Container){
		"no layers":               func(c *launch.Container) { c.Tree = nil },
		"a PATH of variables":     func(c *launch.Container) { c.Path = "$HOME/bin:/bin" },
		"a PATH from elsewhere":   func(c *launch.Container) { c.PathFromElsewhere = true },
		"a PATH that is too long": func(c *launch.Container) { c.Path = strings.Join(long, ":") },
		"a volume in PATH":        func(c *launch.Container) { c.Volumes = []string{"/usr/local"} },
		"an assumption":           func(c *launch.Container) { c.Assumed = func(word string) bool { return word == "gone" } },
		"a model":                 func(c *launch.Container) { c.Partial = true },
	} {
		c := container(t)
		if a := c.Word("gone"); a.Why != launch.NotThere {
			t.Fatalf("%+v", a)
		}
		change(c)
		if a := c.Word("gone"); a.Why != launch.Unknown && a.Why != launch.MayBeBrought {
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
		why   launch.Why
	}{
		{"/app", "", 0, launch.Starts},
		{"gone|-x", "gone", 0, launch.NotThere},
		{"tini|--|gone", "gone", 2, launch.NotThere},
		{"tini|--|gosu|app|/app", "gosu", 2, launch.NotThere},
		{"tini|--|env|A=b|gone", "gone", 4, launch.NotThere},
		{"timeout|--new|5|/app", "timeout", 0, launch.NotThere},
		{"tini|-z|gone", "", 0, launch.Unknown},
		{"env|PATH=/x|gone", "", 0, launch.Unknown},
		{"env|-C|/x|./gone", "", 0, launch.Unknown},
		{"env|-C|/x|/gone", "/gone", 3, launch.NotThere},
		{"/plain.sh", "/plain.sh", 0, launch.NoFirstLine},
		{"tini|--|/plain.sh", "", 2, launch.Starts},
		{"tini|--|/windows.sh", "/windows.sh", 2, launch.WindowsLines},
		{"bash|-c|/app", "bash", 0, launch.NotThere},
		{"sh|-c|gone", "gone", 0, launch.NotThere},
		{"tini|--|sh|-ec|gone", "gone", 2, launch.NotThere},
		{"sh|-c|exec gone", "gone", 0, launch.NotThere},
		{"sh|-c|/gone && /app", "/gone", 0, launch.NotThere},
		{"sh|-c|test -e /x", "", 0, launch.Unknown},
		{"sh|-c|gone; true", "", 0, launch.Unknown},
		{"sh|-c|cd /x && ./gone", "", 0, launch.Unknown},
		{"env|-C|/x|sh|-c|./gone", "", 0, launch.Unknown}, // sh itself may be elsewhere
		{"sh|-lc|gone", "", 0, launch.Unknown},
		{"sh|-c|/proc/self/exe", "", 0, launch.Unknown},
		{"sh|-c|/plain.sh", "", 0, launch.Unknown},
		{"", "", 0, launch.Unknown},
	} {
		a := c.Command(strings.Split(test.words, "|"))
		got := a.Word
		if a.Why == launch.Unknown || a.Why == launch.Starts {
			got = ""
		}
		if got != test.want || a.Why != test.why || test.want != "" && a.Index != test.index {
			t.Errorf("%s: got %+v, want %+v", test.words, a, test)
		}
	}
	if a := c.Command(nil); a.Why != launch.Unknown {
		t.Errorf("without words: %+v", a)
	}
}

// TestBehindVolume: a wrapper that a volume may bring starts a program like any other.
func TestBehindVolume(t *testing.T) {
	c := container(t)
	c.Volumes = []string{"/vol"}
	if a := c.Command([]string{"/vol/tini", "--", "/gone"}); a.Word != "/gone" || a.Why != launch.NotThere {
		t.Errorf("%+v", a)
	}
	c.Assumed = func(word string) bool { return word == "gosu" }
	if a := c.Command([]string{"gosu", "app", "/gone"}); a.Word != "/gone" || a.Why != launch.NotThere {
		t.Errorf("behind what is taken to be there: %+v", a)
	}
}

// TestLater: where the container installs programs when it starts, a command that comes later
// may find them; the one that it starts with does not.
func TestLater(t *testing.T) {
	c := container(t)
	words := []string{"gone"}
	if a := c.Later(words); a.Why != launch.NotThere {
		t.Errorf("%+v", a)
	}
	c.Installs = func() bool { return true }
	if a := c.Later(words); a.Why != launch.Unknown {
		t.Errorf("after an installation: %+v", a)
	}
	if a := c.Command(words); a.Why != launch.NotThere {
		t.Errorf("before an installation: %+v", a)
	}
	if a := c.Command([]string{"sh", "-c", "gone"}); a.Why != launch.Unknown {
		t.Errorf("in a text: %+v", a)
	}
}

// TestShellReads: what BASH_ENV names may bring anything before a text runs.
func TestShellReads(t *testing.T) {
	c := container(t)
	c.ShellReads = true
	if a := c.Command([]string{"sh", "-c", "gone"}); a.Why != launch.Unknown {
		t.Errorf("%+v", a)
	}
}

// TestSteps: the wrappers of a command, and what those before each change.
func TestSteps(t *testing.T) {
	got := launch.Unwrap(strings.Fields("tini -- env -C /x PATH=/y nice -n 1 app")).By
	want := []launch.Step{{At: 0}, {At: 2}, {At: 6, Dir: true, Path: true}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
