package fix

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// holders returns the findings that hold a finding's files: the finding itself, and those of the
// same rule in later layers where an instruction stored all of the files once more, with another
// owner or mode. The finished image shows the files of the last one. holders returns nil where
// the finished image does not show the files.
func (p *plan) holders(i int) []int {
	list := []int{i}
	for f := &p.report.Findings[i]; f.HiddenBy != nil; f = &p.report.Findings[i] {
		if f.Cause == nil || *f.Cause != model.Copied.String() {
			return nil
		}
		names, ok := p.names(i)
		if !ok {
			return nil
		}
		if i = p.repeatOf(f, names); i < 0 || slices.Contains(list, i) {
			return nil
		}
		list = append(list, i)
	}
	return list
}

// repeatOf returns the finding of the same rule, in the layer that hides a finding's files, that
// has files of all of names; -1 where there is none.
func (p *plan) repeatOf(f *model.Finding, names []string) int {
	for k := range p.report.Findings {
		g := &p.report.Findings[k]
		if g.Rule != f.Rule || g.Layer == nil || *g.Layer != *f.HiddenBy {
			continue
		}
		if all, ok := p.names(k); ok && containsAll(all, names) {
			return k
		}
	}
	return -1
}

// storedBefore returns the findings of the same rule whose files a finding holds all of once more, with
// another owner or mode: whatever keeps those from being stored keeps these. That is so where the
// instruction does nothing else than to change owners and modes: another apt-get update makes them anew.
func (p *plan) storedBefore(i int) []int {
	if p.before == nil {
		p.before = make(map[int][]int)
		for k := range p.report.Findings {
			f := &p.report.Findings[k]
			if f.HiddenBy == nil || f.Cause == nil || *f.Cause != model.Copied.String() || f.Fix == nil || editKey(f.Fix) == "" {
				continue
			}
			holders := p.holders(k)
			if len(holders) < 2 {
				continue
			}
			before, ok := p.names(k)
			for _, later := range holders[1:] {
				if names, known := p.names(later); ok && known && containsAll(before, names) && p.onlyChangesAttributes(later) {
					p.before[later] = append(p.before[later], k)
				}
			}
		}
	}
	return p.before[i]
}

// emptiedBefore returns the edit that removes all of a finding's files in an earlier RUN, before a RUN that only
// changes owners and modes stores them once more; -1 where there is none. Of files that several RUNs made
// no one finding may hold all.
func (p *plan) emptiedBefore(i int) (applied int) {
	made, layer := p.instructionOf(&p.report.Findings[i]), p.report.Findings[i].Layer
	names, known := p.names(i)
	if made == nil || layer == nil || !known || !p.onlyChangesAttributes(i) {
		return -1
	}
	for n := range p.result.Applied {
		for _, k := range p.result.Applied[n].Findings {
			gone, f := p.result.removals[k], &p.report.Findings[k]
			if gone != nil && f.Layer != nil && *f.Layer < *layer && !slices.ContainsFunc(names, func(name string) bool { return !gone.Covers("/" + name) }) {
				return n
			}
		}
	}
	return -1
}

// isSavedBefore reports whether an edit keeps from being stored what a finding holds once more, and notes
// then that the edit saves this finding, too.
func (p *plan) isSavedBefore(i int) bool {
	if n := p.emptiedBefore(i); n >= 0 {
		p.save(i, nil)
		p.result.Applied[n].Also = append(p.result.Applied[n].Also, i)
		return true
	}
	for _, k := range p.storedBefore(i) {
		if !p.result.Saved[k] {
			continue
		}
		p.save(i, nil)
		for n := range p.result.Applied {
			if a := &p.result.Applied[n]; slices.Contains(a.Findings, k) || slices.Contains(a.Also, k) {
				a.Also = append(a.Also, i)
				break
			}
		}
		return true
	}
	return false
}

// attributeTools are programs that write no content of their own into files that are there.
var attributeTools = strings.Fields("chown chmod chgrp setfacl mkdir rmdir rm ln test [ true : set export cd echo useradd groupadd adduser addgroup usermod")

// onlyChangesAttributes reports whether the RUN that made a finding's files can only have stored files
// once more that were there, with another owner or mode.
func (p *plan) onlyChangesAttributes(i int) bool {
	made := p.instructionOf(&p.report.Findings[i])
	if made == nil {
		return false
	}
	commands, ok := p.build.Parsed().Commands(*made)
	return ok && len(commands) > 0 && !slices.ContainsFunc(commands, func(c rewrite.Command) bool { return !slices.Contains(attributeTools, c.Name()) })
}

// containsAll reports whether all of names are among others.
func containsAll(others, names []string) bool {
	have := make(map[string]bool, len(others))
	for _, name := range others {
		have[name] = true
	}
	return !slices.ContainsFunc(names, func(name string) bool { return !have[name] })
}

// originOf returns the finding of the same rule whose files a RUN has stored once more as those
// of a finding, and the COPY or ADD that made it, an index in the history; -1 where there is
// none.
func (p *plan) originOf(i int) (finding int, made *int) {
	f := &p.report.Findings[i]
	for k := range p.report.Findings {
		g := &p.report.Findings[k]
		if g.Rule != f.Rule || g.HiddenBy == nil || !p.opt.wanted(g) {
			continue
		}
		made := p.instructionOf(g)
		if made == nil || p.at[*made] == nil || p.at[*made].fault != "" {
			continue
		}
		if _, ok := p.contextCopy(*made); ok && slices.Contains(p.holders(k), i) {
			return k, made
		}
	}
	return -1, nil
}

