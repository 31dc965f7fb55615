package need

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/instructions"
	"github.com/tare-oci/tare/model"
)

const noRecord = model.NoRecord

// Below returns a file that is there at or below a directory when an instruction
// begins, as an absolute path; "" where there is none, or where the layers are not
// known. A mount would hide it. except reports which file versions do not count; it
// may be nil.
func (r *Room) Below(dir string, at int, except func(*model.Record) bool) string {
	layer := r.layerAfter(at - 1)
	if r.Tree == nil || layer < 0 {
		return ""
	}
	id, ok := r.find(dir, layer)
	if !ok {
		return ""
	}
	s := search{room: r, layer: layer, except: except, left: maxOwned}
	return s.first(r.Tree.Records[id].Node, dir)
}

// search looks for a file as of a layer.
type search struct {
	room   *Room
	layer  int
	except func(*model.Record) bool
	left   int // names that are still looked at
}

// first returns a file at or below a node, "" where there is none.
func (s *search) first(n model.NodeID, name string) string {
	t := s.room.Tree
	id, ok := t.At(n, s.layer)
	if !ok {
		return ""
	}
	if s.left--; s.left < 0 {
		return name
	}
	if !isDir(&t.Records[id]) {
		if s.except != nil && s.except(&t.Records[t.Content(id)]) {
			return ""
		}
		return name
	}
	for child := range t.Children(n) {
		if found := s.first(child, path.Join(name, t.Name(child))); found != "" {
			return found
		}
	}
	return ""
}

// Older returns a file that a target names and that was there before an instruction,
// as an absolute path; "" where there is none, or where the layers are not known. The
// last name of the target may hold * and ?.
func (r *Room) Older(target string, at int) string {
	layer := r.layerAfter(at - 1)
	dir, pattern := path.Dir(target), globOf(path.Base(target))
	id, ok := r.find(dir, layer)
	if !ok {
		return ""
	}
	s := search{room: r, layer: layer, left: maxOwned}
	for child := range r.Tree.Children(r.Tree.Records[id].Node) {
		if name := r.Tree.Name(child); sameName(pattern, name) {
			if found := s.first(child, path.Join(dir, name)); found != "" {
				return found
			}
		}
	}
	return ""
}

// Holds returns a file that lies directly in a directory once an instruction has run
// and that is none of some, absolute paths all of them. It is "" where there is none,
// and the directory itself where the layers are not known.
func (r *Room) Holds(dir string, at int, some map[string]bool) string {
	layer := r.layerAfter(at)
	id, ok := r.find(dir, layer)
	if !ok {
		return dir
	}
	for child := range r.Tree.Children(r.Tree.Records[id].Node) {
		name := path.Join(dir, r.Tree.Name(child))
		if _, there := r.Tree.At(child, layer); there && !some[name] {
			return name
		}
	}
	return ""
}

// NoOwner says why a COPY or ADD cannot be given an owner, user or user:group by names
// or numbers, "" where it can: the builder looks names up in /etc/passwd and
// /etc/group as they are below the instruction's own layer.
func (r *Room) NoOwner(at int, owner string) string {
	if strings.Contains(owner, "$") {
		if owner = r.settingOf(at).expand(owner); strings.Contains(owner, unknown) {
			return fmt.Sprintf("only the build knows which user %s names", r.where(at))
		}
	}
	user, group, _ := strings.Cut(owner, ":")
	layer := r.layerAfter(at - 1)
	for _, one := range []struct{ name, file, kind string }{{user, "/etc/passwd", "user"}, {group, "/etc/group", "group"}} {
		if one.name == "" || isNumber(one.name) {
			continue
		}
		list, known := r.accounts(one.file, layer)
		if slices.ContainsFunc(list, func(a account) bool { return a.name == one.name }) {
			continue
		}
		if !known && one.kind == "group" && one.name == user {
			continue // a scan of before kept /etc/passwd alone: a user's own group
		}
		if !known {
			return fmt.Sprintf("it is unknown whether there is a %s %s before %s", one.kind, one.name, r.where(at))
		}
		return fmt.Sprintf("there is no %s %s yet at %s", one.kind, one.name, r.where(at))
	}
	return ""
}

func isNumber(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// Changed is what a RUN gave another owner or mode below a directory, beside what
// some COPYs brought there.
type Changed struct {
	// KeepDir: the directory itself was there before the first of the COPYs.
	KeepDir bool
	// Other is a file or directory that the COPYs did not bring, absolute; "" where
	// all is theirs.
	Other string
	// Above is a directory above the others that the first of the COPYs made: with an
	// owner for what it brings, BuildKit gives it that owner, too. "" where there is
	// none.
	Above string
	// Known is false where the layers do not tell.
	Known bool
}

// ChangedBy compares what the layer of a RUN holds at and below a directory with what
// COPYs brought, given by their places in the history.
func (r *Room) ChangedBy(run int, copies []int, dir string) (c Changed) {
	if r.Tree == nil || len(copies) == 0 {
		return c
	}
	before := r.layerAfter(copies[0] - 1)
	var dests []string
	for _, at := range copies {
		if in, ok := r.Instructions.Copy(at); ok {
			dests = append(dests, joinPath(r.settingOf(at).dir, r.settingOf(at).expand(in.Dest)))
		}
	}
	if parent := path.Dir(dir); parent != "/" && before >= 0 {
		if _, existed := r.find(parent, before); !existed {
			c.Above = parent
		}
	}
	for _, i := range r.layersOf(run) {
		c.Known = true
		for id, record := range r.Tree.Layer(i) {
			name := "/" + r.Tree.Path(record.Node)
			if name != dir && !instructions.Under(name, dir) || record.Kind == model.Implied {
				continue
			}
			// The classic builder leaves what is above a folder that it copies to root.
			inside := !isDir(record) || slices.ContainsFunc(dests, func(dest string) bool { return name == dest || instructions.Under(name, dest) })
			if name == dir && isDir(record) {
				_, existed := r.Tree.At(record.Node, before)
				c.KeepDir = c.KeepDir || existed || !inside
				if existed || !inside {
					continue
				}
			}
			if c.Other == "" && (!inside || !r.copiedBy(id, copies, before)) {
				c.Other = name
			}
		}
	}
	return c
}

func isDir(r *model.Record) bool { return r.Kind == model.Directory || r.Kind == model.Implied }

// copiedBy reports whether one of some COPYs brought what a record stores again, and
// nothing was there before them if it is a directory.
func (r *Room) copiedBy(id model.RecordID, copies []int, before int) bool {
	record := &r.Tree.Records[id]
	if record.Kind >= model.Whiteout {
		return false
	}
	below := r.Tree.Below(id)
	if below == noRecord {
		return false
	}
	layer := int(r.Tree.Records[below].Layer)
	if layer >= len(r.Layers) || r.Layers[layer].Instruction == nil || !slices.Contains(copies, *r.Layers[layer].Instruction) {
		return false
	}
	if isDir(record) {
		_, existed := r.Tree.At(record.Node, before)
		return !existed
	}
	return true
}
