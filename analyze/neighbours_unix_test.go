//go:build unix

package analyze

import (
	"path/filepath"
	"syscall"
	"testing"
)

// TestPipesBesideADockerfile: nobody waits for what a pipe of a project will say.
func TestPipesBesideADockerfile(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "x.sh")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	if text := readNearby(pipe); text != nil {
		t.Errorf("it reads %q", text)
	}
}
