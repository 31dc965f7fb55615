package workloads

import (
	"strconv"

	"go.yaml.in/yaml/v3"
)

// maxDepth is how many mappings and lists may be inside each other, and aliases in a row.
const maxDepth = 64

// walker looks into the nodes of one document. Every node that it passes costs a step, so
// aliases that would expand to gigabytes end the reading instead.
type walker struct {
	steps      int  // that are left
	crowded    bool // whether a pod has more than maxContainers
	unrendered bool // whether a name or an image is {{ … }}, which YAML takes for mappings
}

// newWalker grants each node of a document, aliases not followed, a number of visits.
func newWalker(doc *yaml.Node) *walker {
	return &walker{steps: 10_000 + 50*count(doc, maxDepth)}
}

// count is the number of nodes as they are written, down to a depth.
func count(n *yaml.Node, depth int) int {
	total := 1
	if depth > 0 {
		for _, child := range n.Content {
			total += count(child, depth-1)
		}
	}
	return total
}

// spent counts a step and reports whether there are none left.
func (w *walker) spent() bool {
	w.steps--
	return w.steps < 0
}

// real follows aliases; nil stays nil.
func (w *walker) real(n *yaml.Node) *yaml.Node {
	for depth := 0; n != nil && n.Kind == yaml.AliasNode; depth++ {
		if depth > maxDepth || w.spent() {
			return nil
		}
		n = n.Alias
	}
	return n
}

// get is the value of a key of a mapping, also through merge keys (<<: *common), or nil.
// Where a key stands twice, the last one counts, as it does for Kubernetes.
func (w *walker) get(n *yaml.Node, key string) *yaml.Node { return w.lookup(n, key, 0) }

func (w *walker) lookup(n *yaml.Node, key string, depth int) *yaml.Node {
	n = w.real(n)
	if n == nil || n.Kind != yaml.MappingNode || depth > maxDepth {
		return nil
	}
	var found, merged *yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		if w.spent() {
			return nil
		}
		switch k := n.Content[i]; {
		case k.Value == key && k.Kind == yaml.ScalarNode:
			found = n.Content[i+1]
		case k.Value == "<<" && k.Tag == "!!merge":
			merged = n.Content[i+1]
		}
	}
	if found != nil || merged == nil {
		return w.real(found)
	}
	for _, from := range w.items(merged) {
		if value := w.lookup(from, key, depth+1); value != nil {
			return value
		}
	}
	return nil
}

// path is the value below several keys.
func (w *walker) path(n *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		n = w.get(n, key)
	}
	return n
}

// items are the items of a list, or the node itself where it is something else.
func (w *walker) items(n *yaml.Node) []*yaml.Node {
	n = w.real(n)
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		return []*yaml.Node{n}
	}
	return n.Content
}

// list are the items of a list; of anything else there are none.
func (w *walker) list(n *yaml.Node) []*yaml.Node {
	if n = w.real(n); n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// text is a scalar as it is written; "" for null and for everything else.
func (w *walker) text(n *yaml.Node) string {
	n = w.real(n)
	if n == nil || n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
		return ""
	}
	return n.Value
}

// texts are the scalars of a list, nil for an empty one.
func (w *walker) texts(n *yaml.Node) []string {
	var all []string
	for _, item := range w.list(n) {
		if w.spent() {
			return all
		}
		all = append(all, w.text(item))
	}
	return all
}

// labels is a mapping of texts.
func (w *walker) labels(n *yaml.Node, into map[string]string) map[string]string {
	n = w.real(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return into
	}
	for i := 0; i+1 < len(n.Content) && !w.spent(); i += 2 {
		if into == nil {
			into = map[string]string{}
		}
		if _, set := into[n.Content[i].Value]; !set {
			into[n.Content[i].Value] = w.text(n.Content[i+1])
		}
	}
	return into
}

// number is a whole number that a setting has, or nil.
func (w *walker) number(n *yaml.Node) *Setting[int64] {
	value, err := strconv.ParseInt(w.text(n), 10, 64)
	if err != nil {
		return nil
	}
	return &Setting[int64]{value, n.Line}
}

// yes is true or false, or nil for everything else. A text in quotes is neither for
// Kubernetes, which refuses it.
func (w *walker) yes(n *yaml.Node) *Setting[bool] {
	if text := w.text(n); text != "" && n.ShortTag() == "!!bool" {
		return &Setting[bool]{text == "true" || text == "True" || text == "TRUE", n.Line}
	}
	return nil
}

// line is where a node stands; 0 for none.
func line(n *yaml.Node) int {
	if n == nil {
		return 0
	}
	return n.Line
}
