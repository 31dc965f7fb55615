package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tare-oci/tare/model"
)

// Ignore is an entry of the settings that keeps bytes from counting. At least one of Rule, Path
// and Package is set. If several are, bytes must match all of them.
type Ignore struct {
	Rule    string
	Path    string // a pattern, see Glob
	Package string // the name of a package that owns the file

	Reason  string
	Expires string // YYYY-MM-DD, the last day on which it holds; "" never
	Where   string // file and line
}

// what names it for a person.
func (g *Ignore) what() string {
	var parts []string
	for _, part := range []struct{ word, value string }{{"rule", g.Rule}, {"path", g.Path}, {"package", g.Package}} {
		if part.value != "" {
			parts = append(parts, part.word+" "+part.value)
		}
	}
	return strings.Join(parts, ", ")
}

// byRule reports whether it suppresses whole findings.
func (g *Ignore) byRule() bool { return g.Path == "" && g.Package == "" }

func (g *Ignore) expired(today time.Time) bool {
	return g.Expires != "" && today.UTC().Format(time.DateOnly) > g.Expires
}

// suppression is what is left of a report's findings after the ignores.
type suppression struct {
	left    []int64    // by finding: bytes that still count
	whole   []bool     // by finding: nothing of it counts
	paths   [][]string // by finding: paths of one without bytes that still count
	ignored []model.Ignored
	expired []model.Threshold // a failure for each ignore that has expired
}

func newSuppression(r *model.Report) *suppression {
	p := &suppression{left: make([]int64, len(r.Findings)), whole: make([]bool, len(r.Findings)), paths: make([][]string, len(r.Findings))}
	for i := range r.Findings {
		p.left[i], p.paths[i] = r.Findings[i].Bytes, r.Findings[i].Paths
	}
	return p
}

// suppress applies ignores to a report. Entries by rule go first, and each takes whole
// findings. Each file version in the remaining findings goes to the first entry that matches
// it. An entry that has expired takes nothing and makes the gate fail.
func suppress(r *model.Report, ignores []Ignore, today time.Time) (*suppression, error) {
	p := newSuppression(r)
	var holds, expired []Ignore
	for _, g := range ignores {
		if g.expired(today) {
			expired = append(expired, g)
		} else {
			holds = append(holds, g)
		}
	}
	taken, err := assign(r, holds)
	if err != nil {
		return nil, err
	}
	for k, bytes := range taken {
		for i, n := range bytes {
			p.left[i] -= n
			p.takePaths(i, &r.Findings[i], &holds[k])
		}
	}
	for _, bytes := range taken {
		for i := range bytes {
			p.whole[i] = p.left[i] == 0 && (r.Findings[i].Bytes > 0 || len(r.Findings[i].Paths) == 0 || len(p.paths[i]) == 0)
		}
	}
	for k := range holds {
		p.ignored = append(p.ignored, p.entry(r, &holds[k], taken[k]))
	}
	for k := range expired {
		t, err := p.expiredThreshold(r, &expired[k])
		if err != nil {
			return nil, err
		}
		p.expired = append(p.expired, t)
	}
	return p, nil
}

// entry tells what an ignore suppresses.
func (p *suppression) entry(r *model.Report, g *Ignore, taken map[int]int64) model.Ignored {
	entry := model.Ignored{Where: g.Where, What: g.what(), Reason: g.Reason, Expires: g.Expires}
	for i, n := range taken {
		entry.Bytes += n
		if p.whole[i] {
			entry.Findings = append(entry.Findings, i)
		} else {
			entry.Partly = append(entry.Partly, i)
			entry.Paths = append(entry.Paths, g.excused(&r.Findings[i])...)
		}
	}
	slices.Sort(entry.Paths)
	entry.Paths = slices.Compact(entry.Paths)
	slices.Sort(entry.Findings)
	slices.Sort(entry.Partly)
	return entry
}

