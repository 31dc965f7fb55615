//go:build linux

package pty

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/ui/cli"
)

// tare is the program under test.
var tare string

// TestMain makes this very test the program, where it is called by the program's name.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "tare" {
		cli.Main()
		return
	}
	var err error
	if tare, err = os.Executable(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// keysInStorm is how many keys come down in one storm.
const keysInStorm = 400

// heed is how long a program has that a key asks to leave. Not every key is one after a storm,
// so that a signal follows, which ends it with a code that is right for every way.
const heed = 2 * time.Second

// way is a way to end, with the exit codes that it may have.
type way struct {
	name  string
	do    func(s *session, r *rand.Rand)
	codes []int
}

// ways are all there are.
var ways = []way{
	{"q", leaveBy("q"), []int{0}},
	{"Ctrl+C", leaveBy("\x03"), []int{0, 130}},
	{"SIGTERM", signals(syscall.SIGTERM), []int{143}},
	{"SIGINT", signals(syscall.SIGINT), []int{130}},
	{"SIGHUP", signals(syscall.SIGHUP), []int{129}},
	{"SIGQUIT", signals(syscall.SIGQUIT), []int{2}},
	{"SIGTERM twice", signals(syscall.SIGTERM, syscall.SIGTERM), []int{143}},
	{"SIGINT twice", signals(syscall.SIGINT, syscall.SIGINT), []int{130}},
	{"SIGHUP and SIGTERM", signals(syscall.SIGHUP, syscall.SIGTERM), []int{129, 143}},
	{"q, still typing", leaveTyping, []int{-1, 0, 130}},
	{"q and SIGTERM", func(s *session, r *rand.Rand) {
		s.send("\x1b")
		s.pause(100 * time.Millisecond)
		s.send("q")
		s.pause(time.Duration(r.IntN(20)) * time.Millisecond)
		s.signal(syscall.SIGTERM)
	}, []int{0, 143}},
}

// leaveTyping leaves, and presses the keys that drop output as soon as they do: when
// the terminal obeys them again, and may not have read the program's last bytes.
func leaveTyping(s *session, _ *rand.Rand) {
	s.send("\x1b")
	s.pause(60 * time.Millisecond)
	s.send("q")
	for deadline := time.Now().Add(heed); !s.ended && time.Now().Before(deadline); s.look() {
		now, err := unix.IoctlGetTermios(int(s.slave.Fd()), unix.TCGETS)
		if err != nil {
			s.t.Fatal(err)
		}
		if now.Lflag&unix.ISIG != 0 {
			s.send("\x03\x1a\x03")
			break
		}
	}
	if !s.end(heed) {
		s.signal(syscall.SIGTERM) // see leaveBy
	}
}

// leaveBy leaves whatever is open by Esc, and presses a key. A storm can have begun
// a paste whose end was lost while the program was stopped; then no key is a key
// any more, and a signal has to do.
func leaveBy(key string) func(*session, *rand.Rand) {
	return func(s *session, _ *rand.Rand) {
		for range 4 {
			s.send("\x1b")
			s.pause(60 * time.Millisecond) // Esc alone is a key only after a while
		}
		s.send(key)
		if !s.end(heed) {
			s.t.Logf("%q did not end it", key)
			s.signal(syscall.SIGTERM)
		}
	}
}

func signals(all ...syscall.Signal) func(*session, *rand.Rand) {
	return func(s *session, r *rand.Rand) {
		for _, one := range all {
			s.signal(one)
			s.pause(time.Duration(r.IntN(20)) * time.Millisecond)
		}
	}
}

// setting is a number from the environment.
func setting(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(os.Getenv(name), 10, 64)
	if err != nil {
		return otherwise
	}
	return n
}

// TestStorm throws all that a person can press at the program, ends it in every
// way, and holds the terminal to be whole again, as it is whenever the program
// stops for a while.
func TestStorm(t *testing.T) {
	first := setting(t, "TARE_STORM_SEED", rand.Uint64()>>32)
	count := setting(t, "TARE_STORMS", 2) // the seed decides in which ways it starts
	t.Logf("TARE_STORM_SEED=%d TARE_STORMS=%d", first, count)
	for i := range count {
		seed, way := first+i, ways[(first+i)%uint64(len(ways))]
		t.Run(fmt.Sprintf("%d %s", seed, way.name), func(t *testing.T) {
			t.Parallel()
			broken := storm(t, seed, way)
			if len(broken) == 0 {
				return
			}
			// The kernel does not say when a terminal has read what gives it back, so
			// the program can only wait a while. On a machine with no processor to
			// spare the terminal of this test may not come to it in time; what is wrong
			// with the program comes again.
			t.Logf("once: %s", strings.Join(broken, "\n"))
			if broken = storm(t, seed, way); len(broken) > 0 {
				t.Errorf("twice: %s", strings.Join(broken, "\n"))
			}
		})
	}
}

// storm is one storm, the same for the same seed. It returns what was wrong with
// the terminal.
func storm(t *testing.T, seed uint64, end way) []string {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, seed))
	s := begin(t, r)
	s.storm(r)
	early := s.ended
	end.do(s, r)
	if !s.end(timeout) {
		t.Fatalf("it does not end; the last of what it wrote: %q", tail(s.output()))
	}
	s.whole("at the end, by " + end.name)
	code := s.status.ExitStatus()
	if !early && !slices.Contains(end.codes, code) && code != 143 { // 143: see leaveBy
		t.Errorf("exit code %d, not one of %v", code, end.codes)
	}
	return s.broken
}

