package fix

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// edit replaces consecutive instructions of the history by others.
type edit struct {
	from, to int // the first and the last instruction that it replaces
	before   []string
	after    []string
	strategy model.Strategy
	summary  string
	keeps    []string
	risk     string
	removes  *rewrite.Removal // what a clean-up that the edit appends removes, nil where it appends none

	// detour are the instructions of earlier edits that stand where the report's own edit would
	// go, so that this is another one.
	detour []int
}

// isDone reports whether the instructions already are what the edit would make of them.
func (e *edit) isDone() bool { return slices.Equal(e.before, e.after) }

// propose returns the edit for a finding on the history as the edits before have left it: the
// report's own, or, where they have changed those instructions, the one that the rule works out
// now. why is the reason where there is no edit.
func (p *plan) propose(f *model.Finding) (e *edit, why string) {
	now := *f
	if now.Instruction = p.instructionOf(f); now.Instruction == nil {
		if _, gone := p.takenOut(f); gone {
			return &edit{}, ""
		}
		return nil, "another edit has already removed the instruction"
	}
	rule, known := catalogue.ByID(f.Rule)
	if known && rule.Group == rules.Caches && !strings.HasPrefix(rule.ID, "apt-") && f.HiddenBy == nil && p.build.Instructions[*now.Instruction].Fills {
		return nil, "a comment says that the cache is filled on purpose"
	}
	if known && rule.ID == "apt-lists" && f.HiddenBy == nil && p.build.Instructions[*now.Instruction].KeepsLists {
		return nil, "a comment says that the package lists stay"
	}
	mount := p.mountsFor(f.Rule) && !isIndexOnly(f)
	if at := p.at[*now.Instruction]; mount && at != nil && at.edited != "" && isMounted(at.text, rule, &now) {
		return &edit{strategy: model.CacheMount}, ""
	}
	if gone, ok := p.cleansAlready(*now.Instruction, f); ok {
		return &edit{removes: gone}, ""
	}
	fix := f.Fix
	from, to, ok := p.find(fix, *now.Instruction)
	apart := ""
	if ok {
		if apart = p.joinsApart(fix, from, to); apart != "" {
			ok = false // the rule may know an edit that joins less
		}
	}
	if !ok && known && rule.Fix != nil {
		if fix = rule.Fix(&now, p.build); fix != nil && fix.Before != nil && fix.After != nil {
			from, to, ok = p.find(fix, *now.Instruction)
		}
	}
	if !ok && apart != "" {
		return nil, apart
	}
	if !ok {
		if at := p.at[*now.Instruction]; at != nil && at.edited == "" && at.form.backtick {
			return nil, "the file's escape character is `: " + f.Fix.Summary
		}
		if by := p.editedBy(*now.Instruction); by != "" {
			return nil, fmt.Sprintf("its edit conflicts with the one for %s, which saves more", by)
		}
		return nil, f.Fix.Summary
	}
	if at := p.at[from]; fix.Strategy == model.Dockerignore || at == nil {
		return nil, f.Fix.Summary
	}
	e = &edit{from: from, to: to, strategy: fix.Strategy, summary: fix.Summary, keeps: fix.Keeps, risk: fix.Risk}
	if fix != f.Fix {
		e.detour = p.inTheWay(f)
	}
	for _, in := range p.build.Instructions[from : to+1] {
		e.before = append(e.before, in.Text)
	}
	if e.after, ok = rewrite.Several(*fix.After); !ok {
		return nil, "tare cannot split its edit into instructions"
	}
	if slices.Contains(p.opt.flagged, f.Rule) && e.strategy == model.Flag {
		e.summary += " It is too little for a mount, or other calls have the option already."
	}
	if mount && len(e.after) > 0 { // a RUN that is taken out needs no mount
		mounted := *e
		mounted.after = slices.Clone(e.after)
		why := p.mountCache(&mounted, &now, rule)
		switch {
		case why == "":
			return &mounted, ""
		case p.at[*now.Instruction] == nil || p.at[*now.Instruction].edited == f.Rule || e.strategy != model.SameRunCleanup && e.strategy != model.Flag:
			return nil, why
		}
		e.summary += " (" + why + ")" // it is removed instead
	}
	if e.strategy == model.SameRunCleanup {
		p.skipRepeated(e)
		if len(e.after) == 1 && len(e.before) == 1 {
			if tidied, ok := rewrite.TidyCleanup(e.after[0], removalsIn(e.before)...); ok && tidied == e.before[0] {
				return nil, "the RUN already ends with that clean-up"
			}
		}
	}
	return e, ""
}

