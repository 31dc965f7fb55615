package fix

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/fix/multistage"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/analyze/rules/toolchain"
	"github.com/tare-oci/tare/model"
)

// askForMultiStage is how a person asks for a build stage.
const askForMultiStage = "tare fix --strategy multi-stage"

// buildStage is a build stage that was made.
type buildStage struct {
	*multistage.Proposal
	// exclusive says of each finding whether nothing but the build stage saves its
	// bytes.
	exclusive []bool
}

// proposeBuildStage proposes a build stage for the findings of build tools, and makes
// the edit if the options ask for it. It comes last: the proposal starts from the
// Dockerfile as the other edits have left it.
func (p *plan) proposeBuildStage() {
	purged := p.purgedTools()
	kept := p.keptTools()
	if len(p.tools)+len(purged)+len(kept) == 0 {
		return
	}
	p.result.staged = true
	in := multistage.Input{
		Report: p.report, Build: p.build, Findings: slices.Concat(p.tools, kept), Purged: purged, Dockerfile: p.doc.bytes(), Original: p.original,
		Instructions: p.build.Instructions, Lines: p.lines(), Layers: p.build.Layers,
	}
	proposal, err := multistage.Propose(in)
	if err == nil && p.opt.Stage == AnyStage {
		if in.KeepEdits = p.loses(proposal); in.KeepEdits {
			if proposal, err = multistage.Propose(in); err != nil {
				return // it was one a moment ago
			}
		}
		p.makeStage(proposal, in.KeepEdits)
		return
	}
	p.result.refused = err
	p.leaveTools(err)
	p.tellStage(purged, err)
	p.leaveKept(kept, err)
}

// loses reports whether a stage that is written without the edits of the build copies much that
// these remove: packages for development only, say.
func (p *plan) loses(proposal *multistage.Proposal) bool {
	lost := int64(0)
	for i := range p.report.Findings {
		f := &p.report.Findings[i]
		if !p.result.Saved[i] || f.Instruction == nil || slices.Contains(proposal.Repeated, *f.Instruction) || p.line(f) == 0 || p.line(f) > proposal.LastLine || !p.isSavedByInstruction(i) {
			continue
		}
		if bytes := p.result.bytesOf(p.report, i); bytes > 0 {
			lost += bytes - min(bytes, droppedOf(p.report, proposal.Dropped, i))
		}
	}
	return lost >= max(p.opt.Floor, model.MinFloor)
}

// isSavedByInstruction reports whether an edit of instructions saves a finding, not one of
// .dockerignore.
func (p *plan) isSavedByInstruction(finding int) bool {
	return slices.ContainsFunc(p.result.Applied, func(a Applied) bool {
		return a.Line > 0 && (slices.Contains(a.Findings, finding) || slices.Contains(a.Also, finding))
	})
}

// makeStage puts a proposal in place of the file. keepEdits is true where the edits of the build
// stage stand in it.
func (p *plan) makeStage(proposal *multistage.Proposal, keepEdits bool) {
	touched := p.replaceFile(proposal.Dockerfile, proposal.FromLine, proposal.KeptLines)
	settled := slices.Clone(p.tools)
	if !keepEdits {
		settled = p.absorb(proposal)
	}
	also := p.saveWithStage(proposal, settled)
	p.result.Applied = append(p.result.Applied, Applied{Rule: "build-tools", Strategy: model.MultiStage, Findings: settled, Also: also, Line: p.oldLine(proposal.FromLine), Instructions: touched,
		Summary: stageSummary(proposal),
		Risk:    riskOf(proposal)})
}

// stageSummary says what a build stage does.
func stageSummary(p *multistage.Proposal) string {
	summary := fmt.Sprintf("Build in a separate stage (AS %s), and copy the result into the final stage.", p.Stage)
	if p.Starts != "" {
		summary += fmt.Sprintf(" Start %s directly, so that npm is not needed in it.", p.Starts)
	}
	return summary
}

// riskOf says what happens if a build stage is wrong, and where to look first.
func riskOf(p *multistage.Proposal) string {
	risk := "A program may need a file that tare could not see it load"
	if p.Pruned {
		risk += ", or a package from devDependencies"
	}
	if p.Starts != "" {
		risk += ", or reads a variable that npm sets (npm_package_version)"
	}
	risk += "; test the image before you ship it"
	if len(p.Doubts) > 0 {
		risk += ", since " + string(p.Doubts[0])
	}
	return risk + "."
}

// leaveTools notes that findings of build tools stay. why is why there is no build stage for
// them, nil where there could be one.
func (p *plan) leaveTools(why error) {
	for _, i := range p.tools {
		p.leave(i, p.report.Findings[i].Fix.Summary, false)
		if errors.Is(why, multistage.ErrUnused) && p.isOfRun(i) {
			p.result.Unused = append(p.result.Unused, i)
		}
	}
	p.tellStage(p.tools, why)
}

