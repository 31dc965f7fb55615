package terminal

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// EditorChosen returns the name of an editor that was started because the user names none, for a hint
// that one can be named; "" where the environment names one. It reads the environment.
func EditorChosen(c *exec.Cmd) string {
	if cmp.Or(os.Getenv("VISUAL"), os.Getenv("EDITOR")) != "" {
		return ""
	}
	name := filepath.Base(c.Path)
	return strings.TrimSuffix(name, filepath.Ext(name))
}
