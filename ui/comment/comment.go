// Package comment writes the one comment that tare keeps on a pull request: the verdict, the sizes
// before and after, what grew and which line did it, what to change, and the rest folded away.
//
// It computes nothing. The figures come from the comparison and the gate, and the wording from
// the formats of package report. Names from the image are escaped as in package markdown.
package comment

import (
	"io"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/pulled"
	"github.com/tare-oci/tare/ui/report/compare"
	"github.com/tare-oci/tare/ui/report/markdown"
	"github.com/tare-oci/tare/ui/report/view"
)

// Comment is what a pull request is told of an image.
type Comment struct {
	Report     *model.Report
	Check      *model.Check      // what the gate said of it
	Comparison *model.Comparison // with the image before; nil for a first report
	Before     string            // which image that is and why that one, for people
	Notes      []string          // what a person should know of how it was found
	Paths      view.Paths
}

// Write writes the comment. It is shorter than a comment may be, whatever the image:
// where there is no room, a section is left out as a whole, and the last line says
// which.
func (c *Comment) Write(w io.Writer) error {
	b := &body{c: c}
	b.add("", c.verdict)
	b.add("the figures", c.figures)
	b.add("the limits", c.limits)
	b.add("the risks", c.risks)
	b.add("what grew", c.growth)
	b.add("what to change", c.change)
	b.add("the other changes", c.otherChanges)
	b.add("the findings that changed", c.findings)
	b.add("instructions, packages and paths", c.details)
	b.add("ignores and notes", c.notes)
	b.footer()
	_, err := io.WriteString(w, b.to.Body.String())
	return err
}

// sectionRoom is how many bytes one section may have, and foldRows how many items one
// of its lists.
const sectionRoom, foldRows = 16_000, 30

// body is the comment in the making.
type body struct {
	c    *Comment
	to   markdown.Comment
	left []string // sections that there was no room for
}

// add adds a section, all of it or nothing.
func (b *body) add(name string, section func(to *markdown.Comment)) {
	part := &markdown.Comment{Room: sectionRoom, Rows: foldRows}
	section(part)
	if !b.to.Add(part.Body.String()) {
		b.left = append(b.left, name)
	}
}

// footer says which command shows all, and what is left out.
func (b *body) footer() {
	page := view.New(b.c.Report)
	line := markdown.Code(page.ShowCommand()) + " shows all.\n"
	if file := b.c.file(); file != "" {
		line = markdown.Code(page.FixCommand(file)) + " shows the edits as a diff.\n"
	}
	if len(b.left) > 0 {
		line += "\nLeft out, because a comment has no room for it: " + strings.Join(b.left, ", ") + ".\n"
	}
	b.to.Body.WriteString(line)
}

// file is the Dockerfile as the repository has it; "" where none is known, or no
// edit is to be made.
func (c *Comment) file() string {
	if c.Report.Dockerfile == nil || !slices.ContainsFunc(c.parts(&markdown.Comment{}).Worth(), func(ch *model.Change) bool { return ch.Kind == model.EditChange }) {
		return ""
	}
	return c.Paths.Of(c.Report.Dockerfile.File)
}

func (c *Comment) parts(to *markdown.Comment) markdown.Parts {
	return markdown.PartsOf(to, markdown.Report{Paths: c.Paths, Check: c.Check}, c.Report)
}

func (c *Comment) compared(to *markdown.Comment) compare.Parts {
	return compare.PartsOf(to, c.Comparison, c.Paths)
}

// verdict is what one wants to know first.
func (c *Comment) verdict(to *markdown.Comment) {
	to.Add("### tare: " + strings.Join(c.headline(), ", ") + "\n\n")
	image := &c.Report.Image
	facts := []string{markdown.Code(image.Reference), markdown.Code(image.Platform)}
	if c.Comparison != nil {
		t := &c.Comparison.Totals
		facts = append(facts, "compared with "+c.before(), display.Plural(t.SharedLayers, "layer")+" shared of "+display.Count(int(t.Layers.New)))
	}
	to.Add(strings.Join(facts, " · ") + "\n\n")
	if base := c.newBase(); base != "" {
		to.Add(base + "\n\n")
	}
	if c.Report.Partial || c.Comparison != nil && c.Comparison.Old.Partial {
		to.Add("**A scan ended early:** these figures cover what was read.\n\n")
	}
	if c.Comparison == nil {
		to.Add("There is nothing to compare it with yet, so this is a first report.\n\n")
	}
}

// shortDigest is how many characters of a digest tell it from others at a glance.
const shortDigest = len("sha256:") + 12

// before names the image that this one is compared with.
func (c *Comment) before() string {
	old := &c.Comparison.Old.Image
	name := markdown.Code(old.Reference)
	if d := old.Digest; d != nil && !strings.Contains(old.Reference, "@") {
		name += " (" + markdown.Code((*d)[:min(len(*d), shortDigest)]) + ")"
	}
	if c.Before != "" {
		name += ", " + markdown.Prose(c.Before)
	}
	return name
}

// newBase says that the image stands on another base than before; "" where it does
// not, or nobody knows.
func (c *Comment) newBase() string {
	if c.Comparison == nil {
		return ""
	}
	old, now := &c.Comparison.Old.Image.Base, &c.Comparison.New.Image.Base
	size := &c.Comparison.Totals.Inherited.Size
	if old.How == model.BaseNone || now.How == model.BaseNone || size.Growth == 0 && same(old.Digest, now.Digest) && same(old.Reference, now.Reference) {
		return ""
	}
	text := "The base image changed"
	if old.Reference != nil && now.Reference != nil && !same(old.Reference, now.Reference) {
		text += " from " + markdown.Code(*old.Reference) + " to " + markdown.Code(*now.Reference)
	}
	if before, after := display.BytesApart(size.Old, size.New); size.Growth != 0 {
		text += ", from " + before + " to " + after
	}
	return text + "."
}

