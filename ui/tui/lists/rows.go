package lists

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/ui/tui/draw"
)

// current is the list that is shown, an empty one where nothing is known yet.
func (m *screen) current() *List {
	if m.list < len(m.shown.Lists) {
		return &m.shown.Lists[m.list]
	}
	return &List{}
}

func (m *screen) cursor() *draw.List { return &m.cursors[m.list] }

// settle makes the rows anew: what the filter leaves, sorted. The cursor stays on its row.
func (m *screen) settle() {
	if n := len(m.shown.Lists); n > 0 {
		m.list = max(0, min(m.list, n-1))
	}
	l := m.current()
	m.rows = m.rows[:0]
	for i := range l.Rows {
		if m.fits(&l.Rows[i]) {
			m.rows = append(m.rows, i)
		}
	}
	m.sort(l)
	c := m.cursor()
	c.Resize(len(m.rows), m.upper())
	if key := m.keys[m.list]; key != "" {
		for at, i := range m.rows {
			if l.Rows[i].Key == key && at != c.Cursor {
				c.To(at)
			}
		}
	}
	m.note()
}

// fits reports whether a row has every word that was typed in its name.
func (m *screen) fits(r *Row) bool {
	if r.Heading && (m.sorted >= 0 || m.typed != "") {
		return false
	}
	name := strings.ToLower(r.Name)
	for word := range strings.FieldsSeq(strings.ToLower(m.typed)) {
		if !strings.Contains(name, word) {
			return false
		}
	}
	return true
}

func (m *screen) sort(l *List) {
	if m.sorted > len(l.Columns) && len(l.Rows) > 0 { // a list that is still to come may have more
		m.sorted = -1
	}
	if m.sorted > len(l.Columns) {
		return
	}
	if m.sorted < 0 {
		return
	}
	slices.SortStableFunc(m.rows, func(a, b int) int {
		x, y := &l.Rows[a], &l.Rows[b]
		if m.sorted == len(l.Columns) {
			return strings.Compare(x.Name, y.Name)
		}
		return cmp.Compare(valueOf(y, m.sorted), valueOf(x, m.sorted))
	})
}

func valueOf(r *Row, column int) int64 {
	if column < len(r.Figures) {
		return r.Figures[column].Value
	}
	return -1
}

// note remembers which row the cursor is on, and writes the text about it.
func (m *screen) note() {
	row := m.row()
	key := ""
	if row != nil {
		key = row.Key
	}
	if key != m.keys[m.list] || row == nil {
		m.text = draw.List{}
	}
	if row != nil {
		m.keys[m.list] = key
	}
	m.textRows = nil
	if row != nil && row.Text != nil && m.lower() > 0 {
		p := &draw.Page{Theme: m.theme, Width: max(m.width-4, 1)}
		row.Text(p)
		edge := draw.NewLine(m.theme, 1).String()
		for _, text := range p.Rows {
			m.textRows = append(m.textRows, edge+text+edge)
		}
	}
	m.text.Resize(len(m.textRows), m.lower())
}

// row is the one under the cursor, nil for none.
func (m *screen) row() *Row {
	c := m.cursor()
	if c.Cursor >= len(m.rows) {
		return nil
	}
	return &m.current().Rows[m.rows[c.Cursor]]
}
