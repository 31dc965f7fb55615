package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/timeline"
)

// journey is the way through the build: a line above the footer shows all steps and the
// image as it was after one of them, and the files are those of that moment.
type journey struct {
	on   bool
	line *timeline.Timeline // nil until it is worked out
}

// timelineMsg brings the timeline of a report.
type timelineMsg struct {
	of   *model.Report
	line *timeline.Timeline
}

// measured returns the command that computes the timeline of a report. That goes through all its
// files, which is too slow for Update.
func measured(r *model.Report) tea.Cmd {
	return func() tea.Msg { return timelineMsg{r, timeline.New(r.Tree)} }
}

// stepTime goes to the next step that made a layer, or the one before.
func (m *root) stepTime(back bool) {
	if m.report == nil || m.report.Tree == nil || len(m.stops()) == 0 {
		m.notice = "the layers are not read yet"
		return
	}
	if m.view != m.files || !m.right {
		m.look(m.files)
	}
	m.files.SetMerged(true)
	stops := m.stops()
	at := m.stopAt(stops)
	if m.travel.on { // the first key shows where one is
		at++
		if back {
			at -= 2
		}
	}
	if !m.travel.on {
		m.setTravel(true)
	}
	m.goToStop(stops, at)
}

// setTravel shows the timeline, or no longer.
func (m *root) setTravel(on bool) {
	m.travel.on = on
	if !on {
		m.files.SetMerged(false)
	}
	m.layout = m.newLayout()
}

// newLayout shares the screen out as it is used now.
func (m *root) newLayout() layout {
	return newLayout(m.width, m.height-m.below(), m.zoomed)
}

// stops are the rows of the instructions that made layers.
func (m *root) stops() (rows []int) {
	for i := range m.steps.Steps {
		if first, last := m.steps.Steps[i].Layers(); last >= first {
			rows = append(rows, i)
		}
	}
	return rows
}

// stopAt is the index among stops of the cursor's row, or of the last one above it.
func (m *root) stopAt(stops []int) int {
	at := 0
	for i, row := range stops {
		if row <= m.steps.Cursor {
			at = i
		}
	}
	return at
}

func (m *root) goToStop(stops []int, at int) {
	if at < 0 || at >= len(stops) {
		m.notice = "the build begins here"
		if at > 0 {
			m.notice = "the build ends here"
		}
		return
	}
	m.steps.To(stops[at])
	m.moved = true
}

// drawTimeline draws the steps, which of them is the current one, and the image's size at that step.
func (m *root) drawTimeline(l *draw.Line) {
	th := m.theme
	stops := m.stops()
	at := m.stopAt(stops)
	from, room := m.ticks(stops, at)
	for i := from; i < min(from+room, len(stops)); i++ {
		switch {
		case i == at:
			l.Add(th.Title, th.Cursor)
		case i < at:
			l.Add(th.Accent, th.Past)
		default:
			l.Add(th.Dim, th.Ahead)
		}
	}
	l.Gap(1).Add(th.Text, fmt.Sprintf("%d of %d", at+1, len(stops)))
	if m.travel.line == nil || at >= len(stops) {
		return
	}
	first, last := m.steps.Steps[stops[at]].Layers()
	if last >= len(m.travel.line.Moments) {
		return
	}
	now := m.travel.line.Moments[last]
	var came, hid int64
	for _, one := range m.travel.line.Moments[first : last+1] {
		came, hid = came+one.Came, hid+one.Hid
	}
	facts := "+" + display.Bytes(came)
	if hid > 0 {
		facts += ", hides " + display.Bytes(hid)
	}
	sum := display.Bytes(now.Live) + " live"
	if dead := ", " + display.Bytes(now.Dead) + " dead"; now.Dead > 0 && l.Left() >= display.Width(sum+dead)+2 {
		sum += dead
	}
	if bar := l.Left() - display.Width(facts) - display.Width(sum) - 9; bar >= 6 {
		l.Gap(2).Bar(now.Live, now.Dead, m.travel.line.Size, min(bar, 40), true)
	}
	if l.Left() >= display.Width(sum)+2 {
		l.Gap(2).Add(th.Text, sum)
	}
	if l.Left() >= display.Width(facts)+3 {
		l.Gap(2).Add(th.Dim, facts)
	}
}

// ticks returns the steps that the line shows: as many as fit, among them the current one.
func (m *root) ticks(stops []int, at int) (from, room int) {
	room = max(min(len(stops), m.width/3), 1)
	return max(0, min(at-room/2, len(stops)-room)), room
}

// clickTime goes to the step under the pointer, if that is on the timeline.
func (m *root) clickTime(e tea.Mouse) bool {
	if !m.travel.on || e.Y != m.height-2 {
		return false
	}
	stops := m.stops()
	from, room := m.ticks(stops, m.stopAt(stops))
	start := 1
	if m.isLow() {
		start = draw.FootStart
	}
	if at := from + e.X - start; e.X >= start && e.X < start+room {
		m.goToStop(stops, at)
	}
	return true
}

// blame shows which steps wrote and hid the file under the cursor or, for a directory, which steps
// wrote what is below it.
func (m *root) blame() tea.Cmd {
	if m.view != m.files || m.files.Blame(&draw.Page{Theme: m.theme, Width: m.pageWidth()}) == "" {
		m.notice = "no file is chosen; " + m.keys.First(m.keys.Views[1]) + " shows the files"
		return nil
	}
	m.page = &overlay{kind: blamePage}
	return m.files.SumUp()
}
