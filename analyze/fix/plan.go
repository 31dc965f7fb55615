package fix

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/fix/dockerignore"
	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// plan is a Dockerfile while edits are made, one after the other.
type plan struct {
	report *model.Report
	opt    Options
	doc    *document
	ignore *dockerignore.File
	result *Result
	before map[int][]int // what storedBefore has found; nil until asked for

	// build is the image's history with the edits made so far. Its layers are those
	// of the old image: a layer that an edit joined with another has the instruction
	// of that other, a layer that an edit emptied has none.
	build *rules.Build
	at    []*piece // by build.Instructions: the piece of the file; nil where the file does not hold it

	file *history.Dockerfile // before the edits; nil where it cannot be parsed

	original []byte          // the file before any edit
	done     map[string]bool // by key of a group: the edit is made
	tidy     map[*piece]bool // RUNs that edits have joined, or appended a clean-up to

	originals []string // by the report's instructions: as the file has them, "" where it does not

	mounted, removed map[string]bool   // rules whose caches edits mount, and remove
	cleanups         map[*piece]string // the commands that edits appended to an instruction, one a line

	copies map[string]*rewrite.Copy // parsed COPY and ADD, by their text; nil where one cannot be parsed

	first    []int // findings whose edits are tried before all others
	excluded []int // findings whose edits earlier ones stood in the way of

	keptOut []keptOut // by edits of a .dockerignore

	tools []int // findings of build tools, for a build stage after all other edits

	guard map[int]int // what guards has found; nil until asked for

	layersGone map[int]int // by layer that has no instruction any more: the edit that took it out
}

func newPlan(r *model.Report, doc *document, at []*piece, opt Options) *plan {
	p := &plan{report: r, opt: opt, doc: doc, at: at, ignore: dockerignore.New(opt.Ignore),
		result: &Result{Saved: make([]bool, len(r.Findings)), removals: make(map[int]*rewrite.Removal)},
		done:   make(map[string]bool), originals: make([]string, len(r.Instructions)), cleanups: make(map[*piece]string), mounted: make(map[string]bool), removed: make(map[string]bool), tidy: make(map[*piece]bool), copies: make(map[string]*rewrite.Copy)}
	build := rules.Build{Base: r.Image.Base}
	if opt.Build != nil {
		build = *opt.Build
	}
	build.Tree = r.Tree
	build.Frontend = build.Frontend || directiveOf(doc, "syntax") != ""
	build.Instructions = slices.Clone(r.Instructions)
	build.Layers = slices.Clone(r.Layers)
	for i, piece := range at {
		if piece != nil {
			build.Instructions[i].Text = piece.text
			p.originals[i] = piece.text
		}
	}
	p.build = &build
	p.original = doc.bytes()
	if p.file, _ = history.ParseDockerfile("", p.original); p.file != nil {
		p.markApart()
	}
	return p
}

// group is a set of findings that ask for the same edit.
type group struct {
	findings []int
	bytes    int64
	key      string
}

// groups returns the wanted edits in the order in which they are tried: flags first, because
// they change one command and leave the instruction open to other edits, then by bytes. Cache
// mounts come last, those that join RUNs before the others, because RUNs with different mounts
// cannot be joined any more.
func (p *plan) groups() []*group {
	var list []*group
	byKey := make(map[string]*group)
	for i := range p.report.Findings {
		f := &p.report.Findings[i]
		if !p.opt.wanted(f) || p.opt.only != nil && !slices.Contains(p.opt.only, i) || p.opt.Findings != nil && !slices.Contains(p.opt.Findings, i) {
			continue
		}
		if why, rejected := p.opt.Reject[i]; rejected {
			p.leave(i, why, true)
			continue
		}
		key := editKey(f.Fix)
		if key == "" {
			key = fmt.Sprint(i)
		} else if made := p.instructionOf(f); made != nil {
			if from, _, ok := p.find(f.Fix, *made); ok {
				key = fmt.Sprint(from, key) // the same text may stand there twice
			}
		}
		if p.mountsFor(f.Rule) {
			key = fmt.Sprint(i, key) // each finding's paths may need a mount of their own
		}
		if byKey[key] == nil {
			byKey[key] = &group{key: key}
			list = append(list, byKey[key])
		}
		byKey[key].findings = append(byKey[key].findings, i)
		byKey[key].bytes += f.Bytes - stayBytes(f)
	}
	slices.SortStableFunc(list, func(a, b *group) int {
		return cmp.Or(cmp.Compare(p.turn(a), p.turn(b)), cmp.Compare(p.rank(a), p.rank(b)), cmp.Compare(b.bytes, a.bytes))
	})
	return list
}

