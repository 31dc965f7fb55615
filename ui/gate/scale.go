package gate

import (
	"cmp"
	"slices"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// churn is the rule whose findings in the base nobody above it can fix.
const churn = "package-db-churn"

// scale weighs what a scope counts. left says by finding how many of its bytes
// no settings suppress.
type scale struct {
	report   *model.Report
	scope    string
	findings []int // that count, most bytes first
	left     []int64
	wasted   int64 // bytes of those that are certain or likely
	size     int64 // of the scope
}

func newScale(r *model.Report, scope string, p *suppression) *scale {
	s := &scale{report: r, scope: scope, left: p.left, size: r.Image.Size}
	if scope == model.ScopeOwn {
		s.size = r.Summary.Own.Size
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		ofBase := f.Layer != nil && *f.Layer < len(r.Layers) && r.Layers[*f.Layer].Inherited
		if scope == model.ScopeOwn && (f.Inherited || ofBase && f.Rule == churn) || p.whole[i] {
			continue
		}
		s.findings = append(s.findings, i)
		if !f.Wasted() {
			continue
		}
		s.wasted += s.left[i]
		if scope == model.ScopeOwn && ofBase {
			s.size += s.left[i]
		}
	}
	slices.SortStableFunc(s.findings, func(a, b int) int { return cmp.Compare(s.left[b], s.left[a]) })
	return s
}

// matching returns the findings that count and for which keep holds, and their bytes.
func (s *scale) matching(keep func(f *model.Finding, left int64) bool) (indexes []int, bytes int64) {
	for _, i := range s.findings {
		if keep(&s.report.Findings[i], s.left[i]) {
			indexes = append(indexes, i)
			bytes += s.left[i]
		}
	}
	return indexes, bytes
}

// waste returns the findings that waste bytes.
func (s *scale) waste() []int {
	indexes, _ := s.matching(func(f *model.Finding, left int64) bool { return f.Wasted() && left > 0 })
	return indexes
}

// share tells the waste and of what it is a part.
func (s *scale) share() string {
	of := display.Bytes(s.size)
	if s.scope == model.ScopeOwn && s.report.Image.Base.How != model.BaseNone {
		of += " above the base"
	}
	return display.Bytes(s.wasted) + " of " + of + " wasted"
}
