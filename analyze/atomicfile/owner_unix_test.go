//go:build unix

package atomicfile

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestOwnerIsKept needs the superuser, who alone can give files away.
func TestOwnerIsKept(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	name := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(name, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(name, 1234, 4321); err != nil {
		t.Fatal(err)
	}
	if err := Write(name, Options{Perm: 0o644, Keep: true}, text("new")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if s, ok := info.Sys().(*syscall.Stat_t); !ok || s.Uid != 1234 || s.Gid != 4321 || info.Mode().Perm() != 0o640 {
		t.Errorf("it is %d:%d, %o", s.Uid, s.Gid, info.Mode().Perm())
	}
	if got := read(t, name); got != "new" {
		t.Errorf("it holds %q", got)
	}
}

// TestOverwrite is what happens where the owner cannot be kept otherwise.
func TestOverwrite(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "f")
	if err := os.WriteFile(name, []byte("something longer"), 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	from, err := temporary(dir, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := from.WriteString("new"); err != nil {
		t.Fatal(err)
	}
	if err := overwrite(name, from); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(name)
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("it is another file: %v", err)
	}
	if got := read(t, name); got != "new" {
		t.Errorf("it holds %q", got)
	}
	alone(t, dir)
}
