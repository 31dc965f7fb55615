package fix

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// ignore is a .dockerignore that lines are added to. The last line that matches
// decides, so new ones go to the end. Dockerfile reference, ".dockerignore file".
type ignore struct {
	old   []byte // nil: there is no such file
	lines []string
}

func readIgnore(old []byte) *ignore { return &ignore{old: old} }

// bytes is the file with the added lines; nil where there is none and none is
// needed.
func (g *ignore) bytes() []byte {
	if len(g.lines) == 0 {
		return g.old
	}
	eol := "\n"
	if bytes.Contains(g.old, []byte("\r\n")) {
		eol = "\r\n"
	}
	out := bytes.Clone(g.old)
	if len(out) > 0 && !bytes.HasSuffix(out, []byte("\n")) {
		out = append(out, eol...)
	}
	for _, line := range g.lines {
		out = append(out, line+eol...)
	}
	return out
}

// add appends lines that are not there yet.
func (g *ignore) add(lines []string) {
	for _, line := range lines {
		if !slices.Contains(g.lines, line) {
			g.lines = append(g.lines, line)
		}
	}
}

// refuses says why lines that keep files of the build context out do not belong
// into the file: what it says already speaks against them. "" if nothing does.
func (g *ignore) refuses(lines, files []string) string {
	patterns, err := ignorefile.ReadAll(bytes.NewReader(g.old))
	if err != nil {
		return fmt.Sprintf("the ignore file cannot be read: %v", err)
	}
	now, err := patternmatcher.New(patterns)
	if err != nil {
		return fmt.Sprintf("the ignore file cannot be read: %v", err)
	}
	ours, err := patternmatcher.New(lines)
	if err != nil {
		return fmt.Sprintf("no line can name them: %v", err)
	}
	for _, pattern := range patterns {
		wish, ok := strings.CutPrefix(pattern, "!")
		if !ok || strings.Trim(path.Base(wish), "*") == "" {
			continue // !src/** lets a folder in, and asks for none of its files
		}
		asked, err := patternmatcher.New([]string{wish})
		if err != nil {
			continue
		}
		for _, name := range files {
			if matches(asked, name) && !matches(asked, holder(ours, name)) {
				return fmt.Sprintf("the ignore file asks for %s with its line %s", name, pattern)
			}
		}
	}
	if slices.ContainsFunc(files, func(name string) bool { return !matches(now, name) }) {
		return ""
	}
	return "the ignore file keeps them out already, so the image was built before it said so or from another folder; build it again"
}

// holder is the nearest folder above a file that patterns leave in.
func holder(patterns *patternmatcher.PatternMatcher, name string) string {
	for name = path.Dir(name); name != "." && matches(patterns, name); {
		name = path.Dir(name)
	}
	return name
}

// matches says whether patterns keep a file of the build context out.
func matches(patterns *patternmatcher.PatternMatcher, name string) bool {
	out, err := patterns.MatchesOrParentMatches(name)
	return err == nil && out
}
