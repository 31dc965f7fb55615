package gate

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// saving is what one change would remove, as far as the gate counts it.
type saving struct {
	change   *model.Change // nil for what the base image alone could spare
	findings []counted     // most bytes first
}

// counted is what a saving takes of a finding.
type counted struct {
	finding int // index in the report
	bytes   int64
}

// of returns the bytes of a saving that are at least so sure.
func (a *saving) of(r *model.Report, sure []model.Confidence) (bytes int64) {
	for _, c := range a.findings {
		if slices.Contains(sure, r.Findings[c.finding].Confidence) {
			bytes += c.bytes
		}
	}
	return bytes
}

// save lists what the changes of the report would take away of the scope, less what is
// suppressed and what a gate has to let pass (see [passedOver]), which it adds up apart; the
// most bytes first.
func (s *scale) save(p *suppression) {
	r := s.report
	index := make(map[string]int, len(r.Findings))
	for i := range r.Findings {
		index[r.Findings[i].ID] = i
	}
	taken := make([]bool, len(r.Findings))
	for i := range r.Changes {
		c := &r.Changes[i]
		a := saving{change: c}
		held := int64(0)
		for _, id := range c.Findings {
			at, ok := index[id]
			if !ok || r.Findings[at].Inherited && s.scope == model.ScopeOwn {
				continue
			}
			held += r.Findings[at].Bytes
			a.findings = append(a.findings, counted{at, r.Findings[at].Bytes})
			taken[at] = true
		}
		a.keep(r, held-c.Bytes) // what the change leaves of its findings, such as packages that it keeps
		s.pass(&a, p)
		s.savings = append(s.savings, a)
	}
	if s.scope == model.ScopeAll {
		for i := range r.Findings {
			if f := &r.Findings[i]; !taken[i] && (f.Inherited || isBases(f)) && f.Wasted() {
				a := saving{findings: []counted{{i, f.Bytes}}}
				s.bases += f.Bytes
				s.pass(&a, p)
				s.savings = append(s.savings, a)
			}
		}
	}
	s.savings = slices.DeleteFunc(s.savings, func(a saving) bool { return len(a.findings) == 0 })
	slices.SortStableFunc(s.savings, func(a, b saving) int { return cmp.Compare(b.of(r, anySure), a.of(r, anySure)) })
}

// keep takes the bytes that a change leaves off its findings: first off those that are no
// waste, then off the largest.
func (a *saving) keep(r *model.Report, excess int64) {
	slices.SortStableFunc(a.findings, func(x, y counted) int {
		if x, y := r.Findings[x.finding].Wasted(), r.Findings[y.finding].Wasted(); x != y {
			if y {
				return -1
			}
			return 1
		}
		return cmp.Compare(y.bytes, x.bytes)
	})
	for i := range a.findings {
		take := min(max(excess, 0), a.findings[i].bytes)
		a.findings[i].bytes -= take
		excess -= take
	}
}

// pass takes off a saving what the settings ignore and what the gate passes over. What of the
// saving is waste it adds up: all of it, and what it takes off.
func (s *scale) pass(a *saving, p *suppression) {
	for i := range a.findings {
		c := &a.findings[i]
		f := &s.report.Findings[c.finding]
		if a.change != nil && f.Wasted() {
			s.avoided += c.bytes
		}
		counts := max(c.bytes-(f.Bytes-p.left[c.finding]), 0)
		if f.Wasted() {
			s.ignored += c.bytes - counts
		}
		c.bytes = counts
		price := passedOver(s.report, f)
		if price == "" || s.scope == model.ScopeAll && a.change == nil {
			continue
		}
		if f.Wasted() {
			s.prices[price] += c.bytes
		}
		c.bytes = 0
	}
	a.findings = slices.DeleteFunc(a.findings, func(c counted) bool { return c.bytes == 0 })
	slices.SortStableFunc(a.findings, func(x, y counted) int { return cmp.Compare(y.bytes, x.bytes) })
}

// What a finding is the price of, so that it never counts.
const (
	ofManagers = "that each run of a package manager leaves"
	ofBase     = "that only another base image could spare"
)

// passedOver says which price of something that a team does every week a finding is, ""
// where it is none. A gate that counted it would be switched off: another run of a package
// manager (its databases are written again, with copies of the old ones beside them), and
// what the base image brings.
func passedOver(r *model.Report, f *model.Finding) string {
	outside := func(p string) bool {
		return !strings.HasPrefix(p, "var/lib/dpkg/") && !strings.HasPrefix(p, "var/cache/debconf/") && !strings.HasPrefix(p, "etc/")
	}
	switch {
	case f.Rule == churn, f.Rule == "backup-files" && len(f.Paths) > 0 && !slices.ContainsFunc(f.Paths, outside):
		return ofManagers
	case isBases(f) && f.HidesBase(r.Layers):
		return ofBase
	}
	return ""
}

// isBases reports whether only another base image would remove the waste.
func isBases(f *model.Finding) bool { return f.Fix != nil && f.Fix.Strategy == model.ChangeBase }
