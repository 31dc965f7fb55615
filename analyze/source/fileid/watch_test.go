package fileid

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWatch: what is written to a file while it is read shows, though size and time
// of modification stay; a file that nobody wrote to is as it was.
func TestWatch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	open := func() (*os.File, error) { return os.Open(path) }
	check, err := Watch(file, "the archive")
	named, errNamed := WatchName(file, "the index", open)
	if err := errors.Join(err, errNamed); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(check(), named()); err != nil {
		t.Errorf("nobody wrote to it: %v", err)
	}
	if err := os.WriteFile(path, []byte("abcd"), 0o600); err != nil {
		t.Fatal(err)
	}
	for what, check := range map[string]func() error{"the archive": check, "the index": named} {
		if err := check(); err == nil || !strings.Contains(err.Error(), what+" changed while tare was reading it; wait") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestWatchName: another file of the same name is a change, though the first one
// stays as it was; a name that is gone is an error.
func TestWatchName(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	for _, name := range []string{"file", "other"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("abc"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	check, err := WatchName(file, "file", func() (*os.File, error) { return os.Open(path) })
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "other"), path); err != nil {
		t.Skip(err) // as on Windows
	}
	if check() == nil {
		t.Error("another file is the same")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := check(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is gone: %v", err)
	}
}

// TestUnreadableNamesNoPath: the path stands in front of the error already.
func TestUnreadableNamesNoPath(t *testing.T) {
	_, err := os.Open(filepath.Join(t.TempDir(), "none"))
	if got := Unreadable(err).Error(); strings.Contains(got, "none") || !strings.Contains(got, "check its permissions") {
		t.Errorf("the error is %s", got)
	}
	if plain := errors.New("odd"); Unreadable(plain).Error() != "odd; check its permissions" {
		t.Errorf("the error is %v", Unreadable(plain))
	}
}

// TestClosedFilesAreNotWatched: a file that cannot be looked at is an error.
func TestClosedFilesAreNotWatched(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	check, err := Watch(file, "file")
	if err != nil {
		t.Fatal(err)
	}
	file.Close()
	if check() == nil {
		t.Error("a closed file is as it was")
	}
	if _, err := Watch(file, "file"); err == nil {
		t.Error("a closed file is watched")
	}
	if id := Of(file); id != "" {
		t.Errorf("a closed file is %q", id)
	}
}
