// Package markdown writes a report as a comment on a pull request, and escapes everything from the
// image so that the Markdown renderers of GitHub and GitLab (CommonMark 0.31 with GFM's tables) show it
// and obey none of it.
//
//	err := markdown.Report{}.Write(w, report)
//
// Report is the format. Prose, Code, Row and the like escape single texts, and a Comment keeps to the
// maximum length of a comment; the comparison of two reports uses them, too.
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
	c := newReportComment(&Comment{}, m, r)
	c.Add(marker)
	c.verdict()
	c.thresholds()
	c.changes()
	c.ignores()
	c.notes()
	c.Footer("tare -v")
	_, err := io.WriteString(w, c.Body.String())
	return err
}

// reportComment is a report's comment in the making.
type reportComment struct {
	view.Findings
	*Comment
	check   *model.Check
	ignored []bool
}

func newReportComment(to *Comment, m Report, r *model.Report) *reportComment {
	return &reportComment{view.NewFindings(r, m.Paths), to, m.Check, view.Ignored(r, m.Check)}
}

// verdict is what one wants to know first.
func (c *reportComment) verdict() {
	image, sum := &c.Report.Image, &c.Report.Summary
	waste := display.Percent(sum.WastedBytes, image.Size) + " wasted"
	if sum.WastedBytes == 0 {
		waste = "nothing wasted"
	}
	risks := view.Settle(c.Report).Risks
	if len(risks) > 0 {
		waste = display.Plural(len(risks), "risk") + ", " + waste
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
	c.risks(risks)
	facts := []string{"Image " + Code(image.Reference), Code(image.Platform), display.Total(image.Size) + " in " + display.Plural(image.Layers, "layer")}
	if image.CompressedSize != nil {
		facts = append(facts, display.Total(*image.CompressedSize)+" to pull")
	}
	c.Add(strings.Join(facts, " · ") + "\\\n")
	if goal := c.Goal(); goal != "" {
		c.Add("**" + goal + "**")
		if pull := c.PullGoal(); pull != "" {
			c.Add(" · " + pull)
		}
		c.Add("\\\n")
	}
	facts = []string{display.Total(sum.WastedBytes) + " wasted"}
	if sum.WastedCompressedBytes != nil {
		facts[0] += " (" + display.Total(*sum.WastedCompressedBytes) + " of the pull)"
	}
	if image.Base.How != model.BaseNone {
		base := "the base image"
		if image.Base.Reference != nil {
			base = "the base " + Code(*image.Base.Reference)
		}
		facts = append(facts, display.Total(sum.Own.WastedBytes)+" of it your own", display.Total(sum.Inherited.WastedBytes)+" from "+base)
	}
	facts = append(facts, "avoidable "+view.Avoidable(c.Report))
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
	c.thresholdTable()
	for i := range c.check.Thresholds {
		t := &c.check.Thresholds[i]
		if !t.Passed && t.Reason != "" && !c.Add("- "+Code(view.ThresholdName(t))+": "+Reason(t.Reason)+"\n") {
			break
		}
	}
	c.Add("\n")
}

func (c *reportComment) thresholdTable() {
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
	} else if in := c.InstructionAt(f.Instruction); in != nil {
		where = cmp.Or(view.StepPlace(c.Report.StepNumber(*f.Instruction), nil, in.Inherited), where)
	}
	how := Prose(string(f.Confidence))
	if f.Inherited {
		how += ", inherited"
	}
	return [4]string{figure, Prose(f.Title) + " (" + Code(f.Rule) + ")", where, how}
}
