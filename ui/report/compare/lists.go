package compare

import (
	"fmt"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

// became says what became of a finding or a path.
var became = map[model.DeltaKind]string{
	model.Added: "new", model.Removed: "gone", model.Grew: "grew", model.Shrank: "shrank", model.Changed: "changed",
}

// riskTitle names a risk with the file that it is about, if it is one.
func riskTitle(v *view.View, f *model.FindingChange) string {
	return v.RiskTitle(&model.Finding{Title: f.Title, Paths: f.Paths})
}

// risks lists what endangers one image and not the other, above all bytes.
func (p *changes) risks() {
	risks, _ := p.c.Risks()
	if len(risks) == 0 {
		return
	}
	p.Add("")
	shown := p.shown(len(risks))
	for i := range risks[:shown] {
		f := &risks[i]
		style := p.Bad
		if f.Kind == model.Removed {
			style = p.Gain
		}
		right := became[f.Kind]
		room := p.Width - growthIndent
		p.Add(style(display.PadLeft("risk", growthWidth)) + "  " + p.Strong(p.Truncate(right+": "+riskTitle(&p.View, f), room)))
		if step := p.step(f.Step, room); step != "" {
			p.below(p.Faint, step)
		}
		if f.Fix != nil && f.Kind != model.Removed && (i == 0 || p.Verbose) {
			p.below(nil, p.OneLine(f.Fix.Summary))
		}
	}
	p.rest(len(risks) - shown)
}

// findings lists what came, went, grew or shrank of the other findings, each with the
// instruction that is the reason and, while it is there, what to do.
func (p *changes) findings() {
	_, all := p.c.Risks()
	if len(all) == 0 {
		return
	}
	p.heading("Findings")
	shown := p.shown(len(all))
	for i := range all[:shown] {
		f := &all[i]
		facts := []string{became[f.Kind], string(f.Confidence)}
		if f.Inherited {
			facts = append(facts, "inherited")
		}
		p.change(f.Bytes.Growth, p.OneLine(f.Title), strings.Join(facts, ", "))
		width := p.Width - growthIndent
		if step := p.step(f.Step, width); step != "" {
			p.below(p.Faint, step)
		}
		if f.HiddenBy != nil && p.Verbose {
			p.below(p.Faint, p.Truncate("hidden by "+p.step(f.HiddenBy, width), width))
		}
		if p.Verbose {
			for _, path := range f.Paths {
				p.below(p.Faint, p.TruncatePath(p.Escape(path), width))
			}
		}
		if f.Fix != nil && f.Kind != model.Removed && f.Kind != model.Shrank {
			p.below(nil, p.OneLine(f.Fix.Summary))
		}
	}
	p.rest(len(all) - shown)
}

// steps lists the instructions whose layers weigh another amount than before.
func (p *changes) steps() {
	var all []*model.InstructionChange
	for i := range p.c.Instructions {
		if ch := &p.c.Instructions[i]; ch.Bytes.Growth != 0 || ch.WastedBytes.Growth != 0 {
			all = append(all, ch)
		}
	}
	if len(all) == 0 {
		return
	}
	p.heading("Instructions")
	shown := p.shown(len(all))
	for _, ch := range all[:shown] {
		step := ch.New
		if step == nil {
			step = ch.Old
		}
		facts := became[ch.Kind]
		if ch.WastedBytes.Growth != 0 {
			facts += ", waste " + strings.TrimSpace(growth(ch.WastedBytes.Growth))
		}
		p.change(ch.Bytes.Growth, p.step(step, p.Width), facts)
		if ch.Old != nil && ch.New != nil && ch.Old.Text != ch.New.Text && p.Verbose {
			p.below(p.Faint, p.Truncate("was "+p.step(ch.Old, p.Width), p.Width-growthIndent))
		}
	}
	p.rest(len(all) - shown)
}

// packages lists the packages that came, went, or changed their version.
func (p *changes) packages() {
	all := p.c.Packages
	if len(all) == 0 {
		return
	}
	count := make(map[model.DeltaKind]int)
	for i := range all {
		count[all[i].Kind]++
	}
	var facts []string
	for _, kind := range []model.DeltaKind{model.Added, model.Removed, model.Changed, model.Grew, model.Shrank} {
		word := became[kind]
		if kind == model.Changed {
			word = "in another version"
		}
		if n := count[kind]; n > 0 {
			facts = append(facts, display.Count(n)+" "+word)
		}
	}
	p.heading("Packages: " + strings.Join(facts, ", "))
	shown := p.shown(len(all))
	for i := range all[:shown] {
		pk := &all[i]
		p.change(pk.Bytes.Growth, p.Escape(pk.Name)+" "+p.versions(pk), became[pk.Kind]+", "+p.because(pk))
		if step := p.step(pk.Step, p.Width-growthIndent); step != "" && (p.Verbose || pk.Kind == model.Added) {
			p.below(p.Faint, step)
		}
	}
	p.rest(len(all) - shown)
}

func (p *changes) versions(pk *model.PackageChange) string {
	switch {
	case pk.OldVersion == nil:
		return p.Escape(*pk.NewVersion)
	case pk.NewVersion == nil, *pk.OldVersion == *pk.NewVersion:
		return p.Escape(*pk.OldVersion)
	}
	return p.Escape(*pk.OldVersion) + " " + p.arrow() + " " + p.Escape(*pk.NewVersion)
}

// because says why a package is there.
func (p *changes) because(pk *model.PackageChange) string {
	switch {
	case pk.Reason == "recommended" && len(pk.RecommendedBy) > 0:
		return p.Truncate("recommended by "+p.Escape(pk.RecommendedBy[0]), p.Width/3)
	case pk.Reason == "manual":
		return "asked for"
	case pk.Reason == "unknown":
		return "reason unknown"
	}
	return p.Escape(pk.Reason)
}

// paths lists the directories and files that gained or lost most.
func (p *changes) paths() {
	if p.c.Paths == nil {
		p.Say(p.Faint, "")
		p.Say(p.Faint, "Which files grew is not known: a saved report names them only when it was written with --files.")
		return
	}
	all := p.c.Paths
	if len(all) == 0 {
		return
	}
	p.heading("Directories and files")
	shown := p.shown(len(all))
	rest := *p.c.Rest.PathBytes
	for i := range all[:shown] {
		ch := &all[i]
		path := p.Escape(ch.Path)
		if ch.Directory {
			path += "/"
		}
		right := became[ch.Kind]
		if ch.Step != nil {
			brief := *ch.Step
			if brief.Text = ""; brief.Instruction != nil && brief.Number == 0 && brief.Location == nil {
				brief.Text = brief.Keyword
			}
			right += ", " + p.step(&brief, p.Width)
		}
		p.change(ch.Bytes.Growth, p.TruncatePath(path, max(p.Width-growthIndent-display.Width(right)-2, 1)), right)
	}
	for i := range all[shown:] {
		rest += all[shown+i].Bytes.Growth
	}
	if left := len(all) - shown; left > 0 {
		p.Add(p.Faint(growth(rest) + fmt.Sprintf("  elsewhere (%s more, see -v)", display.Count(left))))
	} else if rest != 0 {
		p.Add(p.Faint(growth(rest) + "  elsewhere"))
	}
}

// notes tell what makes the two hard to compare.
func (p *changes) notes() {
	for i, note := range p.c.Notes {
		if i == 0 {
			p.Add("")
		}
		p.Say(p.Faint, "note: "+p.OneLine(note))
	}
}
