package releases

import (
	"io"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/markdown"
)

// Markdown writes a row of releases as a page or a comment.
type Markdown struct{}

// Write implements Writer.
func (Markdown) Write(w io.Writer, r *model.Releases) error {
	c := &markdown.Comment{}
	c.Add("### tare: " + display.Plural(len(r.Releases), "release") + "\n\n")
	if text := sentence(r); text != "" {
		c.Add(markdown.Prose(text) + "\n\n")
	}
	releaseTable(c, r)
	lineTable(c, r)
	if text := Order(r); text != "" {
		c.Add("**A better order.** " + markdown.Prose(text) + "\n\n")
		for _, i := range r.Order {
			if !c.Add("1. " + markdown.Code(r.Lines[i].Step.Text) + "\n") {
				break
			}
		}
		c.Add("\n")
	}
	_, err := io.WriteString(w, c.Body.String())
	return err
}

func releaseTable(c *markdown.Comment, r *model.Releases) {
	c.Add(markdown.Row("release", "created", "to pull", "new", "for nothing") + "|---|---|---:|---:|---:|\n")
	for i := range r.Releases {
		at := &r.Releases[i]
		if at.Error != "" {
			c.Add(markdown.Row(markdown.Code(Name(r, i)), markdown.Prose(at.Error), "", "", ""))
			continue
		}
		date := display.Unicode.None
		if at.Created != nil {
			date = at.Created.UTC().Format("2006-01-02")
		}
		if !c.Add(markdown.Row(markdown.Code(Name(r, i)), date, size(at.CompressedSize), size(at.PullBytes), size(at.PulledAgainBytes))) {
			break
		}
	}
	c.Add("\n")
}

func lineTable(c *markdown.Comment, r *model.Releases) {
	all := Volatile(r)
	if len(all) == 0 {
		return
	}
	c.Add(markdown.Row("pulled", "for nothing", "instruction", "") + "|---:|---:|---|---|\n")
	for _, i := range all[:min(len(all), markdown.TableRows)] {
		l := &r.Lines[i]
		if !c.Add(markdown.Row(size(l.Bytes), size(l.AgainBytes), markdown.Code(l.Step.Text), markdown.Prose(often(r, l)))) {
			break
		}
	}
	c.Add("\n")
	for _, reason := range Reasons(r) {
		c.Add("- " + markdown.Prose(reason) + "\n")
	}
	if len(Reasons(r)) > 0 {
		c.Add("\n")
	}
}

func size(n *int64) string {
	if n == nil {
		return display.Unicode.None
	}
	return display.Bytes(*n)
}

// often is [Because], and that the line is the base's.
func often(r *model.Releases, l *model.ReleasedLine) string {
	if l.Step.Inherited {
		return "base image, " + Because(r, l)
	}
	return Because(r, l)
}
