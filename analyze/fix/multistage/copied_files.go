package multistage

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// copySource is a file or a directory that the runtime stage takes from the build
// stage.
type copySource struct {
	node      model.NodeID
	path      string
	directory bool // the whole directory
}

// maxCopies is how many COPY instructions a person would want to read.
const maxCopies = 24

// content sums up what is visible at and below a node when the build stage ends.
type content struct {
	made           int   // files and links that the build stage made
	madeBytes      int64 // of those
	newDirectories int   // directories that the build stage made, and that are empty or hold such files
	foreign        int   // files and links of the base image and of packages
	foreignBytes   int64 // of those
	owned          bool  // a package owns one of those
	tools          int   // of those, files of the build stage
	junk           int   // files that the build stage made and that the runtime stage does not need
	junkBytes      int64
	waste          int // of those, files of repositories
	along          int // of those, small ones that a directory may as well bring along
}

func (a *content) add(b content) {
	a.made, a.madeBytes, a.newDirectories, a.foreign = a.made+b.made, a.madeBytes+b.madeBytes, a.newDirectories+b.newDirectories, a.foreign+b.foreign
	a.foreignBytes += b.foreignBytes
	a.junk, a.junkBytes, a.owned = a.junk+b.junk, a.junkBytes+b.junkBytes, a.owned || b.owned
	a.tools, a.waste, a.along = a.tools+b.tools, a.waste+b.waste, a.along+b.along
}

// worthCopying reports whether there is anything that the build stage made.
func (a content) worthCopying() bool { return a.made > 0 || a.newDirectories > 0 }

// isBetterWhole reports whether a directory is rather copied whole, with what is not needed
// in it, than in as many parts: the more there are, the more may go along.
func (a content) isBetterWhole(parts int) bool {
	few := int64(64 << 10)
	if parts > 4 {
		few = 1 << 20
	}
	mayGoAlong := a.junk == 0 || a.junkBytes < few || a.junkBytes < a.madeBytes/20
	return parts > 8 || mayGoAlong && a.waste == 0 && parts > 2
}

// maxOverlay is how many bytes of the base image are copied over themselves for the sake of a
// shorter list.
const maxOverlay = 256 << 10

// selectFiles finds the files that the build stage made and the smallest set of
// directories and files that holds them.
func (d *draft) selectFiles() error {
	if err := d.checkLayers(); err != nil {
		return err
	}
	d.findRoots()
	d.referLinks()
	d.findPrune()
	contents := make(map[model.NodeID]content)
	d.sumContent(model.Root, "", contents)
	d.choose(model.Root, contents)
	if len(d.copied) == 0 {
		return errors.New("none of the files that remain come from a build")
	}
	slices.SortFunc(d.copied, func(a, b copySource) int { return strings.Compare(a.path, b.path) })
	d.dropIdlePrune()
	return d.checkCopied()
}

// checkLayers reports an error for an entry in a layer of the build stage that copying
// files cannot repeat: a removal from the base image, a change of a database, a device.
func (d *draft) checkLayers() error {
	for layer := d.ownLayer; layer <= d.lastLayer; layer++ {
		in := &d.instructions[d.maker[layer]]
		for _, r := range d.tree.Layer(layer) {
			name := d.tree.Path(r.Node)
			if isBelow(name, neverCopied) {
				continue
			}
			switch {
			case r.Kind == model.Whiteout || r.Kind == model.Opaque:
				if (in.role != installs || in.purges && !isBelow(name, keptByPackages)) && d.isInBase(r.Node) && !isBelow(name, []string{"tmp", "var/tmp"}) {
					return lineError(in, "removes /%s, which belongs to the base image", name)
				}
			case in.role != runs && in.role != brings:
			case name == "var/lib/dpkg/status" || strings.HasPrefix(name, "var/lib/dpkg/status.d/"):
				return lineError(in, "changes the package database")
			case slices.Contains(accountFiles, name) && r.Kind == model.File && !in.alsoAdds && d.installsPackages():
				return lineError(in, "changes /%s, and so do packages", name)
			case r.Kind == model.CharDevice || r.Kind == model.BlockDevice || r.Kind == model.Fifo:
				return lineError(in, "creates the device /%s", name)
			}
		}
	}
	return nil
}

