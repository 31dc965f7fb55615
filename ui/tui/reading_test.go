package tui

import (
	"context"
	"io"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/pane"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// filtered types a filter into the list of a view, and ends it by Enter.
func filtered(m *root, view, text string) {
	typed(m, view, "/")
	typed(m, strings.Split(text, "")...)
	typed(m, "enter")
}

// TestFilterNarrowsTheListItStandsIn: each list has its own, and Esc shows all of it.
func TestFilterNarrowsTheListItStandsIn(t *testing.T) {
	for _, c := range []struct {
		view, text  string
		with, gone  string
		keepsOthers bool // it searches
	}{
		{view: "1", text: "lists", with: "remove the package lists", gone: "install without recommended"},
		{view: "3", text: "gcc", with: "gcc-12", gone: "base-files"},
		{view: "5", text: "api_token", with: "API_TOKEN", gone: "stop signal"},
		{view: "4", text: "chown", with: "chown -R 10001 /app", gone: "", keepsOthers: true},
	} {
		m := opened(t, 120, 36, Options{}, tuitest.Described(tuitest.Report()))
		typed(m, c.view)
		before := m.view.Rows().Count
		filtered(m, c.view, c.text)
		rows := strings.Join(m.list(m.view, m.box(m.view), true), "\n")
		if !strings.Contains(rows, c.with) || c.gone != "" && strings.Contains(rows, c.gone) {
			t.Errorf("%s /%s:\n%s", c.view, c.text, picture(m))
		}
		if m.focused() == m.files || (m.view.Rows().Count == before) != c.keepsOthers {
			t.Errorf("%s /%s leaves %d of %d rows, focus on %T", c.view, c.text, m.view.Rows().Count, before, m.focused())
		}
		typed(m, "esc")
		if m.view.Rows().Count < before || m.view.Filter() != "" {
			t.Errorf("%s: Esc does not show all again", c.view)
		}
	}
	m := opened(t, 120, 36, Options{}, tuitest.Report())
	typed(m, "/", "c", "o", "p", "y")
	if m.focused() != m.steps || m.steps.Count != 1 || !strings.Contains(picture(m), "1 match") {
		t.Errorf("the instructions are not filtered:\n%s", picture(m))
	}
	typed(m, "x")
	if !strings.Contains(picture(m), "Nothing here matches copyx") {
		t.Errorf("nothing is left, and it is not said:\n%s", picture(m))
	}
	typed(m, "esc")
	if m.steps.Count != 6 {
		t.Errorf("%d instructions after Esc", m.steps.Count)
	}
}

// TestNextGoesRoundTheMatches of a Dockerfile.
func TestNextGoesRoundTheMatches(t *testing.T) {
	m := opened(t, 120, 36, Options{}, tuitest.Described(tuitest.Report()))
	filtered(m, "4", "app")
	first := m.dockerfile.Cursor
	typed(m, "n")
	if second := m.dockerfile.Cursor; second <= first || !strings.Contains(m.dockerfile.Source.Lines[second].Text, "app") {
		t.Errorf("n goes from line %d to %d", first+1, second+1)
	}
	typed(m, "N")
	if m.dockerfile.Cursor != first {
		t.Error("N does not go back")
	}
}

// TestSearchInAFile finds text in any case, goes on by n and N, and Esc comes back to
// the files.
func TestSearchInAFile(t *testing.T) {
	body := strings.Repeat("line\n", 40) + "the Needle\n" + strings.Repeat("line\n", 60) + "another needle\n"
	open := func(context.Context, *model.Report, model.RecordID) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(body)), nil
	}
	m := opened(t, 80, 24, Options{Open: open}, tuitest.Report())
	m.steps.Choose(2)
	typed(m, "2")
	m.files.Reveal("app/app.py")
	_, cmd := m.Update(keyNamed("enter"))
	for _, msg := range messages(cmd) {
		m.Update(msg)
	}
	typed(m, "/", "n", "e", "e", "d", "l", "e")
	if screen := picture(m); !strings.Contains(screen, "the Needle") || !strings.Contains(screen, "1 of 2") {
		t.Fatalf("it is not found:\n%s", screen)
	}
	typed(m, "enter", "n")
	if !strings.Contains(picture(m), "another needle") {
		t.Errorf("n does not go on:\n%s", picture(m))
	}
	typed(m, "n")
	if !strings.Contains(picture(m), "the Needle") {
		t.Errorf("n does not go round:\n%s", picture(m))
	}
	typed(m, "N", "v", "n")
	if !strings.Contains(m.notice, "no match") {
		t.Errorf("after another way of looking at it: %q", m.notice)
	}
	typed(m, "q")
	if m.content != nil {
		t.Error("q does not close the file")
	}
}

// messages are what a command and those of its batch bring.
func messages(cmd tea.Cmd) (all []tea.Msg) {
	if cmd == nil {
		return nil
	}
	msg := cmd()
	if batch, ok := msg.(tea.BatchMsg); ok {
		for _, one := range batch {
			all = append(all, messages(one)...)
		}
		return all
	}
	return append(all, msg)
}

