package fix

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// apply makes an edit in the document, all of it or nothing. It returns the first line of the
// old file that changes and the instructions that do, or why nothing changes.
func (p *plan) apply(e *edit, rule string) (made Applied, why string) {
	if why := p.check(e); why != "" {
		return Applied{}, why
	}
	pairs := align(e.before, e.after)
	findHosts(e, pairs)
	placed := p.placeComments(e, pairs)
	raws := make([]string, len(e.after))
	for _, s := range pairs {
		if s.after < 0 || s.before >= 0 && e.before[s.before] == e.after[s.after] {
			continue
		}
		like := p.at[e.from+max(s.before, s.near)].form
		if s.before < 0 {
			like.noEOL = false
		}
		var ok bool
		if raws[s.after], ok = like.write(e.after[s.after]); !ok {
			return Applied{}, "its edit cannot be written with the file's escape character"
		}
	}
	made.Instructions, made.Strategy = p.touchedBy(e, pairs), e.strategy
	at := make([]*piece, len(e.after))
	became := make([]int, len(e.before)) // by old instruction: the new one, -1 for none
	for _, s := range pairs {
		switch {
		case s.before < 0: // new
			at[s.after] = p.insert(e, s, at, raws[s.after], rule)
			at[s.after].origins = made.Instructions
		case s.after < 0: // taken out
			became[s.before] = p.remove(e, s, at, placed)
		default:
			old := p.at[e.from+s.before]
			became[s.before], at[s.after] = s.after, old
			if raws[s.after] == "" {
				continue
			}
			old.raw, old.text, old.edited = raws[s.after], e.after[s.after], rule
			old.origins = made.Instructions
		}
		if made.Line == 0 {
			made.Line = p.at[e.from+max(s.before, s.near)].line
		}
	}
	if len(at) > 0 {
		if len(at) < len(e.before) {
			p.cleanups[at[0]] = "" // what the instruction ended with is now in its middle
			if len(at) == 1 {
				p.cleanups[at[0]] = p.cleanups[p.at[e.to]]
			}
		}
		p.cleanups[at[0]] += sources(added(e.before, e.after))
		for i, piece := range at {
			p.tidy[piece] = p.tidy[piece] || piece.edited != "" && rewrite.Keyword(e.after[i]) == "RUN" && (len(at) < len(e.before) || e.removes != nil || e.strategy == model.SameRunCleanup)
		}
	}
	p.rewriteHistory(e, at, became)
	return made, ""
}

// insert adds the new instruction of a pair to the document: behind the instruction before it,
// or in front of the first.
func (p *plan) insert(e *edit, s pair, at []*piece, raw, rule string) *piece {
	near := p.at[e.from+s.near]
	put := &piece{raw: raw, line: near.line, text: e.after[s.after], form: near.form, edited: rule}
	put.form.noEOL = false
	index := p.aboveComments(near)
	if s.after > 0 {
		previous := at[s.after-1]
		index = slices.Index(p.doc.pieces, previous) + 1
		if !strings.HasSuffix(previous.raw, "\n") {
			previous.raw += previous.form.eol
			previous.form.noEOL = false
		}
	}
	p.doc.pieces = slices.Insert(p.doc.pieces, index, put)
	if s.after == 0 && p.doc.pieces[index+1] != near {
		p.doc.pieces = slices.Insert(p.doc.pieces, index+1, &piece{raw: put.form.eol, line: near.line})
	}
	p.bringComments(e, put)
	return put
}

