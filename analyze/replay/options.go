package replay

import (
	"bytes"
	"io"
	"maps"
	"path"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"

	"github.com/tare-oci/tare/analyze/rope"
)

// Options say what a Dockerfile is replayed with.
type Options struct {
	// Archive has the packages of Debian; nil is the extract that [Debian] returns.
	Archive *Archive
	// Context has the files of the build context by slash-separated path, which a
	// .dockerignore among them narrows. Where it is nil, the replay invents the files
	// that the Dockerfile copies.
	Context map[string]File
	// Known has files of an invented context by slash-separated path, as Context has: what a
	// repository tells of it. The replay invents only what they lack.
	Known map[string]File
	// Below is true where the Dockerfile lies in a directory of its repository: an invented
	// context then has no .git, as the builder is given that directory.
	Below bool
}

// File is a file of a build context.
type File struct {
	Body []byte // the content, where it matters
	Size int64  // how long an invented content is; Body must be nil
	Mode int64  // 0644 when zero
}

// Content reads what the replay takes the file to hold under its name in the context.
func (f File) Content(name string) io.Reader {
	n := f.node(name)
	head := n.beginning()
	var r rope.Rope
	r.Add(head)
	for left := n.length() - int64(len(head)); left > 0; left -= int64(len(zeros)) {
		r.Add(zeros[:min(left, int64(len(zeros)))])
	}
	return io.NewSectionReader(&r, 0, r.Size())
}

func (f File) node(name string) *node {
	n := filler("context "+name, f.Size)
	if f.Body != nil {
		n = text(string(f.Body))
	}
	if f.Mode != 0 {
		n.mode = f.Mode
	}
	return n
}

// contextFiles are the nodes of a context, without what its .dockerignore keeps out:
// https://docs.docker.com/build/concepts/context/#dockerignore-files.
func contextFiles(context map[string]File) (map[string]*node, error) {
	ignored := func(string) (bool, error) { return false, nil }
	if f, ok := context[".dockerignore"]; ok {
		patterns, err := ignorefile.ReadAll(bytes.NewReader(f.Body))
		if err != nil {
			return nil, err
		}
		matcher, err := patternmatcher.New(patterns)
		if err != nil {
			return nil, err
		}
		ignored = matcher.MatchesOrParentMatches
	}
	files := map[string]*node{}
	for name, f := range context {
		out, err := ignored(name)
		if err != nil {
			return nil, err
		}
		if !out {
			files[name] = f.node(name)
		}
	}
	return files, nil
}

// given are the files of a context that a source of COPY or ADD means, by path below
// its destination; file is true where it is one file. None are found where the context
// does not have it.
func given(files map[string]*node, src string) (found map[string]*node, file bool) {
	clean := strings.TrimPrefix(path.Clean("/"+src), "/")
	if clean == "" {
		return files, false
	}
	if n := files[clean]; n != nil {
		return map[string]*node{path.Base(clean): n}, true
	}
	found = map[string]*node{}
	for name, n := range files {
		if below, ok := strings.CutPrefix(name, clean+"/"); ok {
			found[below] = n
		}
	}
	if len(found) > 0 || !strings.ContainsAny(clean, "*?[") {
		return found, false
	}
	for name, n := range files {
		// A pattern may mean a directory, all of which comes then.
		for at := name; at != "."; at = path.Dir(at) {
			if ok, _ := path.Match(clean, at); ok {
				found[path.Join(path.Base(at), strings.TrimPrefix(strings.TrimPrefix(name, at), "/"))] = n
			}
		}
	}
	return found, false
}

// copied notes which files of the context the instruction under way took.
func (m *machine) copied(src string, found map[string]*node, one bool) {
	clean := strings.TrimPrefix(path.Clean("/"+src), "/")
	for name := range maps.Keys(found) {
		switch {
		case one:
			m.took[clean] = true
		case strings.ContainsAny(clean, "*?["):
			m.took[path.Join(path.Dir(clean), name)] = true
		default:
			m.took[path.Join(clean, name)] = true
		}
	}
}
