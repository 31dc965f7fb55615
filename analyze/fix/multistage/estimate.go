package multistage

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// estimate sets Dropped and ExtraBytes: which file versions in layers of the build stage
// the new image does without, and what it holds beside the others. COPY takes files
// along, packages that are retained bring theirs again, and of the databases of package
// managers the new image has the share that those packages are of all that came.
func (d *draft) estimate(p *Proposal) {
	t := d.tree
	p.Dropped = make([]bool, len(t.Records))
	stays := make([]bool, len(t.Records))
	for _, source := range d.copied {
		d.markCopied(source.node, stays, make(map[model.RecordID]bool), p)
	}
	for _, sources := range d.early {
		for _, source := range sources {
			d.markCopied(source.node, stays, make(map[model.RecordID]bool), p)
		}
	}
	installs := d.installsPackages()
	for id := t.Starts[d.ownLayer]; id < t.Starts[d.lastLayer+1]; id++ {
		r := &t.Records[id]
		if r.Kind != model.File || stays[id] {
			continue
		}
		if visible, ok := t.At(r.Node, d.lastLayer); (!ok || t.Content(visible) != model.RecordID(id)) && !d.isHiddenAgain(r) {
			continue
		}
		switch in := &d.instructions[d.maker[r.Layer]]; {
		case in.role == addsAccounts, d.isOfAccounts(model.RecordID(id)), in.role == changesOwners && !d.isGiven(model.RecordID(id)):
			stays[id] = true
		case in.isInstall() && installs:
			stays[id] = d.isReinstalled(model.RecordID(id), p)
		}
	}
	for id := t.Starts[d.ownLayer]; id < t.Starts[d.lastLayer+1]; id++ {
		p.Dropped[id] = t.Records[id].Kind == model.File && !stays[id]
	}
	d.dropRepeated(stays, p)
}

// dropRepeated marks what a RUN behind the build stage wrote once more, with another owner or
// mode, of files that the new image does without.
func (d *draft) dropRepeated(stays []bool, p *Proposal) {
	t := d.tree
	for layer := d.lastLayer + 1; layer < t.Layers(); layer++ {
		if d.instructions[d.maker[layer]].Keyword != "RUN" {
			continue
		}
		for id, r := range t.Layer(layer) {
			before, ok := t.At(r.Node, d.lastLayer)
			if !ok || r.Kind != model.File {
				continue
			}
			content := t.Content(before)
			if was := &t.Records[content]; int(was.Layer) >= d.ownLayer && !stays[content] && was.Size.Bytes() == r.Size.Bytes() {
				p.Dropped[id] = true
			}
		}
	}
}

// isHiddenAgain reports whether a RUN or a COPY of the build stage hides a file of a package,
// which the runtime stage installs and hides again.
func (d *draft) isHiddenAgain(r *model.Record) bool {
	layer := int(r.HiddenBy)
	if r.HiddenBy == model.StillThere || layer > d.lastLayer {
		return false
	}
	role := d.instructions[d.maker[layer]].role
	return role == runs || role == brings
}

// markCopied marks what a COPY takes along at and below a node. What another COPY took
// before, and what the base image holds, is in the new image twice then. seen are the
// records that this COPY has taken.
func (d *draft) markCopied(n model.NodeID, stays []bool, seen map[model.RecordID]bool, p *Proposal) {
	if slices.ContainsFunc(d.removed, func(s copySource) bool { return s.node == n }) {
		return
	}
	if id, ok := d.tree.At(n, d.lastLayer); ok {
		file := d.tree.Content(id)
		if r := &d.tree.Records[file]; r.Kind == model.File && !seen[file] && !d.prune.dropped[id] {
			seen[file] = true
			if stays[file] || int(r.Layer) < d.ownLayer {
				p.ExtraBytes += r.Size.Bytes()
			}
			stays[file] = true
		}
	}
	for c := range d.tree.Children(n) {
		d.markCopied(c, stays, seen, p)
	}
}

// isReinstalled reports whether the install of the runtime stage writes a file, too,
// that an install of the build stage wrote. It lowers ExtraBytes for a database that
// comes out smaller.
func (d *draft) isReinstalled(id model.RecordID, p *Proposal) bool {
	r := &d.tree.Records[id]
	if at := d.owner(id); at >= 0 {
		return d.retained[at]
	}
	name := d.tree.Path(r.Node)
	dir, base := path.Split(name)
	switch {
	case !isSystemPath(name) || isBelow(name, []string{"var/lib/apt/lists", "tmp", "var/tmp"}):
		return false
	case dir == "var/lib/dpkg/info/":
		of, _, _ := strings.Cut(strings.TrimSuffix(base, path.Ext(base)), ":")
		for i := range d.in.Report.SystemPackages() {
			if d.in.Report.Packages[i].Name == of {
				return d.retained[i]
			}
		}
	case path.Base(path.Dir(name)) == "__pycache__":
		module, _, _ := strings.Cut(base, ".")
		if source, ok := d.tree.Lookup(path.Join(path.Dir(path.Dir(name)), module+".py")); ok {
			if id, ok := d.tree.At(source, d.lastLayer); ok && d.owner(id) >= 0 {
				return d.retained[d.owner(id)]
			}
		}
	case isBelow(name, []string{"var/lib/dpkg", "var/log", "var/lib/apt", "var/cache/debconf"}):
		before := int64(0)
		if id, ok := d.tree.At(r.Node, d.ownLayer-1); ok {
			before = d.tree.Records[id].Size.Bytes()
		}
		grown := r.Size.Bytes() - before
		p.ExtraBytes -= grown - d.retainedShare(grown)
	default:
		return !d.isTrace(r.Node)
	}
	return true
}

// retainedShare returns as much of bytes as the packages that are retained are of all
// packages that the build stage brought.
func (d *draft) retainedShare(bytes int64) int64 {
	all, retained := int64(0), int64(0)
	for i := range d.in.Report.SystemPackages() {
		if layer := d.in.Report.Packages[i].Layer; layer >= d.ownLayer && layer <= d.lastLayer {
			all++
			if d.retained[i] {
				retained++
			}
		}
	}
	if all == 0 || retained == all {
		return bytes
	}
	return int64(float64(bytes) * float64(retained) / float64(all))
}
