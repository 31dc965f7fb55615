package rules

import (
	"github.com/tare-oci/tare/analyze/rules/startable"
	"github.com/tare-oci/tare/model"
)

// maxUsed bounds what a config of megabytes can ask to be looked up.
const maxUsed = 400

// Resolve follows the visible symbolic links of an absolute path; false where
// it leads nowhere or changes nothing.
func (b *Build) Resolve(name string) (string, bool) { return startable.Resolve(b.Tree, name) }

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
