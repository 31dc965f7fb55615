package atomicfile

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

// text is what write writes, and fails is an error in the middle of it.
func text(s string) func(*os.File) error {
	return func(to *os.File) error { _, err := to.WriteString(s); return err }
}

var errBroken = errors.New("broken")

func fails(to *os.File) error {
	if _, err := to.WriteString("half"); err != nil {
		return err
	}
	return errBroken
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// alone fails unless a directory holds one file.
func alone(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, error %v", entries, err)
	}
}

func TestWrite(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	for _, s := range []string{"one", "another", ""} {
		if err := Write(name, Options{Perm: 0o644, Keep: true, Sync: true}, text(s)); err != nil {
			t.Fatal(err)
		}
		if got := read(t, name); got != s {
			t.Errorf("it holds %q, not %q", got, s)
		}
		alone(t, filepath.Dir(name))
	}
}

func TestNothingIsHalfWritten(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	if err := Write(name, Options{Perm: 0o644}, text("whole")); err != nil {
		t.Fatal(err)
	}
	if err := Write(name, Options{Perm: 0o644, Keep: true}, fails); !errors.Is(err, errBroken) {
		t.Errorf("error %v", err)
	}
	if got := read(t, name); got != "whole" {
		t.Errorf("it holds %q", got)
	}
	alone(t, filepath.Dir(name))
	other := filepath.Join(t.TempDir(), "g")
	if err := Create(other, 0o600, fails); !errors.Is(err, errBroken) {
		t.Errorf("error %v", err)
	}
	if _, err := os.Lstat(other); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("half a file is there: %v", err)
	}
}

func TestCreateOverwritesNothing(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	if err := Create(name, 0o600, text("one")); err != nil {
		t.Fatal(err)
	}
	if err := Create(name, 0o600, text("two")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error %v", err)
	}
	if got := read(t, name); got != "one" {
		t.Errorf("it holds %q", got)
	}
}

func TestModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	for _, c := range []struct {
		name string
		old  fs.FileMode // 0: there is no file
		keep bool
		want fs.FileMode
	}{
		{"private stays private", 0o600, true, 0o600},
		{"a program stays one", 0o755, true, 0o755},
		{"open to a group", 0o660, true, 0o660},
		{"not kept", 0o600, false, 0o644},
		{"new", 0, true, 0o644},
	} {
		t.Run(c.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "f")
			if c.old != 0 {
				if err := os.WriteFile(name, nil, c.old); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(name, c.old); err != nil {
					t.Fatal(err)
				}
			}
			// 0644 is what usual umasks make of it, so no test has to set one.
			if err := Write(name, Options{Perm: 0o644, Keep: c.keep}, text("x")); err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			if got := info.Mode().Perm(); got != c.want {
				t.Errorf("mode %o, not %o", got, c.want)
			}
		})
	}
}

func TestWriteFollowsNoLink(t *testing.T) {
	dir := t.TempDir()
	elsewhere := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(elsewhere, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "link")
	if err := os.Symlink(elsewhere, name); err != nil {
		t.Skip(err)
	}
	if err := Write(name, Options{Perm: 0o644, Keep: true}, text("new")); err != nil {
		t.Fatal(err)
	}
	if got := read(t, elsewhere); got != "mine" {
		t.Errorf("the link's file holds %q", got)
	}
	if got := read(t, name); got != "new" {
		t.Errorf("it holds %q", got)
	}
}

// TestCreateWhole lets many write the same file at once: the first one's content
// stays, whole, and nothing else is left in the directory.
func TestCreateWhole(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "key")
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Go(func() {
			if err := CreateWhole(name, 0o600, bytes.Repeat([]byte{byte('a' + i)}, 1000)); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	first, err := os.ReadFile(name)
	if err != nil || len(first) != 1000 || !bytes.Equal(first, bytes.Repeat(first[:1], 1000)) {
		t.Fatalf("%d bytes, %v", len(first), err)
	}
	if err := CreateWhole(name, 0o600, []byte("late")); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(name); err != nil || !bytes.Equal(after, first) {
		t.Errorf("a later write changed the file: %.10q, %v", after, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if err := CreateWhole(filepath.Join(dir, "nowhere", "key"), 0o600, nil); err == nil {
		t.Error("a file in a directory that does not exist")
	}
}

// TestLeftovers: what a killed process left goes, what is being written and all else
// stays.
func TestLeftovers(t *testing.T) {
	dir := t.TempDir()
	hour := time.Now().Add(-time.Hour)
	for name, old := range map[string]bool{Prefix + "1": true, Prefix + "2": false, "Dockerfile": true} {
		at := filepath.Join(dir, name)
		if err := os.WriteFile(at, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if old {
			if err := os.Chtimes(at, hour, hour); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.Mkdir(filepath.Join(dir, Prefix+"3"), 0o700); err != nil {
		t.Fatal(err)
	}
	RemoveLeftovers(dir, time.Minute)
	RemoveLeftovers(filepath.Join(dir, "nowhere"), time.Minute)
	entries, err := os.ReadDir(dir)
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if want := []string{Prefix + "2", Prefix + "3", "Dockerfile"}; err != nil || !slices.Equal(left, want) {
		t.Errorf("left %q, %v; want %q", left, err, want)
	}
}
