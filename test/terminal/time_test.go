package terminal

import (
	"fmt"
	"strings"
	"testing"
)

// TestStepsThroughTime goes through the build step by step, by keys and by a click on
// the line, and asks of a file who wrote it.
func TestStepsThroughTime(t *testing.T) {
	needTerminal(t)
	for _, s := range sizes {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			term := openStory(t, setting{columns: s.columns, rows: s.rows}, "1", "/app/config.txt")
			term.press("[")
			term.wait(" of ")
			term.whole()
			term.see("g [ [ [", "1 of ")
			term.whole()
			term.see("]", "2 of ")
			term.see(">", "3 of ")
			term.whole()
			first := 2 // column of the line's first step
			if s.rows == 10 {
				first = 4 // the line stands in the border there
			}
			term.text(fmt.Sprintf("\x1b[<0;%d;%dM\x1b[<0;%d;%dm", first, s.rows-1, first, s.rows-1))
			term.wait("1 of ")
			term.press("Escape")
			term.gone("1 of ")
			term.whole()
			term.command("goto /app/config.txt")
			term.wait("config.txt")
			term.see("B", "who wrote it")
			term.whole()
			term.press("q")
			term.gone("who wrote it")
			term.press("q")
			term.left(0)
		})
	}
}

// TestSavesFoldersAndSteps: X writes a directory, or all of a step, as a tar, and asks before
// it writes over another; B of a directory adds up who wrote what below it.
func TestSavesFoldersAndSteps(t *testing.T) {
	needTerminal(t)
	for _, s := range sizes {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			term := openStory(t, setting{columns: s.columns, rows: s.rows}, "0", "/app")
			term.see("B", "who wrote what")
			term.wait("300 kB")
			term.whole()
			term.see("q X", "./app.tar")
			if head := term.read("app.tar"); !strings.Contains(head, "app/config.txt") || strings.Contains(head, "bin/tool") {
				t.Errorf("app.tar holds %d bytes of something else", len(head))
			}
			term.see("X", "already exists")
			term.press("n")
			term.command("layer 1")
			if s.columns < 100 {
				term.press("BTab", "BTab")
			} else {
				term.press("BTab")
			}
			term.see("X", "./step-2.tar")
			if head := term.read("step-2.tar"); !strings.Contains(head, "app/config.txt") || strings.Contains(head, "bin/tool") {
				t.Errorf("step-2.tar holds %d bytes of something else", len(head))
			}
			term.press("Down")
			term.see("X", "deletes; [")
			term.press("q")
			term.left(0)
		})
	}
}