// isInBase reports whether the base image has something at the path of a node.
func (d *draft) isInBase(n model.NodeID) bool {
	_, ok := d.tree.At(n, d.ownLayer-1)
	return ok
}

// isDirectory reports whether a record is a directory, written or implied by a path.
func (d *draft) isDirectory(id model.RecordID) bool {
	kind := d.tree.Records[id].Kind
	return kind == model.Directory || kind == model.Implied
}

// owner returns the package that a record's file belongs to, -1 for none.
func (d *draft) owner(id model.RecordID) int32 {
	if d.tree.Packages == nil {
		return -1
	}
	return d.tree.Packages[id]
}

// sumContent sums up what is at and below a node, and notes it in contents for each
// node that is worth copying. It recurses as deep as the tree, which the scan bounds.
func (d *draft) sumContent(n model.NodeID, name string, contents map[model.NodeID]content) (total content) {
	directory := n == model.Root
	if n != model.Root {
		id, ok := d.tree.At(n, d.lastLayer)
		if !ok {
			return total
		}
		if directory = d.isDirectory(id); !directory {
			total = d.contentOf(id, name)
		}
	}
	empty := true
	for c := range d.tree.Children(n) {
		child := d.tree.Name(c)
		if name != "" {
			child = name + "/" + child
		}
		below := d.sumContent(c, child, contents)
		if _, ok := d.tree.At(c, d.lastLayer); ok {
			empty = false
		}
		total.add(below)
	}
	if directory && n != model.Root {
		if id, _ := d.tree.At(n, d.lastLayer); (empty || total.worthCopying()) && d.isMade(id, name) && !d.isInBase(n) && !d.isBuildOnly(id, name) {
			total.newDirectories++
		}
	}
	if total.worthCopying() {
		contents[n] = total
	}
	return total
}

// contentOf says what a visible record that is no directory is.
func (d *draft) contentOf(id model.RecordID, name string) (c content) {
	size := d.tree.Records[d.tree.Content(id)].Size.Bytes()
	switch {
	case d.prune.dropped[id]: // gone before anything is copied
	case d.isSkeleton(id):
		// The account that the runtime stage makes, too, has it.
	case d.isMade(id, name) && !d.isBuildOnly(id, name):
		c.made, c.madeBytes = 1, size
	case d.isOwn(id) && d.owner(id) < 0 && !d.isTool(id) && (d.isLeftover(id) || d.instructions[d.maker[d.tree.Records[id].Layer]].role != installs):
		c.junk, c.junkBytes = 1, size
		switch {
		case isRepository(name):
			c.waste = 1
		case size < maxAlong && (d.isBroughtAgain(id) || requirements.MatchString(path.Base(name))):
			c.along = 1
		}
	default:
		c.foreign, c.foreignBytes, c.owned = 1, size, d.owner(id) >= 0
		if d.isOwn(id) {
			c.tools = 1
		}
	}
	return c
}

// choose decides what to copy at and below a node: the whole directory where all in it
// is of the build stage, else its children one by one.
func (d *draft) choose(n model.NodeID, contents map[model.NodeID]content) {
	total := contents[n]
	name := d.tree.Path(n)
	if id, ok := d.tree.At(n, d.lastLayer); ok && n != model.Root && !d.isDirectory(id) {
		if d.tree.Records[d.tree.Content(id)].Kind == model.Symlink {
			d.links = append(d.links, copySource{n, name, false})
		} else {
			d.copied = append(d.copied, copySource{n, name, false})
		}
		return
	}
	var children []model.NodeID
	hasFiles := false
	for c := range d.tree.Children(n) {
		if contents[c].worthCopying() {
			children = append(children, c)
			if id, ok := d.tree.At(c, d.lastLayer); ok && !d.isDirectory(id) {
				hasFiles = true
			}
		}
	}
	deep := strings.Contains(name, "/")
	whole := n != model.Root && total.foreign == 0 && (!d.isInBase(n) || deep && (hasFiles || len(children) > 2))
	// Many children of a directory that the base image has, too: one COPY lays all
	// that is there over it, which changes nothing else.
	overBase := deep && !total.owned && total.junk == 0 && total.tools == 0 && !isSystemPath(name) && (len(children) > 6 || len(children) > 2 && total.foreignBytes < maxOverlay)
	if whole && total.junk == total.along || overBase {
		d.copied = append(d.copied, copySource{n, name, true})
		return
	}
	copied, links := len(d.copied), len(d.links)
	for _, c := range children {
		d.choose(c, contents)
	}
	parts := len(copyInstructions(d.buildName, d.copied[copied:]))
	if whole && (total.isBetterWhole(parts) || (parts > 2 || len(d.copied)-copied > 4) && d.removeJunk(n, name, contents, parts > 3)) {
		d.copied, d.links = append(d.copied[:copied], copySource{n, name, true}), d.links[:links]
	}
}

