package builder

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestReasonIsWhatTheCommandSaid(t *testing.T) {
	for name, row := range map[string]struct{ output, want string }{
		"BuildKit": {"#5 [2/3] RUN make\n#5 0.231 /bin/sh: 1: make: not found\n#5 ERROR: exit code: 127\n------\n > [2/3] RUN make:\n#5 0.231 /bin/sh: 1: make: not found\n------\nDockerfile:2\nERROR: failed to solve: exit code: 127\n",
			"/bin/sh: 1: make: not found"},
		"BuildKit, nothing said":         {"#5 ERROR: exit code: 1\n------\n > [2/3] RUN false:\n------\nfailed to solve: exit code: 1\n", "failed to solve: exit code: 1"},
		"classic":                        {"Step 2/3 : RUN make\n/bin/sh: 1: make: not found\nThe command '/bin/sh -c make' returned a non-zero code: 127\n", "/bin/sh: 1: make: not found"},
		"a progress line is drawn again": {"10 %\r20 %\rdisk full\r\n", "disk full"},
		"two contexts": {"ERROR: \"docker build\" requires exactly 1 argument.\nSee 'docker build --help'.\n\nUsage:  docker build [OPTIONS] PATH | URL | -\n\nBuild an image from a Dockerfile\n",
			`ERROR: "docker build" requires exactly 1 argument.`},
		"an unknown flag, usage first": {"unknown flag: --nosuch\n\nUsage:  docker build [OPTIONS] PATH | URL | -\n\nRun 'docker build --help' for more information\n", "unknown flag: --nosuch"},
		"podman":                       {"Error: unknown flag: --nosuch\nSee 'podman build --help'\n", "Error: unknown flag: --nosuch"},
		"nothing":                      {"\n \n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var tail Tail
			for _, part := range strings.SplitAfter(row.output, " ") {
				_, _ = tail.Write([]byte(part))
			}
			if got := tail.Reason(); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	var tail Tail
	for range 1000 {
		_, _ = tail.Write([]byte(strings.Repeat("x", 1000) + "\n"))
	}
	_, _ = tail.Write([]byte("the end\n"))
	if len(tail.kept) > 2*keep || tail.Last() != "the end" {
		t.Errorf("%d bytes are kept, the last line is %.20q", len(tail.kept), tail.Last())
	}
}

// engine puts a docker of a few lines of shell before all others.
func engine(t *testing.T, script string) (b Builder, calls func() string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the engine is a shell script")
	}
	dir := t.TempDir()
	log := filepath.Join(dir, "calls")
	script = "#!/bin/sh\necho \"$@\" >> " + log + "\n" + script
	if err := os.WriteFile(filepath.Join(dir, "docker"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	b, err := Find("")
	if err != nil {
		t.Fatal(err)
	}
	return b, func() string {
		text, _ := os.ReadFile(log)
		return string(text)
	}
}

func TestStartTellsHowTheContainerDid(t *testing.T) {
	for name, row := range map[string]struct {
		script string
		want   Outcome
	}{
		"it runs":         {`[ $1 = inspect ] && echo true 0; true`, Outcome{Running: true}},
		"it ends":         {`case $1 in inspect) echo false 3;; logs) echo one; echo no config >&2;; esac`, Outcome{Code: 3, Said: "no config"}},
		"no such program": {`case $1 in run) echo id; echo app: not found >&2; exit 127;; esac`, Outcome{Code: 127, Said: "app: not found"}},
	} {
		t.Run(name, func(t *testing.T) {
			b, calls := engine(t, row.script)
			got, err := b.Start(t.Context(), "app", time.Nanosecond, "--network=none")
			if err != nil || got != row.want {
				t.Errorf("%+v %v, want %+v", got, err, row.want)
			}
			if !strings.Contains(calls(), " --network=none app\n") || !strings.Contains(calls(), "rm -f -v tare-try-") {
				t.Errorf("calls:\n%s", calls())
			}
		})
	}
	t.Run("the engine fails", func(t *testing.T) {
		b, _ := engine(t, "echo no bridge >&2; exit 125")
		if _, err := b.Start(t.Context(), "app", 0); err == nil || !strings.Contains(err.Error(), "docker run failed (exit 125): no bridge") {
			t.Error(err)
		}
	})
}

func TestShellTellsHowTheCommandDid(t *testing.T) {
	for name, row := range map[string]struct {
		script, want string
		succeeded    bool
	}{
		"it works":    {`[ $1 = inspect ] && echo false 0; true`, "ends with exit code 0", true},
		"it fails":    {`case $1 in inspect) echo false 3;; logs) echo no config;; esac`, "ends with exit code 3: no config", false},
		"it goes on":  {`[ $1 = inspect ] && echo true 0; true`, "did not end within 0.001 minutes", false},
		"there is no": {`[ $1 != run ] || { echo sh: not found >&2; exit 127; }`, "ends with exit code 127: sh: not found", false},
	} {
		t.Run(name, func(t *testing.T) {
			b, calls := engine(t, row.script)
			got, err := b.Shell(t.Context(), "app", "work", 60*time.Millisecond, "--entrypoint=other")
			if err != nil || got.String() != row.want || got.Succeeded() != row.succeeded {
				t.Errorf("%q %v, want %q", got, err, row.want)
			}
			// Ours is the last, which is the one that counts.
			if !strings.Contains(calls(), " --entrypoint=other --entrypoint sh app -c work\n") || !strings.Contains(calls(), "rm -f -v tare-try-") {
				t.Errorf("calls:\n%s", calls())
			}
		})
	}
}

// TestInterruptLeavesNoContainer: what an interrupt comes upon is first made, then
// taken away. The engine goes on making it whatever becomes of the program that asked.
func TestInterruptLeavesNoContainer(t *testing.T) {
	for during, script := range map[string]string{
		"run":     `case $1 in run) (sleep 0.1; : > made) >/dev/null 2>&1 & : > ready; wait;; inspect) echo true 0;; rm) rm made && : > removed;; esac`,
		"inspect": `case $1 in run) : > made;; inspect) : > ready; echo true 0;; rm) rm made && : > removed;; esac`,
	} {
		t.Run(during, func(t *testing.T) {
			dir := t.TempDir()
			b, calls := engine(t, "cd "+dir+"\n"+script)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go func() {
				for ctx.Err() == nil {
					if _, err := os.Stat(filepath.Join(dir, "ready")); err == nil {
						cancel()
					}
					time.Sleep(time.Millisecond)
				}
			}()
			if _, err := b.Shell(ctx, "app", "sleep 300", time.Minute); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			if _, err := os.Stat(filepath.Join(dir, "removed")); err != nil {
				t.Errorf("the container is left; calls:\n%s", calls())
			}
		})
	}
}

func TestRemoveImageLeavesWhatOthersHave(t *testing.T) {
	for name, row := range map[string]struct {
		names string
		had   map[string]bool
		gone  bool
	}{
		"ours":             {"0", nil, true},
		"was there before": {"0", map[string]bool{"12": true}, false},
		"has a name":       {"1", nil, false},
		"cannot be told":   {"", nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			b, calls := engine(t, "[ $1 = inspect ] && echo "+row.names)
			ctx, cancel := context.WithCancel(t.Context())
			cancel() // a user who has had enough
			b.RemoveImage(ctx, "sha256:12", row.had)
			if gone := strings.Contains(calls(), "rmi sha256:12"); gone != row.gone {
				t.Errorf("calls:\n%s", calls())
			}
		})
	}
}

func TestBuildGivesTheIDOrSaysThatItFailed(t *testing.T) {
	b, calls := engine(t, `[ "$4" = bad ] && exit 7; echo sha256:12 > $3`)
	id, err := b.Build(t.Context(), []string{"."}, nil, nil)
	if id != "sha256:12" || err != nil {
		t.Errorf("%q %v", id, err)
	}
	_, err = b.Build(t.Context(), []string{"bad"}, nil, nil)
	var failed *FailedError
	if !errors.As(err, &failed) || failed.Code != 7 {
		t.Errorf("%v", err)
	}
	if !strings.Contains(calls(), "build --iidfile ") {
		t.Errorf("calls:\n%s", calls())
	}
}

// TestBuildApartLeavesNothingBehind: a builder whose helper heeds no interrupt is killed with it, and
// its directory goes.
func TestBuildApartLeavesNothingBehind(t *testing.T) {
	grace = 20 * time.Millisecond // neither script would end after a longer one
	t.Cleanup(func() { grace = 2 * time.Second })
	for name, script := range map[string]string{
		"the helper heeds nothing":  `(trap '' INT; echo $$ > helper; while :; do sleep 0.005; : > alive; done) & : > ready; wait`,
		"the builder heeds nothing": `trap '' INT; : > ready; while :; do sleep 0.005; : > alive; done`,
	} {
		t.Run(name, func(t *testing.T) {
			dir, temp := t.TempDir(), t.TempDir()
			b, _ := engine(t, "cd "+dir+"\n"+script)
			t.Setenv("TMPDIR", temp)
			b.Apart = true
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go func() {
				for ctx.Err() == nil {
					if _, err := os.Stat(filepath.Join(dir, "ready")); err == nil {
						cancel()
					}
					time.Sleep(time.Millisecond)
				}
			}()
			if _, err := b.Build(ctx, []string{"."}, nil, &strings.Builder{}); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			if left, _ := os.ReadDir(temp); len(left) > 0 {
				t.Errorf("%v is left", left)
			}
			alive := filepath.Join(dir, "alive")
			time.Sleep(20 * time.Millisecond) // what was killed may still be dying
			os.Remove(alive)
			time.Sleep(60 * time.Millisecond) // ten times as long as it takes to say so
			if _, err := os.Stat(alive); err == nil {
				t.Error("something goes on")
			}
		})
	}
}
