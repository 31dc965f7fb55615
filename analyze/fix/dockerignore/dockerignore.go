// Package dockerignore adds lines to a .dockerignore file.
//
// The file is next to the Dockerfile and keeps paths out of the build context. Each line is a
// pattern, a path relative to the root of the context; a line that begins with ! lets a path
// in again. The last line that matches a path decides, and a line that matches a directory
// covers everything in it. So new lines go to the end of the file (Dockerfile reference,
// ".dockerignore file").
//
// There is no I/O here. A File must not be used by two goroutines at the same time.
package dockerignore

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// File is a .dockerignore that lines are added to.
type File struct {
	old   []byte // nil: there is no such file
	added []string
}

// New returns a file with its content; nil stands for a file that does not exist.
func New(old []byte) *File { return &File{old: old} }

// Bytes returns the file with the added lines; nil where there is none and none is needed.
// The caller must not change the bytes.
func (f *File) Bytes() []byte {
	if len(f.added) == 0 {
		return f.old
	}
	eol := "\n"
	if bytes.Contains(f.old, []byte("\r\n")) {
		eol = "\r\n"
	}
	out := bytes.Clone(f.old)
	if len(out) > 0 && !bytes.HasSuffix(out, []byte("\n")) {
		out = append(out, eol...)
	}
	for _, line := range f.added {
		out = append(out, line+eol...)
	}
	return out
}

// Add appends lines that were not added before.
func (f *File) Add(lines []string) {
	for _, line := range lines {
		if !slices.Contains(f.added, line) {
			f.added = append(f.added, line)
		}
	}
}

// Conflict returns why lines that keep files of the build context out do not belong into the
// file: a line of the file asks for one of those files, or the file keeps all of them out
// already, so that the image was built without it. It returns "" where nothing speaks against
// the lines.
func (f *File) Conflict(lines, files []string) string {
	patterns, err := ignorefile.ReadAll(bytes.NewReader(f.old))
	if err != nil {
		return fmt.Sprintf("tare cannot read the ignore file: %v", err)
	}
	now, err := patternmatcher.New(patterns)
	if err != nil {
		return fmt.Sprintf("tare cannot read the ignore file: %v", err)
	}
	ours, err := patternmatcher.New(lines)
	if err != nil {
		return fmt.Sprintf("no line of an ignore file can match them: %v", err)
	}
	for _, pattern := range patterns {
		wish, ok := strings.CutPrefix(pattern, "!")
		if !ok || strings.Trim(path.Base(wish), "*") == "" {
			continue // !src/** lets a directory in, and asks for none of its files
		}
		asked, err := patternmatcher.New([]string{wish})
		if err != nil {
			continue
		}
		for _, name := range files {
			if excludes(asked, name) && !excludes(asked, keptParent(ours, name)) {
				return fmt.Sprintf("the ignore file's line %[2]s asks to keep %[1]s", name, pattern)
			}
		}
	}
	if slices.ContainsFunc(files, func(name string) bool { return !excludes(now, name) }) {
		return ""
	}
	return "the ignore file already keeps them out, so the image was built before that, or from another directory; build it again"
}

// keptParent returns the nearest directory above a file that patterns leave in the context.
func keptParent(patterns *patternmatcher.PatternMatcher, name string) string {
	for name = path.Dir(name); name != "." && excludes(patterns, name); {
		name = path.Dir(name)
	}
	return name
}

// Matcher returns a function that reports whether lines keep a file of the build context out.
func Matcher(lines []string) (func(name string) bool, error) {
	patterns, err := patternmatcher.New(lines)
	if err != nil {
		return nil, err
	}
	return func(name string) bool { return excludes(patterns, name) }, nil
}

// excludes reports whether patterns keep a file of the build context out.
func excludes(patterns *patternmatcher.PatternMatcher, name string) bool {
	out, err := patterns.MatchesOrParentMatches(name)
	return err == nil && out
}
