package workspace

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"mvdan.cc/sh/v3/shell"
)

// Editor returns the command that opens the Dockerfile in the user's editor, at the
// line that a line of the file as the image was read with is now.
func (w *Workspace) Editor(line int) (*exec.Cmd, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.file == "" {
		return nil, errors.New(w.lacks)
	}
	text, _ := w.held()
	return EditorOf(w.opt.Getenv, w.file, nowAt(w.text, text, line))
}

// EditorOf returns the command that opens a file in the user's editor, at a line where
// that is 1 or more. The error says what to set $EDITOR to.
func EditorOf(getenv func(string) string, file string, line int) (*exec.Cmd, error) {
	otherwise := "vi"
	if runtime.GOOS == "windows" {
		otherwise = "notepad"
	}
	named := cmp.Or(getenv("VISUAL"), getenv("EDITOR"), otherwise)
	words, err := shell.Fields(named, getenv)
	if err != nil || len(words) == 0 {
		return nil, fmt.Errorf("$EDITOR is %q, which is no command; set it to one, such as vi", named)
	}
	program, err := exec.LookPath(words[0])
	if err != nil {
		return nil, fmt.Errorf("the editor %s is not installed; set $EDITOR to one that is", words[0])
	}
	words = append(words[1:], at(words[0], file, line)...)
	return exec.Command(program, words...), nil
}

// at is how an editor is told to open a file at a line.
func at(editor, file string, line int) []string {
	if strings.HasPrefix(file, "-") || strings.HasPrefix(file, "+") {
		file = "." + string(filepath.Separator) + file
	}
	name, _, _ := strings.Cut(strings.ToLower(filepath.Base(editor)), ".")
	switch {
	case line < 1:
	case name == "code" || name == "code-insiders" || name == "codium":
		return []string{"--wait", "--goto", fmt.Sprintf("%s:%d", file, line)}
	case name == "subl" || name == "zed" || name == "hx" || name == "helix":
		return []string{fmt.Sprintf("%s:%d", file, line)}
	case name == "vi" || name == "vim" || name == "nvim" || name == "view" || name == "nano" || name == "pico" || name == "emacs" || name == "emacsclient" ||
		name == "micro" || name == "kak" || name == "joe" || name == "mg" || name == "ne" || name == "jed" || name == "ed":
		if name == "ed" {
			break // it knows no lines on its command line
		}
		return []string{fmt.Sprintf("+%d", line), file}
	}
	return []string{file}
}

// nowAt is where a line of an old text is in a new one: lines before the first change
// have kept their number, the others have moved by as many lines as were added.
func nowAt(old, now []byte, line int) int {
	if line < firstChange(old, now) {
		return line
	}
	moved := line + bytes.Count(now, []byte("\n")) - bytes.Count(old, []byte("\n"))
	return max(moved, firstChange(old, now))
}
