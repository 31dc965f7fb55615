package startable

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// maxSearchPath is how many directories of PATH are looked at. Nobody knows what is in those of a
// longer one.
const maxSearchPath = 200

// SearchPath are the directories in which the container looks for programs. Without a PATH it is
// the engines' own, since the runtime specification leaves it to them.
func (c *Container) SearchPath() []string {
	list := c.Path
	if list == "" {
		list = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	}
	var dirs []string
	for dir := range strings.SplitSeq(list, ":") {
		if path.IsAbs(dir) && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
		if len(dirs) == maxSearchPath {
			break
		}
	}
	return dirs
}

// candidates are the absolute paths at which a word may be.
func (c *Container) candidates(word string) (names []string) {
	switch {
	case path.IsAbs(word):
		return []string{path.Clean(word)}
	case strings.Contains(word, "/"):
		return []string{path.Join("/", c.WorkingDir, word)}
	}
	for _, dir := range c.SearchPath() {
		names = append(names, path.Join(dir, word))
	}
	return names
}

// Find looks for the program that a word starts: the path of the file without leading slash, links
// followed, "" where the image has none. known is false where the layers do not tell. Of the files
// of that name in PATH it is the first that may be run, as execvp has it, or else the first.
func (c *Container) Find(word string) (file string, known bool) {
	if c.Tree == nil {
		return "", false
	}
	candidates := c.candidates(word)
	for _, name := range candidates {
		at, there := c.lead(name)
		switch {
		case !there:
		case len(candidates) == 1 || c.mayRun(at):
			return at, true
		case file == "":
			file = at
		}
	}
	return file, file != "" || len(candidates) < maxSearchPath
}

// lead follows a path; where a link of the image leads to nothing it stays at that.
func (c *Container) lead(name string) (file string, there bool) {
	if to, ok := Resolve(c.Tree, name); ok {
		return to, true
	}
	_, there = c.visible(name[1:])
	return name[1:], there
}

// mayRun reports whether a path leads to a file that somebody may run.
func (c *Container) mayRun(file string) bool {
	id, ok := c.visible(file)
	if !ok {
		return false
	}
	r := &c.Tree.Records[c.Tree.Content(id)]
	return r.Kind == model.File && c.Tree.Attributes(r).Mode&0o111 != 0
}

// visible returns the record of what is visible at a path without leading slash.
func (c *Container) visible(name string) (model.RecordID, bool) {
	node, ok := c.Tree.Lookup(name)
	if !ok {
		return model.NoRecord, false
	}
	return c.Tree.Visible(node)
}

// At returns the record and the node at the end of an absolute path, links followed.
func (c *Container) At(name string) (id model.RecordID, node model.NodeID, ok bool) {
	if c.Tree == nil {
		return model.NoRecord, 0, false
	}
	if to, led := Resolve(c.Tree, name); led {
		name = to
	}
	if node, ok = c.Tree.Lookup(strings.TrimPrefix(path.Clean(name), "/")); !ok {
		return model.NoRecord, 0, false
	}
	id, ok = c.Tree.Visible(node)
	return id, node, ok
}

// mayBeMounted reports whether a volume may bring the program of a name or at a path that the
// image does not have.
func (c *Container) mayBeMounted(word string) bool {
	if slices.ContainsFunc(c.candidates(word), func(name string) bool { return Below(c.Volumes, name) }) {
		return true
	}
	if len(c.Volumes) == 0 || !path.IsAbs(word) {
		return false
	}
	_, linked := Resolve(c.Tree, path.Dir(path.Clean(word)))
	return linked // elsewhere, where a volume may be
}

// coveredByVolume reports whether a volume may lie over the file that a word leads to, or over
// the link that does.
func (c *Container) coveredByVolume(word, file string) bool {
	return Below(c.Volumes, "/"+file) || strings.Contains(word, "/") && Below(c.Volumes, c.candidates(word)[0])
}

// Below reports whether a path is one of some directories, or in one.
func Below(dirs []string, name string) bool {
	return slices.ContainsFunc(dirs, func(dir string) bool {
		dir = strings.TrimSuffix(dir, "/")
		return name == dir || strings.HasPrefix(name, dir+"/")
	})
}

// maxSteps is how deep a path may be that is followed, and maxLinks how many symbolic links it may
// lead through, as on Linux (path_resolution(7)).
const maxSteps, maxLinks = 256, 40

// Resolve follows the visible symbolic links of an absolute path; false where it leads nowhere or
// changes nothing.
func Resolve(t *model.Tree, name string) (string, bool) {
	if t == nil {
		return "", false
	}
	todo := strings.Split(strings.Trim(path.Clean(name), "/"), "/")
	at, links := "", 0
	for len(todo) > 0 && len(todo) < maxSteps {
		next := path.Join(at, todo[0])
		todo = todo[1:]
		node, ok := t.Lookup(next)
		if !ok {
			return "", false
		}
		id, ok := t.Visible(node)
		if !ok {
			return "", false
		}
		content := &t.Records[t.Content(id)]
		if content.Kind != model.Symlink {
			at = next
			continue
		}
		if links++; links > maxLinks {
			return "", false
		}
		target := t.LinkText(content)
		if path.IsAbs(target) {
			at = ""
		}
		target = path.Clean("/" + path.Join(at, target))
		at = ""
		todo = append(strings.Split(strings.Trim(target, "/"), "/"), todo...)
	}
	return at, links > 0 && len(todo) == 0
}
