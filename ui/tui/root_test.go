package tui

import (
	"context"
	"errors"
	"image/color"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/pane"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// opened is the interface after a scan, on a screen of some size, with the focus on
// the instructions.
func opened(t testing.TB, width, height int, opt Options, report *model.Report) *root {
	t.Helper()
	m := openedFresh(t, width, height, opt, report)
	m.right, m.turned = false, true
	return m
}

// openedFresh is the interface after a scan as its user finds it.
func openedFresh(t testing.TB, width, height int, opt Options, report *model.Report) *root {
	t.Helper()
	opt.Now = tuitest.Now
	if opt.Reference == "" {
		opt.Reference = "shop/api:2.4"
	}
	m := newRoot(opt, newScan(context.Background(), nil))
	send(m, tea.WindowSizeMsg{Width: width, Height: height})
	if report != nil {
		send(m, doneMsg{report: report})
	}
	return m
}

// send updates the model and builds the tree that it asks for, if it does. No
// other command is run: they quit, wait, or speak to the terminal.
func send(m *root, msg tea.Msg) {
	wasBusy := m.files.Busy()
	_, cmd := m.Update(msg)
	if m.files.Busy() && !wasBusy {
		send(m, cmd())
	}
}

// typed sends keys by their names.
func typed(m *root, names ...string) {
	for _, name := range names {
		send(m, keyNamed(name))
	}
}

func keyNamed(name string) tea.KeyPressMsg {
	codes := map[string]rune{
		"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "enter": tea.KeyEnter, "tab": tea.KeyTab,
		"esc": tea.KeyEscape, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "home": tea.KeyHome, "end": tea.KeyEnd, "space": tea.KeySpace,
	}
	switch {
	case name == "space":
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	case codes[name] != 0:
		return tea.KeyPressMsg{Code: codes[name]}
	case name == "shift+tab":
		return tea.KeyPressMsg{Code: tea.KeyTab, Mod: tea.ModShift}
	case strings.HasPrefix(name, "ctrl+"):
		return tea.KeyPressMsg{Code: rune(name[5]), Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

func picture(m *root) string { return ansi.Strip(m.View().Content) }

func TestStartsAtTheStepOfTheFirstFix(t *testing.T) {
	m := opened(t, 120, 36, Options{}, tuitest.Report())
	if s := m.steps.Chosen(); s == nil || s.Number != 2 {
		t.Errorf("cursor on %+v, want instruction 2", s)
	}
	for _, want := range []string{"shop/api:2.4", "linux/amd64 · docker", "568 MB → 155 MB with 2 changes", "73 % wasted", "step 2 · RUN · line 4", "the change · line 4", "--no-install-recommends"} {
		if !strings.Contains(picture(m), want) {
			t.Errorf("the first screen lacks %q:\n%s", want, picture(m))
		}
	}
}

func TestMoving(t *testing.T) {
	tests := []struct {
		name string
		keys []string
		want int // number of the instruction under the cursor; -1 the base
	}{
		{"down", []string{"down"}, 3},
		{"j", []string{"j", "j"}, 4},
		{"up stops at the top", []string{"up", "k", "up"}, -1},
		{"G", []string{"G"}, 6},
		{"end and g", []string{"end", "g"}, -1},
		{"page down", []string{"pgdown"}, 6},
		{"half a page up", []string{"G", "ctrl+u"}, 3},
		{"opening the base keeps it", []string{"g", "enter"}, -1},
		{"into the base", []string{"g", "space", "down", "down"}, 1},
		{"right opens, left closes", []string{"g", "right", "left", "down"}, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := opened(t, 120, 36, Options{}, tuitest.Report())
			typed(m, test.keys...)
			if s := m.steps.Chosen(); s.Number != test.want {
				t.Errorf("cursor on %d %s, want %d", s.Number, s.Keyword, test.want)
			}
		})
	}
}

func TestPanes(t *testing.T) {
	wide := opened(t, 120, 36, Options{}, tuitest.Report())
	typed(wide, "tab")
	if wide.focused() != wide.fixes {
		t.Error("Tab does not go to the fixes")
	}
	typed(wide, "2")
	if wide.focused() != wide.files || !strings.Contains(picture(wide), "changes of step 2") {
		t.Errorf("2 does not show the files:\n%s", picture(wide))
	}
	typed(wide, "shift+tab")
	if wide.focused() != wide.steps || wide.view != wide.files {
		t.Error("Shift+Tab does not go back to the instructions, files still beside them")
	}
	typed(wide, "down")
	if !strings.Contains(picture(wide), "changes of step 3") {
		t.Errorf("the files are not those of the chosen instruction:\n%s", picture(wide))
	}
	typed(wide, "G")
	if !strings.Contains(picture(wide), " ENTRYPOINT adds no files") {
		t.Errorf("an instruction without a layer says nothing:\n%s", picture(wide))
	}

	narrow := opened(t, 60, 20, Options{}, tuitest.Report())
	for i, p := range append(narrow.panes(), narrow.steps) {
		if narrow.focused() != p {
			t.Errorf("on a narrow screen Tab does not go round all panes: wrong after %d", i)
		}
		typed(narrow, "tab")
	}
}

func TestFixToItsFiles(t *testing.T) {
	m := opened(t, 120, 36, Options{}, tuitest.Report())
	typed(m, "1", "down", "down", "enter", "down", "right", "right")
	if m.focused() != m.files || m.files.Path() != "/app/app.py" {
		t.Errorf("the files stand at %q, want /app/app.py", m.files.Path())
	}
	for _, want := range []string{"shadowed  step 3, COPY", "copied by step 4, RUN", "files copied again by chown -R", "give the files their owner"} {
		if !strings.Contains(picture(m), want) {
			t.Errorf("the file's text lacks %q:\n%s", want, picture(m))
		}
	}
}

func TestReadingInFull(t *testing.T) {
	m := opened(t, 40, 10, Options{}, tuitest.Report())
	typed(m, "1", "enter")
	if m.page == nil || !strings.Contains(picture(m), "install without recommended packages") {
		t.Fatalf("Enter does not show the fix:\n%s", picture(m))
	}
	typed(m, "G")
	if !strings.Contains(picture(m), "more") || m.page.top == 0 {
		t.Errorf("G does not go to the end of the text:\n%s", picture(m))
	}
	typed(m, "esc")
	if m.page != nil || m.focused() != m.fixes {
		t.Error("Esc does not go back to the fixes")
	}
}

func TestScrollingTheTextBelow(t *testing.T) {
	m := opened(t, 80, 20, Options{}, tuitest.Report())
	typed(m, "1")
	before := picture(m)
	typed(m, "J", "J", "J")
	if m.lower.top != 3 || picture(m) == before {
		t.Errorf("J does not scroll: top %d", m.lower.top)
	}
	typed(m, "K", "K", "K", "K")
	if picture(m) != before {
		t.Error("K does not scroll back")
	}
	for range 100 {
		typed(m, "J")
	}
	if text, b := m.focusedText(); m.lower.top != len(text.rows)-b.Lower {
		t.Errorf("scrolled to %d of %d rows", m.lower.top, len(text.rows))
	}
	typed(m, "down")
	if m.lower.top != 0 {
		t.Error("another fix does not start at its top")
	}
}

func TestFramesFillInAsLayersAreRead(t *testing.T) {
	m := opened(t, 120, 36, Options{}, nil)
	if !strings.Contains(picture(m), "opening the image") || !strings.Contains(picture(m), "shop/api:2.4") {
		t.Errorf("before anything is known:\n%s", picture(m))
	}
	part := *tuitest.Report()
	part.Partial, part.Tree, part.Findings, part.Changes = true, nil, nil, nil
	at := tuitest.Now
	for i := range 4 {
		done := int64(i) * 20_000_000
		send(m, eventMsg{analyze.Event{Phase: analyze.Reading, Done: done, Total: 201_000_000, Report: &part, LayersRead: 1}, at})
		at = at.Add(time.Second)
	}
	for _, want := range []string{"reading layer 2 of 4", "29 %", "60 MB of 201 MB", "20 MB/s", " s left", "install python3-pip git", "Changes appear"} {
		if !strings.Contains(picture(m), want) {
			t.Errorf("while reading, %q is missing:\n%s", want, picture(m))
		}
	}
	if p := m.View().ProgressBar; p == nil || p.Value != 29 {
		t.Errorf("the terminal's own progress is %+v", p)
	}
	typed(m, "down")
	if s := m.steps.Chosen(); s.Number != 2 {
		t.Errorf("cursor cannot be moved while reading: %+v", s)
	}
	typed(m, "down")
	send(m, doneMsg{report: tuitest.Report()})
	if s := m.steps.Chosen(); s.Number != 3 {
		t.Errorf("the end of the scan moved the cursor to %+v", s)
	}
	if strings.Contains(picture(m), "reading") || m.View().ProgressBar != nil {
		t.Errorf("still reading:\n%s", picture(m))
	}
}

func TestEscapeKeepsWhatIsKnown(t *testing.T) {
	m := opened(t, 80, 24, Options{}, nil)
	typed(m, "esc")
	if m.scan.ctx.Err() == nil || !strings.Contains(picture(m), "stopping") {
		t.Fatalf("Esc does not stop the scan:\n%s", picture(m))
	}
	part := tuitest.Report()
	part.Partial = true
	send(m, doneMsg{report: part, err: context.Canceled})
	if m.outcome != nil || !strings.Contains(picture(m), "partial") {
		t.Errorf("after Esc: %v\n%s", m.outcome, picture(m))
	}
	typed(m, "esc")
	if m.outcome != nil {
		t.Error("Esc after the scan does something")
	}
}

func TestErrorEndsTheProgram(t *testing.T) {
	m := opened(t, 80, 24, Options{}, nil)
	broken := errors.New("open x: no such image")
	_, cmd := m.Update(doneMsg{err: broken})
	if !errors.Is(m.outcome, broken) || cmd == nil {
		t.Errorf("outcome %v", m.outcome)
	}
}

func TestThemeFollowsTheBackground(t *testing.T) {
	m := opened(t, 80, 24, Options{}, tuitest.Report())
	unknown := m.View().Content
	send(m, tea.BackgroundColorMsg{Color: color.Black})
	dark := m.View().Content
	send(m, tea.BackgroundColorMsg{Color: color.White})
	light := m.View().Content
	if dark == light || unknown == dark || unknown == light {
		t.Error("the background makes no difference")
	}
	yes := true
	forced := opened(t, 80, 24, Options{Dark: &yes}, tuitest.Report())
	send(forced, tea.BackgroundColorMsg{Color: color.White})
	if forced.View().Content != dark {
		t.Error("a theme that was asked for gives way to the terminal's answer")
	}
}

func TestNoColor(t *testing.T) {
	m := opened(t, 120, 36, Options{NoColor: true}, tuitest.Report())
	for _, code := range []string{"\x1b[38", "\x1b[48", ";38;", ";48;"} {
		if strings.Contains(m.View().Content, code) {
			t.Errorf("a colour (%q) in spite of NoColor", code)
		}
	}
	if !strings.Contains(m.View().Content, "\x1b[7m") {
		t.Error("the row under the cursor cannot be told from the others")
	}
}

func TestASCII(t *testing.T) {
	for _, keys := range [][]string{nil, {"2", "down", "enter"}, {"?"}, {"i"}, {"1", "enter"}} {
		m := opened(t, 80, 24, Options{ASCII: true}, tuitest.Report())
		typed(m, keys...)
		for _, r := range picture(m) {
			if r > 0x7e {
				t.Fatalf("%q on an ASCII screen after %v:\n%s", r, keys, picture(m))
			}
		}
	}
}

func TestCopying(t *testing.T) {
	m := opened(t, 120, 36, Options{}, tuitest.Report())
	if got, want := pane.Pasteable(m.fixes.Chosen()), "RUN apt-get update && apt-get install -y --no-install-recommends python3-pip git"; got != want {
		t.Errorf("copies %q", got)
	}
	evil := tuitest.Report()
	text := "RUN a\n\tb\x1b]52;c;eA==\x07\u009b"
	evil.Findings[0].Fix.After = &text
	m = opened(t, 120, 36, Options{}, evil)
	if got := pane.Pasteable(m.fixes.Chosen()); got != "RUN a\n\tb]52;c;eA==" {
		t.Errorf("copies %q", got)
	}
	for path, want := range map[string]string{"/a/b": "/a/b", "/a b": "'/a b'", "/it's": `'/it'\''s'`, "/a\nb": ""} {
		if got := shellQuote(path); got != want {
			t.Errorf("shellQuote(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestMouse(t *testing.T) {
	m := opened(t, 120, 36, Options{}, tuitest.Report())
	send(m, tea.MouseClickMsg{X: 80, Y: 4, Button: tea.MouseLeft})
	if m.focused() != m.fixes || m.fixes.Cursor != 1 {
		t.Errorf("a click on the second fix: focus right %v, cursor %d", m.right, m.fixes.Cursor)
	}
	send(m, tea.MouseClickMsg{X: 5, Y: 2, Button: tea.MouseLeft})
	folded := m.steps.Count
	if s := m.steps.Chosen(); m.right || !s.Base {
		t.Errorf("a click on the base: %+v", s)
	}
	send(m, tea.MouseClickMsg{X: 5, Y: 2, Button: tea.MouseLeft})
	if m.steps.Count == folded {
		t.Error("a second click does not open the base")
	}
	send(m, tea.MouseWheelMsg{X: 5, Y: 3, Button: tea.MouseWheelDown})
	typed(m, "m")
	if m.View().MouseMode != tea.MouseModeNone {
		t.Error("M does not give the mouse back")
	}
}
