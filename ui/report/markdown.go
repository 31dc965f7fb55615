package report

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// Markdown writes a comment for a pull request: the verdict, the worst findings
// in a table, and each with its edit, folded. Whatever the image, it is shorter
// than a comment may be, and nothing of the image is rendered.
type Markdown struct {
	Paths Paths
	Check *model.Check // nil where nobody asked the gate
}

const (
	// tableRows is how many findings are listed before they are folded away.
	tableRows = 10
	// maxFolded is how many are tried to be shown with their edit.
	maxFolded = 100
	// marker tells a program which comment to replace by a newer one.
	marker = "<!-- tare -->\n"
)

// Write implements Writer.
func (m Markdown) Write(w io.Writer, r *model.Report) error {
	c := comment{account: newAccount(r, m.Paths), check: m.Check, ignored: excused(r, m.Check)}
	c.add(marker)
	c.verdict()
	c.thresholds()
	c.findings()
	c.excuses()
	c.noted()
	c.footer("tare -v")
	_, err := io.WriteString(w, c.body.String())
	return err
}

// comment is a report's comment in the making.
type comment struct {
	account
	limited
	check   *model.Check
	ignored []bool
}

// verdict is what one wants to know first.
func (c *comment) verdict() {
	image, sum := &c.report.Image, &c.report.Summary
	waste := display.Percent(sum.WastedBytes, image.Size) + " wasted"
	if sum.WastedBytes == 0 {
		waste = "nothing wasted"
	}
	switch {
	case c.check == nil:
		c.add("### tare: " + waste + "\n\n")
	case c.check.Passed:
		c.add("### tare: passed, " + waste + "\n\n")
	default:
		failed := 0
		for i := range c.check.Thresholds {
			if !c.check.Thresholds[i].Passed {
				failed++
			}
		}
		c.add(fmt.Sprintf("### tare: failed, %s over the limit\n\n", display.Plural(failed, "figure")))
	}
	facts := []string{"Image " + code(image.Reference), code(image.Platform), display.Bytes(image.Size) + " in " + display.Plural(image.Layers, "layer")}
	if image.CompressedSize != nil {
		facts = append(facts, display.Bytes(*image.CompressedSize)+" to pull")
	}
	c.add(strings.Join(facts, " · ") + "\\\n")
	facts = []string{display.Bytes(sum.WastedBytes) + " wasted"}
	if sum.WastedCompressedBytes != nil {
		facts[0] += " (" + display.Bytes(*sum.WastedCompressedBytes) + " of the pull)"
	}
	if image.Base.How != model.BaseNone {
		base := "the base image"
		if image.Base.Reference != nil {
			base = "the base " + code(*image.Base.Reference)
		}
		facts = append(facts, display.Bytes(sum.Own.WastedBytes)+" of it your own", display.Bytes(sum.Inherited.WastedBytes)+" from "+base)
	}
	c.add(strings.Join(append(facts, "efficiency "+display.Efficiency(sum.Efficiency)), " · ") + "\n\n")
	if c.report.Partial {
		c.add("**The scan ended early:** these figures cover what was read.\n\n")
	}
}

// thresholds is the gate's table.
func (c *comment) thresholds() {
	if c.check == nil || len(c.check.Thresholds) == 0 {
		return
	}
	c.add(row("threshold", "figure", "limit", "") + "|---|---|---|---|\n")
	for i := range c.check.Thresholds {
		t := &c.check.Thresholds[i]
		verdict := "passed"
		if !t.Passed {
			verdict = "**failed**"
		}
		if !c.add(row(code(thresholdName(t)), prose(t.Figure), prose(t.Limit), verdict)) {
			break
		}
	}
	c.add("\n")
	for i := range c.check.Thresholds {
		t := &c.check.Thresholds[i]
		if !t.Passed && t.Reason != "" && !c.add("- "+code(thresholdName(t))+": "+prose(t.Reason)+"\n") {
			break
		}
	}
	c.add("\n")
}

