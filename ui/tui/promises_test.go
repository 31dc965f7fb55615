package tui

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/pane"
	"github.com/tare-oci/tare/ui/tui/tuitest"
	"github.com/tare-oci/tare/ui/tui/viewer"
)

// TestFirstFrameStandsAtOnce: the frame stands before the analysis has said
// anything, with the image's name and the keys that work.
func TestFirstFrameStandsAtOnce(t *testing.T) {
	m := newRoot(Options{Reference: "shop/api:2.4"}, newScan(t.Context(), nil))
	m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	for _, want := range []string{"shop/api:2.4", "opening the image", "1 Changes", "2 Files", "quit"} {
		if !strings.Contains(picture(m), want) {
			t.Errorf("the first frame lacks %q:\n%s", want, picture(m))
		}
	}
}

// TestBrowsingWhileTheImageIsRead: what is read can be browsed while the rest
// is still coming.
func TestBrowsingWhileTheImageIsRead(t *testing.T) {
	m := opened(t, 120, 36, Options{}, nil)
	part := *tuitest.Report()
	part.Partial, part.Findings = true, nil
	send(m, eventMsg{analyze.Event{Phase: analyze.Reading, Done: 1, Total: 2, Report: &part}, tuitest.Now})
	typed(m, "g", "2", "down", "enter")
	if !m.progress.running || !strings.Contains(picture(m), "usr/") {
		t.Errorf("a layer that is read cannot be browsed:\n%s", picture(m))
	}
	at := m.steps.Cursor
	send(m, eventMsg{analyze.Event{Phase: analyze.Reading, Done: 2, Total: 2, Report: &part}, tuitest.Now})
	if m.steps.Cursor != at || m.focused() != m.files {
		t.Error("a further layer moves cursor or focus")
	}
}

// TestNoTimeLeftUntilTheRateIsKnown: there is no time left until the rate is
// known.
func TestNoTimeLeftUntilTheRateIsKnown(t *testing.T) {
	m := opened(t, 120, 36, Options{}, nil)
	send(m, eventMsg{analyze.Event{Phase: analyze.Reading, Done: 10_000_000, Total: 201_000_000}, tuitest.Now})
	if screen := picture(m); strings.Contains(screen, " left") || !strings.Contains(screen, "10 MB of 201 MB") {
		t.Errorf("after one event:\n%s", screen)
	}
}

// TestCtrlCLeavesFromAnywhere: from wherever, and it is told apart during a scan.
func TestCtrlCLeavesFromAnywhere(t *testing.T) {
	for _, keys := range [][]string{nil, {"?"}, {"/"}, {":"}, {"i"}, {"2", "enter"}} {
		for _, scanning := range []bool{true, false} {
			report := tuitest.Report()
			if scanning {
				report = nil
			}
			m := opened(t, 80, 24, Options{}, report)
			typed(m, keys...)
			_, cmd := m.Update(keyNamed("ctrl+c"))
			if cmd == nil || (m.outcome != nil) != scanning {
				t.Errorf("after %v, scanning %v: outcome %v", keys, scanning, m.outcome)
			}
		}
	}
}

// countingPane counts how many of its rows are drawn.
type countingPane struct {
	pane.Pane
	drawn map[int]bool
}

func (p *countingPane) Row(l *draw.Line, i int) { p.drawn[i] = true; p.Pane.Row(l, i) }

// TestKeyDrawsOnlyWhatIsSeen: a key draws the rows on the screen, however
// many there are, and allocates as much for a hundred thousand files as for a
// thousand.
func TestKeyDrawsOnlyWhatIsSeen(t *testing.T) {
	allocated := make(map[int]float64)
	for _, files := range []int{1_000, 100_000} {
		m := newRoot(Options{}, newScan(t.Context(), nil))
		m.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
		m.Update(doneMsg{report: largeReport(files)})
		finish(m, typedCmd(m, "2"))
		node, ok := m.report.Tree.Lookup("flat")
		if !ok {
			t.Fatal("the sample has no flat folder")
		}
		m.files.GoTo(node)
		typedCmd(m, "right")
		counted := &countingPane{m.files, make(map[int]bool)}
		m.list(counted, m.box(m.files), true)
		if n := len(counted.drawn); n == 0 || n > m.height {
			t.Errorf("%d rows are drawn on a screen of %d", n, m.height)
		}
		allocated[files] = testing.AllocsPerRun(5, func() {
			typedCmd(m, "down")
			_ = m.View()
			typedCmd(m, "up")
			_ = m.View()
		})
	}
	if allocated[100_000] > 2*allocated[1_000] {
		t.Errorf("a key allocates %v times at a hundred thousand files, %v at a thousand", allocated[100_000], allocated[1_000])
	}
}

