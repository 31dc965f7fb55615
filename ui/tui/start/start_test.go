package start

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"github.com/tare-oci/tare/ui/display"
)

// found are parts as a machine with one engine has them; names are hostile on purpose.
func found() []Part {
	of := func(title string, err error, items ...Item) Part {
		return Part{Title: title, Find: func(context.Context) ([]Item, string, error) { return items, "", err }}
	}
	var many []Item
	for i := range 30 {
		many = append(many, Item{Reference: fmt.Sprintf("docker:app:%d", i), Name: fmt.Sprintf("app:%d", i), Size: int64(i+1) * 10_000_000, About: "created 2 days ago"})
	}
	return []Part{
		of("Recently opened", nil, Item{"quay.example/team/quux:1", "quay.example/team/quux:1", 5_000_000, "3 min ago"}),
		of("Docker, 30 images, the newest first", nil, many...),
		of("Podman", errors.New("no answer")),
		of("In this directory", nil, Item{"./a\x1b[31m\u202e.tar", "a\x1b[31m\u202e.tar", 1000, "archive"}, Item{"./雪だるま☃.tar", "雪だるま☃.tar", 2000, "archive"}),
		of("Nothing", nil),
		of("Samples, built in", nil, Item{Reference: "demo:naive-apt", Name: "naive-apt", About: "a first Dockerfile with apt"}),
	}
}

// opened is a list of a size that has found everything.
func opened(t *testing.T, width, height int, opt Options) *list {
	t.Helper()
	if opt.Parts == nil {
		opt.Parts = found()
	}
	m := newList(t.Context(), opt)
	m.Update(tea.WindowSizeMsg{Width: width, Height: height})
	for i, p := range opt.Parts {
		items, title, err := p.Find(t.Context())
		m.Update(foundMsg{i, items, title, err})
	}
	return m
}

// pressed presses keys, and reports whether the program was left.
func pressed(m *list, names ...string) (left bool) {
	special := map[string]tea.Key{
		"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "down": {Code: tea.KeyDown}, "up": {Code: tea.KeyUp}, "end": {Code: tea.KeyEnd}, "home": {Code: tea.KeyHome},
		"tab": {Code: tea.KeyTab}, "shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift}, "pgdown": {Code: tea.KeyPgDown}, "backspace": {Code: tea.KeyBackspace}, "ctrl+c": {Code: 'c', Mod: tea.ModCtrl},
	}
	for _, name := range names {
		k, ok := special[name]
		if !ok {
			k = tea.Key{Code: []rune(name)[0], Text: name}
		}
		_, cmd := m.Update(tea.KeyPressMsg(k))
		if cmd != nil {
			if _, ok := cmd().(tea.QuitMsg); ok {
				return true
			}
		}
	}
	return false
}

func picture(m *list) string { return ansi.Strip(m.View().Content) + "\n" }

func TestPictures(t *testing.T) {
	for _, size := range []struct{ width, height int }{{120, 36}, {80, 24}, {40, 10}} {
		for name, keys := range map[string][]string{"start": nil, "end": {"end"}, "typed": {"n", "a", "i"}, "nothing": {"x", "x"}, "next": {"tab", "tab", "down"}} {
			t.Run(fmt.Sprintf("%s-%dx%d", name, size.width, size.height), func(t *testing.T) {
				m := opened(t, size.width, size.height, Options{})
				pressed(m, keys...)
				golden.RequireEqual(t, picture(m))
			})
		}
	}
}

