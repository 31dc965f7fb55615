package need

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/model"
)

// account is a line of /etc/passwd or /etc/group. passwd(5), group(5).
type account struct {
	name, home string
	id, group  int64
}

// accounts reads /etc/passwd or /etc/group as of a layer; false where it is not
// known.
func (r *Room) accounts(file string, layer int) (list []account, ok bool) {
	id, exists := r.find(file, layer)
	if !exists {
		return nil, r.Tree != nil && layer >= 0
	}
	content, ok := r.Contents[id]
	if !ok {
		return nil, false
	}
	for line := range strings.SplitSeq(string(content), "\n") {
		fields := strings.Split(line, ":")
		if len(fields) < 3 {
			continue
		}
		a := account{name: fields[0], group: -1}
		var err error
		if a.id, err = strconv.ParseInt(fields[2], 10, 64); err != nil {
			continue
		}
		if len(fields) >= 6 {
			a.home = fields[5]
			if a.group, err = strconv.ParseInt(fields[3], 10, 64); err != nil {
				a.group = -1
			}
		}
		list = append(list, a)
	}
	return list, true
}

// user finds a user by name or number as of a layer.
func (r *Room) user(name string, layer int) (a account, ok bool) {
	list, _ := r.accounts("/etc/passwd", layer)
	id, err := strconv.ParseInt(name, 10, 64)
	for _, a := range list {
		if a.name == name || err == nil && a.id == id {
			return a, true
		}
	}
	if err == nil {
		return account{id: id, group: 0}, true
	}
	return account{}, false
}

// GroupName is the name of a group by its number when an instruction begins, "" where it is not
// known.
func (r *Room) GroupName(at int, id int64) string {
	list, _ := r.accounts("/etc/group", r.layerAfter(at-1))
	for _, a := range list {
		if a.id == id {
			return a.name
		}
	}
	return ""
}

// UserName is the name of a user by its number when an instruction begins, "" where it is not known.
func (r *Room) UserName(at int, id int64) string {
	list, _ := r.accounts("/etc/passwd", r.layerAfter(at-1))
	for _, a := range list {
		if a.id == id {
			return a.name
		}
	}
	return ""
}

// home is the home directory of a user, as a pattern.
func (r *Room) home(user string, layer int) string {
	name, _, _ := strings.Cut(user, ":")
	if name == "" || name == "root" || name == "0" {
		if a, ok := r.user("root", layer); ok && path.IsAbs(a.home) {
			return path.Clean(a.home)
		}
		return "/root"
	}
	if a, ok := r.user(name, layer); ok && path.IsAbs(a.home) {
		return path.Clean(clean(a.home))
	}
	return unknown
}

// Root reports whether an instruction runs as root, and as whom it runs otherwise,
// as USER says.
func (r *Room) Root(at int) (user string, root bool) {
	user = r.settingOf(at).user
	name, _, _ := strings.Cut(user, ":")
	switch name {
	case "", "root", "0":
		return "root", true
	}
	if a, ok := r.user(name, r.layerAfter(at-1)); ok && a.id == 0 {
		return name, true
	}
	return name, false
}

// noPassword is a line of sudoers(5) that lets somebody do everything unasked.
var noPassword = lazyregexp.New(`(?m)^[ \t]*([^#\s]\S*)[ \t]+ALL[ \t]*=[^\n]*NOPASSWD:[ \t]*ALL[ \t]*$`)

// Sudo reports whether the user of an instruction may run everything as root without
// a password, as far as the image's sudoers say.
func (r *Room) Sudo(at int) bool {
	name, _ := r.Root(at)
	layer := r.layerAfter(at - 1)
	files := []string{"/etc/sudoers"}
	if id, ok := r.find("/etc/sudoers.d", layer); ok {
		for child := range r.Tree.Children(r.Tree.Records[id].Node) {
			files = append(files, "/etc/sudoers.d/"+r.Tree.Name(child))
		}
	}
	for _, file := range files[:min(len(files), maxAlternatives)] {
		id, ok := r.find(file, layer)
		if !ok {
			continue
		}
		for _, m := range noPassword.FindAllSubmatch(r.Contents[id], -1) {
			if who := string(m[1]); who == name || who == "ALL" || who == "%sudo" || who == "%wheel" || who == "%"+name {
				return true
			}
		}
	}
	return false
}

