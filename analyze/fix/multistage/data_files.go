package multistage

import (
	"path"
	"strings"

	"github.com/tare-oci/tare/model"
)

// holdsData reports whether a directory that a COPY brought holds more than source: files
// that a program may open by a name which it makes up, from a relative path, a variable or
// a configuration. Programs are not data: what needs one names it.
func (d *draft) holdsData(root string) bool {
	if known, ok := d.data[root]; ok {
		return known
	}
	if d.data == nil {
		d.data = make(map[string]bool)
	}
	found := false
	if n, ok := d.tree.Lookup(root); ok {
		d.eachFile(n, root, func(id model.RecordID, name string) { found = found || d.isData(d.tree.Content(id), name, root) })
	}
	d.data[root] = found
	return found
}

// isData reports whether a file, by its content and its path below a directory, is more than source.
func (d *draft) isData(id model.RecordID, name, root string) bool {
	if r := &d.tree.Records[id]; r.Kind != model.File || r.Size == model.SizeOf(0) || d.isLeftover(id) {
		return false
	}
	if f := d.in.Build.Executables[id]; f != nil && !f.IsScript() {
		return false
	}
	return !isProjectSource(name[len(root)+1:]) && !d.isTarget(name) && !d.isCache(name)
}

// referLinks notes where links of the image's own layers lead: what is behind one is used.
func (d *draft) referLinks() {
	for layer := d.ownLayer; layer < d.tree.Layers(); layer++ {
		for id, r := range d.tree.Layer(layer) {
			if r.Kind != model.Symlink || d.owner(id) >= 0 {
				continue
			}
			if seen, ok := d.tree.Visible(r.Node); !ok || seen != id {
				continue
			}
			name, target := d.tree.Path(r.Node), d.tree.LinkText(r)
			if !path.IsAbs(target) {
				target = path.Join("/", path.Dir(name), target)
			}
			if target = strings.TrimPrefix(path.Clean(target), "/"); d.sourceRoot(name) == "" && d.sourceRoot(target+"/x") != "" {
				d.refer(target)
			}
		}
	}
}

// referHome notes the home of the user that runs the container, where /etc/passwd tells it.
func (d *draft) referHome() {
	user, _, _ := strings.Cut(d.in.Build.User, ":")
	if user == "" || user == "root" || user == "0" {
		return
	}
	for line := range strings.Lines(string(d.in.Build.Captured["etc/passwd"])) {
		if f := strings.Split(strings.TrimSpace(line), ":"); len(f) > 5 && (f[0] == user || f[2] == user) && path.IsAbs(f[5]) && f[5] != "/" {
			d.reference(f[5])
		}
	}
}