// isOfRun reports whether a RUN made what a finding is of.
func (p *plan) isOfRun(finding int) bool {
	at := p.report.Findings[finding].Instruction
	return at != nil && *at >= 0 && *at < len(p.report.Instructions) && p.report.Instructions[*at].Keyword == "RUN"
}

// LeaveUnused is what to do about build tools that nothing is built with.
const LeaveUnused = "Leave the tools out of the install: no later RUN seems to use them."

// tellStage adds to what is said of findings that stay that a build stage saves them, or why
// there is none.
func (p *plan) tellStage(findings []int, why error) {
	for k := range p.result.Left {
		l := &p.result.Left[k]
		if !slices.Contains(findings, l.Finding) || l.Small {
			continue
		}
		switch {
		case why == nil:
			l.unstaged = l.Why
			l.Why += " " + askForMultiStage + " writes that stage."
		case p.opt.Stage != AnyStage && slices.Contains(p.result.Unused, l.Finding) && p.build.BuiltOn() != "":
			l.Why = p.build.BuiltOn() + " builds on the image, and may use them."
		case p.opt.Stage != AnyStage && slices.Contains(p.result.Unused, l.Finding):
			l.Why = LeaveUnused
		case p.opt.Stage == AnyStage:
			l.Why, l.Blocked = "tare proposes no build stage: "+why.Error()+". "+l.Why, true
		case p.opt.Stage == NoStage && p.standsInTheWay(why):
			l.Why += " Other edits stand in the way of that stage; tare fix without --strategy finds out which save more."
		default:
			l.unstaged = l.Why
			l.Why += " tare cannot work such a stage out here: " + why.Error() + "."
		}
	}
}

// standsInTheWay reports whether a stage was refused for an instruction that an edit has changed.
func (p *plan) standsInTheWay(why error) bool {
	var refusal *multistage.Refusal
	return errors.As(why, &refusal) && slices.ContainsFunc(p.result.Applied, func(a Applied) bool { return overlap(a.Instructions, refusal.Origins) })
}

// keptTools returns the findings of recommended packages whose edit keeps build tools,
// since an instruction of the build needs them.
func (p *plan) keptTools() (kept []int) {
	if len(p.opt.Rules) > 0 && !slices.Contains(p.opt.Rules, "build-tools") || advice.BuildsThings(p.build) {
		return nil
	}
	for _, a := range p.result.Applied {
		if a.Rule == "apt-recommends" && slices.ContainsFunc(a.Keeps, isTool) {
			kept = append(kept, slices.DeleteFunc(slices.Clone(a.Findings), func(i int) bool { return p.report.Findings[i].Rule != a.Rule })...)
		}
	}
	return kept
}

func isTool(name string) bool { return toolchain.KindOf("dpkg", name) != toolchain.None }

// leaveKept notes that build tools stay which the edit of recommended packages keeps. why is
// why there is no build stage for them, nil where there could be one.
func (p *plan) leaveKept(kept []int, why error) {
	for _, i := range kept {
		f := &p.report.Findings[i]
		p.leave(i, "The build needs "+strings.Join(slices.DeleteFunc(slices.Clone(f.Fix.Keeps), func(name string) bool { return !isTool(name) }), ", ")+", but the container may not.", false)
		p.result.Left[len(p.result.Left)-1].Bytes = stayBytes(f)
	}
	p.tellStage(kept, why)
}

// absorb takes back the edits of the build stage, which is written as it was, since what
// they remove is not copied. It returns the findings that the build stage settles: those of
// build tools, and those that asked for these edits.
func (p *plan) absorb(proposal *multistage.Proposal) []int {
	settled := slices.Clone(p.tools)
	p.result.Applied = slices.DeleteFunc(p.result.Applied, func(a Applied) bool {
		if a.Line == 0 || a.Line > proposal.LastLine {
			return false
		}
		settled = append(append(settled, a.Findings...), a.Also...)
		return true
	})
	return settled
}

// purgedTools returns the findings whose files are of build tools that an instruction of
// the image installs and a later one removes.
func (p *plan) purgedTools() (purged []int) {
	for i := range p.report.Findings {
		f := &p.report.Findings[i]
		if p.result.Saved[i] || f.Inherited || f.Layer == nil || f.HiddenBy == nil || len(p.opt.Rules) > 0 && !slices.Contains(p.opt.Rules, "build-tools") {
			continue
		}
		made, hid := p.build.Step(f.Layer), p.build.Step(f.HiddenBy)
		if made != nil && hid != nil && made != hid && installsTools(made.Text) && removesPackages(hid.Text) {
			purged = append(purged, i)
		}
	}
	return purged
}

