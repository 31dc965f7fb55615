package screen

import (
	"charm.land/bubbles/v2/key"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// footer is the keys that matter here, as many as fit.
func (m *desk) footer() string {
	bindings := m.bindings()
	last := 0
	if m.mode == reading { // help and quit stay whatever the width
		last = 2
	}
	width := func(b key.Binding) int { return display.Width(b.Help().Key+b.Help().Desc) + 3 }
	room := m.width - 2
	for _, b := range bindings[len(bindings)-last:] {
		room -= width(b)
	}
	l := draw.NewLine(m.theme, m.width).Gap(1)
	for i, b := range bindings {
		if i < len(bindings)-last {
			if width(b) > room {
				continue
			}
			room -= width(b)
		}
		l.Add(m.theme.Accent, b.Help().Key).Gap(1).Add(m.theme.Dim, b.Help().Desc).Gap(2)
	}
	return l.String()
}

// bindings are the keys that matter here, the most useful first.
func (m *desk) bindings() []key.Binding {
	k := m.keys
	switch m.mode {
	case editing:
		ends := []key.Binding{k.Brief(k.Escape, "done")}
		if len(m.files) > 1 {
			ends = append(ends, k.Brief(k.NextPane, "the other file"))
		}
		return ends
	case typing:
		return []key.Binding{k.Brief(k.Open, "answer"), k.Brief(k.Escape, "leave it")}
	case choosing:
		return []key.Binding{k.Brief(k.Open, "open"), k.Together("move", k.Up, k.Down), k.Brief(k.Escape, "back")}
	case helping:
		return []key.Binding{k.Brief(k.Escape, "back"), k.Together("scroll", k.Up, k.Down)}
	case building:
		return m.buildBindings()
	}
	return append(m.readingBindings(), k.Brief(k.Help, "help"), k.Brief(k.Quit, "quit"))
}

func (m *desk) readingBindings() []key.Binding {
	k, q := m.keys, m.s.Question()
	solved := q == nil && m.s.Solved()
	find := "find it"
	if m.twoPanes() {
		find = "find it in the image"
	}
	var first []key.Binding
	switch {
	case q != nil && q.Answer.Kind() == "line":
		first = []key.Binding{k.Together("move", k.Up, k.Down), k.Brief(k.Open, "answer"), k.Brief(k.Look, find)}
	case q != nil:
		first = []key.Binding{k.Brief(k.Look, find), k.Brief(k.Open, "type it")}
	case solved:
		first = []key.Binding{k.Brief(k.Next, "next lesson"), k.Brief(k.Solution, "a solution")}
	default:
		first = []key.Binding{k.Brief(k.Edit, "edit")}
	}
	if !m.twoPanes() {
		other := "the work"
		if m.work {
			other = "the lesson"
		}
		first = append(first[:1:1], append([]key.Binding{k.Brief(k.NextPane, other)}, first[1:]...)...)
	}
	first = append(first, k.Brief(k.Hint, "hint"))
	if q == nil {
		first = append(first, k.Brief(k.Look, "look around"))
	}
	if !solved {
		first = append(first, k.Brief(k.Next, "next"))
	}
	first = append(first, k.Brief(k.Undo, "undo"))
	if q != nil {
		return append(first, k.Brief(k.Edit, "edit"), k.Brief(k.Lessons, "lessons"))
	}
	if !solved {
		first = append(first, k.Brief(k.Solution, "solution"))
	}
	return append(first, k.Brief(k.Restart, "reset"), k.Brief(k.Build, "build"), k.Brief(k.Editor, "your editor"), k.Brief(k.Lessons, "lessons"))
}
