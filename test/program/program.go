// Package program builds tare for the tests that run it as people do. Only tests import it.
package program

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Test builds the program, writes its path to *tare, runs the tests and removes the
// directory that the program is in, which tests may use as they like. It returns the
// exit code for os.Exit, 1 where the program does not build.
func Test(m *testing.M, tare *string) int {
	dir, err := os.MkdirTemp("", "tare-program")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	*tare = filepath.Join(dir, "tare")
	if err := Build(*tare); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// Build builds the program into a file, with flags of go build. The error holds what
// the compiler says.
func Build(to string, flags ...string) error {
	args := append([]string{"build", "-o", to}, flags...)
	if out, err := exec.Command("go", append(args, "github.com/tare-oci/tare")...).CombinedOutput(); err != nil {
		return fmt.Errorf("building tare: %w\n%s", err, out)
	}
	return nil
}
