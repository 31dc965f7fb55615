package fix

import (
	"fmt"
	"slices"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// A build stage takes compilers out of an image: all that the last stage does up
// to the last RUN that may need them stays as it is and gets a name; behind it
// begins a new last stage, from the same base image, that installs what is left
// of the packages, copies the files that no package brought, and goes on with
// the rest of the instructions.
//
// Which files those are is not read from commands but from the layers: the tree
// says which file versions each RUN wrote and which of them a package owns. Where
// that does not tell (a RUN that installs packages and edits files of the system
// in one layer, say), the Dockerfile stays as it is.

// multiStage is how a person asks for the edit.
const multiStage = "tare fix --strategy multi-stage"

// stage is a last stage on its way to become two.
type stage struct {
	p    *plan
	tree *model.Tree
	file *history.Dockerfile
	from history.Step
	name string // of the last stage, as written
	base string // FROM up to AS, as written

	steps     []stageStep
	last      int   // of steps: the last one that the build stage has
	firstTool int   // of steps: the first that brings tools
	ownLayer  int   // the first layer above the base image
	lastLayer int   // the last layer of the build stage
	maker     []int // by layer: the step that made it, -1 for the base image's

	tools   *rules.Toolset
	kept    []bool   // by package: it is in the new image
	words   []string // packages to name beside those that the installs name
	install string   // the new stage's RUN that installs packages; "" for none
	at      int      // of steps: behind which the new stage installs and copies

	items []item
}

// staged is what a build stage takes out of an image.
type staged struct {
	gone  []bool // by record: file versions that the new image does without
	extra int64  // bytes that it has beside those of the old one
	only  []bool // by finding: nothing but the build stage saves bytes of it
}

// stageTools proposes a build stage for the findings of build tools, and makes
// the edit if the options ask for it.
func (p *plan) stageTools() {
	if len(p.tools) == 0 {
		return
	}
	s, why := p.planStage()
	if why == "" && p.opt.MultiStage {
		name := s.buildName() // which the file does not use yet
		p.doc = &document{pieces: []*piece{{raw: s.write(), line: 1}}}
		p.result.staged = s.outcome()
		p.result.Applied = append(p.result.Applied, Applied{Rule: "build-tools", Findings: p.tools, Line: p.oldLine(s),
			Summary: fmt.Sprintf("Build in a stage of its own, %s, and copy what it makes into a second one.", name)})
		p.takeStaged()
		return
	}
	for _, i := range p.tools {
		summary := p.report.Findings[i].Fix.Summary
		switch {
		case why == "":
			p.leave(i, summary+" "+multiStage+" writes that stage.", false)
		case p.opt.MultiStage:
			p.leave(i, "no build stage is proposed: "+why+". "+summary, true)
		default:
			p.leave(i, summary+" "+multiStage+" cannot do it here: "+why+".", false)
		}
	}
}

// oldLine is where the last stage begins in the old file: the edits before may
// have moved it, but never past the first instruction of the image.
func (p *plan) oldLine(s *stage) int {
	lines := 0
	for i, in := range p.report.Instructions {
		if in.Location != nil && !in.Inherited && p.report.Instructions[i].Location.Line > 0 {
			lines = in.Location.Line
			break
		}
	}
	if lines == 0 || s.from.Line < lines {
		return s.from.Line
	}
	return lines
}

// takeStaged marks the findings whose bytes the build stage keeps out.
func (p *plan) takeStaged() {
	gone := make([]int64, len(p.report.Findings))
	for i := range p.report.Tree.Records {
		r := &p.report.Tree.Records[i]
		if p.result.staged.gone[i] && int(r.Finding()) < len(gone) {
			gone[r.Finding()] += r.Size.Bytes()
		}
	}
	for i := range p.report.Findings {
		f := &p.report.Findings[i]
		if !p.result.Saved[i] && (slices.Contains(p.tools, i) || f.Bytes > 0 && gone[i]*2 > f.Bytes) {
			p.result.Saved[i], p.result.staged.only[i] = true, true
			p.result.Left = slices.DeleteFunc(p.result.Left, func(l Left) bool { return l.Finding == i })
		}
	}
}

// planStage works a build stage out, or says in the middle of a sentence why
// there is none.
func (p *plan) planStage() (*stage, string) {
	if !readable(p.report, &p.report.Findings[p.tools[0]]) {
		return nil, "the image's files are not at hand"
	}
	s := &stage{p: p, tree: p.report.Tree}
	for _, work := range []func() string{s.read, s.tie, s.split, s.checkBefore, s.checkAfter, s.pickPackages, s.collect, s.writeInstall} {
		if why := work(); why != "" {
			return nil, oneLine(why)
		}
	}
	if _, err := history.ParseDockerfile("Dockerfile", []byte(s.write())); err != nil {
		return nil, "the result would be no Dockerfile"
	}
	return s, ""
}

// kindOfStep is what a build stage makes of an instruction.
type kindOfStep uint8

const (
	setting  kindOfStep = iota // of the config: both stages have it
	account                    // RUN useradd and the like: both stages have it
	installs                   // a RUN that does nothing but install packages
	mixed                      // one that does more in the same layer
	works                      // any other RUN
	brings                     // COPY and ADD
)

// stageStep is one instruction of the last stage.
type stageStep struct {
	history.Step
	raw      string // its lines, with their ends
	text     string // as rules read it
	kind     kindOfStep
	layers   []int
	needs    bool // may need a compiler
	run      *rewrite.Run
	packages []aptInstall
	accounts []string // commands of an install that the new stage needs, too
	fault    string   // why a build stage cannot have it
}
