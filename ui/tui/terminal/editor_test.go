package terminal

import (
	"os/exec"
	"testing"
)

// TestEditorChosen names an editor only where nobody has named one.
func TestEditorChosen(t *testing.T) {
	for _, c := range []struct{ visual, editor, want string }{{"", "", "vi"}, {"nano", "", ""}, {"", "code --wait", ""}} {
		t.Setenv("VISUAL", c.visual)
		t.Setenv("EDITOR", c.editor)
		if got := EditorChosen(&exec.Cmd{Path: "/usr/bin/vi"}); got != c.want {
			t.Errorf("VISUAL=%q EDITOR=%q: %q, want %q", c.visual, c.editor, got, c.want)
		}
	}
}
