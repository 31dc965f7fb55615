package pane

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/filetree"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// paneWidth is how many columns a pane has in these tests.
const paneWidth = 64

func plainTheme() *draw.Theme { return draw.NewTheme("", nil, false, true, tuitest.Now) }

// showIn gives a pane a theme, a report and room for its rows.
func showIn(p Pane, r *model.Report) {
	p.Paint(plainTheme())
	p.Show(r)
	p.SetWidth(paneWidth)
	p.Rows().Resize(p.Rows().Count, 30)
}

// pressIn sends keys to a pane as the root does.
func pressIn(p Pane, names ...string) {
	for _, name := range names {
		switch l := p.Rows(); name {
		case "down":
			l.Move(1)
		case "g":
			l.To(0)
		case "G":
			l.To(l.Count)
		case "enter":
			p.Press(KeyOpen)
		case "left":
			p.Press(KeyLeft)
		case "right":
			p.Press(KeyRight)
		default:
			panic(name)
		}
	}
}

// textOf is the text below a pane, as one row.
func textOf(p Pane) string {
	page := &draw.Page{Theme: plainTheme(), Width: paneWidth - 2}
	p.Read(page)
	return strings.Join(strings.Fields(ansi.Strip(strings.Join(page.Rows, " "))), " ")
}

// linesOf are the heading and the rows of a pane in so many columns.
func linesOf(p Pane, width int) []string {
	var rows []string
	if l := draw.NewLine(plainTheme(), width); p.Heading(l) {
		rows = append(rows, l.String())
	}
	for i := range p.Rows().Count {
		l := draw.NewLine(plainTheme(), width)
		p.Row(l, i)
		rows = append(rows, l.String())
	}
	return rows
}

// pictureOf is all of a pane: heading, rows and text.
func pictureOf(p Pane) string {
	return ansi.Strip(strings.Join(linesOf(p, paneWidth), "\n")) + "\n" + textOf(p)
}

// treeOf gives the files the whole image, and nothing to other panes.
func treeOf(p Pane, r *model.Report) {
	v, ok := p.(*Files)
	if !ok || r == nil || r.Tree == nil {
		return
	}
	v.Choose(filetree.Span{Last: r.Tree.Layers() - 1}, true, "the image")
	for cmd := v.Load(nil); cmd != nil; cmd = v.Load(nil) {
		v.Receive(cmd().(Message))
	}
	v.Resize(v.Count, 30)
}

// TestPanesStayWithinTheirWidth draws every row of every pane of an ordinary and of a
// hostile image in many widths, and reads every row in full.
func TestPanesStayWithinTheirWidth(t *testing.T) {
	for name, r := range map[string]*model.Report{
		"ordinary": tuitest.Described(tuitest.Report()), "rebuilt": tuitest.Rebuilt(), "shell": tuitest.Shell(), "hostile": tuitest.Hostile(), "empty": {}, "none": nil,
	} {
		panes := []Pane{&Instructions{}}
		for _, v := range Views() {
			panes = append(panes, v.Pane)
		}
		for _, p := range panes {
			showIn(p, r)
			treeOf(p, r)
			pressIn(p, "G", "enter", "g", "enter", "right")
			for _, width := range []int{1, 20, 38, 40, 52, 63, 90, 140} {
				p.SetWidth(width)
				for _, row := range linesOf(p, width) {
					if display.Width(row) != width || strings.ContainsAny(ansi.Strip(row), "\x1b\n\r\x07\u202e") {
						t.Fatalf("%s: %T draws %q into %d columns", name, p, row, width)
					}
				}
			}
			p.SetWidth(paneWidth)
			for i := range min(p.Rows().Count, 200) {
				p.Rows().To(i)
				if text := textOf(p); strings.ContainsAny(text, "\x1b\u202e") {
					t.Fatalf("%s: %T reads %q", name, p, text)
				}
			}
			if p.Rows().Count == 0 && p.Empty() == "" {
				t.Errorf("%s: %T has no rows and says nothing", name, p)
			}
		}
	}
}

// TestPanesSayWhatIsMissing: what stands instead of rows before a report is there, and
// when none will come.
func TestPanesSayWhatIsMissing(t *testing.T) {
	for _, v := range append(Views(), View{Name: "instructions", Pane: &Instructions{}}) {
		showIn(v.Pane, nil)
		waiting := v.Pane.Empty()
		v.Pane.End()
		over := v.Pane.Empty()
		if waiting == "" || v.Name != "files" && over == waiting {
			t.Errorf("%s says %q while it waits and %q when nothing comes", v.Name, waiting, over)
		}
	}
}

