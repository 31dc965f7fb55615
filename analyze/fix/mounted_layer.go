package fix

import (
	"path"
	"slices"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

// foreignFile returns a visible file of a layer that lies below a mount and that no finding
// of the rule holds, "" where there is none: the mount would keep that file out of the image,
// too.
func (p *plan) foreignFile(rule *rules.Rule, layer int, target string) string {
	t := p.report.Tree
	if t == nil || layer < 0 || layer >= t.Layers() {
		return ""
	}
	for id, record := range t.Layer(layer) {
		if !isContent(record) || record.Gone != model.StillThere {
			continue
		}
		name := t.Path(record.Node)
		if isInside("/"+name, target) && t.Records[t.Content(id)].Size.Bytes() > 0 && !p.holds(rule, t.Content(id)) {
			return name
		}
	}
	return ""
}

// isContent reports whether a record is a file, a link or the like, not a directory.
func isContent(r *model.Record) bool {
	return r.Kind < model.Whiteout && r.Kind != model.Directory && r.Kind != model.Implied
}

// holds reports whether a finding of a rule holds a file version.
func (p *plan) holds(rule *rules.Rule, id model.RecordID) bool {
	held := p.report.Tree.Records[id].Finding()
	return held != model.NoFinding && int(held) < len(p.report.Findings) && p.report.Findings[held].Rule == rule.ID
}

// homesOfCaches are directories of root that tools make where they are missing, and that none minds
// to find.
var homesOfCaches = []string{"", ".cache", ".local", ".local/share"}

// madeAround returns a directory above a mount that a layer makes and fills with more than
// the cache, "" where there is none. With the mount it would be there when the RUN begins:
// git clone, an installer, useradd or python -m venv would stop, or do something else.
func (p *plan) madeAround(layer int, target string) string {
	t := p.report.Tree
	if t == nil || layer < 0 || layer >= t.Layers() {
		return ""
	}
	for dir := path.Dir(target); dir != "/"; dir = path.Dir(dir) {
		if slices.ContainsFunc(homesOfCaches, func(home string) bool { return dir == path.Join("/root", home) }) {
			continue
		}
		node, ok := t.Lookup(dir[1:])
		if !ok {
			continue
		}
		if _, before := t.At(node, layer-1); layer > 0 && before {
			return ""
		}
		for id, record := range t.Layer(layer) {
			if name := "/" + t.Path(record.Node); isContent(record) && isInside(name, dir) && !isInside(name, target) && !p.isCache(t.Content(id)) {
				return dir
			}
		}
	}
	return ""
}

// isCache reports whether a finding of a rule that knows a mount holds a file version.
func (p *plan) isCache(id model.RecordID) bool {
	held := p.report.Tree.Records[id].Finding()
	return held != model.NoFinding && int(held) < len(p.report.Findings) && mountsCaches(p.report.Findings[held].Rule)
}
