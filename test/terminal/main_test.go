package terminal

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// tare is the program under test, and shared is a directory that the tests share:
// the cache of what was learnt of layers is in there.
var tare, shared string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if os.Getenv("TARE_TMUX") != "1" {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "tare-tmux")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	tare, shared = filepath.Join(dir, "tare"), dir
	if out, err := build(tare); err != nil {
		fmt.Fprintf(os.Stderr, "building tare: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// build builds the program.
func build(to string, flags ...string) ([]byte, error) {
	args := append([]string{"build", "-o", to}, flags...)
	return exec.Command("go", append(args, "github.com/tare-oci/tare")...).CombinedOutput()
}

// needTerminal skips the test unless terminals were asked for, and lets it run
// beside others: most of a test's time is waiting.
func needTerminal(t *testing.T) {
	t.Helper()
	if os.Getenv("TARE_TMUX") != "1" {
		t.Skip("needs tmux: set TARE_TMUX=1")
	}
	t.Parallel()
}

// full skips what the quick half leaves out.
func full(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("repeats another test on another size or image; runs without -short")
	}
}
