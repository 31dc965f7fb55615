package lists

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"github.com/tare-oci/tare/analyze/imagetest/quick"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// sample is a screen of three lists, with names that somebody made up who means harm.
func sample() Screen {
	s := Screen{Title: "3 images · 2 layers", Fact: "12 MB to pull", Lists: []List{
		{Name: "Images", Columns: []string{"to pull", "wasted"}}, {Name: "Layers", Columns: []string{"to pull"}, Empty: "No layer is shared."}, {Name: "Many", Columns: []string{"size"}},
	}}
	for i, name := range []string{"shop/api:1.4", "shop/web\x1b[31m:2", "雪だるま/☃:3"} {
		s.Lists[0].Rows = append(s.Lists[0].Rows, Row{Key: name, Name: name, Opens: "registry:" + name, Figures: []Figure{{Text: fmt.Sprint(5-i, " MB"), Value: int64(5 - i)}, {Text: "1 MB", Value: 1, Waste: true}}, Text: func(p *draw.Page) {
			p.Fact("base", "debian:bookworm")
			for n := range 30 {
				p.Row(p.Theme.Text, fmt.Sprint("layer ", n))
			}
		}})
	}
	s.Lists[0].Rows[1].Bad = true
	for i := range 50 {
		s.Lists[2].Rows = append(s.Lists[2].Rows, Row{Key: fmt.Sprint(i), Name: fmt.Sprint("row ", i), Figures: []Figure{{Text: fmt.Sprint(i), Value: int64(i % 7)}}})
	}
	return s
}

func opened(width, height int, opt Options) *screen {
	m := newScreen(opt)
	m.Update(tea.WindowSizeMsg{Width: width, Height: height})
	m.Update(screenMsg(sample()))
	m.Update(endedMsg{})
	return m
}

// pressed presses keys, and reports whether the program was left.
func pressed(m *screen, names ...string) (left bool) {
	special := map[string]tea.Key{
		"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "down": {Code: tea.KeyDown}, "up": {Code: tea.KeyUp}, "end": {Code: tea.KeyEnd}, "home": {Code: tea.KeyHome},
		"tab": {Code: tea.KeyTab}, "pgdown": {Code: tea.KeyPgDown}, "backspace": {Code: tea.KeyBackspace}, "right": {Code: tea.KeyRight}, "left": {Code: tea.KeyLeft}, "ctrl+c": {Code: 'c', Mod: tea.ModCtrl},
	}
	for _, name := range names {
		k, ok := special[name]
		if !ok {
			k = tea.Key{Code: []rune(name)[0], Text: name}
		}
		if _, cmd := m.Update(tea.KeyPressMsg(k)); cmd != nil {
			if _, ok := cmd().(tea.QuitMsg); ok {
				return true
			}
		}
	}
	return false
}

func picture(m *screen) string { return ansi.Strip(m.View().Content) + "\n" }

func TestPictures(t *testing.T) {
	for _, size := range []struct{ width, height int }{{120, 36}, {80, 24}, {40, 10}} {
		for name, keys := range map[string][]string{"start": nil, "text": {"down", "tab", "down", "down"}, "empty": {"2"}, "sorted": {"3", "s"}, "filter": {"3", "/", "4"}, "help": {"?"}} {
			t.Run(fmt.Sprintf("%s-%dx%d", name, size.width, size.height), func(t *testing.T) {
				m := opened(size.width, size.height, Options{})
				pressed(m, keys...)
				golden.RequireEqual(t, picture(m))
			})
		}
	}
}

// TestEverySize: each row is as wide as the screen, whatever its size and where the cursor is.
func TestEverySize(t *testing.T) {
	for width := 1; width <= 130; width += quick.Rounds(13, 13, 7) {
		for height := 1; height <= 40; height += quick.Rounds(5, 5, 3) {
			for _, opt := range []Options{{}, {ASCII: true, NoColor: true}} {
				m := opened(width, height, opt)
				for _, keys := range [][]string{nil, {"tab", "pgdown"}, {"3", "end"}, {"/", "4"}, {"esc", "?"}, {"x", "2"}} {
					pressed(m, keys...)
					rows := strings.Split(strings.TrimSuffix(picture(m), "\n"), "\n")
					if len(rows) > height {
						t.Fatalf("%dx%d after %v: %d rows", width, height, keys, len(rows))
					}
					for _, row := range rows {
						if w := display.Width(row); w != width {
							t.Fatalf("%dx%d after %v: a row of %d: %q", width, height, keys, w, row)
						}
					}
				}
			}
		}
	}
}