// turn returns when a group is tried before its rank counts.
func (p *plan) turn(g *group) int {
	for n, i := range p.first {
		if slices.Contains(g.findings, i) {
			return n
		}
	}
	return len(p.first)
}

// rank returns a number by which edits are ordered before their bytes count.
func (p *plan) rank(g *group) int {
	f := &p.report.Findings[g.findings[0]]
	if p.mountsFor(f.Rule) {
		if p.onlyChangesAttributes(g.findings[0]) {
			return maxSpan + 4 // where those before it go, this one has nothing to do
		}
		if f.Fix.Before != nil {
			return maxSpan - min(strings.Count(*f.Fix.Before, "\nRUN "), maxSpan) + 3
		}
		return maxSpan + 3
	}
	switch {
	case f.Fix.Strategy == model.Flag:
		return 0
	case len(p.storedBefore(g.findings[0])) > 0 || f.Fix.Strategy == model.SameRunCleanup && p.onlyChangesAttributes(g.findings[0]):
		return 2 // where the first of them goes, this one has nothing to do
	}
	return 1
}

// editKey returns a text that two fixes share if they are the same edit; "" where a fix is no
// edit.
func editKey(fix *model.Fix) string {
	if fix.Before == nil || fix.After == nil {
		return ""
	}
	return *fix.Before + "\x00" + *fix.After
}

// maxEdits is how many edits one run makes. Each is compared with all instructions of the file,
// and no person would read more of them.
const maxEdits = 200

// try makes the edit of a group, unless earlier edits have saved its findings already. Where the
// edit cannot be made, try notes why.
func (p *plan) try(g *group) {
	var open []int
	for _, i := range g.findings {
		switch {
		case p.result.Saved[i]: // with another's .dockerignore
		case p.isSavedBefore(i):
		case p.isStoredOnceMore(i):
			p.leave(i, "another edit keeps these files from being stored twice, and what is stored once stays below what removes it", true)
		case p.done[g.key] || p.isMerged(&p.report.Findings[i]):
			p.save(i, nil)
			p.saveWith(i)
		default:
			open = append(open, i)
		}
	}
	if len(open) == 0 {
		return
	}
	i := open[0]
	f := &p.report.Findings[i]
	if len(p.result.Applied) >= maxEdits && editKey(f.Fix) != "" {
		for _, i := range open {
			p.leave(i, fmt.Sprintf("tare makes at most %d edits at once; build the edited file and run tare fix again on that image", maxEdits), true)
		}
		return
	}
	if len(p.opt.Rules) == 0 && f.Fix.Leave && g.bytes == 0 {
		for _, i := range open {
			p.leave(i, p.report.Findings[i].Fix.Summary, false)
		}
		return
	}
	if p.isSmall(g) {
		for _, i := range open {
			p.leaveSmall(i)
		}
		return
	}
	if f.Fix.Strategy == model.Dockerignore {
		if why := p.tryIgnore(i); why != "" {
			p.leave(i, why, true)
		}
		return
	}
	if f.Rule == "build-tools" && f.Fix.Strategy == model.MultiStage {
		p.tools = append(p.tools, open...)
		return
	}
	if editKey(f.Fix) == "" && !p.isUnreadable(f) {
		for _, i := range open {
			p.leave(i, p.report.Findings[i].Fix.Summary, false)
		}
		return
	}
	e, why := p.propose(f)
	if why == "" && e.isDone() {
		for _, i := range open {
			p.save(i, e.removes)
			p.saveWith(i)
		}
		return
	}
	var made Applied
	if why == "" {
		why = cmp.Or(p.turnedOff(f.Rule, e), p.otherRelease(f.Rule, e), p.costsMore(e, g), p.otherStages(e, f))
	}
	if why == "" {
		why = p.refillsBlocked(f, e)
	}
	if why == "" {
		maker := p.pieceOf(f)
		if made, why = p.apply(e, f.Rule); why == "" {
			made.Instructions = slices.Compact(slices.Sorted(slices.Values(slices.Concat(made.Instructions, e.detour))))
			p.noteTakenOut(f, maker)
		}
	}
	if why != "" {
		for _, i := range open {
			p.leave(i, why, true)
		}
		if p.isTouched(f) {
			p.excluded = append(p.excluded, i)
		}
		return
	}
	p.noteWay(f.Rule, e)
	p.done[g.key] = true
	for _, i := range open {
		p.save(i, e.removes)
	}
	made.Rule, made.Findings, made.Summary, made.Keeps, made.Risk = f.Rule, open, e.summary, e.keeps, e.risk
	made.Findings = append(made.Findings, p.emptyRefills(i, e.from-1, &made)...)
	for _, i := range open {
		made.Also = append(made.Also, p.saveCopies(i, &made)...)
	}
	p.flagLikeOnes(i, &made)
	p.result.Applied = append(p.result.Applied, made)
}

