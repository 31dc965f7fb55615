package pane

import (
	"fmt"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// Fixes is the view of what to change: risks, then changes, what saves most first, each
// with its findings folded inside.
type Fixes struct {
	state

	settled view.Settled
	held    []view.Held // what of the image holds in the pods that run it
	byID    map[string]*model.Finding
	list    []fixRow
	open    map[string]bool // by fold

	counts       string // what the column of numbers counts, "line" or "step"; "" where nothing is known
	numbersWidth int

	selected, written map[string]bool // by ids of changes
	writtenSize       int64           // of the image with what is written; 0 where nothing is
	canWrite          bool            // there is a Dockerfile to write to
}

// Show takes a report over and keeps the cursor on its row.
func (v *Fixes) Show(report *model.Report) {
	before := v.row()
	if before != nil {
		kept := *before
		before = &kept
	}
	v.report, v.settled, v.held, v.byID = report, view.Settled{}, nil, make(map[string]*model.Finding)
	if v.open == nil {
		v.open = map[string]bool{foldPods: true, foldHeld: true} // who gives manifests asks for these
	}
	v.selected, v.written, v.writtenSize = make(map[string]bool), make(map[string]bool), 0
	if report != nil {
		for i := range report.Findings {
			v.byID[report.Findings[i].ID] = &report.Findings[i]
		}
		v.settled = view.Settle(report)
		v.held = view.HeldByPods(report, v.settled.Aside)
	}
	v.lay()
	if before != nil && v.Cursor > 0 { // who never left the first stays on the first
		for i := range v.list {
			if v.list[i].isLike(before) {
				v.Cursor = i
				break
			}
		}
	}
	v.Resize(len(v.list), v.Height)
}

// Paint takes a theme over: read aloud, nothing is folded.
func (v *Fixes) Paint(th *draw.Theme) {
	v.state.Paint(th)
	v.lay()
	v.Resize(len(v.list), v.Height)
}

// isLike reports whether two rows, of one report and the next, are about the same.
func (row *fixRow) isLike(other *fixRow) bool {
	sameChange := (row.change == nil) == (other.change == nil) && (row.change == nil || row.change.ID == other.change.ID)
	sameFinding := (row.finding == nil) == (other.finding == nil) && (row.finding == nil || row.finding.ID == other.finding.ID)
	return sameChange && sameFinding && row.title == other.title && row.risk == other.risk
}

func (v *Fixes) row() *fixRow {
	if v.Cursor < 0 || v.Cursor >= len(v.list) {
		return nil
	}
	return &v.list[v.Cursor]
}

// Chosen is the finding under the cursor, of a change the largest, nil where there is
// none.
func (v *Fixes) Chosen() *model.Finding {
	if row := v.row(); row != nil {
		return row.finding
	}
	return nil
}

// Pasteable is the edit under the cursor, as [Pasteable] has it.
func (v *Fixes) Pasteable() string {
	row := v.row()
	switch {
	case row == nil:
		return ""
	case row.change != nil:
		return Pasteable(&model.Finding{Fix: &model.Fix{After: row.change.After}})
	}
	return Pasteable(row.finding)
}

// Press opens and closes rows; what else a key means is left to the caller.
func (v *Fixes) Press(key Key) Effect {
	row := v.row()
	switch {
	case key == KeyRight && v.turnFold(true), key == KeyLeft && (v.turnFold(false) || v.toParent()):
		return effectDone
	case key == KeyOpen && row != nil && row.finding == nil:
		v.turnFold(!v.isOpen(row.fold))
		return effectDone
	case key == KeyRight && row != nil && row.finding != nil:
		return EffectFiles
	case key == KeyOpen && row != nil && row.change != nil:
		return EffectWrite
	}
	return v.state.Press(key)
}

// Selected is the finding that the row under the cursor is about, the first with an edit.
func (v *Fixes) Selected() (*model.Finding, bool) { return v.Chosen(), true }

// Hints are the keys that do something on the row under the cursor.
func (v *Fixes) Hints() []Hint {
	row := v.row()
	switch {
	case row == nil, row.pod != nil:
		return nil
	case row.finding == nil:
		return []Hint{{"open", []string{"open"}}}
	}
	if row.change != nil {
		return append(v.actHints(row.change), v.foldHint(row))
	}
	var out []Hint
	if v.Pasteable() != "" {
		out = append(out, Hint{"copy fix", []string{"copy-fix"}})
	}
	return append(out, Hint{"read", []string{"open"}}, v.foldHint(row))
}

func (v *Fixes) foldHint(row *fixRow) Hint {
	if row.fold != "" && !v.isOpen(row.fold) {
		return Hint{"its findings", []string{"right"}}
	}
	return Hint{"its files", []string{"right"}}
}

// Legend explains the marks of confidence.
func (v *Fixes) Legend(p *draw.Page) {
	p.End(p.Line().Gap(1).Add(v.th.Dim, "In the fixes:").Gap(2).
		Add(v.th.Accent, v.th.Certain).Add(v.th.Dim, " certain").Gap(2).
		Add(v.th.Accent, v.th.Likely).Add(v.th.Dim, " likely").Gap(2).
		Add(v.th.Accent, v.th.Possible).Add(v.th.Dim, " possible, counted as live"))
}

// Empty says why there are no rows.
func (v *Fixes) Empty() string {
	if v.over {
		return "Nothing is known."
	}
	if v.narrow.on() {
		return v.nothing()
	}
	if v.report == nil || v.report.Partial {
		return "Changes appear once the layers have been read."
	}
	return "Nothing to change: every byte of this image can be used."
}

// Read writes the edit, and below it what it is about.
func (v *Fixes) Read(p *draw.Page) string {
	row := v.row()
	switch {
	case row == nil:
		return ""
	case row.change != nil:
		return v.readChange(p, row.change)
	case row.kept != nil:
		return v.readKept(p, row)
	case row.pod != nil:
		return v.readPod(p, row.pod)
	case row.finding == nil:
		p.Paragraph(v.th.Text, foldText[row.fold])
		return row.title
	}
	f := row.finding
	title := f.Title
	if row.risk {
		words := v.words()
		title = words.RiskTitle(f)
	}
	for _, part := range display.Wrap(v.th.Charset.Escape(title), p.Width) {
		p.Row(v.th.Strong, part)
	}
	if f.Fix != nil {
		if f.Fix.Before != nil && f.Fix.After != nil {
			draw.WriteEdit(p, *f.Fix.Before, *f.Fix.After)
			p.Blank()
		}
		p.Paragraph(v.th.Text, f.Fix.Summary)
	}
	words := v.words()
	for _, line := range words.ManifestEdit(f, draw.MaxText) {
		parts := []string{line}
		if display.Width(line) > p.Width {
			parts = display.Wrap(line, p.Width) // in two rows, but whole
		}
		for _, part := range parts {
			p.Row(v.th.Text, part)
		}
	}
	p.Blank()
	v.readFacts(p, f)
	return v.heads(f)
}

// foldText says what a row folds away, and why.
var foldText = map[string]string{
	foldSmall: "Each of these saves less than 1 % of what this image adds to its base, or less than 1 MB. tare fix leaves them alone unless asked.",
	foldRest:  "These come with the base image, or every build like this one leaves them, or the image needs them after all. They count as waste, but no edit avoids them.",
	foldPods:  "What the Kubernetes manifests behind -k say of this image: lines of theirs to change.",
	foldHeld:  "What the image itself brings about in the pods that run it: for the Dockerfile to change, or a script.",
	foldAside: "Nothing here is certain waste: choices the image makes, or bytes that the program may need.",
}

// readKept writes what a change leaves: the bytes, the packages, and why they stay.
func (v *Fixes) readKept(p *draw.Page, row *fixRow) string {
	words, c := v.words(), row.kept.Change
	for _, part := range display.Wrap(row.title, p.Width) {
		p.Row(v.th.Strong, part)
	}
	p.Paragraph(v.th.Text, display.Bytes(row.bytes)+" count as waste, and the change leaves them alone:")
	for _, sentence := range words.ChangeWords(c) {
		p.Paragraph(v.th.Text, sentence)
	}
	p.Blank()
	if row.finding != nil {
		v.readFacts(p, row.finding)
	}
	return "what stays"
}

// readChange writes a change: the edit, what and why, what it costs to be wrong.
func (v *Fixes) readChange(p *draw.Page, c *model.Change) string {
	words := v.words()
	for _, part := range display.Wrap(v.th.Charset.Escape(c.Title), p.Width) {
		p.Row(v.th.Strong, part)
	}
	if c.Before != nil && c.After != nil {
		draw.WriteEdit(p, *c.Before, *c.After)
		p.Blank()
	}
	for _, file := range c.Files {
		before := ""
		if file.Before != nil {
			before = *file.Before
		}
		p.Row(v.th.Dim, v.th.OneLine(file.Path, p.Width))
		draw.WriteEdit(p, before, file.After)
		p.Blank()
	}
	for _, sentence := range words.ChangeWords(c) {
		p.Paragraph(v.th.Text, sentence)
	}
	p.Blank()
	size := display.Bytes(c.Bytes)
	if c.CompressedBytes != nil {
		size += " (" + display.Bytes(*c.CompressedBytes) + " to pull)"
	}
	p.Fact("saves", size+v.th.Between()+string(c.Confidence))
	v.readRemoved(p, c)
	if f := v.byID[first(c.Findings)]; f != nil {
		v.readPaths(p, f)
	}
	title := "the change"
	if c.Kind == model.DecisionChange {
		title = "what to do"
	}
	if place := words.ChangePlace(c); place != "" {
		title += v.th.Between() + place
	}
	return title
}

// readRemoved lists what a change removes: the findings that are gone with it.
func (v *Fixes) readRemoved(p *draw.Page, c *model.Change) {
	label := "removes"
	for _, id := range c.Findings {
		f := v.byID[id]
		switch {
		case f == nil:
			continue
		case f.Bytes > 0 && len(c.Findings) > 1:
			p.Fact(label, display.Bytes(f.Bytes)+v.th.Between()+f.Title)
		default:
			p.Fact(label, f.Title)
		}
		if !v.th.Accessible {
			label = "" // the column says it once
		}
	}
}

func (v *Fixes) heads(f *model.Finding) string {
	if f.Fix == nil {
		return f.Rule
	}
	title := "the fix"
	if f.Fix.Strategy == model.Manual {
		title = "what to do"
	}
	if in := v.Instruction(f); in != nil && in.Location != nil {
		title += fmt.Sprintf("%sline %d", v.th.Between(), in.Location.Line)
	}
	return title
}

// Instruction is the one that put a finding's bytes into the image, nil where it is not
// known.
func (v *Fixes) Instruction(f *model.Finding) *model.Instruction {
	if f.Instruction == nil || *f.Instruction < 0 || *f.Instruction >= len(v.report.Instructions) {
		return nil
	}
	return &v.report.Instructions[*f.Instruction]
}

func (v *Fixes) readFacts(p *draw.Page, f *model.Finding) {
	dot := v.th.Between()
	p.Fact("rule", f.Rule+dot+string(f.Confidence))
	if f.Bytes > 0 {
		size := display.Bytes(f.Bytes)
		if f.CompressedBytes != nil {
			size += " (" + display.Bytes(*f.CompressedBytes) + " to pull)"
		}
		p.Fact("bytes", size+" in "+display.Plural(f.FileCount, "file"))
	}
	if f.Manifest != nil {
		words := v.words()
		p.Fact("manifest", words.Line(f.Manifest))
		p.Fact("pod", words.Container(f.Manifest))
		if also := words.Also(f.Manifest); also != "" {
			p.Fact("also", also)
		}
	}
	v.readHeld(p, f)
	if in := v.Instruction(f); in != nil {
		p.Fact("put by", v.th.Charset.Truncate(v.th.StepName(v.report, in.Index, p.Width), p.Width-draw.FactColumn))
	}
	if f.HiddenBy != nil && *f.HiddenBy >= 0 && *f.HiddenBy < len(v.report.Layers) && (f.Layer == nil || *f.HiddenBy != *f.Layer) {
		if at := v.report.Layers[*f.HiddenBy].Instruction; at != nil && *at >= 0 && *at < len(v.report.Instructions) {
			p.Fact("hidden by", v.th.Charset.Truncate(v.th.StepName(v.report, *at, p.Width), p.Width-draw.FactColumn))
		}
	}
	if f.Inherited {
		p.Fact("where", "in the base image")
	}
	if len(f.Packages) > 0 {
		p.Fact("packages", strings.Join(f.Packages, ", "))
	}
	v.readPaths(p, f)
}

// maxPathsReadAloud is how many paths are read aloud.
const maxPathsReadAloud = 10

// readPaths lists the largest of the files that a finding holds.
func (v *Fixes) readPaths(p *draw.Page, f *model.Finding) {
	paths := f.Paths
	if v.th.Accessible {
		paths = paths[:min(len(paths), maxPathsReadAloud)]
	}
	for i, path := range paths {
		l := p.Line()
		switch {
		case v.th.Accessible:
			l.Add(v.th.Text, "path: ")
		case i == 0:
			l.AddWithin(v.th.Dim, "paths", 9)
			fallthrough
		default:
			l.To(10)
		}
		p.End(l.Add(v.th.Dim, v.th.Charset.TruncatePath("/"+v.th.Path(path), l.Left())))
	}
	if more := f.FileCount - len(paths); more > 0 && len(paths) > 0 {
		p.End(p.Line().To(10).Add(v.th.Dim, "and "+display.Count(more)+" more"))
	}
}
