package terminal

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest/enginetest"
)

// packingEngine is an engine that packs until it is let go.
func packingEngine(t *testing.T) (host string, e *enginetest.Engine, release func()) {
	t.Helper()
	packed := make(chan struct{})
	e = &enginetest.Engine{Image: engineImage(), API: "1.41", Containers: &enginetest.Containers{}, Save: func(w http.ResponseWriter, r *http.Request, archive []byte) {
		select {
		case <-packed:
			_, _ = w.Write(archive)
		case <-r.Context().Done():
		}
	}}
	host, _ = enginetest.Listen(t, e)
	return host, e, sync.OnceFunc(func() { close(packed) })
}

// TestWhileTheEnginePacks: what the engine said of the image stands there before it has
// sent a byte, and the bar says what is waited for.
func TestWhileTheEnginePacks(t *testing.T) {
	needTerminal(t)
	for _, s := range sizes {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			host, e, release := packingEngine(t)
			term := open(t, setting{columns: s.columns, rows: s.rows, args: []string{"--no-cache", "docker:app"}, env: []string{"DOCKER_HOST=" + host}})
			term.wait("packing", "install", "CMD") // the steps, where there is room for one pane
			term.whole()
			term.see("5", "process 1") // what it runs stands in the step, at sizes that show both
			term.whole()
			if s.columns > 40 {
				term.wait("the engine is packing 12 kB, 1 s")
			}
			release()
			term.see("1", "wasted")
			term.gone("packing")
			term.whole()
			// A file that no layer hides comes without the rest of the image.
			e.Saves.Store(0)
			term.press("2")
			term.command("goto /app/hello")
			term.see("Enter", "a small file")
			if n := e.Saves.Load(); n != 0 {
				t.Errorf("a file took %d saves", n)
			}
			term.press("Escape")
			term.gone("a small file")
			term.press("q")
			term.left(0)
			if n := e.Containers.Open(); n != 0 || len(e.Containers.Made()) != 1 {
				t.Errorf("of %d containers %d are left", len(e.Containers.Made()), n)
			}
		})
	}
}

// TestGoesToTheChanges when they are known, from the steps that stood there first; somebody
// who has moved meanwhile stays where they are.
func TestGoesToTheChanges(t *testing.T) {
	atEverySize(t, func(t *testing.T, s size) {
		for _, moved := range []bool{false, true} {
			host, _, release := packingEngine(t)
			if moved && s.columns >= 100 {
				continue // both panes are on the screen
			}
			term := open(t, setting{columns: s.columns, rows: s.rows, args: []string{"--no-cache", "docker:app"}, env: []string{"DOCKER_HOST=" + host}})
			term.wait("packing", "install", "CMD")
			if moved {
				term.see("Down Down", "3/3")
			}
			release()
			screen := term.wait("wasted", "? help")
			if steps := strings.Contains(screen, "3/3"); steps != moved {
				t.Errorf("moved %v, on the steps %v:\n%s", moved, steps, picture(screen))
			}
			term.press("q")
			term.left(0)
		}
	})
}

// TestLeavingWhileTheEnginePacks: Esc keeps what the engine said, Ctrl+C leaves.
func TestLeavingWhileTheEnginePacks(t *testing.T) {
	needTerminal(t)
	host, _, _ := packingEngine(t)
	term := open(t, setting{args: []string{"--no-cache", "docker:app"}, env: []string{"DOCKER_HOST=" + host}})
	term.wait("packing", "install")
	term.see("Escape", "partial", "install")
	term.whole()
	term.see("5", "/app/run")
	term.press("q")
	term.left(0)
	term.line("clear; . ./run")
	term.wait("packing")
	term.press("C-c")
	term.left(130)
}