// TestEverySize: each row is as wide as the screen, whatever its size and where the
// cursor is.
func TestEverySize(t *testing.T) {
	wider, higher := 9, 6
	if os.Getenv("TARE_MANY") != "" {
		wider, higher = 3, 3
	}
	for width := 1; width <= 130; width += wider {
		for height := 1; height <= 40; height += higher {
			for _, opt := range []Options{{}, {ASCII: true, NoColor: true}} {
				m := opened(t, width, height, opt)
				for _, keys := range [][]string{nil, {"pgdown"}, {"end"}, {"a", "p"}, {"esc", "up"}} {
					pressed(m, keys...)
					rows := strings.Split(strings.TrimSuffix(picture(m), "\n"), "\n")
					if len(rows) > height {
						t.Fatalf("%dx%d: %d rows", width, height, len(rows))
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
		keys   []string
		chosen string
		left   bool
	}{
		{[]string{"enter"}, "quay.example/team/quux:1", true},
		{[]string{"down", "enter"}, "docker:app:0", true},
		{[]string{"down", "down", "up", "enter"}, "docker:app:0", true},
		{[]string{"up", "enter"}, "quay.example/team/quux:1", true},
		{[]string{"end", "enter"}, "demo:naive-apt", true},
		{[]string{"tab", "tab", "enter"}, "./a\x1b[31m\u202e.tar", true}, // Podman has nothing to choose
		{[]string{"shift+tab", "enter"}, "demo:naive-apt", true},
		{[]string{"a", "p", "p", ":", "7", "enter"}, "docker:app:7", true},
		{[]string{"n", "a", "i", " ", "s", "a", "m", "enter"}, "demo:naive-apt", true},
		{[]string{"/", "q", "u", "enter"}, "quay.example/team/quux:1", true},
		{[]string{"a", "p", "q", "backspace", "enter"}, "docker:app:0", true},
		{[]string{"d", "o", "c", "k", "e", "r", " ", "2", "9", "enter"}, "docker:app:29", true},
		{[]string{"x", "x", "enter"}, "", false},
		{[]string{"x", "x", "esc", "enter"}, "quay.example/team/quux:1", true},
		{[]string{"q"}, "", true},
		{[]string{"esc"}, "", true},
		{[]string{"x", "esc"}, "", false},
		{[]string{"x", "esc", "esc"}, "", true},
		{[]string{"ctrl+c"}, "", true},
	} {
		m := opened(t, 80, 24, Options{})
		if left := pressed(m, c.keys...); left != c.left || m.chosen != c.chosen {
			t.Errorf("%q: left %t, chosen %q", c.keys, left, m.chosen)
		}
	}
}

// TestNobodyWaits: what does not answer leaves its part saying so, what fails says why,
// and the cursor stays on its image when others come.
func TestNobodyWaits(t *testing.T) {
	stuck := Part{Title: "Docker", Find: func(ctx context.Context) ([]Item, string, error) {
		<-ctx.Done()
		return nil, "", ctx.Err()
	}}
	parts := append([]Part{stuck}, found()...)
	m := newList(t.Context(), Options{Parts: parts})
	m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	if s := picture(m); !strings.Contains(s, "Looking for images") || strings.Contains(s, "no answer") {
		t.Errorf("at first:\n%s", s)
	}
	items, _, _ := parts[6].Find(t.Context())
	m.Update(foundMsg{part: 6, items: items})
	m.Update(slowMsg{})
	if s := picture(m); !strings.Contains(s, "no answer yet") || !strings.Contains(s, "naive-apt") {
		t.Errorf("after a moment:\n%s", s)
	}
	pressed(m, "down")
	m.Update(foundMsg{part: 0, items: []Item{{Reference: "docker:late", Name: "late"}}, title: "Docker, 1 image"})
	m.Update(foundMsg{part: 3, err: errors.New("permission denied;\x1b[2J run tare as a user")})
	s := picture(m)
	if item := m.item(); item == nil || item.Reference != "demo:naive-apt" || !strings.Contains(s, "late") || !strings.Contains(s, "permission denied") || strings.Contains(s, "\x1b") {
		t.Errorf("later the cursor is on %v:\n%s", item, s)
	}
}

// TestLateParts: as long as nobody has moved the cursor, it is on the first image, and an
// engine that answers twice is shown once.
func TestLateParts(t *testing.T) {
	none := func(context.Context) ([]Item, string, error) { return nil, "", nil }
	m := newList(t.Context(), Options{Parts: []Part{{"Docker", none}, {"Podman", none}, {"Samples", none}}})
	m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	m.Update(foundMsg{part: 2, items: []Item{{Reference: "demo:a", Name: "a"}}})
	items := []Item{{Reference: "docker:x", Name: "x"}, {Reference: "docker:y", Name: "y"}}
	m.Update(foundMsg{part: 1, items: items, title: "Podman, 2 images"})
	m.Update(foundMsg{part: 0, items: items, title: "Podman, 2 images"})
	if m.item().Reference != "docker:x" || m.count() != 3 || m.cursor.Top != 0 {
		t.Errorf("on %v of %d:\n%s", m.item(), m.count(), picture(m))
	}
}

// TestMouse: a click moves, another one chooses, and a title is nothing to choose.
func TestMouse(t *testing.T) {
	m := opened(t, 80, 24, Options{})
	click := func(row int) tea.Cmd {
		_, cmd := m.Update(tea.MouseClickMsg{X: 5, Y: row, Button: tea.MouseLeft})
		return cmd
	}
	click(5)
	if m.item().Reference != "docker:app:0" || m.chosen != "" {
		t.Errorf("a click is on %v", m.item())
	}
	click(4)
	if m.item().Reference != "docker:app:0" {
		t.Errorf("a title is chosen: %v", m.item())
	}
	if click(5); m.chosen != "docker:app:0" {
		t.Errorf("a second click chooses %q", m.chosen)
	}
	m.Update(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	if m.item().Reference != "docker:app:1" {
		t.Errorf("the wheel is on %v", m.item())
	}
}
