package fix

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/model"
)

// touchedBy returns the report's instructions that an edit changes, in the image's order:
// those of the instructions that the edit rewrites or takes out, and, where the edit only
// adds some, those of the instruction that they stand beside.
func (p *plan) touchedBy(e *edit, pairs []pair) (touched []int) {
	for _, s := range pairs {
		if s.before >= 0 && (s.after < 0 || e.before[s.before] != e.after[s.after]) {
			touched = append(touched, p.at[e.from+s.before].origins...)
		}
	}
	if len(touched) == 0 {
		for _, s := range pairs {
			if s.before < 0 {
				touched = append(touched, p.at[e.from+s.near].origins...)
			}
		}
	}
	slices.Sort(touched)
	return slices.Compact(touched)
}

// describeEdits sets before and after of the edits that were made. Edits that touch the same
// instructions are told as one: each has what all of them make of these instructions.
func (p *plan) describeEdits(mask redact.Mask) {
	applied := p.result.Applied
	for i := range applied {
		whole := slices.Clone(applied[i].Instructions)
		for grown := len(whole) > 0; grown; {
			grown = false
			for k := range applied {
				if !overlap(applied[k].Instructions, whole) {
					continue
				}
				for _, in := range applied[k].Instructions {
					if !slices.Contains(whole, in) {
						whole, grown = append(whole, in), true
					}
				}
			}
		}
		slices.Sort(whole)
		applied[i].Before, applied[i].After = nil, nil
		for _, in := range whole {
			if text := p.originals[in]; text != "" {
				applied[i].Before = append(applied[i].Before, mask.Text(text))
			}
		}
		for _, piece := range p.doc.pieces {
			if !overlap(piece.origins, whole) {
				continue
			}
			for _, text := range piece.texts() {
				if text != "" {
					applied[i].After = append(applied[i].After, mask.Text(text))
				}
			}
		}
	}
}

// overlap reports whether two lists have something in common.
func overlap(a, b []int) bool {
	return slices.ContainsFunc(a, func(x int) bool { return slices.Contains(b, x) })
}

// replaceFile puts a new Dockerfile in place of the edited one and returns the report's
// instructions that it replaces: those from a line on, but for the last kept lines, which are
// those of the edited file. from is that line in the new file.
func (p *plan) replaceFile(file []byte, from, kept int) (touched []int) {
	rest, tail := len(p.doc.pieces), ""
	for rest > 0 && kept > 0 {
		raw := p.doc.pieces[rest-1].raw
		if kept -= len(slices.Collect(strings.Lines(raw))); kept < 0 {
			break
		}
		rest, tail = rest-1, raw+tail
	}
	replaced, behind := p.doc.pieces[:rest], p.doc.pieces[rest:]
	for _, piece := range replaced {
		touched = append(touched, piece.origins...)
	}
	slices.Sort(touched)
	touched = slices.Compact(touched)
	lines := slices.Collect(strings.Lines(strings.TrimSuffix(string(file), tail)))
	from = min(max(from-1, 0), len(lines))
	p.doc = &document{}
	p.doc.add(strings.Join(lines[:from], ""), 1)
	p.doc.add(strings.Join(lines[from:], ""), from+1)
	if last := p.doc.last(); last != nil {
		last.origins = touched
	}
	p.doc.pieces = append(p.doc.pieces, behind...)
	return touched
}

// ignoreLines adds lines to the .dockerignore and returns the file before and after.
func (p *plan) ignoreLines(lines []string) []model.FileChange {
	change := model.FileChange{Path: ".dockerignore"}
	if before := p.ignore.Bytes(); before != nil {
		change.Before = model.Ptr(string(before))
	}
	p.ignore.Add(lines)
	change.After = string(p.ignore.Bytes())
	return []model.FileChange{change}
}
