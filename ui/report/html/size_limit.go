package html

import (
	"html/template"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

// What a page has room for, so that no image makes it larger than 2 MB. Room is
// in bytes of the image's own words, as they stand in the file. A part that is
// full cuts what is still to come short.
const (
	changeRoom  = 250 << 10
	findingRoom = 450 << 10
	sourceRoom  = 300 << 10
	packageRoom = 250 << 10
	mapRoom     = 150 << 10 // each
	otherRoom   = 50 << 10  // of each other part
	markup      = 40        // goes around each text

	maxFindings  = 250
	maxSteps     = 500
	maxLines     = 2500 // of a Dockerfile
	maxStepLines = 200
	maxPackages  = 1000
	maxNotes     = 100
)

// How long one text may be, in the cells of a terminal.
const (
	nameCells     = 160  // a name, a path
	lineCells     = 1000 // a line of a Dockerfile, a note
	sentenceCells = 400  // what to do, in a sentence or two
	shortCells    = 40   // either, when there is no room
	codeCells     = 96   // where an instruction without line breaks is broken
)

// builder makes the parts of a page from a report.
type builder struct {
	text   view.View // the sentences that all formats say
	report *model.Report
	paths  view.Paths
	left   int // bytes of the image's words for which the part has room
	found  int // findings in the list, the first of ranked
	listed int // packages in the table, the first of packageOrder
}

// room starts a part of the page.
func (h *builder) room(bytes int) { h.left = bytes }

// full reports whether the part has taken up its room.
func (h *builder) full() bool { return h.left < 0 }

// take makes a text of the image fit to be shown on one line, cut to a number
// of cells; to very few when there is no room.
func (h *builder) take(s string, cells int) string {
	return h.fit(display.OneLine(clip(s, cells)), cells)
}

// takePath is take for a path, which is cut in its middle.
func (h *builder) takePath(s string, cells int) string {
	if h.full() {
		cells = min(cells, shortCells)
	}
	return h.fit(display.TruncatePath(display.Escape(s), cells), cells)
}

// takeLines is take for a text of several lines.
func (h *builder) takeLines(lines []string, limit int) []string {
	var out []string
	for i, line := range lines {
		if i == limit || i > 0 && h.full() {
			break
		}
		out = append(out, h.fit(line, lineCells))
	}
	if more := len(lines) - len(out); more > 0 {
		out = append(out, "("+display.Plural(more, "more line")+")")
	}
	return out
}

// fit cuts what is escaped already, and counts it.
func (h *builder) fit(s string, cells int) string {
	if h.full() {
		cells = min(cells, shortCells)
	}
	s = display.Truncate(s, cells)
	h.left -= len(template.HTMLEscapeString(s)) + markup
	return s
}

// clip spares escaping what take would cut off anyway. No character of a
// sensible text takes more bytes a cell.
func clip(s string, cells int) string {
	if limit := 16 * cells; len(s) > limit {
		return strings.ToValidUTF8(s[:limit], "") + "…"
	}
	return s
}

// link is a text that leads to another part of the page.
type link struct {
	Text string
	To   string // the id of an element; "" where there is none
}

// made names an instruction, or the layer where there is none.
func (h *builder) made(layer, instruction *int) *link {
	text := h.text.Step(layer, instruction, nameCells)
	if text == "" {
		return nil
	}
	return &link{Text: h.fit(text, nameCells), To: h.stepID(instruction)}
}

// percent is a part of a whole in percent, fit for an attribute.
func percent(part, whole int64) string {
	if whole <= 0 || part <= 0 {
		return "0%"
	}
	return number(float64(min(part, whole))/float64(whole)*100) + "%"
}
