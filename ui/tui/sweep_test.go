package tui

import (
	"context"
	"regexp"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

var sgr = regexp.MustCompile("\x1b\\[[0-9;:]*m")

// checkScreen fails unless the screen has the terminal's size and speaks to it
// in colours only.
func checkScreen(t *testing.T, m *root, what string) {
	t.Helper()
	rows := strings.Split(sgr.ReplaceAllString(m.View().Content, ""), "\n")
	if len(rows) > m.height {
		t.Fatalf("%s: %d rows on %dx%d", what, len(rows), m.width, m.height)
	}
	for _, row := range rows {
		if w := display.Width(row); w > m.width || !m.layout.tooSmall && w != m.width {
			t.Fatalf("%s: a row of %d columns on %dx%d: %q", what, w, m.width, m.height, row)
		}
		if display.Escape(row) != row {
			t.Fatalf("%s: %dx%d draws what a terminal obeys: %q", what, m.width, m.height, row)
		}
	}
	if !m.layout.tooSmall && len(rows) != m.height {
		t.Fatalf("%s: %d rows on %dx%d", what, len(rows), m.width, m.height)
	}
}

func sizes(yield func(width, height int) bool) {
	widths := []int{1, 2, 3, 5, 9, 17, 26, 39, 40, 41, 47, 55, 56, 69, 70, 71, 79, 80, 99, 100, 109, 110, 120, 157, 211, 300}
	heights := []int{1, 3, 9, 10, 11, 14, 15, 16, 17, 24, 36, 80}
	for _, w := range widths {
		for _, h := range heights {
			if !yield(w, h) {
				return
			}
		}
	}
}

// fitsEverySize checks a screen at every size. Where not all cases are tried it is a seventh of
// them, and another seventh for a name of another length.
func fitsEverySize(t *testing.T, m *root, what string) {
	t.Helper()
	n, parts := len(what), imagetest.Rounds(11, 11, 1)
	for w, h := range sizes {
		if n++; n%parts == 0 {
			send(m, tea.WindowSizeMsg{Width: w, Height: h})
			checkScreen(t, m, what)
		}
	}
}

func TestFramesFitEverySize(t *testing.T) {
	part := *tuitest.Report()
	part.Partial, part.Tree, part.Findings = true, nil, nil
	event := eventMsg{analyze.Event{Phase: analyze.Reading, Done: 5, Total: 201_000_000, Report: &part}, tuitest.Now}
	for _, screen := range screens {
		m := opened(t, 120, 36, Options{}, tuitest.Report())
		typed(m, screen.keys...)
		fitsEverySize(t, m, screen.name)
	}
	nothing := opened(t, 80, 24, Options{}, nil)
	reading := opened(t, 80, 24, Options{ASCII: true}, nil)
	send(reading, event)
	empty := opened(t, 80, 24, Options{}, &model.Report{})
	for name, m := range map[string]*root{"nothing": nothing, "reading": reading, "empty": empty} {
		fitsEverySize(t, m, name)
	}
}

func TestHostileImageBreaksNoFrame(t *testing.T) {
	part := imagetest.Rounds(4, 4, 1) // the screens take turns with the options
	for i, opt := range []Options{{}, {ASCII: true, NoColor: true}} {
		for j, keys := range [][]string{nil, {"1", "down"}, {"2", "down"}, {"2", "G", "enter", "enter"}, {"2", "G", "up"}, {"g", "enter"}, {"1", "enter"}, {"enter"}, {"i"}} {
			if (i+j)%part > 0 {
				continue
			}
			m := opened(t, 120, 36, opt, tuitest.Hostile())
			typed(m, keys...)
			for _, w := range []int{40, 300, 80, 63, 120}[:imagetest.Rounds(2, 2, 5)] {
				send(m, tea.WindowSizeMsg{Width: w, Height: 30})
				checkScreen(t, m, strings.Join(keys, " "))
			}
		}
	}
}

func TestWrongIndexes(t *testing.T) {
	r := tuitest.Report()
	far := 1000
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Layer, f.Instruction, f.HiddenBy = &far, &far, &far
	}
	for i := range r.Instructions {
		r.Instructions[i].Layer = &far
	}
	r.Layers[0].Instruction = &far
	r.Image.Base.Layers = 77
	m := newRoot(Options{Now: tuitest.Now}, newScan(context.Background(), nil))
	send(m, tea.WindowSizeMsg{Width: 100, Height: 30})
	send(m, doneMsg{report: r})
	for _, keys := range [][]string{{"1", "right"}, {"2"}, {"1", "G", "enter"}, {"esc", "tab", "G", "enter"}} {
		typed(m, keys...)
		checkScreen(t, m, strings.Join(keys, " "))
	}
}

// bare is text that no colour was set for since the last reset.
var bare = regexp.MustCompile(`(?m)\x1b\[0?m[^\x1b\n]|^[^\x1b\n]`)

// TestContrastThemePaintsEveryCell: the theme brings its own background, so no cell keeps the
// terminal's, which may be a light one.
func TestContrastThemePaintsEveryCell(t *testing.T) {
	for _, size := range []struct{ width, height int }{{120, 36}, {80, 24}, {40, 10}} {
		for _, screen := range screens {
			m := opened(t, size.width, size.height, Options{Theme: "contrast"}, tuitest.Report())
			typed(m, screen.keys...)
			if at := bare.FindStringIndex(m.View().Content); at != nil {
				from := max(at[0]-60, 0)
				t.Errorf("%s at %dx%d: %q", screen.name, size.width, size.height, m.View().Content[from:min(at[1]+60, len(m.View().Content))])
			}
		}
	}
}
