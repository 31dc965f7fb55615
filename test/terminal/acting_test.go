package terminal

import (
	"os"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/demo"
)

// editing opens a sample with its Dockerfile in the working directory, and an editor
// that appends a line.
func editing(t *testing.T, s size) (term *terminal, dockerfile string) {
	t.Helper()
	found, err := demo.Lookup("naive-apt")
	if err != nil {
		t.Fatal(err)
	}
	term = sample(t, setting{columns: s.columns, rows: s.rows, env: []string{"EDITOR=sh ./editor"}, files: map[string]string{
		"Dockerfile": found.Dockerfile, "editor": "echo \"edits $*\"; echo '# edited' >>Dockerfile; sleep 0.2\n",
	}}, "naive-apt", "-f", "Dockerfile")
	return term, found.Dockerfile
}

// agree reads what would be written to its end and agrees.
func (term *terminal) agree(key string) {
	term.t.Helper()
	term.see("G "+key, "wrote Dockerfile")
}

// TestActing writes a change, takes it back, and writes all that is selected: what is
// written was shown, and the file is as it was after undoing.
func TestActing(t *testing.T) {
	atEverySize(t, func(t *testing.T, s size) {
		term, before := editing(t, s)
		term.see("w", "what would be written", "Enter ", "Esc ")
		term.see("G", "Enter write it", "Esc ")
		term.whole()
		if term.read("Dockerfile") != before {
			t.Fatal("it is written before anybody agreed")
		}
		term.see("Escape", "92 MB")
		if term.read("Dockerfile") != before {
			t.Fatal("Esc has written")
		}
		term.see("Enter", "what would be written")
		term.agree("Enter")
		term.whole()
		if text := term.read("Dockerfile"); !strings.Contains(text, "--no-install-recommends") {
			t.Errorf("the file is\n%s", text)
		}
		term.see("u", "as it was before")
		if term.read("Dockerfile") != before {
			t.Errorf("u leaves\n%s", term.read("Dockerfile"))
		}
		term.see("Space", "197 MB → 105 MB, 1 selected")
		term.see("W", "what would be written")
		term.agree("w")
		term.press("q")
		term.left(0)
	})
}

// TestEditorGetsTheTerminal: e gives the terminal to the editor; what it changed is
// read again, and what somebody else changed is not written over.
func TestEditorGetsTheTerminal(t *testing.T) {
	atEverySize(t, func(t *testing.T, s size) {
		term, _ := editing(t, s)
		term.press("e")
		term.wait("edits Dockerfile")
		term.wait("92 MB", "same image") // with the file as it is now
		term.whole()
		term.see("w", "what would be written")
		mine := term.read("Dockerfile") + "# mine\n"
		if !strings.Contains(mine, "# edited") {
			t.Fatalf("the editor has changed nothing:\n%s", mine)
		}
		if err := os.WriteFile(term.path("Dockerfile"), []byte(mine), 0o600); err != nil {
			t.Fatal(err)
		}
		term.see("G Enter", "meantime")
		if text := term.read("Dockerfile"); text != mine {
			t.Errorf("it is written over:\n%s", text)
		}
		term.until("image that is read again", func(s string) bool { return strings.Contains(s, "% wasted") })
		term.see("w", "what would be written")
		term.agree("w")
		if text := term.read("Dockerfile"); !strings.Contains(text, "# mine") || !strings.Contains(text, "--no-install-recommends") {
			t.Errorf("the file is\n%s", text)
		}
		term.press("q")
		term.left(0)
	})
}

// TestBuildingShowsWhatTheBuilderSays: the command stands there to be changed before it
// runs, and a build that fails leaves the image from before.
func TestBuildingShowsWhatTheBuilderSays(t *testing.T) {
	atEverySize(t, func(t *testing.T, s size) {
		term, _ := editing(t, s)
		term.see("b", "Enter runs it")
		term.press("C-u")
		term.text("sh -c 'echo step one; sleep 0.5; exit 3'")
		term.see("Enter", "step one")
		term.wait("the build failed")
		term.whole()
		term.see("q", "92 MB") // closes the page, not the program
		term.see("b", "Enter runs it")
		term.press("C-u")
		term.text("echo fine")
		term.see("Enter", "built in", "the same image")
		term.press("q")
		term.left(0)
	})
}

// TestKeysSayWhatTheyNeed: without a Dockerfile nothing is written, and a line says
// what to do.
func TestKeysSayWhatTheyNeed(t *testing.T) {
	atEverySize(t, func(t *testing.T, s size) {
		term := sample(t, setting{columns: s.columns, rows: s.rows}, "naive-apt")
		for _, key := range []string{"w", "W", "u", "e", "b"} {
			if s.columns > 40 {
				term.see(key, "tare demo naive-apt --show-dockerfile > Dockerfile")
			} else { // in two rows and more
				term.see(key, "tare demo naive-apt", "--show-dockerfile")
			}
			term.see("Down Up", "? help")
		}
		term.press("q")
		term.left(0)
	})
}

// TestCommentFromOutside: what was written stays known when somebody adds a comment, the mark of
// the change stays on its row, and u takes out the change alone.
func TestCommentFromOutside(t *testing.T) {
	atEverySize(t, func(t *testing.T, s size) {
		term, before := editing(t, s)
		term.see("w", "what would be written")
		term.agree("w")
		term.write("Dockerfile", "# mine\n\n"+term.read("Dockerfile"))
		term.see("u", "meantime") // it is not what was read: nothing is written, and it is read again
		term.until("image that is read again", func(s string) bool { return strings.Contains(s, "✓") && strings.Contains(s, "% wasted") })
		term.see("u", "as it was before")
		if text := term.read("Dockerfile"); text != "# mine\n\n"+before {
			t.Errorf("u leaves\n%s", text)
		}
		term.press("q")
		term.left(0)
	})
}
