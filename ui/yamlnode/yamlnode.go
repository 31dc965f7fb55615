// Package yamlnode walks YAML documents by their nodes, for settings whose errors have to name a
// line. Decoding into Go values would lose the lines.
//
//	for key, value := range yamlnode.Pairs(mapping) { … key.Line … }
//
// Aliases are not followed: an alias is a node of its own kind, so a document of a few bytes that
// would expand to gigabytes costs no more than its bytes.
package yamlnode

import (
	"iter"

	"go.yaml.in/yaml/v3"
)

// Pairs returns the keys and values of a mapping in the order in which they are
// written, keys that stand twice included. Any other node has none.
func Pairs(mapping *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		if mapping.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(mapping.Content); i += 2 {
			if !yield(mapping.Content[i], mapping.Content[i+1]) {
				return
			}
		}
	}
}

// Items returns the items of a list, or the node itself where it is no list:
// many settings take one value or several.
func Items(node *yaml.Node) []*yaml.Node {
	if node.Kind == yaml.SequenceNode {
		return node.Content
	}
	return []*yaml.Node{node}
}
