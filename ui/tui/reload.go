package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/act"
)

// reload reads the image again. What is on the screen stays until the new report
// is there, and for good where the reading fails or is stopped.
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

// better reports whether what is known of an image that was read again, until
// somebody stopped that, is worth more than the report from before.
func better(now, before *model.Report) bool {
	return now != nil && (!now.Partial || before.Partial)
}

// comparedMsg says what changed up to a report.
type comparedMsg struct {
	now     *model.Report
	before  string // the reference of the other
	said    string
	outcome *act.Outcome
}

// compared is the command that compares two readings of an image. That goes through
// all their files, so it is nothing for Update.
func compared(before, now *model.Report, written act.Written) tea.Cmd {
	return func() tea.Msg {
		o := act.NewOutcome(before, now, written)
		return comparedMsg{now, before.Image.Reference, since(before, now), o}
	}
}

// takeComparison says what changed. Where it is another image, a page shows all of it.
func (m *root) takeComparison(msg comparedMsg) {
	if msg.now != m.report {
		return
	}
	switch {
	case m.desk.refused:
	case m.desk.edited && msg.outcome.Same():
	case !m.desk.rebuilt:
		m.notice = msg.said
	case msg.outcome.Same():
		m.notice += "; it is the same image as before"
	}
	if m.desk.rebuilt && msg.before != msg.now.Image.Reference {
		m.notice += " as " + m.theme.OneLine(msg.now.Image.Reference, 60) + "; " + m.theme.OneLine(msg.before, 60) + " is still the image from before"
	}
	m.desk.rebuilt, m.desk.refused = false, false
	switch {
	case !msg.outcome.Same():
		m.desk.outcome, m.page = msg.outcome, &overlay{kind: outcomePage}
	case m.page != nil && m.page.kind == buildPage:
		m.page = nil
	}
}

// since says what changed between two readings of an image.
func since(before, after *model.Report) string {
	if before.Image.ID != nil && after.Image.ID != nil && *before.Image.ID == *after.Image.ID {
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