// isTouched reports whether an earlier edit has changed the instruction that made a finding's
// bytes or the one that hid them, or a neighbour.
func (p *plan) isTouched(f *model.Finding) bool {
	if len(p.result.Applied) == 0 {
		return false
	}
	made := p.instructionOf(f)
	if made == nil || p.editedBy(*made) != "" {
		return true
	}
	hid := p.build.Step(f.HiddenBy)
	return f.HiddenBy != nil && (hid == nil || p.editedBy(hid.Index) != "")
}

// isUnreadable reports whether the rule could not read a finding's instruction because of the
// file's escape character, and can work its edit out again: the options hold all that the rule
// knew when it judged the image.
func (p *plan) isUnreadable(f *model.Finding) bool {
	made := p.instructionOf(f)
	return p.opt.Build != nil && made != nil && p.at[*made] != nil && p.at[*made].form.backtick
}

// save notes that a finding's bytes leave the image. removes is the clean-up that removes them,
// nil where the edit saves them in another way.
func (p *plan) save(i int, removes *rewrite.Removal) {
	f := &p.report.Findings[i]
	p.result.Saved[i], p.result.removals[i] = true, removes
	gone := p.result.bytesOf(p.report, i)
	if gone < f.Bytes && removes != nil {
		p.leave(i, "the clean-up does not remove all of the files; remove the rest by hand", true)
		p.result.Left[len(p.result.Left)-1].Bytes = f.Bytes - gone
	}
}

// saveWith notes that the last edit that touched a finding's instruction saves the finding.
func (p *plan) saveWith(i int) {
	if k, gone := p.takenOut(&p.report.Findings[i]); gone {
		p.result.Applied[k].Also = append(p.result.Applied[k].Also, i)
		return
	}
	made := p.instructionOf(&p.report.Findings[i])
	if made == nil || p.at[*made] == nil {
		return
	}
	for k := range slices.Backward(p.result.Applied) {
		if a := &p.result.Applied[k]; overlap(a.Instructions, p.at[*made].origins) {
			a.Also = append(a.Also, i)
			return
		}
	}
}

// leave notes that a finding's bytes stay, and why. See Left for blocked.
func (p *plan) leave(i int, why string, blocked bool) {
	f := &p.report.Findings[i]
	p.result.Left = append(p.result.Left, Left{Rule: f.Rule, Finding: i, Bytes: f.Bytes, Line: p.line(f), Why: oneLine(why), Blocked: blocked})
}

// line returns the line of the instruction that made a finding's bytes, in the old file; 0 where
// it is not known.
func (p *plan) line(f *model.Finding) int {
	if f.Instruction == nil || *f.Instruction < 0 || *f.Instruction >= len(p.report.Instructions) {
		return 0
	}
	if at := p.report.Instructions[*f.Instruction].Location; at != nil {
		return at.Line
	}
	return 0
}

// isMerged reports whether an edit has joined the instruction that made a finding's bytes with
// the one that hid them, so that the bytes never reach a layer.
func (p *plan) isMerged(f *model.Finding) bool {
	if f.Inherited || f.Layer == nil || f.HiddenBy == nil || *f.Layer == *f.HiddenBy {
		return false
	}
	made, hid := p.build.Step(f.Layer), p.build.Step(f.HiddenBy)
	return made != nil && made == hid
}

// sideEffects marks findings as saved that no edit was made for, but that joined instructions
// keep out of every layer.
func (p *plan) sideEffects() {
	p.saveKeptOut()
	for i := range p.report.Findings {
		if !p.result.Saved[i] && p.isMerged(&p.report.Findings[i]) {
			p.result.Saved[i] = true
			p.saveWith(i)
			p.result.Left = slices.DeleteFunc(p.result.Left, func(l Left) bool { return l.Finding == i })
		}
	}
}

// added returns the commands of RUNs after an edit that are not among those before.
func added(before, after []string) []rewrite.Command {
	have := make(map[string]int)
	for _, c := range commandsOf(before) {
		have[c.Source()]++
	}
	var out []rewrite.Command
	for _, c := range commandsOf(after) {
		if have[c.Source()]--; have[c.Source()] < 0 {
			out = append(out, c)
		}
	}
	return out
}

func commandsOf(texts []string) (out []rewrite.Command) {
	for _, text := range texts {
		if run, err := rewrite.ParseRun(text); err == nil {
			out = append(out, run.Commands...)
		}
	}
	return out
}

func sources(commands []rewrite.Command) string {
	var b strings.Builder
	for _, c := range commands {
		b.WriteString(c.Source() + "\n")
	}
	return b.String()
}
