package tui

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// summary says the verdict.
func (t *talk) summary(string) {
	r := t.report
	t.say(fmt.Sprintf("Image %s, %s, from %s.", t.th.OneLine(r.Image.Reference, spokenWidth), t.th.OneLine(r.Image.Platform, 200), t.th.OneLine(r.Image.Source, 200)))
	if r.Partial {
		t.say("Partial: the scan ended early, these figures cover what was read.")
	}
	size := display.Bytes(r.Image.Size) + " in " + display.Plural(r.Image.Layers, "layer")
	if pull := r.Image.CompressedSize; pull != nil {
		size += ", " + display.Bytes(*pull) + " to pull"
	}
	t.say(size + ".")
	if base := &r.Image.Base; base.Layers > 0 {
		s := baseStep(r, min(base.Layers, len(r.Layers)))
		t.say("Base image " + t.th.OneLine(s.text, spokenWidth) + ", " + howBase(base.How) + ", " + display.Bytes(s.size) + ".")
	} else {
		t.say("No base image found.")
	}
	if r.Summary.WastedBytes == 0 {
		t.say("Nothing is wasted.")
	} else {
		t.say(fmt.Sprintf("%s of it, %s, is wasted; efficiency %s.",
			display.Percent(r.Summary.WastedBytes, r.Image.Size), display.Bytes(r.Summary.WastedBytes), display.Efficiency(r.Summary.Efficiency)))
	}
	for _, note := range r.Notes {
		t.say("Note: " + t.th.OneLine(note, spokenWidth) + ".")
	}
}

// fixList says what to change, one fix a line.
func (t *talk) fixList(string) {
	if len(t.fixes.findings) == 0 {
		t.say(t.fixes.empty())
		return
	}
	t.say(display.Plural(len(t.fixes.findings), "finding") + ", the most bytes first.")
	for i := range t.fixes.findings {
		t.say(t.fixLine(i))
	}
}

// fixLine is "Finding 1: 392 MB, likely: …".
func (t *talk) fixLine(i int) string {
	f := t.fixes.findings[i]
	size := "no bytes"
	if f.Bytes > 0 {
		size = display.Bytes(f.Bytes)
	}
	if f.Inherited {
		size += " in the base image"
	}
	line := ""
	if in := t.fixes.instruction(f); in != nil && in.Location != nil {
		line = fmt.Sprintf(", line %d", in.Location.Line)
	}
	return fmt.Sprintf("Finding %d: %s, %s: %s%s.", i+1, size, t.th.OneLine(string(f.Confidence), 20), t.th.OneLine(f.Title, spokenWidth), line)
}

// fix says one fix with its edit.
func (t *talk) fix(about string) {
	n, ok := t.number(about, "fix", 1, len(t.fixes.findings))
	if !ok {
		return
	}
	t.last = n - 1
	t.say(t.fixLine(n - 1))
	t.fixes.Cursor = n - 1
	p := t.page()
	t.fixes.read(p)
	if len(p.Rows) > 0 {
		p.Rows = p.Rows[1:] // the title, again
	}
	t.sayPage(p)
}

// instructionList says how the image was built.
func (t *talk) instructionList(string) {
	if len(t.steps.steps) == 0 {
		t.say(t.steps.empty())
		return
	}
	t.say(display.Plural(len(t.report.Instructions), "instruction") + ".")
	for i := range t.steps.steps {
		s := &t.steps.steps[i]
		name := t.th.OneLine(s.keyword+" "+s.text, spokenWidth)
		switch {
		case s.base:
			name = "Base image " + t.th.OneLine(s.text, spokenWidth)
		case s.nested:
			continue // the base's row says what they weigh
		case s.number >= 0:
			name = fmt.Sprintf("Instruction %d: %s", s.number, name)
		}
		t.say(name + ": " + cost(s.size, s.wasted) + ".")
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

// instruction says one of them in full.
func (t *talk) instruction(about string) {
	n, ok := t.number(about, "instruction", 0, len(t.report.Instructions))
	if !ok {
		return
	}
	for i := range t.steps.steps {
		if t.steps.steps[i].number == n {
			t.steps.Cursor = i
		}
	}
	p := t.page()
	t.say(fmt.Sprintf("Instruction %s.", t.steps.read(p)))
	t.sayPage(p)
}

// packageList says what is installed, the largest first.
func (t *talk) packageList(string) {
	if len(t.report.Packages) == 0 {
		t.say(t.packages.empty())
		return
	}
	all := make([]*model.Package, len(t.report.Packages))
	for i := range all {
		all[i] = &t.report.Packages[i]
	}
	slices.SortStableFunc(all, func(a, b *model.Package) int { return cmp.Compare(b.Bytes, a.Bytes) })
	t.say(display.Plural(len(all), "package") + ", the largest first.")
	for _, p := range all {
		t.say(fmt.Sprintf("%s: %s, %s.", t.th.OneLine(p.Name+" "+p.Version, spokenWidth), display.Bytes(p.Bytes), t.th.OneLine(p.Reason, 40)))
	}
}

// onePackage says why one is there.
func (t *talk) onePackage(name string) {
	for i := range t.report.Packages {
		if p := &t.report.Packages[i]; p.Name == name || t.th.OneLine(p.Name, spokenWidth) == name {
			t.packages.reveal(p.Name, p.Arch)
			page := t.page()
			t.packages.read(page)
			t.sayPage(page)
			return
		}
	}
	t.say("There is no package " + t.th.OneLine(name, 200) + "; type packages for what there is.")
}

// source says the Dockerfile, the cost of an instruction before its first line.
func (t *talk) source(string) {
	v := t.dockerfile
	if v.source == nil || len(v.source.lines) == 0 {
		t.say(v.empty())
		return
	}
	what := "Rebuilt from the image's history:"
	if d := t.report.Dockerfile; d != nil {
		what = t.th.OneLine(d.File, spokenWidth) + ":"
	}
	t.say(what)
	for _, l := range v.source.lines {
		text := t.th.OneLine(l.text, spokenWidth)
		if text == "" {
			continue
		}
		if l.first && l.cost >= 0 {
			c := &v.source.costs[l.cost]
			text += " (" + cost(c.size, c.wasted) + ")"
		}
		if t.report.Dockerfile != nil {
			text = fmt.Sprintf("Line %d: %s", l.number, text)
		}
		t.say(text)
	}
}

// settings says how the image will run.
func (t *talk) settings(string) {
	v := t.config
	if len(v.settings) == 0 {
		t.say(v.empty())
		return
	}
	for i := range v.settings {
		s := &v.settings[i]
		text := t.th.OneLine(s.value, spokenWidth)
		if s.kind == variable || s.kind == label {
			text = t.th.OneLine(s.name, spokenWidth) + " is " + text
		}
		text = settingNames[s.kind] + ": " + text + "."
		if note := v.note(s); note != "" {
			text += " " + note
		}
		t.say(text)
	}
}
