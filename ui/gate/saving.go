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

// of returns how many bytes of a saving have at least this confidence.
func (s *saving) of(r *model.Report, sure []model.Confidence) (bytes int64) {
	for _, c := range s.findings {
		if slices.Contains(sure, r.Findings[c.finding].Confidence) {
			bytes += c.bytes
		}
	}
	return bytes
}

// savings lists what the changes of a report would remove from a scope, the most bytes first. It
// leaves out what is suppressed and what a gate must not count (see [passedOver]).
func savings(r *model.Report, scope string, p *suppression) []saving {
	index := make(map[string]int, len(r.Findings))
	for i := range r.Findings {
		index[r.Findings[i].ID] = i
	}
	var all []saving
	taken := make([]bool, len(r.Findings))
	for i := range r.Changes {
		s := saving{change: &r.Changes[i]}
		excess := -s.change.Bytes // what the change leaves of its findings, such as packages that it keeps
		for _, id := range s.change.Findings {
			at, ok := index[id]
			if !ok || r.Findings[at].Inherited && scope == model.ScopeOwn {
				continue
			}
			excess += r.Findings[at].Bytes
			if left := p.left[at]; left > 0 && !passedOver(r, &r.Findings[at]) {
				s.findings = append(s.findings, counted{at, left})
				taken[at] = true
			}
		}
		s.keep(excess)
		all = append(all, s)
	}
	if scope == model.ScopeAll {
		for i := range r.Findings {
			if f := &r.Findings[i]; !taken[i] && (f.Inherited || isBases(f)) && f.Wasted() && p.left[i] > 0 {
				all = append(all, saving{findings: []counted{{i, p.left[i]}}})
			}
		}
	}
	all = slices.DeleteFunc(all, func(s saving) bool { return len(s.findings) == 0 })
	slices.SortStableFunc(all, func(a, b saving) int { return cmp.Compare(b.of(r, anySure), a.of(r, anySure)) })
	return all
}

// keep subtracts the bytes that a change leaves in the image from its findings, the largest first.
func (s *saving) keep(excess int64) {
	slices.SortStableFunc(s.findings, func(a, b counted) int { return cmp.Compare(b.bytes, a.bytes) })
	for i := range s.findings {
		take := min(max(excess, 0), s.findings[i].bytes)
		s.findings[i].bytes -= take
		excess -= take
	}
	s.findings = slices.DeleteFunc(s.findings, func(c counted) bool { return c.bytes == 0 })
}

// passedOver reports whether a finding comes from everyday work, so that a gate that counted it
// would soon be switched off. That is another run of a package manager, which writes its
// databases again and keeps copies of the old ones, and what the base image brings.
func passedOver(r *model.Report, f *model.Finding) bool {
	return f.Rule == churn || f.Rule == "backup-files" && len(f.Paths) > 0 && !slices.ContainsFunc(f.Paths, func(p string) bool {
		return !strings.HasPrefix(p, "var/lib/dpkg/") && !strings.HasPrefix(p, "var/cache/debconf/") && !strings.HasPrefix(p, "etc/")
	}) || isBases(f) && f.HidesBase(r.Layers)
}

// isBases reports whether only another base image would remove the waste.
func isBases(f *model.Finding) bool { return f.Fix != nil && f.Fix.Strategy == model.ChangeBase }
