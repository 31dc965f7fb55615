package rules

import (
	"path"
	"strings"

	"github.com/tare-oci/tare/model"
)

// maxUsed bounds what a config of megabytes can ask to be looked up, maxSteps how
// deep such a path may be.
const maxUsed, maxSteps = 400, 256

// maxLinks bounds the symbolic links of one path, as Linux does (path_resolution(7)).
const maxLinks = 40

// resolve follows the visible symbolic links of an absolute path; false where
// it leads nowhere or changes nothing.
func (b *Build) resolve(name string) (string, bool) {
	if b.tree == nil {
		return "", false
	}
	todo := strings.Split(strings.Trim(path.Clean(name), "/"), "/")
	at, links := "", 0
	for len(todo) > 0 && len(todo) < maxSteps {
		next := path.Join(at, todo[0])
		todo = todo[1:]
		node, ok := b.tree.Lookup(next)
		if !ok {
			return "", false
		}
		id, ok := b.tree.Visible(node)
		if !ok {
			return "", false
		}
		content := &b.tree.Records[b.tree.Content(id)]
		if content.Kind != model.Symlink {
			at = next
			continue
		}
		if links++; links > maxLinks {
			return "", false
		}
		target := b.tree.LinkText(content)
		if path.IsAbs(target) {
			at = ""
		}
		target = path.Clean("/" + path.Join(at, target))
		at = ""
		todo = append(strings.Split(strings.Trim(target, "/"), "/"), todo...)
	}
	return at, links > 0 && len(todo) == 0
}

// visible reports whether a path without leading slash is there in the finished
// image, and returns its record.
func (b *Build) visible(name string) (*model.Record, bool) {
	if b == nil || b.tree == nil {
		return nil, false
	}
	node, ok := b.tree.Lookup(name)
	if !ok {
		return nil, false
	}
	id, ok := b.tree.Visible(node)
	if !ok {
		return nil, false
	}
	return &b.tree.Records[b.tree.Content(id)], true
}
