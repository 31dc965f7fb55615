package fileid

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// TestIdentity: whoever writes to a file changes its identity, though size, inode
// and time of modification stay; a link of it has the same one.
func TestIdentity(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	before := Of(file)
	if before == "" {
		if runtime.GOOS == "linux" || runtime.GOOS == "darwin" {
			t.Skip("the file system here stores whole seconds")
		}
		t.Skip("files have no identity here")
	}
	if again := Of(file); again != before {
		t.Errorf("%q, then %q", before, again)
	}
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	for n := range 20 { // of which some fall into one step of the clock
		if err := os.WriteFile(path, []byte{'a', 'b', byte(n)}, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
			t.Fatal(err)
		}
		after := Of(file)
		if after == before || after == "" {
			t.Errorf("write %d: %q, then %q", n, before, after)
		}
		before = after
	}
	if Of(nil) != "" {
		t.Error("no file has an identity")
	}
	if pipe, _, err := os.Pipe(); err == nil {
		defer pipe.Close()
		if id := Of(pipe); id != "" {
			t.Errorf("a pipe has the identity %q", id)
		}
	}
}

// TestSnapshots: a difference in any part shows, and how fine a file system's
// clock is shows in its times.
func TestSnapshots(t *testing.T) {
	now := time.Unix(1_700_000_000, 123_456_789)
	s := state{place: "1 2", size: 3, modified: now, changed: now}
	for what, other := range map[string]state{
		"place":    {"1 3", "", 3, now, now},
		"size":     {"1 2", "", 4, now, now},
		"modified": {"1 2", "", 3, now.Add(1), now},
		"changed":  {"1 2", "", 3, now, now.Add(1)},
	} {
		if s.equal(other) || !other.equal(other) {
			t.Errorf("another %s is the same", what)
		}
	}
	for nanoseconds, want := range map[int64]time.Duration{0: coarseStep, 10_000_000: coarseStep, 123_456_789: fineStep, 4_000_000: fineStep} {
		s.changed = time.Unix(1_700_000_000, nanoseconds)
		if got := s.step(); got != want {
			t.Errorf("%d ns: %v, want %v", nanoseconds, got, want)
		}
	}
}
