package terminal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func init() { drainTime = 10 * time.Millisecond }

// pseudoTerminal opens a terminal; what is written to it collects in the returned log.
func pseudoTerminal(t *testing.T) (slave *os.File, log *terminalLog) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("there are no pseudo-terminals here: %v", err)
	}
	n, err := unix.IoctlGetUint32(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	log = &terminalLog{}
	go func() { _, _ = io.Copy(log, master) }()
	t.Cleanup(func() {
		slave.Close()
		master.Close()
		openGuard.Store(nil)
		ending.Store(false)
	})
	return slave, log
}

// terminalLog is what a terminal was sent.
type terminalLog struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *terminalLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

// waitFor waits until the terminal was sent a text so many times.
func (l *terminalLog) waitFor(t *testing.T, text string, times int) {
	t.Helper()
	var got string
	for range 500 {
		l.mu.Lock()
		got = l.all.String()
		l.mu.Unlock()
		if strings.Count(got, text) >= times {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("the terminal was not sent %q %d times, but %q", text, times, got)
}

// echoes reports whether the terminal echoes keys.
func echoes(t *testing.T, f *os.File) bool {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return state.Lflag&unix.ECHO != 0
}

// silence turns the echo off, as Bubble Tea does.
func silence(t *testing.T, f *os.File) {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err == nil {
		state.Lflag &^= unix.ECHO
		err = unix.IoctlSetTermios(int(f.Fd()), unix.TCSETS, state)
	}
	if err != nil || echoes(t, f) {
		t.Fatalf("the terminal still echoes (%v)", err)
	}
}

const (
	enter = "\x1b[?1049h\x1b[?1002h"
	leave = "\x1b[?1002l\x1b[?1049l\x1b[?25h"
)

func TestGuardGivesTheTerminalBack(t *testing.T) {
	for name, failed := range map[string]bool{"in order": false, "by an error": true} {
		t.Run(name, func(t *testing.T) {
			tty, log := pseudoTerminal(t)
			g := NewGuard(tty, tty)
			in, out := g.Wrap(tty, tty)
			if keys, ok := in.(interface{ Fd() uintptr }); !ok || keys.Fd() != tty.Fd() || out != io.Writer(g) || g.Fd() != tty.Fd() {
				t.Fatalf("the guard stands between %T and %T", in, out)
			}
			silence(t, tty)
			if _, err := io.WriteString(out, enter); err != nil {
				t.Fatal(err)
			}
			log.waitFor(t, enter, 1)
			g.End(failed)
			log.waitFor(t, leave, 1)
			if failed != echoes(t, tty) { // Bubble Tea restores the echo itself where it ends in order
				t.Errorf("the terminal echoes: %v", echoes(t, tty))
			}
			if _, err := out.Write([]byte("late")); !errors.Is(err, errClosed) {
				t.Errorf("writing afterwards: %v", err)
			}
			if fd := in.(interface{ Fd() uintptr }).Fd(); fd != ^uintptr(0) {
				t.Errorf("keys still come from descriptor %d", fd)
			}
			if err := g.Close(); err != nil {
				t.Error(err)
			}
			if _, err := tty.Stat(); err != nil {
				t.Errorf("Close closed the caller's file: %v", err)
			}
		})
	}
}

// TestReleaseSaysItAgain: what gives the terminal back is sent once more, in case that
// keys made the kernel drop it; the interface may go on.
func TestReleaseSaysItAgain(t *testing.T) {
	tty, log := pseudoTerminal(t)
	g := NewGuard(tty, tty)
	for _, s := range []string{enter, leave} {
		if _, err := g.Write([]byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	g.Release()
	log.waitFor(t, leave, 2)
	if _, err := g.Write([]byte("on we go")); err != nil {
		t.Error(err)
	}
	log.waitFor(t, "on we go", 1)
}

// TestRestoreDoesNotWaitForTheInterface: the terminal is whole, and no interface opens any
// more.
func TestRestoreDoesNotWaitForTheInterface(t *testing.T) {
	tty, log := pseudoTerminal(t)
	g := NewGuard(tty, tty)
	silence(t, tty)
	if _, err := g.Write([]byte(enter)); err != nil {
		t.Fatal(err)
	}
	Restore()
	log.waitFor(t, leave, 1)
	if !echoes(t, tty) {
		t.Error("the terminal does not echo")
	}
	if _, err := g.Write([]byte("late")); !errors.Is(err, errClosed) {
		t.Errorf("writing afterwards: %v", err)
	}
	if _, err := NewGuard(tty, tty).Write([]byte("late")); !errors.Is(err, errClosed) {
		t.Errorf("an interface that opens now writes: %v", err)
	}
}

// TestGuardOfNoTerminal: files and pipes pass through untouched.
func TestGuardOfNoTerminal(t *testing.T) {
	var out bytes.Buffer
	g := NewGuard(strings.NewReader(""), &out)
	if g != nil {
		t.Fatalf("a buffer is guarded by %+v", g)
	}
	in := strings.NewReader("")
	if r, w := g.Wrap(in, &out); r != io.Reader(in) || w != io.Writer(&out) {
		t.Error("the guard stands before what is no terminal")
	}
	g.Release()
	g.End(true)
}

// TestCatchStop: a SIGTSTP from outside is told, and the end ends it.
func TestCatchStop(t *testing.T) {
	told, over, ended := make(chan struct{}, 1), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		CatchStop(func() {
			select {
			case told <- struct{}{}:
			default:
			}
		}, over)
	}()
	caught := make(chan os.Signal, 1) // until CatchStop catches the signal, it would stop the test
	signal.Notify(caught, syscall.SIGTSTP)
	defer signal.Stop(caught)
	for done := false; !done; {
		if err := syscall.Kill(os.Getpid(), syscall.SIGTSTP); err != nil {
			t.Fatal(err)
		}
		select {
		case <-told:
			done = true
		case <-time.After(20 * time.Millisecond):
		}
	}
	close(over)
	<-ended
}
