package terminal

import (
	"fmt"
	"strings"
	"testing"
)

// TestReading filters each list, explains, searches in a file, zooms and folds, at every
// size; q closes a page and not the program.
func TestReading(t *testing.T) {
	atEverySize(t, func(t *testing.T, s size) {
		term := sample(t, setting{columns: s.columns, rows: s.rows})
		for _, step := range []struct{ keys, text, want, gone string }{
			{"3", "build-ess", "build-essential", "of the base"},
			{"5", "ports", "8000/tcp", "directory"},
			{"1", "recommend", "recommend", "worth a look"},
		} {
			term.press(step.keys)
			term.press("/")
			term.text(step.text)
			term.wait("/"+step.text, "match", step.want)
			term.press("Enter")
			term.gone(step.gone)
			term.whole()
			term.wait("? help", "/"+step.text, "match", "Esc clears") // nothing is typed any more
			term.press("Escape")
			term.gone("Esc clears")
		}
		term.see("1 Home E", "apt-recommends")
		term.whole()
		term.see("q", "92 MB")
		term.see("F1", "Keys")
		term.see("F10", "92 MB")
		term.see("2 z +", "usr/")
		term.gone("╮╭")
		term.whole()
		term.press("z", "-")
		term.whole()
		term.press("q")
		term.left(0)
	})
}

// TestSearchInFile goes from match to match.
func TestSearchInFile(t *testing.T) {
	atEverySize(t, func(t *testing.T, s size) {
		term := openStory(t, setting{columns: s.columns, rows: s.rows}, "1", "/app/config.txt")
		term.see("Enter", "first line", "2nd line")
		term.press("/")
		term.text("LINE")
		term.wait("1 of 3")
		term.press("Enter", "n", "n", "N")
		term.whole()
		term.press("q")
		term.gone("2nd line")
		term.press("q")
		term.left(0)
	})
}

// TestClickOnTabs shows the view under the pointer.
func TestClickOnTabs(t *testing.T) {
	atEverySize(t, func(t *testing.T, s size) {
		term := sample(t, setting{columns: s.columns, rows: s.rows})
		border := ""
		for line := range strings.Lines(term.screen()) {
			if strings.Contains(line, "1 Changes") {
				border = line
				break
			}
		}
		at := strings.LastIndex(border, " 4")
		if at < 0 {
			t.Fatalf("no tab of the Dockerfile: %s", border)
		}
		row := 2
		if s.columns == 80 {
			row = 3
		}
		term.text(fmt.Sprintf("\x1b[<0;%d;%dM\x1b[<0;%d;%dm", len([]rune(border[:at]))+2, row, len([]rune(border[:at]))+2, row))
		term.wait("rebuilt from")
		term.press("q")
		term.left(0)
	})
}
