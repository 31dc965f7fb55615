package terminal

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tare-oci/tare/test/program"
)

// tare is the program under test.
var tare string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if os.Getenv("TARE_TMUX") != "1" {
		return m.Run()
	}
	return program.Test(m, &tare)
}

// shared is a directory that the tests share: the cache of what was learnt of layers
// is in there.
func shared() string { return filepath.Dir(tare) }

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