// findings lists what is the reader's to mend, then what is worth knowing.
func (c *comment) findings() {
	var mine, others []*model.Finding
	for _, i := range rankedIndexes(c.report.Findings) {
		switch f := &c.report.Findings[i]; {
		case c.ignored[i]:
		case c.weigh(f) == aside:
			others = append(others, f)
		default:
			mine = append(mine, f)
		}
	}
	if len(mine) > 0 {
		c.table(mine[:min(len(mine), tableRows)])
	}
	for i, f := range mine {
		if i == maxFolded {
			c.missed += len(mine) - i
			break
		}
		if !c.add(c.folded(f)) {
			c.missed++
		}
	}
	if len(others) == 0 {
		return
	}
	start := "<details><summary>" + display.Plural(len(others), "thing") + " worth a look</summary>\n\n"
	if !c.add(start + row("bytes", "what", "where", "", "what to do") + "|---:|---|---|---|---|\n") {
		c.missed += len(others)
		return
	}
	for i, f := range others {
		what, todo := c.facts(f), ""
		if f.Fix != nil {
			todo = prose(f.Fix.Summary)
		}
		if !c.add(row(what[0], what[1], what[2], what[3], todo)) {
			c.missed += len(others) - i
			break
		}
	}
	c.body.WriteString("\n</details>\n\n")
}

// table lists findings, a line each.
func (c *comment) table(findings []*model.Finding) {
	c.add(row("bytes", "what", "where", "sure", "to pull") + "|---:|---|---|---|---:|\n")
	for _, f := range findings {
		pull := display.Unicode.None
		if f.CompressedBytes != nil {
			pull = display.Bytes(*f.CompressedBytes)
		}
		what := c.facts(f)
		if !c.add(row(what[0], what[1], what[2], what[3], pull)) {
			break
		}
	}
	c.add("\n")
}

// facts are a finding's bytes, name, place and confidence, for a table.
func (c *comment) facts(f *model.Finding) [4]string {
	figure := display.Unicode.None
	if f.Bytes > 0 {
		figure = display.Bytes(f.Bytes)
	}
	where := display.Unicode.None
	if at := c.place(f); at != nil {
		where = codePath(at.File + ":" + strconv.Itoa(at.Line))
	} else if c.instruction(f.Instruction) != nil {
		where = "step " + strconv.Itoa(*f.Instruction)
	}
	how := prose(string(f.Confidence))
	if f.Inherited {
		how += ", inherited"
	}
	return [4]string{figure, prose(f.Title) + " (" + code(f.Rule) + ")", where, how}
}

// folded is a finding with its edit, behind one line.
func (c *comment) folded(f *model.Finding) string {
	var b strings.Builder
	where := ""
	if at := c.place(f); at != nil {
		where = fmt.Sprintf(" in line %d", at.Line)
	}
	b.WriteString("<details><summary><b>" + display.Bytes(f.Bytes) + "</b> " + summaryCode(f.Rule) + where + "</summary>\n\n")
	if in := c.instruction(f.Instruction); in != nil {
		b.WriteString("From " + code(in.Text) + "\n\n")
	}
	if f.HiddenBy != nil {
		by := "layer " + strconv.Itoa(*f.HiddenBy)
		if in := c.instruction(c.maker(f.HiddenBy)); in != nil {
			by = code(in.Text)
		}
		b.WriteString("Hidden by " + by + "\n\n")
	}
	if len(f.Paths) > 0 {
		b.WriteString("Mostly " + codePath("/"+f.Paths[0]))
		if f.FileCount > 1 {
			b.WriteString(" of " + display.Plural(f.FileCount, "file"))
		}
		b.WriteString("\n\n")
	}
	if len(f.Packages) > 0 {
		b.WriteString("Packages " + code(strings.Join(f.Packages[:min(len(f.Packages), maxInline)], ", ")) + "\n\n")
	}
	if f.Fix != nil {
		b.WriteString("Fix: " + prose(cmp.Or(f.Fix.Summary, string(f.Fix.Strategy))) + "\n\n")
		if edit := c.change(f); len(edit) > 0 {
			b.WriteString(codeBlock("diff", edit) + "\n\n")
		}
	}
	b.WriteString("</details>\n\n")
	return b.String()
}
