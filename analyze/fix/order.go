package fix

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/model"
)

// maxOrders is how many orders of the edits are tried.
const maxOrders = 6

// planOrders is planOnce in the order that saves most. Edits of the same instructions may exclude
// each other. So those that others stood in the way of are tried again in front of all others.
func planOrders(r *model.Report, parse func() (*document, []*piece), dockerfile []byte, opt Options) *Result {
	opt.flagged = flagRules(r, opt)
	opt.noMounts = slices.Concat(opt.noMounts, opt.flagged)
	first := append([]int{}, opt.order...)
	best, excluded := planOneWay(r, parse, dockerfile, opt, first)
	if best.order = first; opt.order != nil {
		return best
	}
	tried := make(map[int]bool)
	for range maxOrders - 1 {
		next := -1
		for _, i := range excluded {
			if !tried[i] && (next < 0 || r.Findings[i].Bytes > r.Findings[next].Bytes) {
				next = i
			}
		}
		if next < 0 {
			break
		}
		tried[next] = true
		order := append(slices.Clone(first), next)
		if result, others := planOneWay(r, parse, dockerfile, opt, order); result.SavedBytes > best.SavedBytes {
			best, excluded, first = result, others, order
			best.order = order
		}
	}
	return best
}

// planOnce makes the edits in one order, those of some findings first. excluded are the
// findings whose edit others stood in the way of.
func planOnce(r *model.Report, doc *document, at []*piece, dockerfile []byte, opt Options, first []int) (result *Result, excluded []int, mixed []string) {
	p := newPlan(r, doc, at, opt)
	p.first = first
	before := p.withoutLists()
	for _, g := range p.groups() {
		p.try(g)
	}
	p.savedAnyway()
	p.sideEffects()
	p.dropUseless()
	p.mergeCleanups()
	p.layOutMounts()
	p.result.losesLists = p.withoutLists() > before
	p.proposeBuildStage()
	p.spellPaths()
	result = p.result
	result.Old, result.New = dockerfile, p.doc.bytes()
	result.OldIgnore, result.NewIgnore = opt.Ignore, p.ignore.Bytes()
	mask := p.build.Mask // a rule that is asked again sees the lines as they are
	if mask == (redact.Mask{}) {
		mask = redact.New(p.build.Env)
	}
	result.mask = mask
	p.describeEdits(mask)
	for i := range result.Applied {
		result.Applied[i].Summary = mask.Text(result.Applied[i].Summary)
		result.Applied[i].Risk = mask.Text(result.Applied[i].Risk)
	}
	for i := range result.Left {
		result.Left[i].Why = mask.Text(result.Left[i].Why)
	}
	slices.SortStableFunc(result.Left, func(a, b Left) int { return cmp.Compare(b.Bytes, a.Bytes) })
	predict(r, result)
	result.predictStage(r)
	return result, p.excluded, p.mixed()
}

// planOneWay is planOnce, but keeps a rule's caches in mounts only where all RUNs that the
// edits change can have one: a cache that is half mounted and half removed is in nobody's way,
// but no author would write it.
func planOneWay(r *model.Report, parse func() (*document, []*piece), dockerfile []byte, opt Options, first []int) (result *Result, excluded []int) {
	for {
		doc, at := parse()
		result, excluded, mixed := planOnce(r, doc, at, dockerfile, opt, first)
		if reject := rejectLists(r, opt.Reject); result.losesLists && reject != nil {
			opt.Reject = reject
			continue
		}
		if len(mixed) == 0 {
			result.noMounts = opt.noMounts
			return result, excluded
		}
		opt.noMounts = slices.Concat(opt.noMounts, mixed) // each at most once
	}
}

// minMounted is how much of an image all its caches have to be, one byte of so many, for those to get a mount
// that a flag would keep from being written: for less, nobody has their Dockerfile need BuildKit.
const minMounted = 100

// flagRules returns the rules whose caches get a flag rather than a mount: those that are too small,
// and those where the author of a RUN gives some of its calls the flag already.
func flagRules(r *model.Report, opt Options) (ids []string) {
	if !opt.CacheMount {
		return nil
	}
	mounted, rules, styled := int64(0), make(map[string]bool), make(map[string]bool)
	for i := range r.Findings {
		f := &r.Findings[i]
		if !mountsCaches(f.Rule) || f.Inherited || f.Fix == nil || f.Fix.Before == nil || f.Fix.After == nil {
			continue
		}
		mounted += f.Bytes
		if f.Fix.Strategy != model.Flag {
			continue
		}
		rules[f.Rule] = true
		for _, word := range strings.Fields(*f.Fix.After) {
			had := strings.Count(*f.Fix.Before, word)
			styled[f.Rule] = styled[f.Rule] || strings.HasPrefix(word, "--no-") && had > 0 && had < strings.Count(*f.Fix.After, word)
		}
	}
	for id := range rules {
		if styled[id] || mounted*minMounted < r.Image.Size {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// mountsFor reports whether the caches of a rule are to be kept in mounts.
func (p *plan) mountsFor(rule string) bool {
	return p.opt.CacheMount && mountsCaches(rule) && !slices.Contains(p.opt.noMounts, rule)
}

// noteWay notes for mixed how an edit treats a rule's cache. One that takes a RUN out does
// neither.
func (p *plan) noteWay(rule string, e *edit) {
	if !p.mountsFor(rule) || len(e.after) == 0 {
		return
	}
	if e.strategy == model.CacheMount {
		p.mounted[rule] = true
	} else {
		p.removed[rule] = true
	}
}

// mixed returns the rules whose caches are mounted in some RUNs and removed in others.
func (p *plan) mixed() (ids []string) {
	for id := range p.mounted {
		if p.removed[id] {
			ids = append(ids, id)
		}
	}
	return ids
}