// installsTools reports whether a RUN installs build tools with apt-get.
func installsTools(text string) bool {
	return slices.ContainsFunc(commandsOf([]string{text}), func(c rewrite.Command) bool {
		sub, operands, ok := c.Apt()
		return ok && sub == "install" && slices.ContainsFunc(operands, isTool)
	})
}

// removesPackages reports whether a RUN removes packages with apt-get.
func removesPackages(text string) bool {
	return slices.ContainsFunc(commandsOf([]string{text}), func(c rewrite.Command) bool {
		sub, _, ok := c.Apt()
		return ok && (sub == "remove" || sub == "purge" || sub == "autoremove" || sub == "autopurge")
	})
}

// lines returns for each instruction of the history where it stands in the edited file.
func (p *plan) lines() []multistage.Line {
	starts := make(map[*piece]int)
	next := 1
	for _, piece := range p.doc.pieces {
		starts[piece] = next
		next += strings.Count(piece.raw, "\n")
	}
	lines := make([]multistage.Line, len(p.at))
	for i, piece := range p.at {
		if piece != nil {
			lines[i] = multistage.Line{Number: starts[piece], Shared: piece.fault != "", Origins: piece.origins}
		}
	}
	return lines
}

// oldLine is where the last stage begins in the old file, given the line of its FROM in
// the edited one: the edits before may have moved it, but never past the first
// instruction of the image.
func (p *plan) oldLine(from int) int {
	for _, in := range p.report.Instructions {
		if in.Location != nil && !in.Inherited && in.Location.Line > 0 {
			return min(from, in.Location.Line)
		}
	}
	return from
}

// saveWithStage notes the findings whose bytes a build stage keeps out of the image:
// those that it settles, and those that lose more than half of their bytes, which it returns.
func (p *plan) saveWithStage(proposal *multistage.Proposal, settled []int) (also []int) {
	stage := &buildStage{Proposal: proposal, exclusive: make([]bool, len(p.report.Findings))}
	p.result.stage = stage
	dropped := make([]int64, len(p.report.Findings))
	for i := range p.report.Tree.Records {
		r := &p.report.Tree.Records[i]
		if proposal.Dropped[i] && int(r.Finding()) < len(dropped) {
			dropped[r.Finding()] += r.Size.Bytes()
		}
	}
	for i := range p.report.Findings {
		f := &p.report.Findings[i]
		if slices.Contains(settled, i) && f.Bytes > 0 && (dropped[i]*2 > f.Bytes || f.Instruction != nil && !slices.Contains(proposal.Repeated, *f.Instruction)) {
			stage.exclusive[i] = true // the edit that saved it is none any more
			p.result.Saved[i] = p.result.Saved[i] && dropped[i] > 0
		}
		if !p.result.Saved[i] && (slices.Contains(p.tools, i) || f.Bytes > 0 && dropped[i]*2 > f.Bytes) {
			p.result.Saved[i], stage.exclusive[i] = true, true
			if !slices.Contains(settled, i) {
				also = append(also, i)
			}
			p.result.Left = slices.DeleteFunc(p.result.Left, func(l Left) bool { return l.Finding == i })
		}
	}
	return also
}

// predictStage adds to a prediction what a build stage saves: the file versions that the
// new image does without, each counted once, whatever else saves it.
func (out *Result) predictStage(r *model.Report) {
	if out.stage == nil {
		return
	}
	var bytes, pull int64
	dropped := make([]int64, len(r.Findings))
	for i, goes := range out.stage.Dropped {
		if !goes {
			continue
		}
		record := &r.Tree.Records[i]
		bytes += record.Size.Bytes()
		pull += max(record.Compressed.Bytes(), 0)
		if int(record.Finding()) < len(dropped) {
			dropped[record.Finding()] += record.Size.Bytes()
		}
	}
	bytes -= out.stage.ExtraBytes
	for i := range r.Findings {
		f := &r.Findings[i]
		if !out.Saved[i] || out.stage.exclusive[i] {
			continue
		}
		if rest := out.bytesOf(r, i) - dropped[i]; rest > 0 {
			bytes += rest
			if f.CompressedBytes != nil {
				pull += share(*f.CompressedBytes, rest, f.Bytes)
			}
		}
	}
	out.SavedBytes, out.Size = bytes, r.Image.Size-bytes
	if whole := r.Image.CompressedSize; whole != nil {
		out.SavedPullBytes, out.PullSize = &pull, model.Ptr(*whole-pull)
	}
}

// droppedOf returns how many bytes of a finding a new image does without.
func droppedOf(r *model.Report, dropped []bool, finding int) (bytes int64) {
	for i, goes := range dropped {
		if record := &r.Tree.Records[i]; goes && int(record.Finding()) == finding {
			bytes += record.Size.Bytes()
		}
	}
	return bytes
}
