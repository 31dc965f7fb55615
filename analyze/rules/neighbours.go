package rules

import (
	"path"
	"slices"
	"strings"
)

// Neighbour is another file of the project that needs something of the image: a Dockerfile that builds on it,
// or copies from it, or what starts containers of it.
type Neighbour struct {
	Name     string   // its path in the project
	Builds   bool     // a stage of it starts from the image
	Installs bool     // it installs from apt's package lists that the image brings
	Copies   []string // what it copies, as its COPY --from names it
	RunsNode bool     // it calls npm or the like in a container
}

// IsCopiedElsewhere reports whether another Dockerfile of the project copies a file of the image, by its
// absolute path.
func (b *Build) IsCopiedElsewhere(file string) bool {
	return b != nil && slices.ContainsFunc(b.Neighbours, func(n Neighbour) bool {
		return slices.ContainsFunc(n.Copies, func(source string) bool {
			source = path.Join("/", source)
			fits, err := path.Match(source, file)
			return fits && err == nil || strings.HasPrefix(file, strings.TrimSuffix(source, "/")+"/")
		})
	})
}

// BuiltOn returns another Dockerfile of the project that starts from the image, "" for none.
func (b *Build) BuiltOn() string {
	if b == nil {
		return ""
	}
	for _, n := range b.Neighbours {
		if n.Builds {
			return n.Name
		}
	}
	return ""
}
