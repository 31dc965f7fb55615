package fix

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/installs"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// isSmall reports whether an edit saves too little to be made. Who asks for a build stage
// gets it.
func (p *plan) isSmall(g *group) bool {
	asked := p.opt.Stage == AnyStage && p.report.Findings[g.findings[0]].Fix.Strategy == model.MultiStage
	return len(p.opt.Rules) == 0 && p.opt.Findings == nil && (g.bytes < p.opt.Floor && !p.isAlike(g) && !p.isBeside(g) || p.isHardlyWorth(g) || p.isGuess(g)) && !asked
}

// isGuess reports whether an edit takes something for granted that only its author can know, such as
// whether anybody wants a compiler. docs/savings.md says what readers made of such diffs.
func (p *plan) isGuess(g *group) bool {
	return p.opt.Floor > 0 && slices.ContainsFunc(g.findings, func(i int) bool {
		f := p.report.Findings[i].Fix
		return f.Guess != "" && !(p.opt.guessTools && guessesTools(f))
	})
}

// guessesTools reports whether all that an edit takes for granted is that a build needs build tools.
func guessesTools(f *model.Fix) bool {
	return len(f.Guessed) > 0 && !slices.ContainsFunc(f.Guessed, func(name string) bool { return !isTool(name) })
}

// leaveSmall notes that a finding's bytes stay because its edit saves less than the floor, or
// is a guess.
func (p *plan) leaveSmall(i int) {
	f := &p.report.Findings[i]
	saves := f.Bytes - stayBytes(f)
	guess := saves >= p.opt.Floor && f.Fix.Guess != ""
	why := f.Fix.Summary
	switch {
	case guess:
		why = f.Fix.Guess + "; --rule " + f.Rule + " writes the edit"
		if len(f.Fix.Keeps) > 0 {
			why += ", and keeps what may be"
		}
	case editKey(f.Fix) != "":
		little, way := "it saves less than the floor", "select it with --rule, or lower the floor with --floor"
		if saves >= p.opt.Floor {
			little, way = "it saves less than what stays", "select it with --rule"
		}
		if stayBytes(f) > 0 && len(f.Fix.Keeps) > 0 {
			little = fmt.Sprintf("all but %s could go, but that saves only %s", strings.Join(f.Fix.Keeps, ", "), installs.Megabytes(saves))
		}
		why = little + "; " + way
	}
	p.leave(i, why, false)
	l := &p.result.Left[len(p.result.Left)-1]
	l.Small, l.Guess = !guess, guess
	if editKey(f.Fix) != "" {
		l.Saves = saves
	}
}

// worth is what an edit has to save that names more bytes of packages than it saves: what is enough in
// an image of any size, and the part that will do in a small one. An edit that names more
// than fewNames packages has to save a part of 1 in longPart.
var worth = installs.Worth{Bytes: 20_000_000, Part: 50}

const fewNames, longPart = 4, 20

// isHardlyWorth reports whether an edit above the floor names more bytes of packages than it
// saves, or many packages, and saves little: the author would have to keep a list for it. An image that runs
// nothing by itself is judged with its base, since people choose what they do in all of it.
// Without a floor every edit is made.
func (p *plan) isHardlyWorth(g *group) bool {
	var named int64
	names := 0
	for _, i := range g.findings {
		if f := &p.report.Findings[i]; len(f.Fix.Keeps) > 0 {
			named += stayBytes(f)
			names += len(f.Fix.Keeps)
		}
	}
	size := p.report.Summary.Own.Size
	if !p.build.RunsService() {
		size += p.report.Summary.Inherited.Size
	}
	if p.opt.Floor == 0 {
		return false
	}
	return !worth.Pays(g.bytes, named, size) || names > fewNames && g.bytes < size/longPart
}

// savedAnyway marks findings as saved that were left because their own edit saves little, but
// that an edit of their instruction for another finding has made, too.
func (p *plan) savedAnyway() {
	if len(p.result.Applied) == 0 {
		return
	}
	for _, l := range slices.Clone(p.result.Left) {
		f := &p.report.Findings[l.Finding]
		made := p.instructionOf(f)
		if !l.Small && !l.Guess || editKey(f.Fix) == "" || made == nil || p.editedBy(*made) == "" {
			continue
		}
		if f.Rule == "apt-recommends" && omitsNow(p.originals[*f.Instruction], p.at[*made]) {
			// Joined with others, the RUN is not what the rule would write.
		} else if e, why := p.propose(f); why != "" || !e.isDone() {
			continue
		}
		p.result.Left = slices.DeleteFunc(p.result.Left, func(other Left) bool { return other.Finding == l.Finding && (other.Small || other.Guess) })
		p.save(l.Finding, nil)
		p.saveWith(l.Finding)
	}
}

// omitsNow reports whether all installs of a RUN that took recommended packages leave them out
// in the RUN that edits have made of it.
func omitsNow(original string, now *piece) bool {
	if now == nil || original == "" {
		return false
	}
	edited := commandsOf([]string{now.text})
	took := slices.DeleteFunc(commandsOf([]string{original}), func(c rewrite.Command) bool { return !installs.Takes(c) })
	return len(took) > 0 && !slices.ContainsFunc(took, func(c rewrite.Command) bool {
		_, names, _ := c.Apt()
		return !slices.ContainsFunc(edited, func(other rewrite.Command) bool {
			_, others, _ := other.Apt()
			return installs.Installs(other) && !installs.Takes(other) && len(names) > 0 && slices.Contains(others, names[0])
		})
	})
}
