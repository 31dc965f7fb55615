// Package markdown writes a report as a comment for a pull request, and spells
// whatever comes from an image so that a renderer of GitHub's or GitLab's Markdown
// (CommonMark 0.31 with GFM's tables) shows it and obeys none of it.
//
// Report is the format. Prose, Code, Row and the like spell single texts, and a
// Comment keeps within what a comment may have; the comparison of two reports
// uses them, too.
package markdown

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

// Report writes a comment for a pull request: the verdict, the worst findings
// in a table, and each with its edit, folded. Whatever the image, it is shorter
// than a comment may be, and nothing of the image is rendered.
type Report struct {
	Paths view.Paths
	Check *model.Check // nil without a gate
}

const (
	// TableRows is how many findings are listed before they are folded away.
	TableRows = 10
	// MaxFolded is how many are tried to be shown with their edit.
	MaxFolded = 100
	// marker tells a program which comment to replace by a newer one.
	marker = "<!-- tare -->\n"
)

// Write implements Writer.
func (m Report) Write(w io.Writer, r *model.Report) error {
	c := reportComment{Findings: view.NewFindings(r, m.Paths), check: m.Check, ignored: view.Ignored(r, m.Check)}
	c.Add(marker)
	c.verdict()
	c.thresholds()
	c.findings()
	c.ignores()
	c.notes()
	c.Footer("tare -v")
	_, err := io.WriteString(w, c.Body.String())
	return err
}

// reportComment is a report's comment in the making.
type reportComment struct {
	view.Findings
	Comment
	check   *model.Check
	ignored []bool
}

// verdict is what one wants to know first.
func (c *reportComment) verdict() {
	image, sum := &c.Report.Image, &c.Report.Summary
	waste := display.Percent(sum.WastedBytes, image.Size) + " wasted"
	if sum.WastedBytes == 0 {
		waste = "nothing wasted"
	}
	switch {
	case c.check == nil:
		c.Add("### tare: " + waste + "\n\n")
	case c.check.Passed:
		c.Add("### tare: passed, " + waste + "\n\n")
	default:
		failed := 0
		for i := range c.check.Thresholds {
			if !c.check.Thresholds[i].Passed {
				failed++
			}
		}
		c.Add(fmt.Sprintf("### tare: failed, %s over the limit\n\n", display.Plural(failed, "figure")))
	}
	facts := []string{"Image " + Code(image.Reference), Code(image.Platform), display.Bytes(image.Size) + " in " + display.Plural(image.Layers, "layer")}
	if image.CompressedSize != nil {
		facts = append(facts, display.Bytes(*image.CompressedSize)+" to pull")
	}
	c.Add(strings.Join(facts, " · ") + "\\\n")
	facts = []string{display.Bytes(sum.WastedBytes) + " wasted"}
	if sum.WastedCompressedBytes != nil {
		facts[0] += " (" + display.Bytes(*sum.WastedCompressedBytes) + " of the pull)"
	}
	if image.Base.How != model.BaseNone {
		base := "the base image"
		if image.Base.Reference != nil {
			base = "the base " + Code(*image.Base.Reference)
		}
		facts = append(facts, display.Bytes(sum.Own.WastedBytes)+" of it your own", display.Bytes(sum.Inherited.WastedBytes)+" from "+base)
	}
	c.Add(strings.Join(append(facts, "efficiency "+display.Efficiency(sum.Efficiency)), " · ") + "\n\n")
	if c.Report.Partial {
		c.Add("**The scan ended early:** these figures cover what was read.\n\n")
	}
}

// thresholds is the gate's table.
func (c *reportComment) thresholds() {
	if c.check == nil || len(c.check.Thresholds) == 0 {
		return
	}
	c.Add(Row("threshold", "figure", "limit", "") + "|---|---|---|---|\n")
	for i := range c.check.Thresholds {
		t := &c.check.Thresholds[i]
		verdict := "passed"
		if !t.Passed {
			verdict = "**failed**"
		}
		if !c.Add(Row(Code(view.ThresholdName(t)), Prose(t.Figure), Prose(t.Limit), verdict)) {
			break
		}
	}
	c.Add("\n")
	for i := range c.check.Thresholds {
		t := &c.check.Thresholds[i]
		if !t.Passed && t.Reason != "" && !c.Add("- "+Code(view.ThresholdName(t))+": "+Prose(t.Reason)+"\n") {
			break
		}
	}
	c.Add("\n")
}

