package gate

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// churn is the rule that finds package databases which were written again by a further run of
// the package manager.
const churn = "package-db-churn"

// surer lists, for each confidence, those that are at least as sure.
var surer = map[model.Confidence][]model.Confidence{
	model.Certain:  {model.Certain},
	model.Likely:   {model.Certain, model.Likely},
	model.Possible: {model.Certain, model.Likely, model.Possible},
}

// anySure are all confidences.
var anySure = surer[model.Possible]

// scale adds up the findings of a scope. left says, by finding, how many of its bytes no ignore
// suppresses.
type scale struct {
	report   *model.Report
	scope    string
	findings []int // of the scope, most bytes first
	left     []int64
	paths    [][]string       // by finding: of one without bytes, those that no ignore excuses
	size     int64            // of the scope
	floor    int64            // in bytes
	savings  []saving         // also those below the floor
	avoided  int64            // avoidable, as the reports say it: all of it, whatever the gate passes over
	bases    int64            // besides, in the scope of all: what the base image wastes
	prices   map[string]int64 // avoidable, but the price of what a team does every week (see passedOver)
	ignored  int64            // avoidable or the base image's, but the settings ignore it
	judged
}

// judged is what limits need in addition to the report.
type judged struct {
	growth  *Growth // nil without an older image
	allowed []Allowance
	today   time.Time
}

func newScale(r *model.Report, scope string, p *suppression, floor *Floor) *scale {
	s := &scale{report: r, scope: scope, left: p.left, paths: p.paths, size: r.Image.Size, prices: make(map[string]int64)}
	s.save(p)
	if scope == model.ScopeOwn {
		s.size = r.Summary.Own.Size
	}
	s.floor = floor.of(s.size)
	for i := range r.Findings {
		f := &r.Findings[i]
		if scope == model.ScopeOwn && (f.Inherited && !slices.Contains(r.Risks, f.ID) || f.Rule == churn && f.HidesBase(r.Layers)) || p.whole[i] {
			continue
		}
		s.findings = append(s.findings, i)
	}
	slices.SortStableFunc(s.findings, func(a, b int) int { return cmp.Compare(s.left[b], s.left[a]) })
	return s
}

// matching returns the findings that count and for which keep holds, and their bytes.
func (s *scale) matching(keep func(f *model.Finding) bool) (indexes []int, bytes int64) {
	for _, i := range s.findings {
		if keep(&s.report.Findings[i]) {
			indexes = append(indexes, i)
			bytes += s.left[i]
		}
	}
	return indexes, bytes
}

// avoidable is the sum of savings at or above the floor.
type avoidable struct {
	bytes    int64
	findings []int    // most bytes first
	changes  []string // ids of the report's changes
	small    int      // how many savings are below the floor
	spared   int64    // their bytes
}

// avoidable adds up the savings that are at least as sure as a confidence.
func (s *scale) avoidable(least model.Confidence) avoidable { return s.above(least, s.floor) }

// above adds up the savings of at least so many bytes.
func (s *scale) above(least model.Confidence, floor int64) avoidable {
	var sum avoidable
	for i := range s.savings {
		bytes := s.savings[i].of(s.report, surer[least])
		switch {
		case bytes == 0:
			continue
		case bytes < floor:
			sum.small++
			sum.spared += bytes
			continue
		}
		sum.bytes += bytes
		if c := s.savings[i].change; c != nil {
			sum.changes = append(sum.changes, c.ID)
		}
		for _, c := range s.savings[i].findings {
			if slices.Contains(surer[least], s.report.Findings[c.finding].Confidence) {
				sum.findings = append(sum.findings, c.finding)
			}
		}
	}
	return sum
}

// together adds up the savings as avoidable does. If the savings below the floor reach it in sum,
// they count, too: forty needless files of 900 kB are 36 MB.
func (s *scale) together(least model.Confidence) avoidable {
	sum := s.avoidable(least)
	if sum.small == 0 || sum.bytes+sum.spared < s.floor {
		return sum
	}
	return s.above(least, 0)
}

// reason tells what a sum is a part of, in the word of the reports, and what of that the
// gate passes over.
func (s *scale) reason(sum *avoidable) string {
	of := display.Bytes(s.size)
	if s.scope == model.ScopeOwn && s.report.Image.Base.How != model.BaseNone {
		of = "own " + of
	}
	var less []string
	for _, price := range []string{ofManagers, ofBase} {
		if bytes := s.prices[price]; bytes > 0 {
			less = append(less, display.Bytes(bytes)+" "+price)
		}
	}
	if s.ignored > 0 {
		less = append(less, display.Bytes(s.ignored)+" that the settings ignore")
	}
	what, all, left := "avoidable "+display.Bytes(s.avoided), s.avoided+s.bases, s.above(model.Likely, 0).bytes
	if s.bases > 0 {
		what += " + " + display.Bytes(s.bases) + " that the base image wastes"
	}
	if len(less) == 0 || s.looksLike(left, all) {
		return what + " = " + display.Share(all, s.size) + " of " + of + s.belowFloor(sum)
	}
	return what + " of " + of + "; " + strings.Join(less, " and ") + " do not count, which leaves " +
		display.Bytes(left) + " = " + display.Share(left, s.size) + s.belowFloor(sum)
}

// looksLike reports whether two figures of the scope are one as people read them.
func (s *scale) looksLike(a, b int64) bool {
	return display.Bytes(a) == display.Bytes(b) && display.Share(a, s.size) == display.Share(b, s.size)
}

// belowFloor says what the floor leaves out, "" if it leaves out nothing.
func (s *scale) belowFloor(sum *avoidable) string {
	if sum.small == 0 {
		return ""
	}
	if sum.small == 1 {
		return "; 1 change of " + display.Bytes(sum.spared) + " below the floor of " + display.Bytes(s.floor) + " does not count"
	}
	return "; " + display.Plural(sum.small, "change") + " of " + display.Bytes(sum.spared) + " in all below the floor of " + display.Bytes(s.floor) + " do not count"
}