func TestExplain(t *testing.T) {
	for _, c := range []struct {
		keys []string
		want string
	}{
		{[]string{"1"}, "apt-recommends"}, {[]string{"1", "down"}, "apt-lists"}, {nil, "apt-recommends"}, {[]string{"5", "G", "up"}, "baked-in-secret"},
	} {
		m := opened(t, 120, 36, Options{}, tuitest.Described(tuitest.Report()))
		typed(m, append(c.keys, "E")...)
		if screen := picture(m); !strings.Contains(screen, c.want) || !strings.Contains(screen, "When not") {
			t.Errorf("E after %v:\n%s", c.keys, screen)
		}
		typed(m, "q")
		if m.page != nil {
			t.Error("q does not close the page")
		}
	}
	m := opened(t, 120, 36, Options{}, tuitest.Report())
	typed(m, "G", "up", "E")
	if m.page != nil || !strings.Contains(m.notice, "no rule") {
		t.Errorf("nothing to explain: %q", m.notice)
	}
}

// TestDirectoriesSayWhatAKeyNeeds: of a directory E explains what wastes most below it, and keys that
// are about a file say so.
func TestDirectoriesSayWhatAKeyNeeds(t *testing.T) {
	m := opened(t, 120, 36, Options{}, tuitest.Described(tuitest.Report()))
	typed(m, "2", "c", "g")
	if _, _, ok := m.files.Directory(); !ok {
		t.Fatalf("the cursor is on no directory:\n%s", picture(m))
	}
	for key, want := range map[string]string{
		"x": "x needs a file; choose one, or save the directory with X", "d": "d needs a file; choose one", "v": "v needs a file; choose one",
	} {
		if typed(m, key); m.notice != want {
			t.Errorf("%s says %q", key, m.notice)
		}
	}
	rules := make(map[string]bool)
	for range m.files.Count {
		if typed(m, "E"); m.page != nil {
			rules[m.page.rule] = true
			typed(m, "q")
		} else if !strings.HasSuffix(m.notice, "below this directory; choose a file") {
			t.Errorf("E says %q", m.notice)
		}
		typed(m, "down")
	}
	if len(rules) == 0 {
		t.Errorf("E explains nothing:\n%s", picture(m))
	}
}

func TestZoom(t *testing.T) {
	m := opened(t, 120, 36, Options{}, tuitest.Report())
	typed(m, "2", "z")
	if screen := picture(m); m.layout.split || strings.Contains(screen, "╮╭") || !strings.Contains(screen, "Steps") || m.focused() != m.files {
		t.Errorf("z does not give the files the screen:\n%s", screen)
	}
	typed(m, "z")
	if !m.layout.split {
		t.Error("z does not take it back")
	}
	narrow := opened(t, 60, 24, Options{}, tuitest.Report())
	typed(narrow, "z")
	if narrow.layout.left.Lower != 0 {
		t.Error("where one pane has the screen z does not give the list all rows")
	}
}

func TestTabsCanBeClicked(t *testing.T) {
	for _, size := range []struct{ width, height int }{{120, 36}, {60, 20}, {40, 10}} {
		m := openedFresh(t, size.width, size.height, Options{}, tuitest.Report())
		for i, v := range m.views {
			row := string([]rune(strings.Split(picture(m), "\n")[m.layout.header])[m.layout.right.X:])
			at := strings.Index(row, " "+m.keys.First(m.keys.Views[i]))
			m.Update(tea.MouseClickMsg{X: m.layout.right.X + len([]rune(row[:at])) + 1, Y: m.layout.header, Button: tea.MouseLeft})
			if m.focused() != v.Pane {
				t.Errorf("%d columns: a click on %s shows %T", size.width, v.Title, m.focused())
			}
		}
		if !m.layout.split {
			m.Update(tea.MouseClickMsg{X: 4, Y: m.layout.header, Button: tea.MouseLeft})
			if m.focused() != pane.Pane(m.steps) {
				t.Errorf("%d columns: a click on Steps shows %T", size.width, m.focused())
			}
		}
	}
}

// TestLevels opens and closes all of a list by levels.
func TestLevels(t *testing.T) {
	for _, view := range []string{"1", "2", "3"} {
		m := opened(t, 120, 36, Options{}, tuitest.Described(tuitest.Report()))
		typed(m, view)
		for range 6 {
			typed(m, "-")
		}
		closed := m.view.Rows().Count
		typed(m, "+")
		once := m.view.Rows().Count
		typed(m, "+")
		if twice := m.view.Rows().Count; once <= closed || view != "1" && twice <= once {
			t.Errorf("view %s has %d rows, after + %d, then %d", view, closed, once, twice)
		}
		typed(m, "-", "-")
		if got := m.view.Rows().Count; got != closed {
			t.Errorf("view %s has %d rows after closing, %d before", view, got, closed)
		}
	}
	m := opened(t, 120, 36, Options{}, tuitest.Report())
	typed(m, "+")
	if m.steps.Count != 8 {
		t.Errorf("+ makes %d instructions of the base's", m.steps.Count)
	}
	typed(m, "-")
	if m.steps.Count != 6 {
		t.Errorf("- leaves %d", m.steps.Count)
	}
}

func TestFunctionKeys(t *testing.T) {
	m := opened(t, 120, 36, Options{}, tuitest.Report())
	m.Update(tea.KeyPressMsg{Code: tea.KeyF1})
	if m.page == nil || m.page.kind != helpPage {
		t.Error("F1 is no help")
	}
	m.Update(tea.KeyPressMsg{Code: tea.KeyF10})
	if m.page != nil {
		t.Error("F10 does not close the help")
	}
	if _, cmd := m.Update(tea.KeyPressMsg{Code: tea.KeyF10}); cmd == nil {
		t.Error("F10 does not quit")
	}
}