// takePaths takes away the paths of a finding without bytes that an entry which takes it is about.
func (p *suppression) takePaths(i int, f *model.Finding, g *Ignore) {
	if f.Bytes > 0 {
		return
	}
	excused := g.excused(f)
	p.paths[i] = slices.DeleteFunc(slices.Clone(p.paths[i]), func(path string) bool { return slices.Contains(excused, path) })
}

// excused returns the paths of a finding without bytes that an entry is about: all of them if it has
// no path.
func (g *Ignore) excused(f *model.Finding) []string {
	if f.Bytes > 0 {
		return nil
	}
	if g.Path == "" {
		return f.Paths
	}
	glob, err := ParseGlob(g.Path)
	if err != nil { // as assign reported before
		return nil
	}
	return slices.DeleteFunc(slices.Clone(f.Paths), func(path string) bool { return !glob.Match(path) })
}

// expiredThreshold is the failed threshold for an ignore that has expired. It lists the findings
// that count again.
func (p *suppression) expiredThreshold(r *model.Report, g *Ignore) (model.Threshold, error) {
	taken, err := assign(r, []Ignore{*g})
	if err != nil {
		return model.Threshold{}, err
	}
	t := model.Threshold{Name: "ignore-expired", From: g.Where, Rule: g.Rule, Figure: "expired", Limit: g.Expires}
	for i := range taken[0] {
		if !p.whole[i] {
			t.Findings = append(t.Findings, i)
		}
	}
	slices.SortFunc(t.Findings, func(a, b int) int { return cmp.Or(cmp.Compare(p.left[b], p.left[a]), cmp.Compare(a, b)) })
	t.Reason = g.what() + " was ignored until then (" + g.Reason + ")"
	if len(t.Findings) == 0 {
		t.Reason += "; nothing is left of it, so remove the entry"
	} else {
		t.Reason += "; fix what is left of it, or give the entry a later date"
	}
	return t, nil
}

// assign returns, for each ignore, which findings it takes bytes of, and how many.
func assign(r *model.Report, ignores []Ignore) ([]map[int]int64, error) {
	taken := make([]map[int]int64, len(ignores))
	whole := make([]bool, len(r.Findings))
	var exact []matcher
	for k := range ignores {
		g := &ignores[k]
		taken[k] = map[int]int64{}
		if !g.byRule() {
			m, err := newMatcher(r, g, taken[k])
			if err != nil {
				return nil, err
			}
			exact = append(exact, m)
			continue
		}
		for i := range r.Findings {
			if r.Findings[i].Rule == g.Rule && !whole[i] {
				whole[i] = true
				taken[k][i] = r.Findings[i].Bytes
			}
		}
	}
	if len(exact) == 0 {
		return taken, nil
	}
	takeWeightless(r, exact, whole)
	return taken, takeVersions(r, exact, whole)
}

// matcher takes versions for an ignore by path or package.
type matcher struct {
	*Ignore
	glob     Glob
	packages map[int32]bool // indexes of the report's, nil where any will do
	taken    map[int]int64
}

func newMatcher(r *model.Report, g *Ignore, taken map[int]int64) (matcher, error) {
	m := matcher{Ignore: g, taken: taken}
	if g.Path != "" {
		glob, err := ParseGlob(g.Path)
		if err != nil {
			return m, fmt.Errorf("%s: path %q: %w", g.Where, g.Path, err)
		}
		m.glob = glob
	}
	if g.Package != "" {
		m.packages = map[int32]bool{}
		for i := range r.Packages {
			if r.Packages[i].Name == g.Package {
				m.packages[int32(i)] = true
			}
		}
	}
	return m, nil
}

