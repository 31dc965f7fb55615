package ports

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
)

// included are the texts of the files that a server's configuration includes by a pattern. It
// reports false where one of them is not known.
func included(b *rules.Build, pattern string) (texts []string, known bool) {
	if hasVariable(pattern) || isMounted(b, pattern) || b.Tree == nil {
		return nil, false
	}
	dir, base := path.Split(path.Clean(pattern))
	if strings.ContainsAny(dir, "*?[") {
		return nil, false
	}
	if !strings.ContainsAny(base, "*?[") {
		text, ok := textAt(b, pattern)
		return []string{text}, ok
	}
	if to, led := b.Resolve(dir); led {
		dir = "/" + to
	}
	node, there := b.Tree.Lookup(strings.Trim(path.Clean(dir), "/"))
	if !there {
		return nil, true
	}
	var names []string
	for child := range b.Tree.Children(node) {
		name := b.Tree.Name(child)
		if ok, err := path.Match(base, name); err != nil {
			return nil, false
		} else if _, visible := b.Tree.Visible(child); ok && visible && !strings.HasPrefix(name, ".") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		text, ok := textAt(b, path.Join(dir, name))
		if !ok {
			return nil, false
		}
		texts = append(texts, text)
	}
	return texts, true
}

// textAt is the text of a file at an absolute path, links followed.
func textAt(b *rules.Build, name string) (string, bool) {
	if to, led := b.Resolve(name); led {
		name = "/" + to
	}
	at := strings.TrimPrefix(path.Clean(name), "/")
	text, known := b.Captured[at]
	if _, there := b.Visible(at); !there {
		return "", false
	}
	return string(text), known
}