// remove removes the lines of the old instruction of a pair, and returns the index of the
// instruction that it became part of, -1 for none. Comments above an instruction that was
// joined with an earlier one and that are not placed in it move above that one; blank lines
// between them go. Instructions that are commented out stay where they are.
func (p *plan) remove(e *edit, s pair, at []*piece, placed map[*piece]bool) (became int) {
	old := p.at[e.from+s.before]
	old.raw, old.text = "", ""
	if s.near < 0 || s.into < 0 {
		return -1
	}
	host := at[s.into]
	previous := p.at[e.from+s.before-1]
	for _, gap := range p.doc.between(previous, old) {
		inside, above := splitComments(gap.raw)
		stay := ""
		if placed[gap] {
			stay, above = disabledIn(gap.raw, above)
		} else {
			above = slices.Concat(inside, above)
		}
		gap.raw = stay
		if len(above) > 0 {
			lead := &piece{raw: strings.Join(above, host.form.eol) + host.form.eol, line: gap.line}
			index := slices.Index(p.doc.pieces, host)
			if placed[gap] && !isPragma(strings.TrimSpace(above[0])) {
				if at := p.aboveComments(host); at != slices.Index(p.doc.pieces, host) {
					lead.raw += host.form.eol
					index = at
				}
			}
			p.doc.pieces = slices.Insert(p.doc.pieces, index, lead)
		}
	}
	if old.form.noEOL && len(p.doc.between(host, old)) == countEmpty(p.doc.between(host, old)) {
		host.raw, host.form.noEOL = strings.TrimSuffix(host.raw, host.form.eol), true
	}
	if rewrite.Keyword(e.after[s.into]) == "RUN" && rewrite.Keyword(e.before[s.before]) == "RUN" {
		return s.into
	}
	return -1
}

// countEmpty counts the pieces that edits have removed.
func countEmpty(pieces []*piece) (n int) {
	for _, p := range pieces {
		if p.raw == "" {
			n++
		}
	}
	return n
}

// maxSpan is how many instructions one edit may span.
const maxSpan = 500

// check returns why an edit may not be made in this file, "" where it may.
func (p *plan) check(e *edit) string {
	if len(e.before) > maxSpan || len(e.after) > maxSpan {
		return fmt.Sprintf("its edit spans more than %d instructions", maxSpan)
	}
	for i := e.from; i <= e.to; i++ {
		at := p.at[i]
		if at == nil {
			return "one of its instructions is not in this Dockerfile"
		}
		if at.fault != "" {
			return fmt.Sprintf("line %d is left alone: %s", at.line, at.fault)
		}
		if i == e.from {
			continue
		}
		for _, gap := range p.doc.between(p.at[i-1], at) {
			for line := range strings.Lines(gap.raw) {
				if bare := strings.TrimSpace(line); bare != "" && bare[0] != '#' {
					return fmt.Sprintf("there is something between line %d and line %d: %s", p.at[i-1].line, at.line, rewrite.Keyword(bare))
				}
			}
		}
	}
	if why := p.needsNewFrontend(e); why != "" {
		return why
	}
	var was, now []string
	for _, text := range e.before {
		was = append(was, rewrite.Comments(text)...)
	}
	for _, text := range e.after {
		now = append(now, rewrite.Comments(text)...)
	}
	if !slices.Equal(was, now) {
		return fmt.Sprintf("the comments inside the instruction in line %d would be lost", p.at[e.from].line)
	}
	return ""
}

// rewriteHistory puts an edit's instructions into the history, and makes layers and pieces
// refer to them. became says for each old instruction which new one it is part of, -1 for none.
func (p *plan) rewriteHistory(e *edit, at []*piece, became []int) {
	old := p.build.Instructions
	now := slices.Clone(old[:e.from])
	for i, text := range e.after {
		in := model.Instruction{How: model.FromDockerfile}
		if was := slices.Index(became, i); was >= 0 {
			in = old[e.from+was]
		}
		in.Text, in.Keyword = text, rewrite.Keyword(text)
		now = append(now, in)
	}
	now = append(now, old[e.to+1:]...)
	for i := range now {
		now[i].Index = i
	}
	for i := range p.build.Layers {
		l := &p.build.Layers[i]
		switch {
		case l.Instruction == nil || *l.Instruction < e.from:
		case *l.Instruction > e.to:
			l.Instruction = model.Ptr(*l.Instruction + len(e.after) - len(e.before))
		case became[*l.Instruction-e.from] < 0:
			l.Instruction = nil
		default:
			l.Instruction = model.Ptr(e.from + became[*l.Instruction-e.from])
		}
	}
	p.build.Instructions = now
	p.at = slices.Concat(p.at[:e.from], at, p.at[e.to+1:])
}
