package cli

import (
	"fmt"
	"slices"

	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

// maxWeightless is how many findings without bytes are named without -v.
const maxWeightless = 3

// weightless are the sure findings without bytes that a person can do something about: tare fix
// makes their edits only for who names their rule, and what is to be done in a script never.
// Risks stand above.
func (p fixPage) weightless() (found []*model.Finding) {
	if len(p.picked) > 0 {
		return nil // then the rules that were asked for say what they leave
	}
	seen := make(map[string]bool)
	for i := range p.Report.Findings {
		f := &p.Report.Findings[i]
		switch {
		case f.Bytes > 0 || f.Inherited || f.Fix == nil || f.Fix.Leave || f.Confidence == model.Possible || f.Manifest != nil:
		case slices.Contains(p.Report.Risks, f.ID) || p.result.Saved[i] || seen[f.Rule]:
		default:
			seen[f.Rule] = true
			found = append(found, f)
		}
	}
	return found
}

// isTold reports whether something that was left is to be told of without -v.
func (p fixPage) isTold(l *fix.Left) bool {
	f := &p.Report.Findings[l.Finding]
	if f.Inherited || f.Fix != nil && f.Fix.Leave {
		return false // nobody can do anything about it
	}
	return l.Bytes > 0 || len(p.picked) > 0
}

// leftWeightless says of what weighs nothing how to have it written, or what to do, a line each.
func (p fixPage) leftWeightless() {
	found := p.weightless()
	show := len(found)
	if !p.Verbose {
		show = min(show, maxWeightless)
	}
	if show > 0 {
		p.Add("", p.Faint("left alone, since they save no bytes:"))
	}
	for _, f := range found[:show] {
		text := p.OneLine(f.Title) + ": "
		if f.Fix.Before != nil && f.Fix.After != nil {
			text += "--rule " + p.OneLine(f.Rule) + " writes it"
		} else {
			text += p.OneLine(view.Clip(f.Fix.Summary))
		}
		p.item(p.Faint, 0, plainly, text)
	}
	if more := len(found) - show; more > 0 {
		p.Say(p.Faint, fmt.Sprintf("and %s, -v lists them", display.Plural(more, "more finding")))
	}
}
