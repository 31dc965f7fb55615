package fix

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/fix/multistage"
	"github.com/tare-oci/tare/model"
)

// leavesOut reports whether the edit of a finding keeps its packages out of an install.
func leavesOut(f *model.Finding) bool {
	switch f.Rule {
	case "apt-recommends", "smaller-variant":
		return true
	case "build-tools":
		return f.Fix.Strategy == model.Flag // a runtime in place of a development kit
	}
	return false
}

// traces are what dpkg and the scripts of packages write beside the packages' own files, by
// file version of the image: how many bytes of it are not written where packages stay out of
// an install.
//
// What belongs to one package is known: its lists and scripts below /var/lib/dpkg/info, the
// bytecode of its modules, and what lies in a directory that only such packages write to, as
// the caches there do. Databases and logs shrink by as much as the packages that go are of
// all that the install brought.
func (out *Result) traces(r *model.Report) map[model.RecordID]int64 {
	if r.Tree == nil || r.Tree.Packages == nil || out.stage != nil {
		return nil
	}
	goes := out.packagesThatGo(r)
	if len(goes) == 0 {
		return nil
	}
	out.addIdle(r, goes)
	layers := make(map[int]*installed)
	for i := range r.SystemPackages() {
		p := &r.Packages[i]
		in := layers[p.Layer]
		if in == nil {
			in = &installed{goes: make(map[string]bool)}
			layers[p.Layer] = in
		}
		in.all++
		if goes[i] {
			in.going++
			in.goes[p.Name] = true
		}
	}
	found := make(map[model.RecordID]int64)
	only := multistage.OnlyOf(r.Tree, func(at int32) bool { return goes[int(at)] })
	for layer, in := range layers {
		if in.going == 0 || layer < 0 || layer >= r.Tree.Layers() {
			continue
		}
		for id, record := range r.Tree.Layer(layer) {
			owner := r.Tree.Packages[id]
			if record.Kind != model.File || record.Verdict == model.Shadowed || out.isHeldBySaved(record) {
				continue
			}
			if owner >= 0 {
				if goes[int(owner)] {
					found[id] = record.Size.Bytes()
				}
				continue
			}
			if bytes := in.traceOf(r.Tree, record, only); bytes > 0 {
				found[id] = bytes
			}
		}
	}
	return found
}

// installed is what one layer's install brought.
type installed struct {
	all, going int             // packages
	goes       map[string]bool // by name
}

// packagesThatGo says of each package of the image whether an edit keeps it out.
func (out *Result) packagesThatGo(r *model.Report) map[int]bool {
	goes := make(map[int]bool)
	for i := range r.Findings {
		f := &r.Findings[i]
		if !out.Saved[i] || f.Layer == nil || f.Fix == nil || !leavesOut(f) {
			continue
		}
		names := make(map[string]bool, len(f.Packages))
		for _, name := range f.Packages {
			names[name] = !slices.Contains(f.Fix.Stays, name)
		}
		for k := range r.SystemPackages() {
			if p := &r.Packages[k]; p.Manager == "dpkg" && p.Layer == *f.Layer && names[p.Name] {
				goes[k] = true
			}
		}
	}
	return goes
}

// addIdle adds the packages of the same layers that nothing brings any more: others depend on
// them only in place of something that is there, too.
func (out *Result) addIdle(r *model.Report, goes map[int]bool) {
	t := r.Tree
	if len(t.Needs) != len(r.Packages) || len(t.Spare) != len(r.Packages) {
		return
	}
	edited, stays := make(map[int]bool), make(map[string]bool)
	for i := range goes {
		edited[r.Packages[i].Layer] = true
	}
	for i := range r.Findings {
		if f := &r.Findings[i]; out.Saved[i] && f.Fix != nil {
			for _, name := range f.Fix.Stays {
				stays[name] = true
			}
			if f.Fix.After != nil && leavesOut(f) {
				for _, word := range strings.Fields(*f.Fix.After) {
					stays[word] = true // the smaller package that it names
				}
			}
		}
	}
	wanted := make([]bool, len(r.Packages))
	var next []int32
	want := func(i int32) {
		if !wanted[i] && !goes[int(i)] {
			wanted[i] = true
			next = append(next, i)
		}
	}
	for i := range r.SystemPackages() {
		p := &r.Packages[i]
		if !edited[p.Layer] || p.Reason != "dependency" && p.Reason != "recommended" || stays[p.Name] {
			want(int32(i))
		}
	}
	for len(next) > 0 {
		i := next[len(next)-1]
		next = next[:len(next)-1]
		for _, need := range t.Needs[i] {
			if !slices.Contains(t.Spare[i], need) {
				want(need)
			}
		}
	}
	for i := range r.SystemPackages() {
		if !wanted[i] {
			goes[i] = true
		}
	}
}

// isHeldBySaved reports whether a saved finding holds a file version.
func (out *Result) isHeldBySaved(record *model.Record) bool {
	f := int(record.Finding())
	return f < len(out.Saved) && out.Saved[f]
}

// traceOf returns how many bytes of a file that no package owns are not written.
func (in *installed) traceOf(t *model.Tree, record *model.Record, only func(model.NodeID) bool) int64 {
	name, size := t.Path(record.Node), record.Size.Bytes()
	dir, base := path.Split(name)
	switch {
	case dir == "var/lib/dpkg/info/":
		of, _, _ := strings.Cut(strings.TrimSuffix(base, path.Ext(base)), ":")
		if in.goes[of] {
			return size
		}
	case slices.ContainsFunc([]string{"var/lib/dpkg/", "var/lib/apt/extended_states", "var/log/", "var/cache/debconf/"}, func(d string) bool { return strings.HasPrefix(name, d) }):
		grown := size - sizeBelow(t, record)
		return max(int64(float64(grown)*float64(in.going)/float64(in.all)), 0)
	case path.Base(path.Dir(name)) == "__pycache__":
		module, _, _ := strings.Cut(base, ".")
		if n, ok := t.Lookup(path.Join(path.Dir(path.Dir(name)), module+".py")); ok && only(n) {
			return size
		}
	case multistage.IsTrace(t, record.Node, only):
		return size
	}
	return 0
}

// sizeBelow is the size of what a file version replaced, 0 where it is the first.
func sizeBelow(t *model.Tree, record *model.Record) int64 {
	id := t.Nodes[record.Node].Last
	for id != model.NoRecord && &t.Records[id] != record {
		id = t.Below(id)
	}
	if id == model.NoRecord {
		return 0
	}
	if below := t.Below(id); below != model.NoRecord && t.Records[below].Kind == model.File {
		return t.Records[below].Size.Bytes()
	}
	return 0
}
