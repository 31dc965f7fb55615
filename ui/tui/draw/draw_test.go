package draw

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// themes are one of each kind: colours on a known and an unknown background, none, ASCII.
func themes() map[string]*Theme {
	yes, no := true, false
	return map[string]*Theme{
		"any": NewTheme("", nil, false, false, time.Time{}), "dark": NewTheme("", &yes, false, false, time.Time{}), "light": NewTheme("light", &no, false, false, time.Time{}),
		"contrast": NewTheme("contrast", nil, false, false, time.Time{}), "none": NewTheme("none", &yes, false, false, time.Time{}), "ascii": NewTheme("dark", nil, true, true, time.Time{}),
	}
}

func TestLineIsAsWideAsItIsMeantToBe(t *testing.T) {
	for name, th := range themes() {
		for width := range 40 {
			l := NewLine(th, width)
			l.Highlight(width%2 == 0)
			l.Paint(th.Accent, th.Cursor).Gap(1).Cell(th.Dim, "日本語 name", 9).Figure(th.Text, "12 MB", 8).Gap(1)
			l.Gauge(3, 2, 9, 6).Share(5, 9).AddWithin(th.Keyword, "word", 3).Bar(1, 2, 5, 4, true).Add(th.Text, strings.Repeat("long ", 9))
			if got := display.Width(l.String()); got != width {
				t.Errorf("%s: a line of %d columns is %d wide", name, width, got)
			}
			if left := l.Left(); left != 0 {
				t.Errorf("%s: %d columns are left of a whole line", name, left)
			}
		}
	}
	if got := NewLine(themes()["none"], -3).Add(themes()["none"].Text, "x").String(); got != "" {
		t.Errorf("a line of no columns holds %q", got)
	}
}

