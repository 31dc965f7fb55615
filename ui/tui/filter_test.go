package tui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// TestEveryListSaysThatItIsFiltered: the same row above each list says what it is
// narrowed to, what is left, and that Esc shows all again; so it does on the page of two
// images.
func TestEveryListSaysThatItIsFiltered(t *testing.T) {
	for _, size := range []struct{ width, height int }{{120, 36}, {80, 24}, {40, 10}} {
		for _, c := range []struct{ list, text string }{
			{"0", "apt"}, {"1", "lists"}, {"2", "usr"}, {"3", "gcc"}, {"4", "chown"}, {"5", "api_token"},
		} {
			m := openedFresh(t, size.width, size.height, Options{}, described())
			if typed(m, c.list); c.list == "0" {
				typed(m, "shift+tab")
			}
			typed(m, "/")
			before := m.focused().Rows().Height
			typed(m, strings.Split(c.text, "")...)
			typed(m, "enter")
			checkFiltered(t, fmt.Sprintf("%dx%d, list %s", size.width, size.height, c.list), m, c.text)
			if l := m.focused().Rows(); size.width == 40 && l.Height != before-1 {
				t.Errorf("%d rows of a list that had %d", l.Height, before)
			}
			typed(m, "esc")
			if screen := picture(m); strings.Contains(screen, "Esc clears") {
				t.Errorf("after Esc:\n%s", screen)
			}
		}
		m := besideEach(t, size.width, size.height, Options{}, described(), tuitest.After())
		typed(m, "1", "/", "p", "a", "c", "k")
		typed(m, "enter")
		checkFiltered(t, "beside", m, "pack")
		typed(m, "esc")
		if screen := picture(m); strings.Contains(screen, "Esc clears") || !m.besideOpen {
			t.Errorf("after Esc:\n%s", screen)
		}
	}
}

func checkFiltered(t *testing.T, name string, m *root, text string) {
	t.Helper()
	screen := picture(m)
	for _, want := range []string{"/" + text, " match", "Esc clears"} {
		if !strings.Contains(screen, want) {
			t.Errorf("%s: no %q:\n%s", name, want, screen)
		}
	}
	if m.width >= 80 && !strings.Contains(screen, "Esc clear the filter") {
		t.Errorf("%s: the footer does not name the key:\n%s", name, screen)
	}
	checkScreen(t, m, name)
}

// TestClicksBelowAFilter go to the row under the pointer.
func TestClicksBelowAFilter(t *testing.T) {
	m := opened(t, 120, 36, Options{}, described())
	filtered(m, "3", "gcc")
	row := m.layout.header + 1 + len(m.aboveList(m.view, m.box(m.view)))
	m.Update(tea.MouseClickMsg{X: 80, Y: row, Button: tea.MouseLeft})
	if m.view.Rows().Cursor != 0 {
		t.Errorf("a click on the first row goes to %d", m.view.Rows().Cursor)
	}
}
