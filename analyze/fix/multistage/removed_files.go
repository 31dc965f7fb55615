package multistage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// maxRemovals is how many files of packages the runtime stage removes again.
const maxRemovals = 12

// repeatRemovals removes files that packages of the runtime stage bring and that the build
// stage removed. Documents are left.
func (d *draft) repeatRemovals() error {
	var gone []string
	for layer := d.ownLayer; layer <= d.lastLayer; layer++ {
		if role := d.instructions[d.maker[layer]].role; role != runs && role != brings {
			continue
		}
		for _, r := range d.tree.Layer(layer) {
			for _, n := range d.hides(layer, r) {
				if !d.isGone(n) {
					continue
				}
				name := d.tree.Path(n)
				if !copyable.MatchString(name) {
					return fmt.Errorf("a RUN removes %q, which belongs to a package", "/"+name)
				}
				gone = append(gone, "/"+name)
			}
		}
	}
	if len(gone) > maxRemovals {
		return fmt.Errorf("the build removes %d files from packages that stay", len(gone))
	}
	if len(gone) > 0 {
		slices.Sort(gone)
		d.after = append(d.after, "rm -rf "+strings.Join(slices.Compact(gone), " "))
	}
	return nil
}

// isGone reports whether what is at a node is in the way: the build stage ends without it, and the
// install of the runtime stage brings it.
func (d *draft) isGone(n model.NodeID) bool {
	name := d.tree.Path(n)
	_, there := d.tree.At(n, d.lastLayer)
	return !there && !d.isInBase(n) && !isBelow(name, neverCopied) && !isBelow(name, documents) && d.isBrought(n)
}

// hides returns the topmost files and directories that a record of a layer takes out of those below
// it: one by a whiteout, many where a directory was made anew.
func (d *draft) hides(layer int, r *model.Record) (hidden []model.NodeID) {
	switch r.Kind {
	case model.Whiteout:
		return []model.NodeID{r.Node}
	case model.Opaque:
		for c := range d.tree.Children(r.Node) {
			hidden = append(hidden, d.hiddenAt(c, layer)...)
		}
	}
	return hidden
}

// hiddenAt returns the topmost nodes at and below one that a layer hides.
func (d *draft) hiddenAt(n model.NodeID, layer int) (hidden []model.NodeID) {
	if _, was := d.tree.At(n, layer-1); !was {
		return nil
	}
	if _, there := d.tree.At(n, layer); !there {
		return []model.NodeID{n}
	}
	for c := range d.tree.Children(n) {
		hidden = append(hidden, d.hiddenAt(c, layer)...)
	}
	return hidden
}

// documents are directories in which nobody misses a file, nor minds one.
var documents = []string{"usr/share/doc", "usr/share/man", "usr/share/info", "usr/share/locale", "usr/share/lintian", "var/log", "var/cache", "var/lib/apt", "var/lib/dpkg", "tmp", "var/tmp"}

// isBrought reports whether the install of the runtime stage writes what is, or was, at or
// below a node.
func (d *draft) isBrought(n model.NodeID) bool {
	for id := d.tree.Nodes[n].Last; id != model.NoRecord; id = d.tree.Below(id) {
		r := &d.tree.Records[id]
		if r.Kind >= model.Whiteout || int(r.Layer) < d.ownLayer || int(r.Layer) > d.lastLayer {
			continue
		}
		if in := &d.instructions[d.maker[r.Layer]]; !in.isInstall() || len(in.keptWords()) == 0 && len(d.requested) == 0 {
			continue
		}
		if at := d.owner(id); at >= 0 && d.retained[at] || at < 0 && r.Kind != model.Directory && r.Kind != model.Implied && isBelow(d.tree.Path(n), []string{"etc", "usr", "var/www"}) {
			return true
		}
	}
	for c := range d.tree.Children(n) {
		if d.isBrought(c) {
			return true
		}
	}
	return false
}
