package report

import (
	"html/template"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// What a page has room for, so that no image makes it larger than 2 MB. Room is
// in bytes of the image's own words, as they stand in the file. A part that is
// full cuts what is still to come short.
const (
	htmlFindingRoom = 600 << 10
	htmlSourceRoom  = 300 << 10
	htmlPackageRoom = 250 << 10
	htmlMapRoom     = 150 << 10 // each
	htmlOtherRoom   = 50 << 10  // of each other part
	htmlMarkup      = 40        // goes around each text

	htmlMaxFindings  = 250
	htmlMaxSteps     = 500
	htmlMaxLines     = 2500 // of a Dockerfile
	htmlMaxStepLines = 200
	htmlMaxPackages  = 1000
	htmlMaxNotes     = 100
)

// How long one text may be, in the cells of a terminal.
const (
	htmlName  = 160  // a name, a path
	htmlLine  = 1000 // a line of a Dockerfile, a note
	htmlSay   = 400  // what to do, in a sentence or two
	htmlShort = 40   // either, when there is no room
	htmlWidth = 96   // where an instruction without line breaks is broken
)

// htmlPage makes the parts of a page from a report.
type htmlPage struct {
	text   view // the sentences that all formats say
	report *model.Report
	paths  Paths
	left   int // bytes of the image's words for which the part has room
	found  int // findings in the list, the first of ranked
	listed int // packages in the table, the first of packageOrder
}

// room starts a part of the page.
func (h *htmlPage) room(bytes int) { h.left = bytes }

// full reports whether the part has taken up its room.
func (h *htmlPage) full() bool { return h.left < 0 }

// take makes a text of the image fit to be shown on one line, cut to a number
// of cells; to very few when there is no room.
func (h *htmlPage) take(s string, cells int) string {
	return h.fit(display.OneLine(htmlClip(s, cells)), cells)
}

// takePath is take for a path, which is cut in its middle.
func (h *htmlPage) takePath(s string, cells int) string {
	if h.full() {
		cells = min(cells, htmlShort)
	}
	return h.fit(display.TruncatePath(display.Escape(s), cells), cells)
}

// takeLines is take for a text of several lines.
func (h *htmlPage) takeLines(lines []string, limit int) []string {
	var out []string
	for i, line := range lines {
		if i == limit || i > 0 && h.full() {
			break
		}
		out = append(out, h.fit(line, htmlLine))
	}
	if more := len(lines) - len(out); more > 0 {
		out = append(out, "("+display.Plural(more, "more line")+")")
	}
	return out
}

// fit cuts what is escaped already, and counts it.
func (h *htmlPage) fit(s string, cells int) string {
	if h.full() {
		cells = min(cells, htmlShort)
	}
	s = display.Truncate(s, cells)
	h.left -= len(template.HTMLEscapeString(s)) + htmlMarkup
	return s
}

// htmlClip spares escaping what take would cut off anyway. No character of a
// sensible text takes more bytes a cell.
func htmlClip(s string, cells int) string {
	if limit := 16 * cells; len(s) > limit {
		return strings.ToValidUTF8(s[:limit], "") + "…"
	}
	return s
}

// htmlLink is a text that leads to another part of the page.
type htmlLink struct {
	Text string
	To   string // the id of an element; "" where there is none
}

// made names an instruction, or the layer where there is none.
func (h *htmlPage) made(layer, instruction *int) *htmlLink {
	text := h.text.step(layer, instruction, htmlName)
	if text == "" {
		return nil
	}
	return &htmlLink{Text: h.fit(text, htmlName), To: h.stepID(instruction)}
}

// htmlShare is a part of a whole in percent, fit for an attribute.
func htmlShare(part, whole int64) string {
	if whole <= 0 || part <= 0 {
		return "0%"
	}
	return htmlNumber(float64(min(part, whole))/float64(whole)*100) + "%"
}