// broughtBy returns the COPYs and ADDs that brought a finding's files out of the build context before a RUN
// gave them another owner or mode; nil where not all of them came so. What they stored is in
// findings of any rule.
func (p *plan) broughtBy(i int) (parts []brought) {
	f := &p.report.Findings[i]
	names, ok := p.names(i)
	if !ok || f.Layer == nil || f.HiddenBy != nil || !p.onlyChangesAttributes(i) {
		return nil
	}
	left := make(map[string]bool, len(names))
	for _, name := range names {
		left[name] = true
	}
	for k := range p.report.Findings {
		made := p.storedBy(k, *f.Layer)
		if made < 0 {
			continue
		}
		all, _ := p.names(k)
		if p.report.Findings[k].Rule == f.Rule && !containsAll(names, all) {
			return nil // something else became of the others
		}
		part := brought{made: made}
		for _, name := range all {
			if left[name] {
				delete(left, name)
				part.names = append(part.names, name)
			}
		}
		if len(part.names) == 0 {
			continue
		}
		if at := slices.IndexFunc(parts, func(other brought) bool { return other.made == made }); at >= 0 {
			parts[at].names = append(parts[at].names, part.names...)
		} else {
			parts = append(parts, part)
		}
	}
	if len(left) > 0 {
		return nil
	}
	return parts
}

// storedBy returns the COPY or ADD, an index in the history, that brought a finding's files out of the build
// context before the RUN of a layer stored them once more; -1 where there is none.
func (p *plan) storedBy(k, layer int) (made int) {
	g := &p.report.Findings[k]
	if g.HiddenBy == nil || *g.HiddenBy != layer || g.Cause == nil || *g.Cause != model.Copied.String() {
		return -1
	}
	at := p.instructionOf(g)
	if at == nil || p.at[*at] == nil || p.at[*at].fault != "" {
		return -1
	}
	if _, fromContext := p.contextCopy(*at); !fromContext {
		return -1
	}
	return *at
}

// partsOf returns the findings of the same rule that hold parts of a finding's files, as COPYs brought them before a
// RUN stored them once more.
func (p *plan) partsOf(i int) (list []int) {
	f := &p.report.Findings[i]
	for k := range p.report.Findings {
		if p.report.Findings[k].Rule == f.Rule && k != i && p.storedBy(k, *f.Layer) >= 0 {
			list = append(list, k)
		}
	}
	return list
}

// keptOut is what an edit of a .dockerignore keeps from being stored.
type keptOut struct {
	finding int
	names   []string
	applied int // which edit of the result's it is
}

// saveKeptOut notes what edits of a .dockerignore save besides of findings that stay: the COPY does not store
// what a RUN does not store again.
func (p *plan) saveKeptOut() {
	for _, g := range p.keptOut {
		f := &p.report.Findings[g.finding]
		if f.Layer == nil {
			continue
		}
		gone := &rewrite.Removal{}
		for _, name := range g.names {
			gone.Targets = append(gone.Targets, "/"+name)
		}
		for k := range p.report.Findings {
			if p.result.Saved[k] || p.report.Findings[k].Rule == f.Rule || p.storedBy(k, *f.Layer) < 0 || !readable(p.report, &p.report.Findings[k]) {
				continue
			}
			p.result.removals[k] = gone
			if saved := p.result.bytesOf(p.report, k); saved > 0 {
				p.result.Saved[k] = true
				p.result.Applied[g.applied].Also = append(p.result.Applied[g.applied].Also, k)
			} else {
				delete(p.result.removals, k)
			}
		}
	}
}

// saveCopies returns the findings of other rules that hold files which a RUN stored once more, as those of
// a finding: an edit that lets COPY set the owner keeps all of them from being stored twice.
func (p *plan) saveCopies(i int, made *Applied) (saved []int) {
	f := &p.report.Findings[i]
	if made.Strategy != model.CopyChown || f.Layer == nil || f.HiddenBy == nil {
		return nil
	}
	for k := range p.report.Findings {
		g := &p.report.Findings[k]
		if p.result.Saved[k] || g.Layer == nil || *g.Layer != *f.Layer || g.HiddenBy == nil || *g.HiddenBy != *f.HiddenBy || g.Cause == nil || *g.Cause != model.Copied.String() {
			continue
		}
		p.result.Left = slices.DeleteFunc(p.result.Left, func(l Left) bool { return l.Finding == k })
		p.save(k, nil)
		saved = append(saved, k)
	}
	return saved
}

// isStoredOnceMore reports whether a finding holds files that a COPY stored, a chown stored once more, and a
// later RUN removes or moves away, where an edit has saved one of both copies: either edit alone leaves one.
func (p *plan) isStoredOnceMore(i int) bool {
	f := &p.report.Findings[i]
	names, known := p.names(i)
	if f.Layer == nil || f.HiddenBy == nil || !known {
		return false
	}
	for k := range p.report.Findings {
		g := &p.report.Findings[k]
		if !p.result.Saved[k] || g.Layer == nil || g.HiddenBy == nil {
			continue
		}
		first, second := g, f // of the copies
		if *f.HiddenBy == *g.Layer {
			first, second = f, g
		}
		if *first.HiddenBy != *second.Layer || first.Cause == nil || *first.Cause != model.Copied.String() || second.Cause == nil || *second.Cause != model.Deleted.String() || !p.isCopied(first) {
			continue
		}
		if all, ok := p.names(k); ok && (containsAll(all, names) || containsAll(names, all)) {
			return true
		}
	}
	return false
}

// isCopied reports whether a COPY or ADD made a finding's files.
func (p *plan) isCopied(f *model.Finding) bool {
	return f.Instruction != nil && *f.Instruction < len(p.originals) && slices.Contains([]string{"COPY", "ADD"}, rewrite.Keyword(p.originals[*f.Instruction]))
}
