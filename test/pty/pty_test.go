//go:build linux

package pty

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// timeout is how long a program may take for what takes it a moment.
const timeout = 30 * time.Second

// session is a program that runs on a terminal of its own.
type session struct {
	broken []string // what was wrong with the terminal, see whole
	t      *testing.T
	pid    int
	master *os.File
	slave  *os.File
	before *unix.Termios

	mu      sync.Mutex
	written []byte

	status syscall.WaitStatus
	ended  bool
	marks  int // how many the test has written
	shown  int // bytes of what was written that the emulator has seen
	screen *emulator
}

// terminal opens a pseudo-terminal.
func terminal(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("there are no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() { master.Close() })
	fd := int(master.Fd())
	n, err := unix.IoctlGetUint32(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return master, slave
}

// start runs the program; stdin is the terminal where it is nil.
func start(t *testing.T, stdin *os.File, args ...string) *session {
	t.Helper()
	dir := t.TempDir()
	s := &session{t: t, screen: newEmulator()}
	s.master, s.slave = terminal(t)
	s.resize(120, 36)
	var err error
	if s.before, err = unix.IoctlGetTermios(int(s.slave.Fd()), unix.TCGETS); err != nil {
		t.Fatal(err)
	}
	if stdin == nil {
		stdin = s.slave
	}
	// No engine, no settings and no credentials of whoever runs the tests.
	p, err := os.StartProcess(tare, append([]string{"tare"}, args...), &os.ProcAttr{
		Dir: dir, Files: []*os.File{stdin, s.slave, s.slave},
		Env: []string{
			"HOME=" + dir, "TERM=xterm-256color", "LC_ALL=C.UTF-8", "PATH=" + os.Getenv("PATH"), "DOCKER_CONFIG=" + dir,
			"DOCKER_HOST=unix://" + dir + "/no.sock", "CONTAINER_HOST=unix://" + dir + "/no.sock",
		},
		Sys: &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.pid = p.Pid
	t.Cleanup(func() {
		if !s.ended {
			s.signal(syscall.SIGKILL)
			_, _ = syscall.Wait4(s.pid, nil, 0, nil) // it is only to be gone
		}
	})
	go s.read(int(s.master.Fd()))
	return s
}

// read keeps what the program writes. It does so in a thread that the kernel wakes,
// as a terminal does: what waits too long can be dropped by a key.
func (s *session) read(fd int) {
	runtime.LockOSThread()
	_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), -15) // where that is allowed
	buffer := make([]byte, 1<<16)
	for {
		n, err := unix.Read(fd, buffer)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		n = max(n, 0)
		s.mu.Lock()
		s.written = append(s.written, buffer[:n]...)
		s.mu.Unlock()
		if err != nil || n == 0 {
			return // EIO: nobody has the terminal open any more
		}
	}
}

// since is what was written from a byte on.
func (s *session) since(at int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.written[at:])
}

func (s *session) output() string { return s.since(0) }

func (s *session) resize(columns, rows int) {
	size := &unix.Winsize{Col: uint16(columns), Row: uint16(rows)}
	if err := unix.IoctlSetWinsize(int(s.master.Fd()), unix.TIOCSWINSZ, size); err != nil {
		s.t.Error(err)
	}
}

func (s *session) signal(signal syscall.Signal) {
	if !s.ended {
		_ = syscall.Kill(s.pid, signal) // it may just have ended
	}
}

// look notes whether the program has ended. One that has stopped gave the terminal
// back, and goes on.
func (s *session) look() {
	for !s.ended {
		pid, err := syscall.Wait4(s.pid, &s.status, syscall.WNOHANG|syscall.WUNTRACED, nil)
		if err != nil || pid == 0 {
			return
		}
		if !s.status.Stopped() {
			s.ended = true
			return
		}
		s.whole("stopped")
		s.signal(syscall.SIGCONT)
	}
}

// send types, as fast as the program reads and no faster.
func (s *session) send(keys string) {
	for len(keys) > 0 && !s.ended {
		// More than the line discipline holds would be lost.
		n := min(len(keys), 200)
		waiting, err := unix.IoctlGetInt(int(s.slave.Fd()), unix.TIOCINQ)
		if err == nil && waiting < 2000 {
			if _, err := s.master.WriteString(keys[:n]); err != nil {
				s.t.Fatal(err)
			}
			keys = keys[n:]
			s.look()
			continue
		}
		s.pause(time.Millisecond)
	}
}

// pause lets time pass.
func (s *session) pause(d time.Duration) {
	time.Sleep(d)
	s.look()
}

// end waits until the program has ended, and reports whether it did.
func (s *session) end(limit time.Duration) bool {
	for deadline := time.Now().Add(limit); !s.ended && time.Now().Before(deadline); {
		s.pause(2 * time.Millisecond)
	}
	return s.ended
}

// settled waits until all that was written has been read, and shows it to the
// emulator. What the test itself writes comes behind it, and the terminal shows
// nothing of it.
func (s *session) settled() {
	s.t.Helper()
	for deadline := time.Now().Add(timeout); time.Now().Before(deadline); {
		// A key that is still on its way can drop a mark as it can drop anything.
		s.marks++
		mark := fmt.Sprintf("\x1b_mark %d\x1b\\", s.marks)
		if _, err := s.slave.WriteString(mark); err != nil {
			s.t.Fatal(err)
		}
		for range 100 {
			fresh := s.since(s.shown)
			if end := strings.Index(fresh, mark); end >= 0 {
				s.shown += end + len(mark)
				s.screen.show(fresh[:end])
				return
			}
			time.Sleep(2 * time.Millisecond)
		}
	}
	s.t.Fatal("the terminal reads nothing")
}

// whole holds that the terminal is as it was before the program.
func (s *session) whole(when string) {
	s.t.Helper()
	s.settled()
	if left := s.screen.left(); len(left) > 0 {
		s.broken = append(s.broken, fmt.Sprintf("%s (%v): %s\nthe last of what was written: %q", when, s.status, strings.Join(left, ", "), s.since(max(0, s.shown-400))))
	}
	after, err := unix.IoctlGetTermios(int(s.slave.Fd()), unix.TCGETS)
	if err != nil {
		s.t.Fatal(err)
	}
	if !reflect.DeepEqual(after, s.before) {
		s.broken = append(s.broken, fmt.Sprintf("%s (%v): the terminal's settings are other than before:\n%+v\n%+v", when, s.status, s.before, after))
	}
}
