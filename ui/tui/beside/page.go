package beside

import (
	"github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// Expected is what was predicted before the image was built again. The zero value means that
// nothing was predicted.
type Expected struct {
	Size     int64
	PullSize *int64
	Saves    map[string]int64 // by ids of the old image's findings
}

// Page is two images beside each other.
type Page struct {
	th       *draw.Theme
	c        *model.Comparison
	expected Expected
	same     bool // both are one image
	old      *model.Report

	lists []*list // the first of them is the steps
	at    int     // the list that is shown of the others
	lower bool    // the focus is on that list, not on the steps

	width, height int
	zoomed        bool
	layout        layout
	text          []string // about the row under the cursor
	textTitle     string
	textTop       int
	whole         *wholeText // the text on the whole page; nil where it is not
}

// wholeText is the text about a row, where it has all of the page.
type wholeText struct{ top int }

// New compares two reports. It goes through all their files, so call it in a command and not in
// Update.
func New(from, to *model.Report, expected Expected) *Page {
	p := &Page{c: compare.Reports(from, to), expected: expected, old: from, at: 1}
	p.same = from.Image.ID != nil && to.Image.ID != nil && *from.Image.ID == *to.Image.ID
	p.lists = []*list{
		newList("steps", "Steps", byOrder, p.stepRows(compare.Steps(from, to))),
		newList("findings", "Findings", byChange, p.findingRows(to)),
		newList("packages", "Packages", byChange, p.packageRows()),
		newList("files", "Files", byChange, p.pathRows()),
	}
	p.relate()
	for i, l := range p.lists[1:] {
		if len(l.rows) > 0 { // what there is something of
			p.at = i + 1
			break
		}
	}
	p.begin()
	return p
}

// begin puts the cursor on the row to look at first: the finding that a prediction was about, else
// the step that changed most, or of which most is pulled again for nothing.
func (p *Page) begin() {
	p.lower = p.Predicted() && p.at == 1
	steps, most := p.lists[0], int64(0)
	for i := range steps.shown {
		if w := max(weight(steps.at(i)), forNothing(steps.at(i).again)); w > most {
			steps.Cursor, most = i, w
		}
	}
}

// Same reports whether both reports are of one image.
func (p *Page) Same() bool { return p.same }

// Predicted reports whether there is a prediction for the new image.
func (p *Page) Predicted() bool { return len(p.expected.Saves) > 0 }

// Paint takes a theme over.
func (p *Page) Paint(th *draw.Theme) { p.th = th }

// focused is the list that keys go to.
func (p *Page) focused() *list {
	if p.lower {
		return p.lists[p.at]
	}
	return p.lists[0]
}

// Resize tells how much of the screen the page has.
func (p *Page) Resize(width, height int) {
	p.width, p.height = width, height
	p.settle()
}

// settle brings the parts of the page into agreement after a change.
func (p *Page) settle() {
	if p.th == nil || p.width == 0 {
		return
	}
	p.layout = layoutOf(p.width, p.height, p.zoomed)
	for i, l := range p.lists {
		b := p.box(i)
		l.Resize(len(l.shown), b.Upper-l.above())
	}
	page := &draw.Page{Theme: p.th, Width: max(p.textWidth(), 1)}
	p.textTitle = p.read(page)
	p.text = page.Rows
	p.textTop = max(0, min(p.textTop, len(p.text)-p.textHeight()))
	if p.whole != nil {
		p.whole.top = max(0, min(p.whole.top, len(p.text)-(p.height-2)))
	}
}

// textWidth is how wide the text about a row is.
func (p *Page) textWidth() int {
	if p.whole != nil {
		return p.width - 4
	}
	return p.textBox().Inner() - 2
}

func (p *Page) textHeight() int { return p.textBox().Lower }

// Path is the path under the cursor in the new image, "" where there is none.
func (p *Page) Path() string {
	if row := p.focused().row(); row != nil {
		return row.path
	}
	return ""
}
