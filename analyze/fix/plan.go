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

// plan is a Dockerfile on its way through the edits.
type plan struct {
	report *model.Report
	opt    Options
	doc    *document
	ignore *dockerignore.File
	result *Result

	// build is the image's history with the edits made so far. Its layers are the
	// old ones: one that an edit joined with another has that one's instruction,
	// one that an edit emptied has none.
	build *rules.Build
	at    []*piece // of build.Instructions; nil: not in the file

	file *history.Dockerfile // as it was; nil where it cannot be taken apart

	done     map[string]bool   // edits made, by key
	cleanups map[*piece]string // commands that edits appended, one a line

	copies map[string]*rewrite.Copy // read, by their text; nil: they cannot be

	tools []int // findings that a build stage may mend, once all else is done
}

func newPlan(r *model.Report, doc *document, at []*piece, opt Options) *plan {
	p := &plan{report: r, opt: opt, doc: doc, at: at, ignore: dockerignore.New(opt.Ignore),
		result: &Result{Saved: make([]bool, len(r.Findings)), removals: make(map[int]*rewrite.Removal)},
		done:   make(map[string]bool), cleanups: make(map[*piece]string), copies: make(map[string]*rewrite.Copy)}
	build := rules.Build{Base: r.Image.Base}
	if opt.Build != nil {
		build = *opt.Build
	}
	build.Instructions = slices.Clone(r.Instructions)
	build.Layers = slices.Clone(r.Layers)
	for i, piece := range at {
		if piece != nil {
			build.Instructions[i].Text = piece.text
		}
	}
	p.build = &build
	p.file, _ = history.ParseDockerfile("", doc.bytes())
	return p
}

// group is the findings that ask for the same edit.
type group struct {
	findings []int
	bytes    int64
	key      string
}

// groups lists what is wanted in the order in which it is tried: flags first,
// since they change one command and get in nobody's way, then by bytes. Cache
// mounts come last, those that join RUNs before the others: RUNs with different
// mounts cannot be joined any more.
func (p *plan) groups() []*group {
	var list []*group
	byKey := make(map[string]*group)
	for i := range p.report.Findings {
		f := &p.report.Findings[i]
		if !p.opt.wanted(f) {
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
		if byKey[key] == nil {
			byKey[key] = &group{key: key}
			list = append(list, byKey[key])
		}
		byKey[key].findings = append(byKey[key].findings, i)
		byKey[key].bytes += f.Bytes
	}
	slices.SortStableFunc(list, func(a, b *group) int {
		return cmp.Or(cmp.Compare(p.rank(a), p.rank(b)), cmp.Compare(b.bytes, a.bytes))
	})
	return list
}

// turn says which edits come before which, whatever they save.
func (p *plan) rank(g *group) int {
	f := &p.report.Findings[g.findings[0]]
	if p.opt.CacheMount {
		if rule, ok := rules.ByID(f.Rule); ok && len(rule.Mounts) > 0 {
			if f.Fix.Before != nil {
				return maxStretch - min(strings.Count(*f.Fix.Before, "\nRUN "), maxStretch) + 2
			}
			return maxStretch + 2
		}
	}
	if f.Fix.Strategy == model.Flag {
		return 0
	}
	return 1
}

// key names an edit; "" where a fix is none.
func editKey(fix *model.Fix) string {
	if fix.Before == nil || fix.After == nil {
		return ""
	}
	return *fix.Before + "\x00" + *fix.After
}

// maxEdits is how many edits are made at once. Each is held against all that
// stands in the file, and nobody reads more.
const maxEdits = 200

// try makes the edit of a group, unless the edits before have done its work, or
// says why not.
func (p *plan) try(g *group) {
	var open []int
	for _, i := range g.findings {
		switch {
		case p.result.Saved[i]: // with another's .dockerignore
		case p.done[g.key] || p.isMerged(&p.report.Findings[i]):
			p.save(i, nil)
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
			p.leave(i, fmt.Sprintf("this is the %dth edit and more; run tare fix again on the image that the edited file builds", maxEdits+1), true)
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
		}
		return
	}
	line := 0
	if why == "" {
		why = p.otherStages(e, f)
	}
	if why == "" {
		line, why = p.apply(e, f.Rule)
	}
	if why != "" {
		for _, i := range open {
			p.leave(i, why, true)
		}
		return
	}
	p.done[g.key] = true
	for _, i := range open {
		p.save(i, e.removes)
	}
	p.result.Applied = append(p.result.Applied, Applied{Rule: f.Rule, Findings: open, Line: line, Summary: e.summary})
}

// unread says that the rule could not read a finding's instruction because of
// the file's escape character, and that it can be asked again: it has all that it
// had then.
func (p *plan) isUnreadable(f *model.Finding) bool {
	made := p.instructionOf(f)
	return p.opt.Build != nil && made != nil && p.at[*made] != nil && p.at[*made].form.backtick
}

// save notes that a finding's bytes go. removes is the removal that takes them,
// nil where the edit takes them some other way.
func (p *plan) save(i int, removes *rewrite.Removal) {
	f := &p.report.Findings[i]
	p.result.Saved[i], p.result.removals[i] = true, removes
	gone := p.result.bytesOf(p.report, i)
	if gone < f.Bytes {
		p.leave(i, "the clean-up does not reach all of the files; remove the rest by hand", true)
		p.result.Left[len(p.result.Left)-1].Bytes = f.Bytes - gone
	}
}

// leave notes that a finding's bytes stay.
func (p *plan) leave(i int, why string, blocked bool) {
	f := &p.report.Findings[i]
	p.result.Left = append(p.result.Left, Left{Rule: f.Rule, Finding: i, Bytes: f.Bytes, Line: p.line(f), Why: oneLine(why), Blocked: blocked})
}

// line is where the instruction that put a finding's bytes there stands.
func (p *plan) line(f *model.Finding) int {
	if f.Instruction == nil || *f.Instruction < 0 || *f.Instruction >= len(p.report.Instructions) {
		return 0
	}
	if at := p.report.Instructions[*f.Instruction].Location; at != nil {
		return at.Line
	}
	return 0
}

// merged says whether an edit has joined the instruction that made a finding's
// bytes with the one that hid them, so that they never reach a layer.
func (p *plan) isMerged(f *model.Finding) bool {
	if f.Inherited || f.Layer == nil || f.HiddenBy == nil || *f.Layer == *f.HiddenBy {
		return false
	}
	made, hid := p.build.Step(f.Layer), p.build.Step(f.HiddenBy)
	return made != nil && made == hid
}

// sideEffects counts what joined instructions save beyond what was asked for.
func (p *plan) sideEffects() {
	for i := range p.report.Findings {
		if !p.result.Saved[i] && p.isMerged(&p.report.Findings[i]) {
			p.result.Saved[i] = true
			p.result.Left = slices.DeleteFunc(p.result.Left, func(l Left) bool { return l.Finding == i })
		}
	}
}

// added are the commands of RUNs after an edit that were not there before.
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
