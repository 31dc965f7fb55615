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

// Resolve follows the visible symbolic links of an absolute path; false where
// it leads nowhere or changes nothing.
func (b *Build) Resolve(name string) (string, bool) {
	if b.Tree == nil {
		return "", false
	}
	todo := strings.Split(strings.Trim(path.Clean(name), "/"), "/")
	at, links := "", 0
	for len(todo) > 0 && len(todo) < maxSteps {
		next := path.Join(at, todo[0])
		todo = todo[1:]
		node, ok := b.Tree.Lookup(next)
		if !ok {
			return "", false
		}
		id, ok := b.Tree.Visible(node)
		if !ok {
			return "", false
		}
		content := &b.Tree.Records[b.Tree.Content(id)]
		if content.Kind != model.Symlink {
			at = next
			continue
		}
		if links++; links > maxLinks {
			return "", false
		}
		target := b.Tree.LinkText(content)
		if path.IsAbs(target) {
			at = ""
		}
		target = path.Clean("/" + path.Join(at, target))
		at = ""
		todo = append(strings.Split(strings.Trim(target, "/"), "/"), todo...)
	}
	return at, links > 0 && len(todo) == 0
}

// Visible reports whether a path without leading slash is there in the finished
// image, and returns its record.
func (b *Build) Visible(name string) (*model.Record, bool) {
	if b == nil || b.Tree == nil {
		return nil, false
	}
	node, ok := b.Tree.Lookup(name)
	if !ok {
		return nil, false
	}
	id, ok := b.Tree.Visible(node)
	if !ok {
		return nil, false
	}
	return &b.Tree.Records[b.Tree.Content(id)], true
}
