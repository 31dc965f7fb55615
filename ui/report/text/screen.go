package text

import (
	"slices"

	"github.com/tare-oci/tare/ui/display"
)

const (
	// minEdit is how much of the first change's edit is shown before room is
	// given to other changes.
	minEdit = 6
	// wanted is how many changes a screen should list at least.
	wanted = 3
)

// maxTitles is how many changes besides the first have a line in any case.
const maxTitles = 5

// fit chooses what of the blocks goes on one screen. The worst is shown with
// its edit; the others as far as there is room, in order, without their edit if
// need be; edits that still fit are given back, the worst first. So many lines of the
// page are reserved for what follows.
func (p *textPage) fit(blocks []block, reserved int) []block {
	room := p.left() - reserved
	if len(blocks) == 0 {
		return nil
	}
	reserve := 0
	for _, b := range blocks[1:min(len(blocks), wanted)] {
		reserve += 1 + len(b.body)
	}
	first := blocks[0]
	room -= 1 + len(first.body)
	// Each of the others has its line before the first has its edit: the list says where the
	// bytes are, and tare fix writes the edit.
	titles := min(len(blocks)-1, maxTitles)
	first.edit = p.cut(first.edit, max(room-max(reserve, titles), min(minEdit, room-titles), 0))
	room -= len(first.edit)
	shown := []block{first}

	for _, b := range blocks[1:] {
		b.edit = nil
		if 1+len(b.body) > room {
			b.body = b.brief
		}
		if 1+len(b.body) > room {
			b.body = nil
		}
		if 1+len(b.body) > room {
			break
		}
		room -= 1 + len(b.body)
		shown = append(shown, b)
	}
	for i := 1; i < len(shown); i++ {
		edit := blocks[i].edit
		if len(shown[i].body) < len(blocks[i].body) || len(edit) == 0 {
			continue
		}
		if len(edit) <= room {
			shown[i].edit = edit
			room -= len(edit)
		}
	}
	return shown
}

// cut shortens an edit to a number of lines, the last of which says so.
func (p *textPage) cut(edit []string, lines int) []string {
	if len(edit) <= lines {
		return edit
	}
	if lines < 2 {
		return nil
	}
	left := len(edit) - lines + 1
	return append(slices.Clone(edit[:lines-1]), edit[0][:indent]+p.Faint(display.Plural(left, "more line")+" of the edit, -v shows all"))
}
