package beside

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/keys"
)

// Effect is what the caller has to do after the page has handled a key.
type Effect int

const (
	None   Effect = iota
	Closed        // the page is left
	Filter        // ask for what the focused list is narrowed to
	Files         // show the path under the cursor among the new image's files
)

// Press handles a key; done reports whether the key means anything on the page.
func (p *Page) Press(k *keys.Map, msg tea.KeyPressMsg) (e Effect, done bool) {
	defer p.settle()
	if p.whole != nil {
		return None, p.pressText(k, msg)
	}
	l := p.focused()
	before := l.Cursor
	if keys.Travel(k, msg, l.Height, l.Count, l.Move) {
		if l.Cursor != before {
			p.textTop = 0
		}
		return None, true
	}
	switch {
	case key.Matches(msg, k.TextDown):
		p.textTop++ // settle holds it back at the end
	case key.Matches(msg, k.TextUp):
		p.textTop--
	case key.Matches(msg, k.NextPane, k.PrevPane):
		p.turn(key.Matches(msg, k.PrevPane))
	case key.Matches(msg, k.Zoom):
		p.zoomed = !p.zoomed
	case key.Matches(msg, k.Sort):
		l.sortNext()
	case key.Matches(msg, k.NextMatch):
		l.Move(1)
	case key.Matches(msg, k.PrevMatch):
		l.Move(-1)
	case key.Matches(msg, k.Unfold):
		l.turn(true)
	case key.Matches(msg, k.Fold):
		l.turn(false)
	case key.Matches(msg, k.Filter):
		return Filter, true
	case key.Matches(msg, k.Escape) && l.filter != "":
		l.narrow("")
	case key.Matches(msg, k.Escape, k.Quit, k.Compare):
		return Closed, true
	case key.Matches(msg, k.Open, k.Select):
		p.open(l)
	case key.Matches(msg, k.Right):
		if !l.turn(true) && p.Path() != "" {
			return Files, true
		}
	case key.Matches(msg, k.Left):
		l.turn(false)
	default:
		return None, p.pressView(k, msg)
	}
	return None, true
}

// pressText takes a key in while the text has all of the page.
func (p *Page) pressText(k *keys.Map, msg tea.KeyPressMsg) bool {
	w := p.whole
	switch {
	case keys.Travel(k, msg, p.height-2, len(p.text), func(n int) { w.top += n }):
	case key.Matches(msg, k.TextDown):
		w.top++
	case key.Matches(msg, k.TextUp):
		w.top--
	case key.Matches(msg, k.Escape, k.Quit, k.Open, k.Left):
		p.whole = nil
	default:
		return false
	}
	return true
}

// pressView takes the key of a list in: 1 for the first that is not the steps.
func (p *Page) pressView(k *keys.Map, msg tea.KeyPressMsg) bool {
	for i := range p.lists[1:] {
		if i < len(k.Views) && key.Matches(msg, k.Views[i]) {
			p.look(i + 1)
			return true
		}
	}
	return false
}

// look brings a list to the front and gives it the focus; 0 is the steps.
func (p *Page) look(list int) {
	if p.lower = list > 0; p.lower {
		p.at = list
	}
	p.textTop = 0
}

// turn gives the focus to the next list. Where two are on the screen they change places.
func (p *Page) turn(back bool) {
	if p.layout.split {
		p.look(map[bool]int{false: p.at, true: 0}[p.lower])
		return
	}
	at, by := 0, 1
	if p.lower {
		at = p.at
	}
	if back {
		by = len(p.lists) - 1
	}
	p.look((at + by) % len(p.lists))
}

// open opens or closes what is folded into the row under the cursor, or shows its text on
// the whole page.
func (p *Page) open(l *list) {
	if r := l.row(); r == nil || l.turn(true) || l.turn(false) {
		return
	}
	p.whole = &wholeText{}
}

// Narrow leaves the rows of the focused list that have all words of a text.
func (p *Page) Narrow(text string) {
	p.focused().narrow(text)
	p.settle()
}

// Filter is the text that the focused list is narrowed by, "" where it is not.
func (p *Page) Filter() string { return p.focused().filter }

// Said counts what the filter leaves.
func (p *Page) Said() string { return p.focused().said() }

// Move moves the cursor of the focused list.
func (p *Page) Move(by int) {
	p.focused().Move(by)
	p.settle()
}

// Reads reports whether the text about a row has all of the page.
func (p *Page) Reads() bool { return p.whole != nil }

// HasFolds reports whether the row under the cursor has others folded in.
func (p *Page) HasFolds() bool {
	r := p.focused().row()
	return r != nil && len(r.fold) > 0
}

// Scrolls reports whether the text below the list is longer than its place.
func (p *Page) Scrolls() bool { return p.textHeight() > 0 && len(p.text) > p.textHeight() }

// Wheel scrolls what is at a row of the page.
func (p *Page) Wheel(y, by int) {
	defer p.settle()
	if p.whole != nil {
		p.whole.top += by
		return
	}
	at := p.listAt(y)
	if b := p.box(at); b.Lower > 0 && y > b.Y+b.Upper {
		p.textTop += by
		return
	}
	p.lists[at].Scroll(by)
}

// listAt is the list that is drawn at a row of the page.
func (p *Page) listAt(y int) int {
	switch {
	case p.layout.split && y < p.layout.under.Y:
		return 0
	case p.layout.split || p.lower:
		return p.at
	}
	return 0
}

// Click moves focus and cursor to what is at a place of the page; on the row that has the
// cursor already it opens it.
func (p *Page) Click(x, y int) {
	defer p.settle()
	if p.whole != nil {
		return
	}
	at := p.listAt(y)
	b, l := p.box(at), p.lists[at]
	if y == b.Y {
		p.clickTab(x, at, b)
		return
	}
	focused := p.focused() == l
	p.look(at)
	first := b.Y + 1 + l.above()
	row := l.Top + y - first
	switch {
	case y < first || row >= l.Top+l.Height || row >= l.Count:
	case row == l.Cursor && focused:
		p.open(l)
	default:
		l.To(row)
	}
}

func (p *Page) clickTab(x, list int, b draw.Box) {
	if p.layout.split {
		if list == 0 {
			p.look(0)
		} else if at := draw.TabAt(part(p.lists[list], p.tabs(false)), b.Width, x); at >= 0 {
			p.look(at + 1)
		}
		return
	}
	if at := draw.TabAt(part(p.lists[list], p.tabs(true)), b.Width, x); at >= 0 {
		p.look(at)
	}
}
