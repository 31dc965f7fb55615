package changes

import (
	"cmp"
	"slices"

	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/model"
)

// Options says what a report's changes are worked out from.
type Options struct {
	// Dockerfile is the file that the report's locations are of; nil where nobody
	// has it, so that the edits are those of the history's instructions.
	Dockerfile []byte
	// Ignore and IgnoreUnknown are those of [fix.Options].
	Ignore        []byte
	IgnoreUnknown bool
	// Build is what the rules knew when they proposed the fixes.
	Build *rules.Build
	// Mask hides secrets in the texts of the Dockerfile.
	Mask redact.Mask
}

// Fill works out a finished report's changes, risks and plan, and the summary's
// avoidable and unavoidable bytes. Where the Dockerfile cannot be edited at all, the
// edits are those of the history. The fix of build tools that nothing is built with is to leave
// them out. It changes nothing else of the report.
func Fill(r *model.Report, opt Options) {
	list := list{report: r, opt: opt, change: make([]int, len(r.Findings))}
	result := list.plan()
	list.leaveUnused(result)
	list.edits(result)
	list.others(result)
	list.finish(result)
	r.Risks = risks(r)
}

// leaveUnused says of build tools that nothing is built with to leave them out: a build stage,
// which their rule proposes before a plan is worked out, would have nothing to build.
func (l *list) leaveUnused(result *fix.Result) {
	for _, i := range result.Unused {
		if f := &l.report.Findings[i]; f.Fix != nil && f.Fix.Strategy == model.MultiStage {
			f.Fix = &model.Fix{Strategy: model.Manual, Summary: fix.LeaveUnused}
		}
	}
}

// list is a report's changes in the making.
type list struct {
	report  *model.Report
	opt     Options
	changes []*draft
	change  []int // by finding: the change it is in, from 1; 0 for none
	ofFile  bool  // the plan is of the Dockerfile, not of the history
}

// draft is a change before its findings are put in order.
type draft struct {
	model.Change
	findings []int   // indexes in the report
	bytes    []int64 // that each of them loses
	steps    []step
	planned  bool // the plan makes it
}

// plan asks package fix for the edits that tare fix writes by default.
func (l *list) plan() *fix.Result {
	opt := fix.Options{Stage: fix.SureStage, Own: l.report.Summary.Own.Size, Build: l.opt.Build, Ignore: l.opt.Ignore, IgnoreUnknown: l.opt.IgnoreUnknown}
	if l.opt.Dockerfile != nil {
		if result, err := fix.Plan(l.report, l.opt.Dockerfile, opt); err == nil {
			l.ofFile = true
			return result
		}
	}
	result, err := fix.PlanHistory(l.report, opt)
	if err != nil {
		return &fix.Result{Saved: make([]bool, len(l.report.Findings)), Size: l.report.Image.Size, PullSize: l.report.Image.CompressedSize}
	}
	return result
}

// put adds findings to a change; a finding that is in one already stays there.
func (l *list) put(d *draft, finding int, bytes int64) {
	if l.change[finding] != 0 {
		return
	}
	l.change[finding] = slices.Index(l.changes, d) + 1
	d.findings, d.bytes = append(d.findings, finding), append(d.bytes, bytes)
}

// add starts a change.
func (l *list) add(d *draft) *draft {
	l.changes = append(l.changes, d)
	return d
}

// finish gives the report its changes, in order, and their sums.
func (l *list) finish(result *fix.Result) {
	r := l.report
	r.Changes = []model.Change{}
	r.Plan = model.Plan{SizeAfter: result.Size, CompressedSizeAfter: result.PullSize}
	floor := model.Floor(r.Summary.Own.Size)
	avoidable, wasted := int64(0), model.WastedByID(r.Findings)
	for _, d := range l.changes {
		if len(d.findings) == 0 {
			continue
		}
		l.complete(d)
		d.BelowFloor = d.Bytes < floor && !d.planned
		d.Flags = l.flagsOf(d, result)
		if d.planned {
			r.Plan.Changes++
		}
		avoidable += d.Avoidable(wasted)
		r.Changes = append(r.Changes, d.Change)
	}
	slices.SortStableFunc(r.Changes, func(a, b model.Change) int {
		return cmp.Or(rank(&a)-rank(&b), cmp.Compare(b.Bytes, a.Bytes))
	})
	r.Summary.AvoidableBytes = min(avoidable, r.Summary.WastedBytes)
	r.Summary.UnavoidableBytes = r.Summary.WastedBytes - r.Summary.AvoidableBytes
}

// rank orders changes before their bytes do: those that help for sure, those that
// may help, those that are not worth a person's time.
func rank(c *model.Change) int {
	switch {
	case c.BelowFloor:
		return 2
	case c.Confidence == model.Possible:
		return 1
	}
	return 0
}

// complete fills in what follows from a change's findings.
func (l *list) complete(d *draft) {
	r := l.report
	order := make([]int, len(d.findings))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(d.bytes[b], d.bytes[a]) })
	d.Confidence = model.Certain
	pull := int64(0)
	known, sure := true, false
	for _, at := range order {
		f := &r.Findings[d.findings[at]]
		d.Findings = append(d.Findings, f.ID)
		d.Bytes += d.bytes[at]
		if f.CompressedBytes == nil {
			known = known && f.Bytes == 0
		} else if f.Bytes > 0 {
			pull += int64(float64(*f.CompressedBytes) * float64(d.bytes[at]) / float64(f.Bytes))
		}
		if f.Confidence != model.Possible {
			sure = true
			d.Confidence = lower(d.Confidence, f.Confidence)
		}
	}
	if !sure { // what is only possible goes along with the rest
		d.Confidence = model.Possible
	}
	if known && r.Image.CompressedSize != nil {
		d.CompressedBytes = &pull
	}
	first := &r.Findings[d.findings[order[0]]]
	d.ID = first.ID
	if d.Title == "" {
		d.Title = d.title()
	}
	if len(d.Instructions) == 0 && first.Instruction != nil {
		d.Instructions = []int{*first.Instruction}
	}
	if d.Location == nil && len(d.Instructions) > 0 {
		d.Location = r.Instructions[d.Instructions[0]].Location
	}
	for _, side := range []**string{&d.Before, &d.After} {
		if *side != nil {
			*side = model.Ptr(l.opt.Mask.Text(**side))
		}
	}
	d.Instructions, d.Files, d.Keeps = notNil(d.Instructions), notNil(d.Files), notNil(d.Keeps)
}

// notNil returns a list that JSON writes as one also where it is empty.
func notNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// lower returns the weaker of two confidences.
func lower(a, b model.Confidence) model.Confidence {
	for _, c := range []model.Confidence{model.Possible, model.Likely} {
		if a == c || b == c {
			return c
		}
	}
	return model.Certain
}

// risks lists the findings that stand above all bytes, those of the image's own layers:
// the surest first, else in the report's order. Where the base image ends is a guess if the history
// alone tells it: then what is certain counts in its layers, too, or a CMD in the middle of a
// Dockerfile would hide a key that was copied in above it.
func risks(r *model.Report) []string {
	ids := []string{}
	guessed := r.Image.Base.How == model.BaseByHistory && r.Image.Base.Layers > 1 && r.Dockerfile == nil
	for _, sure := range []model.Confidence{model.Certain, model.Likely, model.Possible} {
		for i := range r.Findings {
			f := &r.Findings[i]
			if rule, ok := catalogue.ByID(f.Rule); ok && rule.Risk && f.Confidence == sure && (!f.Inherited || guessed && sure == model.Certain) {
				ids = append(ids, f.ID)
			}
		}
	}
	return ids
}
