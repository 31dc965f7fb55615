package terminal

import (
	"path/filepath"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// grown is the story with another file in its second step, and a step more.
func grown() imagetest.Image {
	now := story
	now.Layers = append([]imagetest.Layer{}, story.Layers...)
	second := now.Layers[1]
	second.Files = append(append([]imagetest.File{}, second.Files...), imagetest.Fill("app/model.bin", 2_000_000))
	now.Layers[1] = second
	now.Layers = append(now.Layers, imagetest.Layer{
		CreatedBy: "COPY extra /extra # buildkit", Comment: "buildkit.dockerfile.v0", Files: []imagetest.File{imagetest.Fill("extra", 700_000)},
	})
	return now
}

// pairOf opens the story and what became of it beside each other.
func pairOf(t *testing.T, s setting) *terminal {
	t.Helper()
	older, newer := saveImage(t, "old.tar", story), saveImage(t, "new.tar", grown())
	s.args = append([]string{"compare", "oci-archive:" + older, "oci-archive:" + newer}, s.args...)
	return open(t, s)
}

// TestComparesOnATerminal: tare compare opens the two beside each other; filter, sort and
// the lists work, and q closes the page before it closes the program.
func TestComparesOnATerminal(t *testing.T) {
	needTerminal(t)
	for _, s := range sizes {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			term := pairOf(t, setting{columns: s.columns, rows: s.rows})
			term.wait("+2.7 MB", "Steps", "? help")
			term.whole()
			term.see("3", "+2.0 MB", "app/")
			term.whole()
			term.press("/")
			term.text("extra")
			term.wait("1 match")
			term.press("Enter")
			term.wait("/extra", "Esc clears")
			term.whole()
			term.see("Escape", "+2.0 MB", "by change")
			term.gone("Esc clears")
			term.see("s", "by name")
			term.see("z", "by name")
			term.whole()
			term.see("z Enter", "hidden versions")
			term.whole()
			term.see("q", "by name")
			term.see("q", "wasted")
			term.gone("by name")
			term.see("C", "by name")
			term.press("q", "q")
			term.left(0)
		})
	}
}

// TestComparesInAPipe and for a screen reader: both get text.
func TestComparesInAPipe(t *testing.T) {
	needTerminal(t)
	older, newer := saveImage(t, "old.tar", story), saveImage(t, "new.tar", grown())
	command := quote(tare, "compare", "oci-archive:"+older, "oci-archive:"+newer)
	term := open(t, setting{command: command + " | cat"})
	term.wait("The new image", "[left with 0]")
	term = open(t, setting{command: command + " --accessible"})
	term.wait("The new image", "[left with 0]")
	term = open(t, setting{command: quote(tare, "compare", "oci-archive:"+older, filepath.Join(filepath.Dir(newer), "none.tar"))})
	term.wait("the new image: ")
}
