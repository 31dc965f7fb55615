package fleet

import (
	"io"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/markdown"
)

// Markdown writes a fleet as a page or a comment, never longer than a comment may be.
type Markdown struct{}

// Write implements Writer.
func (Markdown) Write(w io.Writer, f *model.Fleet) error {
	c := &markdown.Comment{}
	c.Add("### tare: " + markdown.Prose(strings.ReplaceAll(Headline(f), " · ", ", ")) + "\n\n")
	if all := sentences(f); len(all) > 0 {
		c.Add(markdown.Prose(strings.Join(all, " ")) + "\n\n")
	}
	deedList(c, f)
	baseTable(c, f)
	imageTable(c, f)
	ruleTable(c, f)
	teamTable(c, f)
	for _, note := range f.Notes {
		c.Add("> " + markdown.Prose(note) + "\n")
	}
	_, err := io.WriteString(w, c.Body.String())
	return err
}

func deedList(c *markdown.Comment, f *model.Fleet) {
	all := Deeds(f)
	for i := range all[:min(len(all), briefRows)] {
		d := &all[i]
		text := "- **" + d.saving() + "**: " + markdown.Prose(d.Text) + " (" + d.Where + ")"
		if d.Note != "" {
			text += "; " + markdown.Prose(d.Note)
		}
		c.Add(text + "\n")
	}
	if len(all) > 0 {
		c.Add("\n")
	}
}

func baseTable(c *markdown.Comment, f *model.Fleet) {
	if len(f.Bases) == 0 {
		return
	}
	c.Add(markdown.Row("base", "images", "to pull", "of") + "|---|---:|---:|---|\n")
	for i := range f.Bases[:min(len(f.Bases), markdown.TableRows)] {
		b := &f.Bases[i]
		date := display.Unicode.None
		if b.Created != nil {
			date = b.Created.UTC().Format("2006-01-02")
		}
		c.Add(markdown.Row(markdown.Code(fullName(f, i)), display.Count(len(b.Images)), sizeText(b.CompressedSize), date))
	}
	c.Add("\n")
	for i := range f.OutOfStep {
		d := &f.OutOfStep[i]
		c.Add("- " + markdown.Code(d.Name) + " " + markdown.Prose(drift(f, d)) + "\n")
	}
	if len(f.OutOfStep) > 0 {
		c.Add("\n")
	}
}

func imageTable(c *markdown.Comment, f *model.Fleet) {
	head := markdown.Row("image", "to pull", "own", "on disk", "wasted", "base") + "|---|---:|---:|---:|---:|---|\n"
	markdown.Fold(c, display.Plural(len(f.Images), "image"), head, byWeight(f), func(i int) string {
		img := &f.Images[i]
		if img.Error != "" {
			return markdown.Row(markdown.Code(img.References[0]), markdown.Prose(img.Error), "", "", "", "")
		}
		base := ""
		if name := baseOf(f, i); name != "" {
			base = markdown.Code(name)
		}
		return markdown.Row(markdown.Code(nameOf(f, i)), sizeText(img.CompressedSize), sizeText(img.OwnBytes), sizeText(img.Size), sizeText(img.WastedBytes), base)
	})
}

func ruleTable(c *markdown.Comment, f *model.Fleet) {
	if len(f.Rules) == 0 {
		return
	}
	head := markdown.Row("rule", "wasted", "layers", "images") + "|---|---:|---:|---:|\n"
	markdown.Fold(c, "Wasted on disk, by rule", head, f.Rules, func(r model.FleetRule) string {
		return markdown.Row(markdown.Code(r.Rule), display.Bytes(r.Bytes), display.Count(r.Layers), display.Count(r.Images))
	})
}

func teamTable(c *markdown.Comment, f *model.Fleet) {
	if len(f.Teams) < 2 {
		return
	}
	head := markdown.Row("team", "images", "to pull", "shared", "wasted") + "|---|---:|---:|---:|---:|\n"
	markdown.Fold(c, "By team", head, f.Teams, func(t model.FleetTeam) string {
		return markdown.Row(markdown.Code(teamName(&t)), display.Count(t.Images), sizeText(t.PullBytes), sizeText(t.SharedBytes), sizeText(t.WastedBytes))
	})
}

func sizeText(n *int64) string {
	if n == nil {
		return display.Unicode.None
	}
	return display.Bytes(*n)
}