// findings lists what the reader can fix, then what is worth knowing.
func (c *reportComment) findings() {
	var mine, others []*model.Finding
	for _, i := range view.RankedIndexes(c.Report.Findings) {
		switch f := &c.Report.Findings[i]; {
		case c.ignored[i]:
		case c.Weigh(f) == view.Aside:
			others = append(others, f)
		default:
			mine = append(mine, f)
		}
	}
	if len(mine) > 0 {
		c.table(mine[:min(len(mine), TableRows)])
	}
	for i, f := range mine {
		if i == MaxFolded {
			c.Missed += len(mine) - i
			break
		}
		if !c.Add(c.folded(f)) {
			c.Missed++
		}
	}
	if len(others) == 0 {
		return
	}
	start := "<details><summary>" + display.Plural(len(others), "thing") + " worth a look</summary>\n\n"
	if !c.Add(start + Row("bytes", "what", "where", "", "what to do") + "|---:|---|---|---|---|\n") {
		c.Missed += len(others)
		return
	}
	for i, f := range others {
		what, todo := c.facts(f), ""
		if f.Fix != nil {
			todo = Prose(f.Fix.Summary)
		}
		if !c.Add(Row(what[0], what[1], what[2], what[3], todo)) {
			c.Missed += len(others) - i
			break
		}
	}
	c.Body.WriteString("\n</details>\n\n")
}

// table lists findings, a line each.
func (c *reportComment) table(findings []*model.Finding) {
	c.Add(Row("bytes", "what", "where", "sure", "to pull") + "|---:|---|---|---|---:|\n")
	for _, f := range findings {
		pull := display.Unicode.None
		if f.CompressedBytes != nil {
			pull = display.Bytes(*f.CompressedBytes)
		}
		what := c.facts(f)
		if !c.Add(Row(what[0], what[1], what[2], what[3], pull)) {
			break
		}
	}
	c.Add("\n")
}

// facts are a finding's bytes, name, place and confidence, for a table.
func (c *reportComment) facts(f *model.Finding) [4]string {
	figure := display.Unicode.None
	if f.Bytes > 0 {
		figure = display.Bytes(f.Bytes)
	}
	where := display.Unicode.None
	if at := c.Location(f); at != nil {
		where = CodePath(at.File + ":" + strconv.Itoa(at.Line))
	} else if c.InstructionAt(f.Instruction) != nil {
		where = "step " + strconv.Itoa(*f.Instruction)
	}
	how := Prose(string(f.Confidence))
	if f.Inherited {
		how += ", inherited"
	}
	return [4]string{figure, Prose(f.Title) + " (" + Code(f.Rule) + ")", where, how}
}

// folded is a finding with its edit, behind one line.
func (c *reportComment) folded(f *model.Finding) string {
	var b strings.Builder
	where := ""
	if at := c.Location(f); at != nil {
		where = fmt.Sprintf(" in line %d", at.Line)
	}
	b.WriteString("<details><summary><b>" + display.Bytes(f.Bytes) + "</b> " + SummaryCode(f.Rule) + where + "</summary>\n\n")
	if in := c.InstructionAt(f.Instruction); in != nil {
		b.WriteString("From " + Code(in.Text) + "\n\n")
	}
	if f.HiddenBy != nil {
		by := "layer " + strconv.Itoa(*f.HiddenBy)
		if in := c.InstructionAt(c.Maker(f.HiddenBy)); in != nil {
			by = Code(in.Text)
		}
		b.WriteString("Hidden by " + by + "\n\n")
	}
	if len(f.Paths) > 0 {
		b.WriteString("Mostly " + CodePath("/"+f.Paths[0]))
		if f.FileCount > 1 {
			b.WriteString(" of " + display.Plural(f.FileCount, "file"))
		}
		b.WriteString("\n\n")
	}
	if len(f.Packages) > 0 {
		b.WriteString("Packages " + Code(strings.Join(f.Packages[:min(len(f.Packages), maxInline)], ", ")) + "\n\n")
	}
	if f.Fix != nil {
		b.WriteString("Fix: " + Prose(cmp.Or(f.Fix.Summary, string(f.Fix.Strategy))) + "\n\n")
		if edit := c.Diff(f); len(edit) > 0 {
			b.WriteString(CodeBlock("diff", edit) + "\n\n")
		}
	}
	b.WriteString("</details>\n\n")
	return b.String()
}
