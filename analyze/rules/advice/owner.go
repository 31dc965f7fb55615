package advice

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

// OwnerOf returns the package that the visible file at a path without leading slash
// belongs to, and reports whether there is one.
func OwnerOf(b *rules.Build, name string) (*model.Package, bool) {
	if b == nil || b.Tree == nil || b.Tree.Packages == nil {
		return nil, false
	}
	node, ok := b.Tree.Lookup(name)
	if !ok {
		return nil, false
	}
	id, ok := b.Tree.Visible(node)
	if !ok || int(id) >= len(b.Tree.Packages) {
		return nil, false
	}
	at := b.Tree.Packages[id]
	if at < 0 || int(at) >= len(b.Packages) {
		return nil, false
	}
	return &b.Packages[at], true
}