// TestHeapOfAHundredThousandFiles: the interface with a hundred thousand files takes a
// tenth of the 200 MB that a million may.
func TestHeapOfAHundredThousandFiles(t *testing.T) {
	const files = 100_000
	live := func() uint64 {
		var s runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&s)
		return s.HeapAlloc
	}
	before := live()
	m := newRoot(Options{}, newScan(t.Context(), nil))
	m.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
	m.Update(doneMsg{report: largeReport(files)})
	finish(m, typedCmd(m, "2"))
	taken := int64(live()) - int64(before)
	if m.files.Outline() == nil || taken > 20_000_000 {
		t.Errorf("%s for %d files", display.Bytes(taken), files)
	}
	runtime.KeepAlive(m)
}

// TestHelpHoldsEveryKey: each action stands in the help, with the
// keys that do it.
func TestHelpHoldsEveryKey(t *testing.T) {
	m := opened(t, 300, 80, Options{}, tuitest.Report())
	typed(m, "?")
	screen := picture(m)
	for _, a := range m.keys.Actions() {
		if help := a.Binding.Help(); !strings.Contains(screen, help.Desc) || !strings.Contains(screen, help.Key) {
			t.Errorf("the help lacks %q, %q", help.Key, help.Desc)
		}
	}
}

// TestLettersSayWhatALayerDid: what a layer did to a file stands there without any
// colour.
func TestLettersSayWhatALayerDid(t *testing.T) {
	m := opened(t, 120, 36, Options{NoColor: true, ASCII: true}, tuitest.Report())
	send(m, doneMsg{report: tuitest.Report()})
	m.steps.Choose(3)
	typed(m, "2", "right", "down")
	for range 6 {
		typed(m, "down", "right")
	}
	screen := picture(m)
	for _, want := range []string{`M +3\.1 MB.*app\.py`, `D .*lz4`} {
		if !regexp.MustCompile(want).MatchString(screen) {
			t.Errorf("no %s:\n%s", want, screen)
		}
	}
}

// TestBarsAreSharesOfTheParent: bars are parts of the parent, and a percentage says which:
// beside the bar, or where the text needs the room, below.
func TestBarsAreSharesOfTheParent(t *testing.T) {
	m := opened(t, 120, 36, Options{}, tuitest.Report())
	typed(m, "2")
	screen := picture(m)
	for _, want := range []string{
		`439 MB, .* 77 % of the image`,
		`107 MB .* 83 % .*usr/`, // of all that the layer holds
		` 21 MB .* 17 % .*var/`,
	} {
		if !regexp.MustCompile(want).MatchString(screen) {
			t.Errorf("no %s:\n%s", want, screen)
		}
	}
	wide := picture(opened(t, 140, 36, Options{}, tuitest.Report()))
	for _, want := range []string{`RUN +install.* 439 MB .* 77 %`, `base.* 123 MB .* 22 %`} {
		if !regexp.MustCompile(want).MatchString(wide) {
			t.Errorf("no %s:\n%s", want, wide)
		}
	}
	bar := func(width, part, whole int64) int {
		l := draw.NewLine(draw.NewTheme("none", nil, true, true, tuitest.Now), 40)
		l.Gauge(part, 0, whole, int(width))
		return strings.Count(l.String(), l.Theme.Charset.Live)
	}
	for part := int64(0); part <= 10; part++ {
		if got := bar(10, part, 10); got != int(part) {
			t.Errorf("%d of 10 has a bar of %d cells", part, got)
		}
	}
}

// TestWholeInstructionIsShown: every word of the chosen instruction is on
// the screen, on lines of its own.
func TestWholeInstructionIsShown(t *testing.T) {
	m := opened(t, 120, 36, Options{}, tuitest.Report())
	m.steps.Choose(3)
	send(m, tea.WindowSizeMsg{Width: 120, Height: 36})
	text := strings.Join(m.lower.left.rows, " ")
	for _, word := range strings.Fields(tuitest.Report().Instructions[4].Text) {
		if !strings.Contains(ansi.Strip(text), word) || !strings.Contains(picture(m), word) {
			t.Errorf("%q is missing:\n%s", word, picture(m))
		}
	}
}

// TestCopyingSaysWhatItDid: copying says what it did, and sends what is shown.
func TestCopyingSaysWhatItDid(t *testing.T) {
	m := opened(t, 120, 36, Options{}, tuitest.Report())
	_, cmd := m.Update(keyNamed("Y"))
	if cmd == nil || !strings.Contains(picture(m), "sent the fix to the clipboard") {
		t.Errorf("after Y:\n%s", picture(m))
	}
	typed(m, "2", "down", "y")
	if !strings.Contains(picture(m), "sent the path to the clipboard") {
		t.Errorf("after y:\n%s", picture(m))
	}
	sent := ansi.SetSystemClipboard("x\ny")
	if !strings.Contains(sent, base64.StdEncoding.EncodeToString([]byte("x\ny"))) {
		t.Errorf("OSC 52 is %q", sent)
	}
}

