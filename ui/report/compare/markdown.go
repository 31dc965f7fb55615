package compare

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/pulled"
	"github.com/tare-oci/tare/ui/report/markdown"
	"github.com/tare-oci/tare/ui/report/view"
)

// Markdown writes a comparison as a comment for a pull request: the
// figures side by side, the findings that changed, and the instructions,
// packages and directories, folded. It is as short and as harmless as Markdown's.
type Markdown struct {
	Paths view.Paths
}

// compareMarker tells a program which comment to replace by a newer one.
const compareMarker = "<!-- tare compare -->\n"

var _ Writer = Markdown{}

// Write implements ComparisonWriter.
func (m Markdown) Write(w io.Writer, c *model.Comparison) error {
	d := newDifference(&markdown.Comment{}, c, m.Paths)
	d.Add(compareMarker)
	d.verdict()
	d.risks()
	d.figures(true)
	d.findings()
	d.pulledAgain()
	d.details()
	d.notes()
	d.Footer("tare compare -v")
	_, err := io.WriteString(w, d.Body.String())
	return err
}

// difference is a comparison's comment in the making.
type difference struct {
	view.Findings
	*markdown.Comment
	c *model.Comparison
}

func newDifference(to *markdown.Comment, c *model.Comparison, paths view.Paths) *difference {
	return &difference{view.NewFindings(nil, paths), to, c}
}

// verdict is what one wants to know first.
func (d *difference) verdict() {
	t := &d.c.Totals
	waste := "wastes as much as before"
	switch n := t.WastedBytes.Growth; {
	case n > 0:
		waste = "wastes " + display.Bytes(n) + " more"
	case n < 0:
		waste = "wastes " + display.Bytes(-n) + " less"
	}
	again := ""
	if short := pulled.Short(d.c); short != "" && pulled.Matters(d.c) {
		again = "; " + short
	}
	d.Add("### tare: " + waste + ", " + heavier(t.Size.Growth) + again + "\n\n")
	old, now := &d.c.Old.Image, &d.c.New.Image
	d.Add("From " + markdown.Code(old.Reference) + " to " + markdown.Code(now.Reference) + " · " + markdown.Code(now.Platform) + " · " +
		display.Plural(t.SharedLayers, "layer") + " shared of " + display.Count(int(t.Layers.New)) + "\n\n")
	if d.c.Old.Partial || d.c.New.Partial {
		d.Add("**A scan ended early:** these figures cover what was read.\n\n")
	}
}

// risks names what endangers one image and not the other.
func (d *difference) risks() {
	risks, _ := d.c.Risks()
	for i := range risks[:min(len(risks), markdown.TableRows)] {
		f := &risks[i]
		line := "- **Risk, " + became[f.Kind] + ":** " + markdown.Prose(f.Title)
		if len(f.Paths) > 0 {
			line += " " + view.RiskPaths(f.Paths, markdown.CodePath)
		}
		if where := d.where(f.Step); where != display.Unicode.None {
			line += ", " + where
		}
		if f.Fix != nil && f.Kind != model.Removed {
			line += ". " + markdown.Prose(f.Fix.Summary)
		}
		if !d.Add(line + "\n") {
			d.Missed += len(risks) - i
			break
		}
	}
	if len(risks) > 0 {
		d.Add("\n")
	}
}

// figures sets both images side by side: all figures, or those that a decision hangs on.
func (d *difference) figures(all bool) {
	t := &d.c.Totals
	d.Add(markdown.Row("", "old", "new", "change") + "|---|---:|---:|---:|\n")
	figure := func(name string, c *model.Delta) {
		if c == nil {
			d.Add(markdown.Row(name, display.Unicode.None, display.Unicode.None, ""))
			return
		}
		share := shareOf(c)
		before, after := display.Bytes(c.Old), display.Bytes(c.New)
		if share != "" {
			before, after = display.BytesApart(c.Old, c.New)
		}
		d.Add(markdown.Row(name, before, after, more(c.Growth)+share))
	}
	count := func(name string, c *model.Delta) {
		d.Add(markdown.Row(name, display.Count(int(c.Old)), display.Count(int(c.New)), moreOf(c.Growth)))
	}
	figure("size", &t.Size)
	figure("to pull", t.CompressedSize)
	figure("wasted", &t.WastedBytes)
	figure("avoidable", &t.AvoidableBytes)
	if all && d.c.Old.Image.Base.How != model.BaseNone && d.c.New.Image.Base.How != model.BaseNone {
		figure("own waste", &t.Own.WastedBytes)
	}
	if all {
		d.Add(markdown.Row("efficiency", display.Efficiency(t.Efficiency.Old), display.Efficiency(t.Efficiency.New), ""))
	}
	count("layers", &t.Layers)
	if all {
		count("files", &t.Files)
	}
	d.Add("\n")
}

// more spells a difference of sizes with its sign.
func more(n int64) string {
	if n == 0 {
		return display.Unicode.None
	}
	return strings.TrimSpace(growth(n))
}

// shareOf says in brackets what part of the old figure a difference is, where that
// tells something: from a tenth of a percent to ten times as much; else "".
func shareOf(c *model.Delta) string {
	share := float64(c.Growth) / float64(c.Old) * 100
	if c.Old <= 0 || math.Abs(share) < 0.05 || share >= 1000 {
		return ""
	}
	return fmt.Sprintf(" (%+.1f %%)", share)
}

// moreOf spells a difference of counts with its sign.
func moreOf(n int64) string {
	if n == 0 {
		return display.Unicode.None
	}
	return strings.TrimSpace(signed(n))
}

