package fix

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// buildName is a name for the build stage that the file does not use yet.
func (s *stage) buildName() string {
	text := strings.ToLower(string(s.p.doc.bytes()))
	for n := 1; ; n++ {
		name := "build"
		if n > 1 {
			name = fmt.Sprintf("build-%d", n)
		}
		taken := strings.Contains(text, "from="+name) || slices.ContainsFunc(strings.Split(text, "\n"), func(line string) bool {
			words := strings.Fields(line)
			return len(words) > 1 && words[0] == "from" && slices.Contains(words[1:], name)
		})
		if !taken {
			return name
		}
	}
}

// write is the Dockerfile with both stages.
func (s *stage) write() string {
	eol := s.eol()
	var b strings.Builder
	b.WriteString(s.build(eol))
	b.WriteString(eol + "# What runs, without the tools that the stage above needs." + eol)
	b.WriteString(s.base)
	if s.name != "" {
		b.WriteString(" AS " + s.name)
	}
	b.WriteString(eol)
	added := false
	for i := range s.steps[:s.last+1] {
		step := &s.steps[i]
		if i > s.at && !added {
			s.writeAdded(&b, eol)
			added = true
		}
		if step.kind == setting || step.kind == account {
			b.WriteString(strings.TrimSuffix(strings.TrimSuffix(step.raw, "\n"), "\r") + eol)
		}
	}
	if !added {
		s.writeAdded(&b, eol)
	}
	return b.String() + s.rest()
}

// writeAdded writes what only the new stage has.
func (s *stage) writeAdded(b *strings.Builder, eol string) {
	if s.install != "" {
		b.WriteString(s.install + eol)
	}
	for _, line := range s.copies() {
		b.WriteString(line + eol)
	}
	if s.cached() {
		b.WriteString("RUN ldconfig" + eol)
	}
}

// build is the file up to the end of the build stage, with its name in FROM.
func (s *stage) build(eol string) string {
	lines := slices.Collect(strings.Lines(string(s.p.doc.bytes())))
	last := &s.steps[s.last]
	lines[s.from.Line-1] = s.base + " AS " + s.buildName() + eol
	text := strings.Join(lines[:min(last.EndLine, len(lines))], "")
	if !strings.HasSuffix(text, "\n") {
		text += eol
	}
	return text
}

// rest is the file behind the build stage.
func (s *stage) rest() string {
	lines := slices.Collect(strings.Lines(string(s.p.doc.bytes())))
	return strings.Join(lines[min(s.steps[s.last].EndLine, len(lines)):], "")
}

// cached says whether shared libraries are copied to where programs find them
// only through the linker's cache.
func (s *stage) cached() bool {
	for _, it := range s.items {
		if s.holdsLibrary(it.node, it.path) {
			return true
		}
	}
	return false
}

func (s *stage) holdsLibrary(n model.NodeID, name string) bool {
	if dir := path.Dir(name); path.Base(dir) == "lib" || strings.HasSuffix(dir, "-linux-gnu") {
		if base := path.Base(name); strings.HasSuffix(base, ".so") || strings.Contains(base, ".so.") {
			if _, ok := s.tree.At(n, s.lastLayer); ok && (strings.HasPrefix(name, "usr/") || strings.HasPrefix(name, "lib")) {
				return true
			}
		}
	}
	for c := range s.tree.Children(n) {
		if s.holdsLibrary(c, name+"/"+s.tree.Name(c)) {
			return true
		}
	}
	return false
}