// TestMouseOnEveryList: a click chooses a row of each view, and the
// wheel scrolls.
func TestMouseOnEveryList(t *testing.T) {
	for i := range 5 {
		m := opened(t, 120, 24, Options{}, tuitest.Described(tuitest.Report()))
		typed(m, fmt.Sprint(i+1))
		p := m.focused()
		b := m.box(p)
		first := b.Y + 1 + b.Upper - p.Rows().Height // below border and heading
		want := p.Rows().Top + 1
		if want == p.Rows().Cursor {
			want++
		}
		send(m, tea.MouseClickMsg{X: b.X + 10, Y: first + want - p.Rows().Top, Button: tea.MouseLeft})
		if p.Rows().Cursor != want {
			t.Errorf("view %d: the cursor is on %d, want %d", i+1, p.Rows().Cursor, want)
		}
		if more := p.Rows().Count - p.Rows().Height; more > 0 {
			typed(m, "g")
			send(m, tea.MouseWheelMsg{X: b.X + 10, Y: first, Button: tea.MouseWheelDown})
			if got := p.Rows().Top; got != min(wheelStep, more) {
				t.Errorf("view %d: the wheel scrolls to %d", i+1, got)
			}
		}
	}
}

// TestMouseOnContent: the wheel scrolls a file's text, and a click
// there does nothing to the lists behind.
func TestMouseOnContent(t *testing.T) {
	r, id := tuitest.Versions("a.txt")
	text := strings.Repeat("line\n", 200)
	m := opened(t, 80, 24, Options{Open: tuitest.Opening(text, text)}, r)
	showContent(t, m, id)
	before := m.steps.Cursor
	send(m, tea.MouseWheelMsg{X: 10, Y: 10, Button: tea.MouseWheelDown})
	send(m, tea.MouseClickMsg{X: 10, Y: 5, Button: tea.MouseLeft})
	window := func() draw.Part { return m.content.Part(m.theme, m.pageWidth(), m.pageHeight()) }
	if got := window().Top; got != wheelStep || m.steps.Cursor != before {
		t.Errorf("the text is at %d, the cursor behind it at %d", got, m.steps.Cursor)
	}
	for range 100 {
		send(m, tea.MouseWheelMsg{X: 10, Y: 10, Button: tea.MouseWheelDown})
	}
	if got, end := window().Top, window().Count-m.pageHeight(); got != end {
		t.Errorf("the wheel scrolls to %d, the end is at %d", got, end)
	}
}

// showContent opens the content of a file version and waits until it is read.
func showContent(t *testing.T, m *root, id model.RecordID) {
	t.Helper()
	c, read := viewer.Open(t.Context(), m.opt.Open, m.report, id, viewer.AsText)
	m.content = c
	send(m, read())
}

// TestPromptsFitEverySize: no size breaks the filter, the command line, or
// a file's content.
func TestPromptsFitEverySize(t *testing.T) {
	for name, keys := range map[string][]string{"filter": {"/", "p", "y"}, "command": {":", "s"}, "completion": {":", "s", "tab"}, "all": {"2", "o"}} {
		m := opened(t, 120, 36, Options{}, tuitest.Described(tuitest.Report()))
		typed(m, keys...)
		fitsEverySize(t, m, name)
	}
	r, id := tuitest.Versions("日本語/\x1b[2J.txt")
	for _, data := range []string{"text 日本語 👩‍👩‍👧‍👦\n\x1b[2J\u202e\n", "\x00\x01\x7f\xff"} {
		m := opened(t, 120, 36, Options{Open: tuitest.Opening(data, data)}, r)
		showContent(t, m, id)
		fitsEverySize(t, m, "content")
	}
}

// TestWideNamesKeepBorders: names of characters two columns wide, or of
// several that make one, leave every border where it is.
func TestWideNamesKeepBorders(t *testing.T) {
	for _, name := range []string{"データ.csv", "👩‍👩‍👧‍👦", "🇩🇪", "e\u0301te\u0301", "한국어", strings.Repeat("漢", 200)} {
		r := tuitest.Report()
		b := tuitest.NewTree()
		b.Layer()
		b.Layer()
		b.File("dir/"+name, 5_000_000, model.Live, 0)
		r.Tree = b.Done()
		r.Image.Reference = name
		m := opened(t, 120, 36, Options{}, r)
		m.steps.Choose(1)
		typed(m, "2", "right", "right", "down")
		checkScreen(t, m, name)
		for i, row := range strings.Split(picture(m), "\n")[2:35] {
			if end := ansi.Cut(row, 119, 120); !strings.ContainsAny(end, "│┃┤╮╯") {
				t.Errorf("%q: row %d does not end at the border: %q", name, i+2, row)
			}
		}
	}
}

// TestThemes: a theme that is named is the one in use, whatever the
// terminal answers, and each differs from the others.
func TestThemes(t *testing.T) {
	seen := make(map[string]string)
	for _, name := range draw.Themes {
		m := opened(t, 80, 24, Options{Theme: name, Now: time.Time{}}, tuitest.Report())
		drawn := m.View().Content
		for other, same := range seen {
			if same == drawn {
				t.Errorf("%s looks like %s", name, other)
			}
		}
		seen[name] = drawn
		if ansi.Strip(drawn) != ansi.Strip(seen[draw.Themes[0]]) && name != "none" && name != "contrast" { // whose bars differ by their shade
			t.Errorf("%s says something else than %s", name, draw.Themes[0])
		}
	}
}
