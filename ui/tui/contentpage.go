package tui

import (
	"context"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
)

// chosenFile is the file version under the cursor of the files: what stands
// there, or, where the layer took it away, what stood there.
func (m *root) chosenFile() (model.RecordID, bool) {
	e := m.files.chosen()
	if e == nil || e.record == model.NoRecord {
		return 0, false
	}
	t := m.files.current.tree
	id := e.record
	for t.Records[id].Kind >= model.Whiteout {
		if id = t.Below(id); id == model.NoRecord {
			return 0, false
		}
	}
	return id, t.Records[t.Content(id)].Kind == model.File
}

// openContent shows what is in the chosen file, or what changed in it.
func (m *root) openContent(how contentKind) tea.Cmd {
	id, ok := m.chosenFile()
	switch {
	case m.view != m.files || !ok:
		m.notice = "no file is chosen"
		return nil
	case m.opt.Open == nil:
		m.notice = "a saved report holds no files' contents; open the image itself"
		return nil
	}
	t := m.report.Tree
	ctx, cancel := context.WithCancel(m.scan.parent)
	c := &content{name: t.Path(t.Records[id].Node), size: t.Records[t.Content(id)].Size.Bytes(), id: id, how: how, end: cancel}
	m.content = c
	if how == asDiff {
		return c.compare(ctx, m.opt.Open, m.report)
	}
	return c.look(ctx, m.opt.Open, m.report)
}

// pressContent takes a key in while a file's content is shown.
func (m *root) pressContent(msg tea.KeyPressMsg) tea.Cmd {
	k, c := m.keys, m.content
	width, height := m.pageWidth(), m.pageHeight()
	switch {
	case travel(k, msg, height, c.count(width), func(n int) { c.top += n }):
	case key.Matches(msg, k.Escape):
		m.closeContent()
	case key.Matches(msg, k.Left):
		if c.side == 0 {
			m.closeContent()
			return nil
		}
		c.side -= 8
	case key.Matches(msg, k.Right):
		c.side += 8
	case key.Matches(msg, k.Open):
		c.top += height
	case key.Matches(msg, k.Bytes):
		c.switchKind()
	case key.Matches(msg, k.Diff):
		how := asDiff
		if c.how == asDiff {
			how = asText
		}
		m.closeContent()
		return m.openContent(how)
	case key.Matches(msg, k.Save):
		return m.saveFile(false)
	case key.Matches(msg, k.CopyPath):
		return m.copy(shellQuote("/"+c.name), "the path is sent to the clipboard", "this path cannot be pasted safely")
	case key.Matches(msg, k.Help):
		m.closeContent()
		m.page = &overlay{kind: helpPage}
	}
	return nil
}

// closeContent goes back to the columns and ends reading.
func (m *root) closeContent() {
	m.content.end()
	m.content = nil
}

// contentRows draws the page.
func (m *root) contentRows() []string {
	c := m.content
	b := box{y: m.layout.header, width: m.width, upper: m.pageHeight()}
	about := c.about(m.theme)
	name := m.theme.charset.TruncatePath(m.theme.path("/"+c.name), max(m.width-len(about)-24, 12))
	shown := part{title: []tab{{name + about, true}}, top: c.top, count: c.count(m.pageWidth()), position: c.position(m.pageWidth())}
	for _, row := range c.draw(m.theme, m.pageWidth(), b.upper) {
		shown.rows = append(shown.rows, " "+row+" ")
	}
	return frame(m.theme, b, true, shown, part{})
}

// saveFile writes the chosen file into the working directory.
func (m *root) saveFile(overwrite bool) tea.Cmd {
	id, ok := m.chosenFile()
	if m.content != nil {
		id, ok = m.content.id, true
	}
	switch {
	case m.view != m.files || !ok:
		m.notice = "no file is chosen"
		return nil
	case m.opt.Open == nil:
		m.notice = "a saved report holds no files' contents; open the image itself"
		return nil
	case m.saving != nil:
		m.notice = "a file is being saved; Esc gives it up"
		return nil
	}
	ctx, cancel := context.WithCancel(m.scan.parent)
	m.saving = cancel
	m.notice = "saving; Esc gives it up"
	return save(ctx, m.opt.Open, m.report, id, overwrite)
}

// saved tells how saving went, or asks whether to overwrite.
func (m *root) saved(msg savedMsg) {
	if m.saving != nil {
		m.saving()
		m.saving = nil
	}
	if !msg.exists {
		m.notice = msg.told(m.theme)
		return
	}
	report, id := m.report, msg.id
	m.notice = ""
	m.prompt = &prompt{kind: questionPrompt, ask: "there is a file ./" + m.theme.charset.Escape(msg.name) + " already; overwrite it? y/n", yes: func() tea.Cmd {
		if report != m.report {
			return nil
		}
		ctx, cancel := context.WithCancel(m.scan.parent)
		m.saving = cancel
		return save(ctx, m.opt.Open, report, id, true)
	}}
}
