package terminal

import (
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/term"
)

// Guard stands between Bubble Tea and a terminal. It passes everything on, keeps
// count of the modes that are switched on, and gives the terminal back when the
// interface ends, whichever way that is. Bubble Tea does the same on its usual
// ways out, but not where Run returns early with an error, not where it is ended
// between two frames after a suspension, and not where nothing waits for it: a
// second signal, or work that does not end. After the guard is closed, nothing
// that still runs can write to the terminal.
//
// It also keeps what gives the terminal back from being lost on the way. When the
// kernel meets Ctrl+C, Ctrl+\ or Ctrl+Z in a terminal that obeys them, it drops
// all output that the terminal has not read yet (see NOFLSH in termios). Bubble Tea
// makes the terminal obey them again right behind its last bytes, so a key that is
// pressed or still queued at that moment would take them away: the program ends
// well, and the screen stays as it was. So the guard waits a moment behind the
// last bytes, and sends them once more when the keys are obeyed again.
//
// It implements the file that Bubble Tea asks a terminal to be.
type Guard struct {
	out *os.File

	in     int // the descriptor keys come from
	before *term.State

	closed atomic.Bool
	mu     sync.Mutex // held while modes changes, and while Write writes
	modes  modes
}

// keyboard is where keys come from. Once the guard is closed it has no descriptor,
// so that Bubble Tea cannot take the terminal any more.
type keyboard struct {
	*os.File

	guard *Guard
}

// Fd returns the descriptor, or an invalid one after the guard is closed.
func (k keyboard) Fd() uintptr {
	if k.guard.closed.Load() {
		return ^uintptr(0)
	}
	return k.File.Fd()
}

// openGuard is the guard of the interface that is on the screen, nil if there is no interface.
// ending is set when no further interface may open.
var (
	openGuard atomic.Pointer[Guard]
	ending    atomic.Bool
)

// releaseTime is how long [Restore] waits for a terminal that takes nothing.
const releaseTime = 300 * time.Millisecond

// drainTime is how long a terminal gets to read what gives it back, before keys
// can drop it. The kernel does not say when a pseudo-terminal has been read. Tests shorten it:
// their terminals have nobody who presses keys.
var drainTime = 200 * time.Millisecond

// againTime is how long keys that were already on their way can still arrive after the terminal
// obeys them again.
const againTime = 20 * time.Millisecond

var errClosed = errors.New("the interface has ended")

// NewGuard notes how the terminal is now. It returns nil where out is no terminal.
func NewGuard(in io.Reader, out io.Writer) *Guard {
	to, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(to.Fd())) {
		return nil
	}
	g := &Guard{out: to}
	from := to
	if keys, ok := in.(*os.File); ok {
		from = keys
	}
	g.in = int(from.Fd())
	if state, err := term.GetState(g.in); err == nil {
		g.before = state
	}
	openGuard.Store(g)
	if ending.Load() {
		g.closed.Store(true)
	}
	return g
}

// Wrap returns what Bubble Tea is to read from and to write to.
func (g *Guard) Wrap(in io.Reader, out io.Writer) (io.Reader, io.Writer) {
	if g == nil {
		return in, out
	}
	if keys, ok := in.(*os.File); ok {
		in = keyboard{keys, g}
	}
	return in, g
}

// Restore gives the terminal back when the program is about to end and cannot
// wait for the interface; no interface can open afterwards. It may be called from
// any goroutine, at any time, more than once.
func Restore() {
	ending.Store(true)
	if g := openGuard.Load(); g != nil {
		g.abandon()
	}
}

// Read reads from the terminal.
func (g *Guard) Read(p []byte) (int, error) { return g.out.Read(p) }

// Fd is the terminal's descriptor.
func (g *Guard) Fd() uintptr { return g.out.Fd() }

// Close does nothing: the file is the caller's.
func (g *Guard) Close() error { return nil }

// Write passes on what is for the terminal, unless the guard is closed.
func (g *Guard) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed.Load() {
		return 0, errClosed
	}
	inside := g.modes.alternate()
	n, err := g.out.Write(p)
	g.modes.pass(p[:n])
	if inside && !g.modes.alternate() {
		time.Sleep(drainTime)
	}
	return n, err
}

// Release switches off what is still on, and once more what was. Bubble Tea may go
// on afterwards.
func (g *Guard) Release() {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.undoAgain()
}

// undoAgain sends the sequences that restore the terminal once more, and again after a while.
func (g *Guard) undoAgain() {
	g.undo(true)
	time.Sleep(againTime)
	g.undo(true)
}

func (g *Guard) undo(again bool) {
	sequences := g.modes.undo(again)
	n, _ := g.out.WriteString(sequences) // a terminal that is gone has no modes
	g.modes.pass([]byte(sequences[:n]))
}

// End gives the terminal back when Bubble Tea has ended. failed says that it
// ended by an error, which can leave the terminal without echo.
func (g *Guard) End(failed bool) {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	// The message of a panic is on the screen already. Leaving the alternate screen once
	// more would move the cursor back above it.
	if failed {
		g.undo(false)
	} else {
		g.undoAgain()
	}
	g.closed.Store(true)
	if failed {
		g.cook()
	}
	openGuard.CompareAndSwap(g, nil)
}

// cook makes the terminal echo and obey its special keys as it did before.
func (g *Guard) cook() {
	if g.before != nil {
		_ = term.Restore(g.in, g.before) // a terminal that is gone needs none of it
	}
}

// abandon is like End, but for while Bubble Tea still runs. It restores the terminal after the
// write that may be under way. For a terminal that takes no output, such as one that was stopped
// with Ctrl+S, it waits at most releaseTime.
func (g *Guard) abandon() {
	g.closed.Store(true)
	done := make(chan struct{})
	go func() {
		defer close(done)
		g.mu.Lock() // until the last write is through
		defer g.mu.Unlock()
		g.undo(true)
		time.Sleep(drainTime)
	}()
	select {
	case <-done:
	case <-time.After(releaseTime):
	}
	g.cook()
	if g.mu.TryLock() {
		defer g.mu.Unlock()
		g.undoAgain()
	}
}
