package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/act"
	"github.com/tare-oci/tare/ui/tui/beside"
)

// reload reads the image again. The screen keeps the old report until the new one is there, and
// keeps it for good if reading fails or is stopped.
func (m *root) reload() tea.Cmd {
	if m.progress.running {
		m.notice = "the image is being read"
		return nil
	}
	if m.opt.Once {
		m.notice = "standard input can be read only once"
		return nil
	}
	m.scan = newScan(m.scan.parent, m.scan.analyze)
	m.scan.before = m.report
	m.progress = meter{running: true}
	return tea.Batch(m.scan.run, m.scan.next)
}

// better reports whether the partial report of an image that was being read again, until the user
// stopped it, is worth more than the report from before.
func better(now, before *model.Report) bool {
	return now != nil && (!now.Partial || before.Partial)
}

// older returns the report to compare with: that of the image which the user named, else the one
// from before reading again.
func (m *root) older(before *model.Report) *model.Report {
	if m.opt.Older != nil {
		return m.opt.Older()
	}
	return before
}

// comparedMsg brings two images beside each other, and what changed in words.
type comparedMsg struct {
	now    *model.Report
	before string // the reference of the one before, "" for none
	said   string // of an image that was read again, "" of another
	same   bool   // it is the same image as the one it was read after
	page   *beside.Page
}

// compared returns the command that compares an image with an older one. before is the report from
// before the image was read again, or nil. The comparison goes through all files of both images,
// which is too slow for Update.
func compared(older, before, now *model.Report, written act.Written) tea.Cmd {
	return func() tea.Msg {
		if older == nil {
			return nil
		}
		var expected beside.Expected
		if len(written.Changes) > 0 {
			expected = beside.Expected{Size: written.Size, PullSize: written.PullSize, Saves: written.Saves}
		}
		msg := comparedMsg{now: now, page: beside.New(older, now, expected)}
		if before != nil {
			msg.before, msg.said, msg.same = before.Image.Reference, since(before, now), isSame(before, now)
		}
		return msg
	}
}

// takeComparison says what changed. Where it is another image, a page shows all of it.
func (m *root) takeComparison(msg comparedMsg) {
	if msg.now != m.report {
		return
	}
	switch {
	case m.desk.refused:
	case m.desk.edited && msg.same:
	case !m.desk.rebuilt:
		m.notice = msg.said
	case msg.same:
		m.notice += "; it is the same image as before"
	}
	if m.desk.rebuilt && msg.before != msg.now.Image.Reference {
		m.notice += " as " + m.theme.OneLine(msg.now.Image.Reference, 60) + "; " + m.theme.OneLine(msg.before, 60) + " is still the image from before"
	}
	m.desk.rebuilt, m.desk.refused = false, false
	if m.page != nil && m.page.kind == buildPage {
		m.page = nil
	}
	if msg.page == nil || msg.same && m.opt.Older == nil {
		return
	}
	m.beside, m.besideOpen = msg.page, m.besideOpen || !msg.same
	m.beside.Paint(m.theme)
}

// isSame reports whether two readings are of one image.
func isSame(before, after *model.Report) bool {
	a, b := before.Image.ID, after.Image.ID
	return a != nil && b != nil && *a == *b
}

// since says what changed between two readings of an image.
func since(before, after *model.Report) string {
	if isSame(before, after) {
		return "read again: it is the same image"
	}
	c := compare.Reports(before, after)
	change := func(old, now int64) string {
		if old == now {
			return display.Bytes(now) + " as before"
		}
		return display.Bytes(old) + " became " + display.Bytes(now)
	}
	text := fmt.Sprintf("read again: size %s, wasted %s", change(c.Totals.Size.Old, c.Totals.Size.New), change(before.Summary.WastedBytes, after.Summary.WastedBytes))
	came, went := 0, 0
	for i := range c.Findings {
		switch b := c.Findings[i].Bytes; {
		case b.Old == 0 && b.New > 0:
			came++
		case b.New == 0 && b.Old > 0:
			went++
		}
	}
	if came > 0 {
		text += ", " + display.Plural(came, "finding") + " came"
	}
	if went > 0 {
		text += ", " + display.Plural(went, "finding") + " went"
	}
	return text
}
