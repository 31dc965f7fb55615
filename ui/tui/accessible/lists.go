package accessible

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/pane"
)

// summary says the verdict.
func (d *dialog) summary(string) {
	r := d.report
	d.say(fmt.Sprintf("Image %s, %s, from %s.", d.th.OneLine(r.Image.Reference, lineWidth), d.th.OneLine(r.Image.Platform, 200), d.th.OneLine(r.Image.Source, 200)))
	if r.Partial {
		d.say("Partial: the scan ended early, these figures cover what was read.")
	}
	size := display.Total(r.Image.Size) + " in " + display.Plural(r.Image.Layers, "layer")
	if pull := r.Image.CompressedSize; pull != nil {
		size += ", " + display.Total(*pull) + " to pull"
	}
	d.say(size + ".")
	if base := &r.Image.Base; base.Layers > 0 {
		s := pane.BaseStep(r, min(base.Layers, len(r.Layers)))
		d.say("Base image " + d.th.OneLine(s.Text, lineWidth) + ", " + pane.HowBase(base.How) + ", " + display.Bytes(s.Size) + ".")
	} else {
		d.say("No base image found.")
	}
	if r.Summary.WastedBytes == 0 {
		d.say("Nothing is wasted.")
	} else {
		d.say(fmt.Sprintf("%s of it, %s, is wasted; avoidable: %s; efficiency %s.",
			display.Percent(r.Summary.WastedBytes, r.Image.Size), display.Total(r.Summary.WastedBytes), display.Avoidable(r.Summary.AvoidableBytes, r.Summary.Own.Size, r.Image.Base.How != model.BaseNone), display.Efficiency(r.Summary.Efficiency)))
	}
	for _, note := range r.Notes {
		d.say("Note: " + d.th.OneLine(note, lineWidth) + ".")
	}
}

// fixList lists the changes, one a line, with the findings that each settles.
func (d *dialog) fixList(string) {
	if d.fixes.Count == 0 {
		d.say(d.fixes.Empty())
		return
	}
	if goal := d.fixes.Goal(); goal != "" {
		d.say(goal + ".")
	}
	what := "What to change, the most bytes first:"
	if n := len(d.report.Risks); n > 0 {
		what = display.Plural(n, "risk") + ", then what to change, the most bytes first:"
	}
	d.say(what)
	for i := range d.fixes.Count {
		d.say(d.fixLine(i))
	}
}

// fixLine is "1. Change: saves 392 MB, likely: …".
func (d *dialog) fixLine(i int) string {
	return fmt.Sprintf("%d. %s", i+1, d.fixes.Sentence(i))
}

// fix says one change or finding with its edit.
func (d *dialog) fix(about string) {
	n, ok := d.number(about, "fix", 1, d.fixes.Count)
	if !ok {
		return
	}
	d.last = n - 1
	d.say(d.fixLine(n - 1))
	d.fixes.Cursor = n - 1
	p := d.page()
	d.fixes.Read(p)
	if len(p.Rows) > 0 && d.fixes.Chosen() != nil {
		p.Rows = p.Rows[1:] // the title, again
	}
	d.sayPage(p)
}

// instructionList says how the image was built.
func (d *dialog) instructionList(string) {
	if len(d.steps.Steps) == 0 {
		d.say(d.steps.Empty())
		return
	}
	d.say(display.Plural(len(d.report.Instructions), "instruction") + ".")
	for i := range d.steps.Steps {
		s := &d.steps.Steps[i]
		name := d.th.OneLine(s.Keyword+" "+s.Text, lineWidth)
		switch {
		case s.Base:
			name = "Base image " + d.th.OneLine(s.Text, lineWidth)
		case s.Nested:
			continue // the base's row says what they weigh
		case s.Step > 0:
			name = fmt.Sprintf("Step %d: %s", s.Step, name)
		}
		d.say(name + ": " + cost(s.Size, s.Wasted) + ".")
	}
}

// cost says what bytes there are and how many are wasted.
func cost(size, wasted int64) string {
	switch {
	case size == 0:
		return "no bytes"
	case wasted == 0:
		return display.Bytes(size)
	}
	return display.Bytes(size) + ", of which " + display.Bytes(wasted) + " wasted"
}

// instruction describes one instruction in full.
func (d *dialog) instruction(about string) {
	last := 0
	for i := range d.steps.Steps {
		last = max(last, d.steps.Steps[i].Step)
	}
	n, ok := d.number(about, "step", 1, last)
	if !ok {
		return
	}
	found := slices.IndexFunc(d.steps.Steps, func(s pane.Step) bool { return s.Step == n })
	if found < 0 { // the FROM
		found = 0
	}
	d.steps.Cursor = found
	p := d.page()
	title := d.steps.Read(p)
	d.say(strings.ToUpper(title[:1]) + title[1:] + ".")
	d.sayPage(p)
}

// packageList says what is installed, the largest first.
func (d *dialog) packageList(string) {
	if len(d.report.Packages) == 0 {
		d.say(d.packages.Empty())
		return
	}
	var all []*model.Package
	for i := range d.report.Packages {
		if p := &d.report.Packages[i]; p.PartOf == "" { // what is a part of another is listed there
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(a, b *model.Package) int { return cmp.Compare(b.Bytes, a.Bytes) })
	d.say(display.Plural(len(all), "package") + ", the largest first.")
	for _, p := range all {
		size := display.Bytes(p.Bytes)
		if p.Unsized {
			size = "size unknown"
		}
		d.say(fmt.Sprintf("%s: %s, %s.", d.th.OneLine(p.Name+" "+p.Version, lineWidth), size, d.th.OneLine(p.Reason, 40)))
	}
}

// onePackage says why a package is installed.
func (d *dialog) onePackage(name string) {
	for i := range d.report.Packages {
		if p := &d.report.Packages[i]; p.Name == name || d.th.OneLine(p.Name, lineWidth) == name {
			d.packages.Reveal(p.Name, p.Arch)
			page := d.page()
			d.packages.Read(page)
			d.sayPage(page)
			return
		}
	}
	d.say("There is no package " + d.th.OneLine(name, 200) + "; type packages to list them.")
}

// source says the Dockerfile, the cost of an instruction before its first line.
func (d *dialog) source(string) {
	v := d.dockerfile
	if v.Source == nil || len(v.Source.Lines) == 0 {
		d.say(v.Empty())
		return
	}
	what := "Rebuilt from the image's history:"
	if file := d.report.Dockerfile; file != nil {
		what = d.th.OneLine(file.File, lineWidth) + ":"
	}
	d.say(what)
	for _, l := range v.Source.Lines {
		text := d.th.OneLine(l.Text, lineWidth)
		if text == "" {
			continue
		}
		if l.First && l.Cost >= 0 {
			c := &v.Source.Costs[l.Cost]
			text += " (" + cost(c.Size, c.Wasted) + ")"
		}
		if d.report.Dockerfile != nil {
			text = fmt.Sprintf("Line %d: %s", l.Number, text)
		}
		d.say(text)
	}
}

// settings says how the image will run.
func (d *dialog) settings(string) {
	v := d.config
	if len(v.Settings) == 0 {
		d.say(v.Empty())
		return
	}
	for i := range v.Settings {
		s := &v.Settings[i]
		text := d.th.OneLine(s.Value, lineWidth)
		if s.Kind == pane.Variable || s.Kind == pane.Label {
			text = d.th.OneLine(s.Name, lineWidth) + " is " + text
		}
		text = pane.SettingNames[s.Kind] + ": " + text + "."
		if note := v.Note(s); note != "" {
			text += " " + note
		}
		d.say(text)
	}
}