// maxOwned is how many files below what a clean-up takes are looked at.
const maxOwned = 100_000

// MayRemove says why the user of an instruction may not remove targets at its end,
// "" where they may: root may, another user where everything that the targets name
// then is theirs, and so are the directories that hold it. Paths are absolute, * and
// ? are the shell's.
func (r *Room) MayRemove(at int, targets []string) string {
	name, root := r.Root(at)
	if root {
		return ""
	}
	if strings.Contains(name, unknown) {
		return r.where(at) + " runs as a user that only the build knows"
	}
	layer := r.layerAfter(at)
	user, ok := r.user(name, r.layerAfter(at-1))
	if r.Tree == nil || !ok {
		return fmt.Sprintf("%s runs as %s, who may not be allowed to remove it", r.where(at), name)
	}
	o := owner{room: r, user: user, layer: layer, left: maxOwned}
	for _, target := range targets {
		if strings.ContainsAny(target, "*?") && InTemp(target) {
			return fmt.Sprintf("%s runs as %s, and %s may hold other users' files", r.where(at), name, target)
		}
		if file := o.foreign(target); file != "" {
			return fmt.Sprintf("%s runs as %s, who may not remove %s", r.where(at), name, file)
		}
	}
	return ""
}

// owner looks for what a user may not remove.
type owner struct {
	room  *Room
	user  account
	layer int
	left  int
}

// foreign returns a file that a target names and that the user may not remove, or where such
// files are, "" for none.
func (o *owner) foreign(target string) string {
	dir := path.Dir(target)
	id, ok := o.room.find(dir, o.layer)
	if !ok {
		return "" // there is nothing
	}
	pattern := globOf(path.Base(target))
	if strings.ContainsAny(dir, "*?") {
		return target
	}
	t := o.room.Tree
	for child := range t.Children(t.Records[id].Node) {
		name := t.Name(child)
		record, there := t.At(child, o.layer)
		if !there || !sameName(pattern, name) {
			continue
		}
		full := path.Join(dir, name)
		if !o.writes(id) {
			if strings.ContainsAny(target, "*?") {
				return "what is in " + dir // one of many names, and lists have long ones
			}
			return full
		}
		if file := o.below(record, full); file != "" {
			return file
		}
	}
	return ""
}

// below returns a file at or below a record that is not the user's.
func (o *owner) below(id model.RecordID, name string) string {
	t := o.room.Tree
	r := &t.Records[t.Content(id)]
	if o.left--; o.left < 0 || o.attributes(t.Content(id)).UID != o.user.id {
		return name
	}
	if r.Kind != model.Directory && r.Kind != model.Implied {
		return ""
	}
	empty := true
	for child := range t.Children(t.Records[id].Node) {
		record, there := t.At(child, o.layer)
		if !there {
			continue
		}
		empty = false
		if file := o.below(record, path.Join(name, t.Name(child))); file != "" {
			return file
		}
	}
	if !empty && !o.writes(t.Content(id)) {
		return name
	}
	return ""
}

// attributes are those of a record; of a directory that its layer only implies, those
// that the layers below give it.
func (o *owner) attributes(id model.RecordID) model.Attributes {
	t := o.room.Tree
	for at := id; at != noRecord; at = t.Below(at) {
		if t.Records[at].Kind == model.Directory {
			return t.Attributes(&t.Records[at])
		}
		if t.Records[at].Kind != model.Implied {
			break
		}
	}
	return t.Attributes(&t.Records[id])
}

// writes reports whether the user may take names out of a directory.
func (o *owner) writes(dir model.RecordID) bool {
	a := o.attributes(dir)
	switch {
	case a.UID == o.user.id:
		return a.Mode&0o300 == 0o300
	case a.GID == o.user.group && a.GID >= 0 && a.Mode&0o1000 == 0:
		return a.Mode&0o030 == 0o030
	}
	return a.UID >= 0 && a.Mode&0o003 == 0o003
}
