package rules

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"

	"github.com/tare-oci/tare/model"
)

// Neighbour is another file of the project that needs something of the image: a Dockerfile that builds on it,
// or copies from it, or what starts containers of it.
type Neighbour struct {
	Name     string   // its path in the project
	Builds   bool     // a stage of it starts from the image
	Installs bool     // it installs from apt's package lists that the image brings
	Copies   []string // what it copies or mounts, and the temporary files that stages on the image name
	Calls    []string // of a Dockerfile: the first words of the commands that stages on the image run
	Runs     []string // of another file: what it runs in containers of the image, as a shell reads it
	RunsNode bool     // among that is npm or the like
	IsBase   bool     // of a Dockerfile: it builds the image that this one stands on
	Builder  string   // of a file that shows it: who builds the image, and refuses cache mounts
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

// RunsIn returns a file of the project that runs something in a container with a path in or below a
// directory, "" for none.
func (b *Build) RunsIn(dir string) string {
	if b == nil {
		return ""
	}
	names := func(word string) bool {
		word = path.Clean(word[strings.LastIndexByte(word, '=')+1:])
		return word == dir || strings.HasPrefix(word, strings.TrimSuffix(dir, "/")+"/")
	}
	for _, n := range b.Neighbours {
		if slices.ContainsFunc(n.Runs, func(text string) bool { return slices.ContainsFunc(strings.Fields(text), names) }) {
			return n.Name
		}
	}
	return ""
}

// isRunBeyond reports whether another Dockerfile of the project, which starts from the image, runs a command
// such as "mvn" or "go run".
func (b *Build) isRunBeyond(tool string) bool {
	return slices.ContainsFunc(b.Neighbours, func(n Neighbour) bool {
		return slices.ContainsFunc(n.Calls, func(call string) bool { return strings.HasPrefix(call+" ", tool+" ") })
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

// OwnBase returns the Dockerfile of the project that builds the image which this one stands on, "" for none.
func (b *Build) OwnBase() string {
	for _, n := range b.Neighbours {
		if n.IsBase {
			return n.Name
		}
	}
	return ""
}

// RefusesMounts says who builds the image and refuses cache mounts, as a clause; "" where nothing shows such
// a builder.
func (b *Build) RefusesMounts() string {
	if b == nil {
		return ""
	}
	for _, n := range b.Neighbours {
		if n.Builder != "" {
			return b.SecretMask().Text(n.Name + " points to a builder that refuses them (" + n.Builder + ")")
		}
	}
	return ""
}

// KeptFor tells which visible files of an image no edit removes since another file of the project needs them, a line
// for each that does: "kept for child/Dockerfile: apt's package lists (19 MB)". It is part of a report's notes.
func (b *Build) KeptFor(t *model.Tree) (lines []string) {
	for _, n := range b.Neighbours {
		var kept []string
		if bytes := b.ownBytes(t, "var/lib/apt/lists"); n.Installs && bytes > 0 {
			kept = append(kept, fmt.Sprintf("apt's package lists (%s)", humanize.Bytes(uint64(bytes))))
		}
		for _, source := range n.Copies {
			name := strings.Trim(path.Clean(source), "/")
			if bytes := b.ownBytes(t, name); bytes > 0 && isTemporary(name) && !slices.Contains(kept, source) {
				kept = append(kept, source)
			}
		}
		if len(kept) > 0 {
			lines = append(lines, model.KeptNote+n.Name+": "+strings.Join(kept, ", "))
		}
	}
	return lines
}

// isTemporary reports whether a path is in a directory of which rules remove files.
func isTemporary(name string) bool {
	return strings.HasPrefix(name, "tmp/") || strings.HasPrefix(name, "var/tmp/")
}

// ownBytes returns how large the visible files at and below a path are that the image's own layers hold.
func (b *Build) ownBytes(t *model.Tree, name string) (bytes int64) {
	node, ok := t.Lookup(name)
	if !ok {
		return 0
	}
	var add func(n model.NodeID)
	add = func(n model.NodeID) {
		if id, ok := t.Visible(n); ok {
			if r := &t.Records[t.Content(id)]; r.Kind == model.File && int(r.Layer) >= b.Base.Layers {
				bytes += r.Size.Bytes()
			}
		}
		for c := range t.Children(n) {
			add(c)
		}
	}
	add(node)
	return bytes
}