// TestHintsFitTheRow: a hint is there where its key does something.
func TestHintsFitTheRow(t *testing.T) {
	r := tuitest.Described(tuitest.Report())
	hintsOf := func(p Pane) string {
		var out []string
		for _, h := range p.Hints() {
			out = append(out, fmt.Sprint(h.Does, h.Actions))
		}
		return strings.Join(out, ", ")
	}
	fixList, instructionList, fileList, packageList := &Fixes{}, &Instructions{}, &Files{}, &Packages{}
	for _, p := range []Pane{fixList, instructionList, fileList, packageList} {
		showIn(p, r)
		treeOf(p, r)
	}
	if got := hintsOf(fixList); got != "read[open], select[select], copy fix[copy-fix], its findings[right]" {
		t.Errorf("on a change without a Dockerfile: %s", got)
	}
	fixList.CanWrite(true)
	if got := hintsOf(fixList); got != "write[open], select[select], write all[write-all], copy fix[copy-fix], its findings[right]" {
		t.Errorf("on a change: %s", got)
	}
	fixList.Select()
	if got := hintsOf(fixList); !strings.Contains(got, "write selected[write-all]") {
		t.Errorf("on a selected change: %s", got)
	}
	fixList.SetWritten([]string{fixList.Change().ID}, 0)
	if got := hintsOf(fixList); got != "read[open], undo[undo], build[build], its findings[right]" {
		t.Errorf("on a change that is written: %s", got)
	}
	fixList.Press(KeyRight)
	pressIn(fixList, "down")
	if got := hintsOf(fixList); got != "copy fix[copy-fix], read[open], its files[right]" {
		t.Errorf("on what a change settles: %s", got)
	}
	pressIn(fixList, "G")
	if got := hintsOf(fixList); got != "open[open]" {
		t.Errorf("on a row that folds: %s", got)
	}
	fixList.Press(KeyOpen)
	pressIn(fixList, "G")
	if got := hintsOf(fixList); got != "read[open], its files[right]" {
		t.Errorf("on a fix without an edit: %s", got)
	}
	if got := hintsOf(instructionList); got != "open the base[open]" {
		t.Errorf("on the base: %s", got)
	}
	if got := hintsOf(packageList); !strings.HasSuffix(got, "open[open]") {
		t.Errorf("on a package with others below: %s", got)
	}
	if got := hintsOf(fileList); got != "open[open], filter[filter], sort[sort], all up to here[merged], copy path[copy-path], who wrote what[blame], save it[save-all]" {
		t.Errorf("on a directory: %s", got)
	}
	fileList.Ask("app.py")
	treeOf(fileList, r)
	for fileList.Load(nil) != nil {
		t.Fatal("the answer is not there")
	}
	pressIn(fileList, "G")
	if got := hintsOf(fileList); !strings.HasSuffix(got, "what changed[diff], who wrote it[blame], save[save]") {
		t.Errorf("on a file that was looked for: %s", got)
	}
	if !fileList.Escape() || fileList.Escape() || fileList.Filter() != "" {
		t.Error("Escape does not clear the filter, or does so twice")
	}
}

// TestPressLeavesTheRestToTheRoot: what a key means on a row.
func TestPressLeavesTheRestToTheRoot(t *testing.T) {
	r := tuitest.Described(tuitest.Report())
	for _, c := range []struct {
		name  string
		Pane  Pane
		moves []string
		key   Key
		want  Effect
	}{
		{"a change is written", &Fixes{}, nil, KeyOpen, EffectWrite},
		{"a change opens", &Fixes{}, nil, KeyRight, effectDone},
		{"what cannot be helped opens", &Fixes{}, []string{"G"}, KeyOpen, effectDone},
		{"nothing is left of a change", &Fixes{}, nil, KeyLeft, effectNone},
		{"the base opens", &Instructions{}, nil, KeyOpen, effectDone},
		{"an instruction is read", &Instructions{}, []string{"down"}, KeyOpen, EffectRead},
		{"a directory opens", &Files{}, []string{"G"}, KeyOpen, effectDone},
		{"a package closes", &Packages{}, nil, KeyLeft, effectDone},
		{"a package without others is read", &Packages{}, []string{"G", "enter", "G"}, KeyOpen, EffectRead},
		{"a setting is read", &Config{}, nil, KeyOpen, EffectRead},
		{"a line is read", &Dockerfile{}, nil, KeyOpen, EffectRead},
	} {
		showIn(c.Pane, r)
		treeOf(c.Pane, r)
		pressIn(c.Pane, c.moves...)
		if got := c.Pane.Press(c.key); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}
