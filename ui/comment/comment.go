// Package comment writes the one comment that tare keeps on a pull request: the verdict, the sizes
// before and after, what grew and which line did it, what to change, and the rest folded away.
//
// It computes nothing. The figures come from the comparison and the gate, and the wording from
// the formats of package report. Names from the image are escaped as in package markdown.
package comment

import (
	"cmp"
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
	Older      *model.Report     // the image before; nil for a first report
	Before     string            // which image that is and why that one, for people
	Notes      []string          // what a person should know of how it was found
	First      string            // of a first report: what the next one is compared with
	Push       bool              // the run is of no pull request: it makes what pull requests are compared with
	Paths      view.Paths
}

// Write writes the comment. It is shorter than a comment may be, whatever the image:
// where there is no room, a section is left out as a whole, and the last line says
// which.
func (c *Comment) Write(w io.Writer) error {
	b := &body{c: c}
	b.add("", c.verdict)
	b.add("the figures", c.figures)
	b.add("why it fails", c.failures)
	b.add("the risks", c.risks)
	b.add("what grew", c.growth)
	if c.again() {
		b.add("what is pulled again", c.pulledAgain)
	}
	b.add("what to change", c.change)
	b.fold([]section{
		{"the other changes", c.otherChanges},
		{"the limits", c.limits},
		{"the risks from before", c.oldRisks},
		{"the findings that changed", c.findings},
		{"instructions, packages and paths", c.details},
		{"ignores and notes", c.notes},
	})
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

// section is a part of the comment, with its name for those who miss it.
type section struct {
	name  string
	write func(to *markdown.Comment)
}

// fold adds sections behind one line: who reads on, wants all of it.
func (b *body) fold(sections []section) {
	const start, end = "<details><summary>Details</summary>\n\n", "</details>\n\n"
	inner := &markdown.Comment{Room: max(b.to.Left()-len(start+end), 1)}
	for _, s := range sections {
		part := &markdown.Comment{Room: sectionRoom, Rows: foldRows, Flat: true}
		s.write(part)
		if !inner.Add(part.Body.String()) {
			b.left = append(b.left, s.name)
		}
	}
	if inner.Body.Len() > 0 {
		b.to.Add(start + inner.Body.String() + end)
	}
}

// footer says which command shows all, and what is left out.
func (b *body) footer() {
	line := markdown.Code(view.New(b.c.Report).ShowCommand()) + " shows all.\n"
	if command := b.c.fixCommand(); command != "" {
		line = markdown.Code(command) + " shows the edits as a diff.\n"
	}
	if len(b.left) > 0 {
		line += "\nLeft out, because a comment has no room for it: " + strings.Join(b.left, ", ") + ".\n"
	}
	b.to.Body.WriteString(line)
}

// fixCommand is what shows the edits, with the Dockerfile as the repository has it; "" where no
// Dockerfile is known, or tare fix has nothing to write. What it writes only when asked, such as
// what is only possible, is asked for where nothing else is to be written.
func (c *Comment) fixCommand() string {
	if c.Report.Dockerfile == nil {
		return ""
	}
	written := slices.DeleteFunc(c.ranked(), func(ch *model.Change) bool { return ch.Flags == nil })
	if len(written) == 0 {
		return ""
	}
	flags := *written[0].Flags
	if slices.ContainsFunc(written, func(ch *model.Change) bool { return *ch.Flags == "" }) {
		flags = ""
	}
	return strings.TrimSpace(view.New(c.Report).FixCommand(c.Paths.Of(c.Report.Dockerfile.File)) + " " + flags)
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
	if c.Comparison != nil && c.Comparison.Old.Image.Platform != image.Platform {
		to.Add("**The image before is for " + markdown.Code(c.Comparison.Old.Image.Platform) + "**, so these are figures of two platforms.\n\n")
	}
	if base := c.newBase(); base != "" {
		to.Add(base + "\n\n")
	}
	if c.Report.Partial || c.Comparison != nil && c.Comparison.Old.Partial {
		to.Add("**A scan ended early:** these figures cover what was read.\n\n")
	}
	if c.Comparison == nil {
		to.Add(markdown.Prose(cmp.Or(c.First, "This is the first report: there is nothing to compare with yet.")) + "\n\n")
		for _, note := range c.Looked() {
			to.Add("- " + markdown.Prose(note) + "\n")
		}
		if len(c.Looked()) > 0 {
			to.Add("\n")
		}
	}
}

// Looked are the images that a first report looked for, and why each is not there. A run of no
// pull request looks for none.
func (c *Comment) Looked() []string {
	if c.Push {
		return nil
	}
	return c.Notes[:min(len(c.Notes), maxLookedFor)]
}

// maxLookedFor is how many images a first report says were looked for.
const maxLookedFor = 5

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

// headline writes that the gate passes or fails, and what became of the size and the risks.
func (c *Comment) headline() []string {
	var words []string
	if c.Check != nil && len(c.Check.Thresholds) > 0 {
		words = append(words, map[bool]string{true: "passed", false: "failed"}[c.Check.Passed])
	}
	switch {
	case c.Push && c.Comparison == nil:
		words = append(words, "report to compare with", display.Total(c.Report.Image.Size))
	case c.Comparison == nil:
		words = append(words, "first report", display.Total(c.Report.Image.Size))
	default:
		switch n := c.Comparison.Totals.Size.Growth; {
		case max(n, -n) <= c.negligible():
			words = append(words, "as large as before")
		case n > 0:
			words = append(words, display.Bytes(n)+" larger")
		default:
			words = append(words, display.Bytes(-n)+" smaller")
		}
	}
	if c.again() {
		words = append(words, pulled.Short(c.Comparison))
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

// nothingChanged reports whether all figures that the comment shows are as before.
func (c *Comment) nothingChanged() bool {
	t := &c.Comparison.Totals
	return t.Size.Growth == 0 && (t.CompressedSize == nil || t.CompressedSize.Growth == 0) && t.WastedBytes.Growth == 0 && t.AvoidableBytes.Growth == 0 && t.Layers.Growth == 0
}

// figures sets both images side by side, or tells those of the only one, or of both.
func (c *Comment) figures(to *markdown.Comment) {
	if c.Comparison != nil && !c.nothingChanged() {
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

// again reports whether what is pulled again for nothing is worth a look.
func (c *Comment) again() bool {
	return c.Comparison != nil && pulled.Short(c.Comparison) != "" && pulled.Matters(c.Comparison)
}

// pulledAgain lists the layers that are pulled again for nothing.
func (c *Comment) pulledAgain(to *markdown.Comment) {
	to.Flat = true
	c.compared(to).PulledAgain()
}

// findings lists the findings that came, went, grew or shrank.
func (c *Comment) findings(to *markdown.Comment) {
	if c.Comparison == nil || len(c.Comparison.Findings) == 0 {
		return
	}
	to.Add("**" + display.Plural(len(c.Comparison.Findings), "finding") + " changed**\n\n")
	c.compared(to).Findings()
}

func (c *Comment) details(to *markdown.Comment) {
	if c.Comparison == nil {
		return
	}
	if !c.again() {
		c.pulledAgain(to)
	}
	c.compared(to).Details()
}

// notes lists what the settings ignore, and what is worth saying of how the images were
// read and found, each once.
func (c *Comment) notes(to *markdown.Comment) {
	c.parts(to).Ignores()
	all := slices.Clone(c.Report.Notes)
	if c.Check != nil {
		all = append(all, c.Check.Notes...)
	}
	if c.Comparison != nil {
		all = append(append(all, c.Comparison.Notes...), c.Notes...)
	}
	var notes []string
	for _, note := range all {
		if note = c.Paths.Within(note, c.Report); !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
	}
	if len(notes) > 0 {
		markdown.Fold(to, display.Plural(len(notes), "note"), "", notes, func(note string) string { return "- " + markdown.Prose(note) + "\n" })
	}
}