// begin opens a sample, or an image that never comes to its end.
func begin(t *testing.T, r *rand.Rand) *session {
	t.Helper()
	if r.IntN(3) > 0 {
		return start(t, nil, "demo")
	}
	image := imagetest.Image{Layers: []imagetest.Layer{{Files: []imagetest.File{imagetest.Fill("f", 1<<20)}, Compression: imagetest.None}}}.OCI().Tar()
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { out.Close() })
	s := start(t, in, "-")
	in.Close()
	go func() { _, _ = out.Write(image[:len(image)/2]) }() // until the test ends, if nobody reads
	return s
}

// storm lets it come down.
func (s *session) storm(r *rand.Rand) {
	s.pause(time.Duration(r.IntN(200)) * time.Millisecond)
	for sent := 0; sent < keysInStorm && !s.ended; {
		burst := []int{1, 1, 1, 5, 20, 60}[r.IntN(6)]
		var keys strings.Builder
		for range burst {
			keys.WriteString(key(r))
		}
		s.send(keys.String())
		sent += burst
		switch r.IntN(25) {
		case 0:
			s.resize(1+r.IntN(200), 1+r.IntN(60))
		case 1:
			s.signal(syscall.SIGTSTP)
		}
		s.pause([]time.Duration{0, 0, 5, 20, 40}[r.IntN(5)] * time.Millisecond)
	}
}

// named are keys of more than one byte, and what comes from a mouse or a paste.
var named = []string{
	"\x1b", "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\t", "\r", "\x1b[Z", "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F", "\x7f",
	"\x1b[<64;10;10M", "\x1b[<65;70;10M", "\x1b[<0;10;10M", "\x1b[<0;10;10m", "\x1b[<32;20;9M", "\x1b[200~pasted\x1b[201~", "\x1b[I", "\x1b[O",
	"\x1b]11;rgb:0000/0000/0000\x07", "\x1b[?2026;2$y", "\x1b[?2027;2$y", "\x1b[?1u", ":theme light\r", ":mouse\r", ":reload\r",
}

// key is a random key, but for those that end the program, and Ctrl+S: while the
// program is stopped, that stops the terminal itself, for good.
func key(r *rand.Rand) string {
	switch n := r.IntN(100); {
	case n < 2:
		return "\x1a" // Ctrl+Z
	case n < 45:
		return named[r.IntN(len(named))]
	case n < 55:
		for {
			if b := byte(r.IntN(256)); !strings.ContainsRune("\x00\x03\x13\x1cq", rune(b)) {
				return string([]byte{b})
			}
		}
	default:
		if b := byte(33 + r.IntN(94)); b != 'q' {
			return string([]byte{b})
		}
		return "r"
	}
}

func tail(s string) string { return s[max(0, len(s)-300):] }