// takeWeightless assigns the findings without bytes, which have no file versions. Each goes to
// an entry that matches everything the finding names, and else to all entries that match some of its
// paths: those excuse these paths, and the others still count.
func takeWeightless(r *model.Report, exact []matcher, whole []bool) {
	for i := range r.Findings {
		f := &r.Findings[i]
		if whole[i] {
			continue
		}
		// What is only possible holds bytes that are in use, so no version of a file is its own.
		if k := slices.IndexFunc(exact, func(m matcher) bool { return m.takesWhole(f) }); k >= 0 && f.Bytes > 0 {
			exact[k].taken[i], whole[i] = f.Bytes, true
			continue
		}
		if f.Bytes > 0 {
			continue
		}
		for k := range exact {
			m := &exact[k]
			if m.names(f) && (m.matchesAll(f.Paths) || m.Path != "" && slices.ContainsFunc(f.Paths, m.glob.Match)) {
				m.taken[i] = 0
			}
		}
	}
}

// takesWhole reports whether an entry by rule and package is about a finding that is only possible.
func (m *matcher) takesWhole(f *model.Finding) bool {
	return m.Rule == f.Rule && m.Package != "" && m.Path == "" && !f.Wasted() && slices.Contains(f.Packages, m.Package)
}

// names reports whether an entry is about the finding's rule, and about the only package that the
// finding names.
func (m *matcher) names(f *model.Finding) bool {
	if m.Rule != "" && m.Rule != f.Rule {
		return false
	}
	return m.Package == "" || len(f.Packages) > 0 && !slices.ContainsFunc(f.Packages, func(p string) bool { return p != m.Package })
}

// matchesAll reports whether an entry without a path, or with one that matches all of these, was
// given.
func (m *matcher) matchesAll(paths []string) bool {
	return m.Path == "" || len(paths) > 0 && !slices.ContainsFunc(paths, func(p string) bool { return !m.glob.Match(p) })
}

// undecided returns the first entry of which nobody can tell without the image's files how many
// bytes it takes; -1 for none. An entry that no finding's paths and packages match takes nothing.
func undecided(r *model.Report, exact []matcher, whole []bool) int {
	for k := range exact {
		m := &exact[k]
		for i := range r.Findings {
			f := &r.Findings[i]
			if f.Bytes == 0 || whole[i] || m.Rule != "" && m.Rule != f.Rule || m.Package != "" && !slices.Contains(f.Packages, m.Package) {
				continue
			}
			if m.Path == "" || f.FileCount > len(f.Paths) || slices.ContainsFunc(f.Paths, m.glob.Match) {
				return k
			}
		}
	}
	return -1
}

// takeVersions assigns the file versions of findings. It needs the tree.
func takeVersions(r *model.Report, exact []matcher, whole []bool) error {
	t := r.Tree
	if t == nil {
		k := undecided(r, exact, whole)
		if k < 0 {
			return nil
		}
		return fmt.Errorf("%s: ignoring %s needs the image's files, which the saved report of %s lacks; save it with --files, or name the image",
			exact[k].Where, exact[k].what(), r.Image.Reference)
	}
	names := t.VisibleNames()
	for id := range t.Records {
		rec := &t.Records[id]
		if rec.Finding() == model.NoFinding || int(rec.Finding()) >= len(r.Findings) || whole[rec.Finding()] {
			continue
		}
		i := int(rec.Finding())
		var paths []string
		for _, n := range names.Of(model.RecordID(id)) {
			paths = append(paths, t.Path(n))
		}
		if len(paths) == 0 {
			paths = []string{t.Path(rec.Node)}
		}
		for k := range exact {
			if exact[k].matches(r, model.RecordID(id), i, paths) {
				exact[k].taken[i] += rec.Size.Bytes()
				break
			}
		}
	}
	return nil
}

// matches reports whether an ignore matches a file version of a finding. It is enough if one
// of the version's hard links matches.
func (m *matcher) matches(r *model.Report, id model.RecordID, finding int, paths []string) bool {
	if m.Rule != "" && m.Rule != r.Findings[finding].Rule {
		return false
	}
	if m.Package != "" && !m.packages[int32(r.Tree.Owner(id))] {
		return false
	}
	return m.Path == "" || slices.ContainsFunc(paths, m.glob.Match)
}