func same(a, b *string) bool { return a == nil || b == nil || *a == *b }

// headline writes that the gate passes or fails, and what became of the size and the risks.
func (c *Comment) headline() []string {
	var words []string
	if c.Check != nil && len(c.Check.Thresholds) > 0 {
		words = append(words, map[bool]string{true: "passed", false: "failed"}[c.Check.Passed])
	}
	if c.Comparison == nil {
		words = append(words, "first report", display.Total(c.Report.Image.Size))
	} else {
		switch n := c.Comparison.Totals.Size.Growth; {
		case max(n, -n) <= c.negligible():
			words = append(words, "as large as before")
		case n > 0:
			words = append(words, display.Bytes(n)+" larger")
		default:
			words = append(words, display.Bytes(-n)+" smaller")
		}
	}
	if c.Comparison != nil {
		if short := pulled.Short(c.Comparison); short != "" && pulled.Matters(c.Comparison) {
			words = append(words, short)
		}
	}
	if fresh, _ := c.sortedRisks(); len(fresh) > 0 {
		what := "new risk"
		if c.Comparison == nil {
			what = "risk"
		}
		words = append(words, display.Plural(len(fresh), what))
	}
	return words
}

// negligible is how many bytes more or less nobody needs to hear of: a thousandth of
// the image.
func (c *Comment) negligible() int64 { return c.Comparison.Totals.Size.Old / 1000 }

// figures sets both images side by side, or tells those of the only one.
func (c *Comment) figures(to *markdown.Comment) {
	if c.Comparison != nil {
		c.compared(to).Figures()
		return
	}
	image, sum := &c.Report.Image, &c.Report.Summary
	to.Add(markdown.Row("size", "to pull", "wasted", "avoidable", "layers") + "|---:|---:|---:|---:|---:|\n")
	pull := display.Unicode.None
	if image.CompressedSize != nil {
		pull = display.Bytes(*image.CompressedSize)
	}
	to.Add(markdown.Row(display.Total(image.Size), pull, display.Total(sum.WastedBytes), display.Total(sum.AvoidableBytes), display.Count(image.Layers)) + "\n")
}

// limits is the gate's table, which nobody has to see where all is well.
func (c *Comment) limits(to *markdown.Comment) {
	if c.Check == nil || len(c.Check.Thresholds) == 0 {
		return
	}
	for i := range c.Check.Thresholds {
		t := &c.Check.Thresholds[i]
		if _, why, found := strings.Cut(t.Reason, letThrough); found {
			to.Add("**Let through** until " + markdown.Prose(why) + ": " + markdown.Code(view.ThresholdName(t)) + " is " + markdown.Prose(t.Figure) + ".\n\n")
		}
	}
	if !c.Check.Passed {
		c.parts(to).Thresholds()
		return
	}
	inner := &markdown.Comment{Room: to.Room}
	c.parts(inner).Thresholds()
	fold(to, display.Plural(len(c.Check.Thresholds), "limit")+" kept", inner)
}

// letThrough is what the gate's reason holds where somebody lets a growth through.
const letThrough = "let through until "

// fold puts what inner holds behind one line, all of it or nothing.
func fold(to *markdown.Comment, title string, inner *markdown.Comment) {
	if inner.Body.Len() > 0 {
		to.Add("<details><summary>" + title + "</summary>\n\n" + strings.TrimRight(inner.Body.String(), "\n") + "\n\n</details>\n\n")
	}
}

// sortedRisks parts the risks that the image before did not have from those that it
// had.
func (c *Comment) sortedRisks() (fresh, old []*model.Finding) {
	all := view.Settle(c.Report).Risks
	if c.Comparison == nil {
		return all, nil
	}
	added := make(map[int]bool)
	for i := range c.Comparison.Findings {
		if ch := &c.Comparison.Findings[i]; ch.Kind == model.Added {
			added[ch.Finding] = true
		}
	}
	for _, risk := range all {
		at := slices.IndexFunc(c.Report.Findings, func(f model.Finding) bool { return f.ID == risk.ID })
		if added[at] {
			fresh = append(fresh, risk)
		} else {
			old = append(old, risk)
		}
	}
	return fresh, old
}

// risks lists what is dangerous: open what came, folded what was there.
func (c *Comment) risks(to *markdown.Comment) {
	fresh, old := c.sortedRisks()
	c.parts(to).Risks(fresh)
	if len(old) > 0 {
		inner := &markdown.Comment{Room: to.Room}
		c.parts(inner).Risks(old)
		fold(to, display.Plural(len(old), "risk")+" from before", inner)
	}
}

// findings lists the findings that came, went, grew or shrank.
func (c *Comment) findings(to *markdown.Comment) {
	if c.Comparison == nil || len(c.Comparison.Findings) == 0 {
		return
	}
	inner := &markdown.Comment{Room: to.Room * 3 / 4}
	c.compared(inner).Findings()
	fold(to, display.Plural(len(c.Comparison.Findings), "finding")+" changed", inner)
}

func (c *Comment) details(to *markdown.Comment) {
	if c.Comparison != nil {
		c.compared(to).Details()
	}
}

func (c *Comment) notes(to *markdown.Comment) {
	c.parts(to).Ignores()
	c.parts(to).Notes()
	if len(c.Notes) > 0 {
		markdown.Fold(to, "where the image before was looked for", "", c.Notes, func(note string) string { return "- " + markdown.Prose(note) + "\n" })
	}
}
