package unified

import (
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// without takes hidden lines out of the context of a hunk, and returns a hunk for each stretch
// between them in which something changes.
func without(h *udiff.Hunk, hidden []bool) (parts []*udiff.Hunk) {
	part := &udiff.Hunk{FromLine: h.FromLine, ToLine: h.ToLine}
	from, to, begun := h.FromLine, h.ToLine, false // begun: a hidden line came before
	end := func(ended bool) {
		if part = balanced(part, begun, ended); part != nil {
			parts = append(parts, part)
		}
	}
	for _, line := range h.Lines {
		if line.Kind == udiff.Equal && from <= len(hidden) && hidden[from-1] {
			end(true)
			from, to, begun = from+1, to+1, true
			part = &udiff.Hunk{FromLine: from, ToLine: to}
			continue
		}
		part.Lines = append(part.Lines, line)
		if line.Kind != udiff.Insert {
			from++
		}
		if line.Kind != udiff.Delete {
			to++
		}
	}
	end(false)
	return parts
}

// balanced makes the context at both ends of a hunk equally long where a hidden line cut one
// of them short (begun, ended): patch takes a shorter end for the beginning or the end of the
// file. It returns nil where nothing changes.
func balanced(h *udiff.Hunk, begun, ended bool) *udiff.Hunk {
	before, behind := 0, 0
	for before < len(h.Lines) && h.Lines[before].Kind == udiff.Equal {
		before++
	}
	if before == len(h.Lines) {
		return nil
	}
	for h.Lines[len(h.Lines)-1-behind].Kind == udiff.Equal {
		behind++
	}
	first, last := 0, len(h.Lines)
	if begun && before < behind {
		last -= behind - before
	}
	if ended && behind < before {
		first = before - behind
	}
	return &udiff.Hunk{FromLine: h.FromLine + first, ToLine: h.ToLine + first, Lines: h.Lines[first:last]}
}

// writeHunk writes a hunk. A side without lines is named by the line before it.
func writeHunk(b *strings.Builder, h *udiff.Hunk) {
	var from, to int
	for _, line := range h.Lines {
		if line.Kind != udiff.Insert {
			from++
		}
		if line.Kind != udiff.Delete {
			to++
		}
	}
	side := func(line, count int) string {
		switch count {
		case 0:
			return fmt.Sprintf("%d,0", line-1)
		case 1:
			return fmt.Sprint(line)
		}
		return fmt.Sprintf("%d,%d", line, count)
	}
	fmt.Fprintf(b, "@@ -%s +%s @@\n", side(h.FromLine, from), side(h.ToLine, to))
	for _, line := range h.Lines {
		b.WriteByte(map[udiff.OpKind]byte{udiff.Delete: '-', udiff.Insert: '+', udiff.Equal: ' '}[line.Kind])
		b.WriteString(line.Content)
		if !strings.HasSuffix(line.Content, "\n") {
			b.WriteString("\n\\ No newline at end of file\n")
		}
	}
}