// findings lists what came, went, grew or shrank, and what can be done about
// what there is more of now.
func (d *difference) findings() {
	all := d.c.Findings
	if len(all) == 0 {
		return
	}
	d.findingTable()
	for i := range all {
		f := &all[i]
		fixable := f.Fix != nil && f.Wasted && f.Bytes.Growth > 0
		shown := i < markdown.TableRows
		if fixable && i < markdown.MaxFolded && d.Add(d.folded(f)) {
			shown = true
		}
		if !shown {
			d.Missed++
		}
	}
}

// findingTable lists the largest changes of findings, a line each.
func (d *difference) findingTable() {
	all := d.c.Findings
	d.Add(markdown.Row("change", "finding", "", "where", "sure") + "|---:|---|---|---|---|\n")
	for i := range all[:min(len(all), markdown.TableRows)] {
		f := &all[i]
		how := markdown.Prose(string(f.Confidence))
		if f.Inherited {
			how += ", inherited"
		}
		if !d.Add(markdown.Row(more(f.Bytes.Growth), markdown.Prose(f.Title)+" ("+markdown.Code(f.Rule)+")", became[f.Kind], d.where(f.Step), how)) {
			break
		}
	}
	d.Add("\n")
}

// where names the line or the step that a change comes from.
func (d *difference) where(s *model.Step) string {
	switch {
	case s == nil:
		return display.Unicode.None
	case s.Location != nil && s.Location.Line > 0:
		return markdown.CodePath(d.Paths.Of(s.Location.File) + ":" + strconv.Itoa(s.Location.Line))
	case s.Instruction != nil && s.Inherited:
		return "base image"
	case s.Instruction != nil && s.Number > 0:
		return "step " + strconv.Itoa(s.Number)
	case s.Instruction != nil:
		return markdown.Code(s.Keyword)
	case s.Layer != nil:
		return "layer " + strconv.Itoa(*s.Layer)
	}
	return display.Unicode.None
}

// folded is a finding that grew, with its edit.
func (d *difference) folded(f *model.FindingChange) string {
	var b strings.Builder
	b.WriteString("<details><summary><b>" + more(f.Bytes.Growth) + "</b> " + markdown.SummaryCode(f.Rule) + "</summary>\n\n")
	if f.Step != nil && f.Step.Text != "" {
		b.WriteString("From " + markdown.Code(f.Step.Text) + "\n\n")
	}
	if f.HiddenBy != nil && f.HiddenBy.Text != "" {
		b.WriteString("Hidden by " + markdown.Code(f.HiddenBy.Text) + "\n\n")
	}
	if len(f.Paths) > 0 {
		b.WriteString("Mostly " + markdown.CodePath("/"+f.Paths[0]) + "\n\n")
	}
	b.WriteString("Fix: " + markdown.Prose(f.Fix.Summary) + "\n\n")
	if edit := d.Diff(&model.Finding{Fix: f.Fix}); len(edit) > 0 {
		b.WriteString(markdown.CodeBlock("diff", edit) + "\n\n")
	}
	return b.String() + "</details>\n\n"
}

// details are the changes of all the rest.
func (d *difference) details() {
	var steps []*model.InstructionChange
	for i := range d.c.Instructions {
		if s := &d.c.Instructions[i]; s.Bytes.Growth != 0 || s.WastedBytes.Growth != 0 {
			steps = append(steps, s)
		}
	}
	if len(steps) > 0 {
		head := markdown.Row("change", "wasted", "", "where", "instruction") + "|---:|---:|---|---|---|\n"
		markdown.Fold(d.Comment, display.Plural(len(steps), "instruction")+" changed", head, steps, func(s *model.InstructionChange) string {
			step := s.New
			if step == nil {
				step = s.Old
			}
			text := display.Unicode.None
			if step != nil {
				text = markdown.Code(step.Text)
			}
			return markdown.Row(more(s.Bytes.Growth), more(s.WastedBytes.Growth), became[s.Kind], d.where(step), text)
		})
	}
	if len(d.c.Packages) > 0 {
		head := markdown.Row("change", "package", "version", "", "where") + "|---:|---|---|---|---|\n"
		markdown.Fold(d.Comment, display.Plural(len(d.c.Packages), "package")+" changed", head, d.c.Packages, func(p model.PackageChange) string {
			return markdown.Row(more(p.Bytes.Growth), markdown.Code(p.Name), versions(p.OldVersion, p.NewVersion), became[p.Kind], d.where(p.Step))
		})
	}
	if len(d.c.Paths) > 0 {
		head := markdown.Row("change", "path", "files", "", "where") + "|---:|---|---:|---|---|\n"
		markdown.Fold(d.Comment, display.Plural(len(d.c.Paths), "path")+" changed", head, d.c.Paths, func(p model.PathChange) string {
			name := "/" + p.Path
			if p.Directory {
				name += "/"
			}
			return markdown.Row(more(p.Bytes.Growth), markdown.CodePath(name), moreOf(p.Files.Growth), became[p.Kind], d.where(p.Step))
		})
	}
}

func (d *difference) notes() {
	if len(d.c.Notes) > 0 {
		markdown.Fold(d.Comment, display.Plural(len(d.c.Notes), "note"), "", d.c.Notes, func(note string) string { return "- " + markdown.Prose(note) + "\n" })
	}
}

// versions are a package's, old and new.
func versions(old, now *string) string {
	switch {
	case old == nil && now == nil:
		return display.Unicode.None
	case old == nil:
		return markdown.Code(*now)
	case now == nil || *old == *now:
		return markdown.Code(*old)
	}
	return fmt.Sprintf("%s → %s", markdown.Code(*old), markdown.Code(*now))
}
