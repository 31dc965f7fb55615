package fix

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// pieceOf returns the instruction of the file that made a finding's bytes, nil where it
// does not hold it.
func (p *plan) pieceOf(f *model.Finding) *piece {
	if made := p.instructionOf(f); made != nil {
		return p.at[*made]
	}
	return nil
}

// noteTakenOut notes, for an edit that has just been made and is the next of the result's,
// whether it has taken out the instruction that made a finding's bytes: no layer of it is
// left. maker is that instruction.
func (p *plan) noteTakenOut(f *model.Finding, maker *piece) {
	if f.Rule != "apt-lists" || maker == nil || maker.raw != "" || f.Layer == nil || p.instructionOf(f) != nil {
		return
	}
	if p.layersGone == nil {
		p.layersGone = make(map[int]int)
	}
	p.layersGone[*f.Layer] = len(p.result.Applied)
	p.dropComment(maker)
	p.closeGap(maker)
}

// dropComment takes the comments right above an instruction that is gone with it, where
// they are about nothing else: a blank line stands behind it, or nothing.
func (p *plan) dropComment(gone *piece) {
	k := slices.Index(p.doc.pieces, gone)
	if k < 1 || p.doc.pieces[k-1].text != "" {
		return
	}
	if k+1 < len(p.doc.pieces) {
		first, _, _ := strings.Cut(p.doc.pieces[k+1].raw, "\n")
		if strings.TrimSpace(first) != "" {
			return
		}
	}
	above := p.doc.pieces[k-1]
	lines := slices.Collect(strings.Lines(above.raw))
	for len(lines) > 0 && strings.HasPrefix(strings.TrimSpace(lines[len(lines)-1]), "#") {
		lines = lines[:len(lines)-1]
	}
	above.raw = strings.Join(lines, "")
}

// takenOut reports whether an edit has taken out the instruction that made the layer of a
// finding, and returns which of the result's it is.
func (p *plan) takenOut(f *model.Finding) (applied int, gone bool) {
	if f.Layer == nil {
		return 0, false
	}
	applied, gone = p.layersGone[*f.Layer]
	return applied, gone && applied < len(p.result.Applied)
}
