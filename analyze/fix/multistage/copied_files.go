package multistage

import (
	"errors"
	"fmt"
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
	made           int  // files and links that the build stage made
	newDirectories int  // directories that the build stage made
	foreign        int  // other files and links, without waste that may go along
	owned          bool // a package owns one of those
}

func (a *content) add(b content) {
	a.made, a.newDirectories, a.foreign = a.made+b.made, a.newDirectories+b.newDirectories, a.foreign+b.foreign
	a.owned = a.owned || b.owned
}

// worthCopying reports whether there is anything that the build stage made.
func (a content) worthCopying() bool { return a.made > 0 || a.newDirectories > 0 }

// selectFiles finds the files that the build stage made and the smallest set of
// directories and files that holds them.
func (d *draft) selectFiles() error {
	if err := d.checkLayers(); err != nil {
		return err
	}
	contents := make(map[model.NodeID]content)
	d.sumContent(model.Root, "", contents)
	if err := d.choose(model.Root, contents); err != nil {
		return err
	}
	if len(d.copied) == 0 {
		return errors.New("none of the files that are there afterwards comes from a build")
	}
	slices.SortFunc(d.copied, func(a, b copySource) int { return strings.Compare(a.path, b.path) })
	return nil
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
				if in.role != installs && d.isInBase(r.Node) && !isBelow(name, []string{"tmp", "var/tmp"}) {
					return lineError(in, "removes /%s, which the base image brings", name)
				}
			case in.role != runs && in.role != brings:
			case name == "var/lib/dpkg/status" || strings.HasPrefix(name, "var/lib/dpkg/status.d/"):
				return lineError(in, "changes the package database")
			case slices.Contains(accountFiles, name) && r.Kind == model.File && d.installsPackages():
				return lineError(in, "changes /%s, and so do packages", name)
			case r.Kind == model.CharDevice || r.Kind == model.BlockDevice || r.Kind == model.Fifo:
				return lineError(in, "makes the device /%s", name)
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
	if n != model.Root {
		id, ok := d.tree.At(n, d.lastLayer)
		if !ok {
			return total
		}
		switch {
		case d.isDirectory(id):
			if d.isMade(id, name) && !d.isInBase(n) {
				total.newDirectories++
			}
		case d.isMade(id, name):
			total.made++
		default:
			total.owned = d.owner(id) >= 0
			if !d.mayGoAlong(id) {
				total.foreign++
			}
		}
	}
	for c := range d.tree.Children(n) {
		child := d.tree.Name(c)
		if name != "" {
			child = name + "/" + child
		}
		total.add(d.sumContent(c, child, contents))
	}
	if total.worthCopying() {
		contents[n] = total
	}
	return total
}

// isMade reports whether a visible record is something that the build stage made, no
// package brought and the runtime stage needs.
func (d *draft) isMade(id model.RecordID, name string) bool {
	r := &d.tree.Records[id]
	if int(r.Layer) < d.ownLayer || isBelow(name, neverCopied) || d.isLeftover(id) {
		return false
	}
	switch d.instructions[d.maker[r.Layer]].role {
	case runs, brings:
		return !strings.Contains(name, "__pycache__") || !isSystemPath(name)
	case mixed:
		return d.owner(id) < 0 && !isSystemPath(name) && (!d.isDirectory(id) || name != "usr/local" && !strings.HasPrefix(name, "usr/local/"))
	}
	return false
}

// isLeftover reports whether a record is a file that a finding calls a leftover.
func (d *draft) isLeftover(id model.RecordID) bool {
	file := &d.tree.Records[d.tree.Content(id)]
	return file.Kind == model.File && file.Verdict == model.Leftover
}

// mayGoAlong reports whether a file that the runtime stage does not need may be copied
// with the directory around it: the file is waste of the build stage, no package owns it,
// and it is no build tool.
func (d *draft) mayGoAlong(id model.RecordID) bool {
	file := &d.tree.Records[d.tree.Content(id)]
	findings := d.in.Report.Findings
	return d.isLeftover(id) && int(file.Layer) >= d.ownLayer && d.owner(id) < 0 &&
		int(file.Finding()) < len(findings) && findings[file.Finding()].Rule != "build-tools"
}

// choose decides what to copy at and below a node: the whole directory where all in it
// is of the build stage, else its children one by one.
func (d *draft) choose(n model.NodeID, contents map[model.NodeID]content) error {
	total := contents[n]
	name := d.tree.Path(n)
	if id, ok := d.tree.At(n, d.lastLayer); ok && n != model.Root && !d.isDirectory(id) {
		if d.tree.Records[id].Kind == model.Symlink {
			return fmt.Errorf("/%s is a symbolic link beside files of others, which COPY would follow", name)
		}
		return d.copy(copySource{n, name, false})
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
	whole := n != model.Root && total.foreign == 0 && (!d.isInBase(n) || deep && hasFiles)
	// Many children of a directory that the base image has, too: one COPY lays all
	// that is there over it, which changes nothing else.
	overBase := deep && !total.owned && !isSystemPath(name) && len(children) > 6
	if whole || overBase {
		return d.copy(copySource{n, name, true})
	}
	for _, c := range children {
		if err := d.choose(c, contents); err != nil {
			return err
		}
	}
	return nil
}

// copy adds a source, or reports why COPY cannot take it.
func (d *draft) copy(source copySource) error {
	if !copyable.MatchString(source.path) {
		return fmt.Errorf("the name of %q is not one for COPY", "/"+source.path)
	}
	d.copied = append(d.copied, source)
	if len(d.copied) > maxCopies*8 || len(d.copyInstructions()) > maxCopies {
		return fmt.Errorf("the build writes to more than %d places", maxCopies)
	}
	return nil
}
