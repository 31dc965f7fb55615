package source

import (
	"os"
	"testing"
)

// symlink makes a link, or skips the test where the system forbids that.
func symlink(t *testing.T, target, at string) {
	t.Helper()
	if err := os.Symlink(target, at); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
}