func TestGauge(t *testing.T) {
	none, dark := themes()["none"], themes()["dark"]
	for _, c := range []struct {
		name               string
		th                 *Theme
		live, wasted, most int64
		want               string
	}{
		{"whole cells of two shades without colours", none, 2, 2, 4, none.Charset.Live + none.Charset.Live + none.Charset.Wasted + none.Charset.Wasted},
		{"eighths", dark, 1, 0, 32, "▏   "},
		{"live ends within a cell and waste goes on", dark, 1, 30, 32, "▏██▉"},
		{"both end within a cell", dark, 1, 1, 32, "▎   "},
		{"waste alone", dark, 0, 16, 32, "██  "},
		{"all", dark, 32, 0, 32, "████"},
		{"a trace is seen", dark, 1, 0, 1 << 40, "▏   "},
		{"no scale", dark, 1, 0, 0, "    "},
	} {
		if got := ansi.Strip(NewLine(c.th, 4).Gauge(c.live, c.wasted, c.most, 4).String()); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestShare(t *testing.T) {
	th := themes()["none"]
	for _, c := range []struct {
		part, whole int64
		want        string
	}{{1, 2, "  50 %"}, {0, 2, "      "}, {1, 0, "      "}, {2, 2, " 100 %"}} {
		if got := NewLine(th, ShareWidth).Share(c.part, c.whole).String(); got != c.want {
			t.Errorf("%d of %d: %q, want %q", c.part, c.whole, got, c.want)
		}
	}
}

func TestFrameFillsItsBox(t *testing.T) {
	for name, th := range themes() {
		for _, b := range []Box{{Width: 30, Upper: 4}, {Width: 30, Upper: 3, Lower: 2}, {Width: 4, Upper: 1, Lower: 1}} {
			row := NewLine(th, b.Inner()).Add(th.Text, "row").String()
			upper := Part{Title: []Tab{{Text: "1 One", Active: true}, {Text: "2 Two"}, {Text: "3 Three"}}, Position: "1/90", Rows: []string{row, row}, Top: 40, Count: 90}
			lower := Part{Title: []Tab{{Text: "text", Active: true}}, Rows: []string{row}, Count: 1}
			rows := Frame(th, b, true, upper, lower)
			if len(rows) != b.height() {
				t.Errorf("%s: %d rows for a box of %d", name, len(rows), b.height())
			}
			for _, r := range rows {
				if display.Width(r) != b.Width {
					t.Errorf("%s: %q is not %d columns wide", name, r, b.Width)
				}
			}
		}
	}
	th := themes()["none"]
	got := Frame(th, Box{Width: 24, Upper: 2}, true, Part{Title: []Tab{{Text: "1 One", Active: true}, {Text: "2 Two"}, {Text: "3 Three"}}}, Part{})
	if !strings.Contains(ansi.Strip(got[0]), " 1 One ") || strings.Contains(got[0], "Three") || !strings.Contains(ansi.Strip(got[0]), " 3 ") {
		t.Errorf("where not all titles fit the keys of the others stay: %q", got[0])
	}
	if got := (Box{Upper: 10, Lower: 12}).Taller(); got != (Box{Upper: 14, Lower: 8}) {
		t.Errorf("taller: %+v", got)
	}
}

func TestListKeepsTheCursorInSight(t *testing.T) {
	var l List
	l.Resize(100, 10)
	for _, step := range []struct {
		name        string
		do          func()
		cursor, top int
	}{
		{"down", func() { l.Move(3) }, 3, 0},
		{"below the window", func() { l.Move(9) }, 12, 3},
		{"above the window", func() { l.To(1) }, 1, 1},
		{"past the end", func() { l.Move(500) }, 99, 90},
		{"scrolling takes the cursor along", func() { l.Scroll(-30) }, 69, 60},
		{"scrolling past the start", func() { l.Scroll(-500) }, 9, 0},
		{"fewer rows", func() { l.Resize(5, 10) }, 4, 0},
		{"none", func() { l.Resize(0, 10) }, 0, 0},
	} {
		step.do()
		if l.Cursor != step.cursor || l.Top != step.top {
			t.Errorf("%s: cursor %d, top %d, want %d, %d", step.name, l.Cursor, l.Top, step.cursor, step.top)
		}
	}
	if start, length := thumb(90, 100, 10); start != 9 || length != 1 {
		t.Errorf("at the end the thumb is at %d, %d long", start, length)
	}
	if _, length := thumb(0, 10, 10); length != 0 {
		t.Errorf("where all is seen the thumb is %d long", length)
	}
}

// written is a page's rows without the blanks that fill them.
func written(th *Theme, write func(p *Page)) []string {
	p := &Page{Theme: th, Width: 32}
	write(p)
	for i, row := range p.Rows {
		p.Rows[i] = strings.TrimRight(ansi.Strip(row), " ")
	}
	return p.Rows
}

func TestPage(t *testing.T) {
	about := func(p *Page) {
		p.Blank()
		p.Fact("name", "a value that is longer than its column")
		p.Blank()
		p.Blank()
		p.List(p.Theme.Text, "one fact", "another fact", "a third")
		p.Row(p.Theme.Text, "last")
	}
	want := []string{"name      a value that is longer", "          than its column", "", "one fact · another fact", "a third", "last"}
	if d := cmp.Diff(want, written(themes()["none"], about)); d != "" {
		t.Error(d)
	}
	want = []string{"name: a value that is longer", "than its column", "one fact, another fact, a third", "last"}
	if d := cmp.Diff(want, written(AccessibleTheme(false, time.Time{}), about)); d != "" {
		t.Errorf("to be read aloud: %s", d)
	}
}

func TestWriteEdit(t *testing.T) {
	edit := func(p *Page) { WriteEdit(p, "RUN a\nRUN b", "RUN a\nRUN c") }
	if d := cmp.Diff([]string{"  RUN a", "- RUN b", "+ RUN c"}, written(themes()["none"], edit)); d != "" {
		t.Error(d)
	}
	long := func(p *Page) {
		WriteEdit(p, "RUN first-command --and && second-command --too", "RUN first-command --and && second-command --too && third")
	}
	for _, row := range written(themes()["none"], long) {
		if strings.HasPrefix(row, "- ") {
			t.Errorf("a step that stays is shown as one that goes: %q", row)
		}
	}
	aloud := written(AccessibleTheme(false, time.Time{}), edit)
	if got := strings.Join(aloud, "|"); !strings.HasPrefix(got, "Before:|") || !strings.Contains(got, "|After:|") {
		t.Errorf("to be read aloud: %q", got)
	}
}

func TestWriteFinding(t *testing.T) {
	before, after := "RUN b", "RUN c"
	f := &model.Finding{Title: "a title", Bytes: 2_000, Confidence: model.Certain, Fix: &model.Fix{Summary: "what to do", Before: &before, After: &after}}
	rows := written(themes()["none"], func(p *Page) { WriteFinding(p, f) })
	if got := strings.Join(rows, "|"); !strings.Contains(got, "a title") || !strings.Contains(got, "- RUN b|+ RUN c|what to do") || !strings.Contains(got, display.Bytes(2_000)) {
		t.Errorf("%q", got)
	}
	f.Fix = nil
	if rows := written(themes()["none"], func(p *Page) { WriteFinding(p, f) }); len(rows) != 1 {
		t.Errorf("without a fix: %q", rows)
	}
}

// TestLongTextsAreCutBeforeTheyAreLookedAt: what no screen can hold costs nothing.
func TestLongTextsAreCutBeforeTheyAreLookedAt(t *testing.T) {
	th := themes()["none"]
	endless := strings.Repeat("x", 8<<20)
	if got := th.OneLine(endless, 20); len(got) > 200 {
		t.Errorf("a row of 20 columns gets %d bytes", len(got))
	}
	if got := th.Name([]byte(endless+".txt"), 20); display.Width(got) > 20 || !strings.HasSuffix(got, ".txt") {
		t.Errorf("a name loses its end: %q", got)
	}
	if got := th.Path(endless); len(got) > 3<<10 {
		t.Errorf("a path gets %d bytes", len(got))
	}
	if got := Clip(endless); len(got) > MaxText+100 || !strings.HasSuffix(got, " more)") {
		t.Errorf("a text keeps %d bytes and ends in %q", len(got), got[len(got)-20:])
	}
	r := &model.Report{Instructions: []model.Instruction{{Keyword: "RUN", Text: endless}}}
	if got := th.StepName(r, 0, 20); !strings.HasPrefix(got, "step 1, xxx") || len(got) > 200 {
		t.Errorf("an instruction becomes %d bytes", len(got))
	}
	if got := th.Instruction("RUN a && b", 40); len(got) != 1 {
		t.Errorf("a short instruction takes %q", got)
	}
}

func TestCentred(t *testing.T) {
	th := themes()["none"]
	rows := Centred(th, th.Dim, "one two", 11, 3)
	if len(rows) < 2 || strings.TrimSpace(rows[0]) != "" || rows[1] != "  one two  " {
		t.Errorf("%q", rows)
	}
	if rows := Centred(th, th.Dim, strings.Repeat("word ", 50), 11, 3); len(rows) != 3 {
		t.Errorf("%d rows of 3", len(rows))
	}
}