// maxAlong is how many bytes a file may have that a directory brings along.
const maxAlong = 16 << 10

// maxJunk is how many paths the build stage removes at its end for the sake of one directory
// that is copied whole.
const maxJunk = 3

// removeJunk has the build stage remove what is not needed below a directory, so that one COPY
// takes all of it; small files may go along. It does nothing, and returns false, where that is much to read or
// somebody else than root would remove it.
func (d *draft) removeJunk(n model.NodeID, name string, contents map[model.NodeID]content, smallMayGo bool) bool {
	junk := d.junkBelow(n, name, contents)
	if len(junk) == 0 || len(junk) > 2*maxJunk {
		return false
	}
	if smallMayGo {
		junk = slices.DeleteFunc(junk, func(s copySource) bool {
			id, ok := d.tree.At(s.node, d.lastLayer)
			return ok && !d.isDirectory(id) && d.contentOf(id, s.path).junkBytes < maxAlong
		})
	}
	if len(junk) > maxJunk || !d.isRootAt(d.boundary+1) || slices.ContainsFunc(junk, func(s copySource) bool { return !copyable.MatchString(s.path) }) {
		return false
	}
	for _, source := range junk {
		if !slices.Contains(d.removed, source) {
			d.removed = append(d.removed, source)
		}
	}
	return true
}

// junkBelow lists the topmost files and directories at and below a node of which nothing is to
// be copied.
func (d *draft) junkBelow(n model.NodeID, name string, contents map[model.NodeID]content) (junk []copySource) {
	if _, ok := d.tree.At(n, d.lastLayer); !ok {
		return nil
	}
	if d.tree.Name(n) == "__pycache__" {
		return nil // it goes along with what was compiled
	}
	if !contents[n].worthCopying() {
		if d.sumContent(n, name, make(map[model.NodeID]content)).junk > 0 {
			junk = append(junk, copySource{node: n, path: name})
		}
		return junk
	}
	for c := range d.tree.Children(n) {
		if junk = append(junk, d.junkBelow(c, name+"/"+d.tree.Name(c), contents)...); len(junk) > 2*maxJunk {
			break
		}
	}
	return junk
}

// maxLinks is how many symbolic links the runtime stage makes anew: those that COPY would follow,
// since they stand beside files of others.
const maxLinks = 20

// linkText is what the symbolic link at a node leads to.
func (d *draft) linkText(n model.NodeID) string {
	id, _ := d.tree.At(n, d.lastLayer)
	return d.tree.LinkText(&d.tree.Records[d.tree.Content(id)])
}

// checkCopied reports why what is chosen cannot be copied, or is too much to read.
func (d *draft) checkCopied() error {
	for _, source := range d.links {
		if !copyable.MatchString(source.path) || !copyable.MatchString(d.linkText(source.node)) {
			return fmt.Errorf("/%s is a symbolic link with an unusual name", source.path)
		}
	}
	for _, source := range d.copied {
		if !copyable.MatchString(source.path) {
			return fmt.Errorf("COPY cannot take a name like %q", "/"+source.path)
		}
	}
	if len(d.links) > maxLinks {
		return fmt.Errorf("the build creates more than %d symbolic links in directories that also hold other files", maxLinks)
	}
	if len(d.copied) > maxCopies*8 || len(copyInstructions(d.buildName, d.copied)) > maxCopies {
		return fmt.Errorf("the build writes to more than %d places", maxCopies)
	}
	return nil
}