// skipRepeated sets what the edit removes, and makes the edit do nothing where an earlier edit
// has appended the same clean-up.
func (p *plan) skipRepeated(e *edit) {
	extra := added(e.before, e.after)
	if len(extra) == 0 {
		return
	}
	e.removes = removalOf(extra)
	if at := p.at[e.from]; len(e.after) == len(e.before) && at != nil && strings.Contains("\n"+p.cleanups[at], "\n"+sources(extra)) {
		e.after = e.before
	}
}

// instructionOf returns the instruction that makes a finding's bytes after the edits so far, an
// index in the history; nil where no instruction makes them any more.
func (p *plan) instructionOf(f *model.Finding) *int {
	if f.Layer != nil && *f.Layer >= 0 && *f.Layer < len(p.build.Layers) {
		return p.build.Layers[*f.Layer].Instruction
	}
	if f.Instruction == nil || len(p.result.Applied) == 0 {
		return f.Instruction
	}
	// Edits have moved what stands below them: the file knows which line came from where.
	for i, at := range p.at {
		if at != nil && slices.Contains(at.origins, *f.Instruction) {
			return &i
		}
	}
	return nil
}

// find looks for the instructions that a fix starts from. The instruction at the index around,
// which made the bytes, must be among them.
func (p *plan) find(fix *model.Fix, around int) (from, to int, ok bool) {
	if fix == nil || fix.Before == nil || around < 0 || around >= len(p.at) {
		return 0, 0, false
	}
	return spanOf(*fix.Before, around, len(p.build.Instructions), func(i int) string { return p.build.Instructions[i].Text })
}

// spanOf looks for consecutive ones of n instructions that together are a text. The instruction at
// the index around must be among them.
func spanOf(text string, around, n int, instruction func(int) string) (from, to int, ok bool) {
	for from = around; from >= 0; from-- {
		rest := text
		for to = from; to < n; to++ {
			if rest, ok = strings.CutPrefix(rest, instruction(to)); !ok {
				break
			}
			if rest == "" {
				return from, to, to >= around
			}
			if rest, ok = strings.CutPrefix(rest, "\n"); !ok {
				break
			}
		}
	}
	return 0, 0, false
}

// inTheWay returns the instructions of the edits that have changed what the report's edit for a
// finding starts from. Without them, the finding would get that edit: so they are one change.
func (p *plan) inTheWay(f *model.Finding) (instructions []int) {
	if f.Fix == nil || f.Fix.Before == nil || f.Instruction == nil || *f.Instruction >= len(p.originals) {
		return nil
	}
	from, to, ok := spanOf(*f.Fix.Before, *f.Instruction, len(p.originals), func(i int) string { return p.originals[i] })
	if !ok {
		return nil
	}
	for _, piece := range p.at {
		if piece != nil && piece.edited != "" && slices.ContainsFunc(piece.origins, func(i int) bool { return from <= i && i <= to }) {
			instructions = append(instructions, piece.origins...)
		}
	}
	return instructions
}

// editedBy returns the rule whose fix edited an instruction or a neighbour of it, "" where none
// did.
func (p *plan) editedBy(i int) string {
	for _, piece := range p.at[max(i-1, 0):min(i+2, len(p.at))] {
		if piece != nil && piece.edited != "" {
			return piece.edited
		}
	}
	return ""
}

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
// between them go.
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
		if !placed[gap] {
			above = slices.Concat(inside, above)
		}
		gap.raw = ""
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
