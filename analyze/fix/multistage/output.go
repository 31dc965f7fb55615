package multistage

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// text returns the Dockerfile with both stages.
func (d *draft) text() string {
	lineEnd := d.lineEnd()
	var b strings.Builder
	b.WriteString(d.buildStageText(lineEnd))
	b.WriteString(lineEnd + "# What runs, without the tools that the stage above needs." + lineEnd)
	b.WriteString(d.base)
	if d.name != "" {
		b.WriteString(" AS " + d.name)
	}
	b.WriteString(lineEnd)
	inserted := false
	for i := range d.buildStage() {
		in := &d.instructions[i]
		if i > d.insertAt && !inserted {
			d.writeInserted(&b, lineEnd)
			inserted = true
		}
		if in.role == setsConfig || in.role == addsAccounts {
			b.WriteString(strings.TrimSuffix(strings.TrimSuffix(in.source, "\n"), "\r") + lineEnd)
		}
	}
	if !inserted {
		d.writeInserted(&b, lineEnd)
	}
	b.WriteString(strings.Join(d.lines[d.boundaryEnd():], ""))
	return b.String()
}

// buildStageText returns the file up to the end of the build stage, with the name of
// the stage in its FROM.
func (d *draft) buildStageText(lineEnd string) string {
	lines := slices.Clone(d.lines[:d.boundaryEnd()])
	lines[d.from.Line-1] = d.base + " AS " + d.buildName + lineEnd
	text := strings.Join(lines, "")
	if !strings.HasSuffix(text, "\n") {
		text += lineEnd
	}
	return text
}

// boundaryEnd is how many lines of the file there are up to the end of the boundary.
func (d *draft) boundaryEnd() int { return min(d.instructions[d.boundary].EndLine, len(d.lines)) }

// writeInserted writes what only the runtime stage has.
func (d *draft) writeInserted(b *strings.Builder, lineEnd string) {
	if d.install != "" {
		b.WriteString(d.install + lineEnd)
	}
	for _, line := range d.copyInstructions() {
		b.WriteString(line + lineEnd)
	}
	if d.needsLinkerCache() {
		b.WriteString("RUN ldconfig" + lineEnd)
	}
}

// copyInstructions returns the COPY instructions of the runtime stage: one a directory,
// and one for all files that go to the same directory.
func (d *draft) copyInstructions() (out []string) {
	from := "COPY --from=" + d.buildName + " "
	for i := 0; i < len(d.copied); i++ {
		source := &d.copied[i]
		if source.directory {
			out = append(out, from+"/"+source.path+" /"+source.path)
			continue
		}
		dir := path.Dir(source.path)
		line := from + "/" + source.path
		for i+1 < len(d.copied) && !d.copied[i+1].directory && path.Dir(d.copied[i+1].path) == dir {
			i++
			line += " /" + d.copied[i].path
		}
		target := "/"
		if dir != "." {
			target += dir + "/"
		}
		out = append(out, line+" "+target)
	}
	return out
}

// needsLinkerCache reports whether shared libraries are copied to where programs find
// them only through the cache of the dynamic linker.
func (d *draft) needsLinkerCache() bool {
	return slices.ContainsFunc(d.copied, func(source copySource) bool { return d.holdsLibrary(source.node, source.path) })
}

// holdsLibrary reports whether there is a shared library at or below a node.
func (d *draft) holdsLibrary(n model.NodeID, name string) bool {
	if dir := path.Dir(name); path.Base(dir) == "lib" || strings.HasSuffix(dir, "-linux-gnu") {
		if base := path.Base(name); strings.HasSuffix(base, ".so") || strings.Contains(base, ".so.") {
			if _, ok := d.tree.At(n, d.lastLayer); ok && (strings.HasPrefix(name, "usr/") || strings.HasPrefix(name, "lib")) {
				return true
			}
		}
	}
	for c := range d.tree.Children(n) {
		if d.holdsLibrary(c, name+"/"+d.tree.Name(c)) {
			return true
		}
	}
	return false
}