func TestKeys(t *testing.T) {
	for _, c := range []struct {
		keys  []string
		opens string
		at    Place
		left  bool
	}{
		{[]string{"enter"}, "registry:shop/api:1.4", Place{List: 0, Key: "shop/api:1.4"}, true},
		{[]string{"down", "enter"}, "registry:shop/web\x1b[31m:2", Place{List: 0, Key: "shop/web\x1b[31m:2"}, true},
		{[]string{"j", "k", "enter"}, "registry:shop/api:1.4", Place{List: 0, Key: "shop/api:1.4"}, true},
		{[]string{"s", "s", "s", "enter"}, "registry:shop/api:1.4", Place{List: 0, Key: "shop/api:1.4", Sorted: 3}, true},
		{[]string{"3", "end", "q"}, "", Place{List: 2, Key: "49"}, true},
		{[]string{"3", "/", "1", "9", "enter", "q"}, "", Place{List: 2, Key: "19", Filter: "19"}, true},
		{[]string{"/", "w", "e", "b", "enter", "enter"}, "registry:shop/web\x1b[31m:2", Place{List: 0, Key: "shop/web\x1b[31m:2", Filter: "web"}, true},
		{[]string{"left", "down"}, "", Place{List: 2, Key: "1"}, false},
		{[]string{"/", "q"}, "", Place{List: 0, Key: "shop/api:1.4", Filter: "q"}, false},
		{[]string{"/", "x", "esc", "esc"}, "", Place{List: 0, Key: "shop/api:1.4"}, true},
		{[]string{"?", "q", "q"}, "", Place{List: 0, Key: "shop/api:1.4"}, true},
		{[]string{"ctrl+c"}, "", Place{List: 0, Key: "shop/api:1.4"}, true},
		{[]string{"tab", "down", "esc"}, "", Place{List: 0, Key: "shop/api:1.4"}, false},
	} {
		m := opened(80, 24, Options{})
		if left := pressed(m, c.keys...); left != c.left || m.opens != c.opens || m.place() != c.at {
			t.Errorf("%q: left %v, opens %q at %+v", c.keys, left, m.opens, m.place())
		}
	}
}

// TestCursorStays: what comes meanwhile moves the cursor away from nothing, and a screen that
// begins at a place finds it.
func TestCursorStays(t *testing.T) {
	m := opened(80, 24, Options{})
	pressed(m, "3", "down", "down", "down")
	s := sample()
	s.Lists[2].Rows = append([]Row{{Key: "new", Name: "new"}}, s.Lists[2].Rows...)
	m.Update(screenMsg(s))
	if at := m.place(); at != (Place{List: 2, Key: "3"}) || m.cursor().Cursor != 4 {
		t.Errorf("%+v, row %d", at, m.cursor().Cursor)
	}
	m = opened(80, 24, Options{At: Place{List: 2, Key: "40"}})
	if at := m.place(); at != (Place{List: 2, Key: "40"}) || m.cursor().Cursor != 40 {
		t.Errorf("%+v, row %d", at, m.cursor().Cursor)
	}
}

// TestBackAsItWas: whoever opens a row and comes back finds the list filtered and sorted as it was, though its
// rows come only later.
func TestBackAsItWas(t *testing.T) {
	m := opened(80, 24, Options{})
	pressed(m, "3", "s", "/", "4", "enter", "down", "down")
	before := m.screen()
	back := newScreen(Options{At: m.place()})
	back.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	back.screen()
	back.Update(screenMsg{Busy: "asking again"})
	back.Update(screenMsg(sample()))
	back.Update(endedMsg{})
	if got := back.screen(); strings.Join(got, "\n") != strings.Join(before, "\n") {
		t.Errorf("%s\nis not\n%s", strings.Join(got, "\n"), strings.Join(before, "\n"))
	}
	if m.place().Sorted != 1 || m.place().Filter != "4" {
		t.Errorf("%+v", m.place())
	}
}

// TestWaiting: a screen without rows says what it waits for and which key leaves, and that key does.
func TestWaiting(t *testing.T) {
	m := newScreen(Options{})
	m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	for _, s := range []Screen{{Busy: "asking slow.example.com what it has, for 12 s"}, {Busy: "asking slow.example.com what it has, for 12 s", Lists: []List{{Name: "Images", Empty: "No image."}}}} {
		m.Update(screenMsg(s))
		text := ansi.Strip(strings.Join(m.screen(), "\n"))
		if !strings.Contains(text, "Asking slow.example.com what it has, for 12 s. Esc leaves.") || strings.Contains(text, "No image.") {
			t.Error(text)
		}
	}
	if !pressed(m, "esc") {
		t.Error("Esc does not leave")
	}
}

// TestOpensOnRows: a screen whose first list stays empty opens on one that has rows, unless the user
// went there.
func TestOpensOnRows(t *testing.T) {
	for chosen, want := range map[bool]int{false: 1, true: 0} {
		m := newScreen(Options{})
		m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
		s := sample()
		s.Busy, s.Lists = "reading", append([]List{{Name: "Worth most", Empty: "Nothing."}}, s.Lists...)
		m.Update(screenMsg(s))
		if m.list != 0 {
			t.Error("it turns while things are read")
		}
		if chosen {
			pressed(m, "right", "left")
		}
		s.Busy = ""
		m.Update(screenMsg(s))
		m.Update(endedMsg{})
		if m.list != want {
			t.Errorf("chosen %v: list %d", chosen, m.list)
		}
	}
}

// TestMouse: a click moves, a second opens, and a click on a name shows that list.
func TestMouse(t *testing.T) {
	m := opened(80, 24, Options{})
	m.Update(tea.MouseClickMsg{Button: tea.MouseLeft, X: 5, Y: listTop + 2})
	if m.cursor().Cursor != 1 || m.opens != "" {
		t.Errorf("row %d, opens %q", m.cursor().Cursor, m.opens)
	}
	m.Update(tea.MouseClickMsg{Button: tea.MouseLeft, X: 5, Y: listTop + 2})
	if m.opens == "" {
		t.Error("a second click opens nothing")
	}
	m.Update(tea.MouseClickMsg{Button: tea.MouseLeft, X: 16, Y: listTop - 1})
	if m.list != 1 {
		t.Errorf("list %d", m.list)
	}
}
