package fix

import "github.com/tare-oci/tare/model"

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
	p.closeGap(maker)
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
