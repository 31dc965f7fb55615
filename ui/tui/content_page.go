package tui

import (
	"context"
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/analyze/filetar"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/keys"
	"github.com/tare-oci/tare/ui/tui/viewer"
)

// panStep is how many columns a key moves the window of a file by.
const panStep = 8

// openContent shows what is in the chosen file, or what changed in it.
func (m *root) openContent(how viewer.Kind) tea.Cmd {
	id, ok := m.view.File()
	switch {
	case !ok:
		m.notice = m.lacksFile(map[viewer.Kind]key.Binding{viewer.AsBytes: m.keys.Bytes, viewer.AsDiff: m.keys.Diff, viewer.AsText: m.keys.Open}[how])
		return nil
	case m.opt.Open == nil:
		m.notice = "a saved report does not hold file contents; open the image itself"
		return nil
	}
	c, read := viewer.Open(m.scan.parent, m.opt.Open, m.report, id, how)
	m.content = c
	return read
}

// lacksFile says why a key that is about a file does nothing here.
func (m *root) lacksFile(k key.Binding) string {
	if m.view != m.files || m.files.Chosen() == nil {
		return "no file is selected"
	}
	return m.keys.First(k) + " needs a file; choose one"
}

// pressContent takes a key in while a file's content is shown.
func (m *root) pressContent(msg tea.KeyPressMsg) tea.Cmd {
	k, c := m.keys, m.content
	width, height := m.pageWidth(), m.pageHeight()
	switch {
	case keys.Travel(k, msg, height, c.Count(width), c.Scroll):
	case key.Matches(msg, k.Escape, k.Quit):
		m.closeContent()
	case key.Matches(msg, k.Left):
		if !c.Pan(-panStep) {
			m.closeContent()
		}
	case key.Matches(msg, k.Right):
		c.Pan(panStep)
	case key.Matches(msg, k.Open):
		c.Scroll(height)
	case key.Matches(msg, k.Filter):
		m.prompt = &prompt{kind: filterPrompt}
	case key.Matches(msg, k.NextMatch, k.PrevMatch):
		switch {
		case !c.Seeks():
			m.notice = "there is no search; " + k.First(k.Filter) + " starts one"
		case !c.Next(key.Matches(msg, k.PrevMatch), width, height):
			m.notice = "no match"
		}
	case key.Matches(msg, k.Bytes):
		c.Toggle()
	case key.Matches(msg, k.Diff):
		how := viewer.AsDiff
		if c.Kind() == viewer.AsDiff {
			how = viewer.AsText
		}
		m.closeContent()
		return m.openContent(how)
	case key.Matches(msg, k.Save):
		return m.saveFile(false)
	case key.Matches(msg, k.CopyPath):
		return m.copy(shellQuote(c.Path()), "sent the path to the clipboard", "this path cannot be pasted safely")
	case key.Matches(msg, k.Help):
		m.closeContent()
		m.page = &overlay{kind: helpPage}
	}
	return nil
}

// closeContent goes back to the columns and ends reading.
func (m *root) closeContent() {
	m.content.Close()
	m.content = nil
}

// contentRows draws the page.
func (m *root) contentRows() []string {
	b := draw.Box{Y: m.layout.header, Width: m.width, Upper: m.pageHeight()}
	return draw.Frame(m.theme, b, true, m.content.Part(m.theme, m.pageWidth(), b.Upper), draw.Part{})
}

// saveFile writes the chosen file into the working directory.
func (m *root) saveFile(overwrite bool) tea.Cmd {
	id, ok := m.view.File()
	if m.content != nil {
		id, ok = m.content.Record(), true
	}
	switch {
	case !ok:
		m.notice = m.lacksFile(m.keys.Save)
		if _, _, ok := m.files.Directory(); ok && m.view == m.files {
			m.notice += ", or save the directory with " + m.keys.First(m.keys.SaveAll)
		}
		return nil
	case m.opt.Open == nil:
		m.notice = "a saved report does not hold file contents; open the image itself"
		return nil
	case m.saving != nil:
		m.notice = "a file is being saved; Esc cancels"
		return nil
	}
	ctx, cancel := context.WithCancel(m.scan.parent)
	m.saving = cancel
	m.notice = "saving; Esc cancels"
	return viewer.Save(ctx, m.opt.Open, m.report, id, overwrite)
}

// saved tells how saving went, or asks whether to overwrite.
func (m *root) saved(msg viewer.Saved) {
	if m.saving != nil {
		m.saving()
		m.saving = nil
	}
	if !msg.Exists {
		m.notice = msg.Told(m.theme)
		return
	}
	report := m.report
	m.notice = ""
	m.prompt = &prompt{kind: questionPrompt, ask: msg.Place(m.theme) + " already exists; overwrite it? y/n", yes: func() tea.Cmd {
		if report != m.report {
			return nil
		}
		ctx, cancel := context.WithCancel(m.scan.parent)
		m.saving = cancel
		return msg.Again(ctx)
	}}
}

// saveAll writes a directory, or all of a step, into the working directory.
func (m *root) saveAll() tea.Cmd {
	part, told := m.partToSave()
	switch {
	case told != "":
		m.notice = told
		return nil
	case m.opt.OpenAll == nil:
		m.notice = "a saved report does not hold file contents; open the image itself"
		return nil
	case m.saving != nil:
		m.notice = "a file is being saved; Esc cancels"
		return nil
	}
	if m.desk.elsewhere != "" {
		m.askWhere(part)
		return nil
	}
	return m.savePart(part)
}

// savePart writes an archive.
func (m *root) savePart(part viewer.Part) tea.Cmd {
	ctx, cancel := context.WithCancel(m.scan.parent)
	m.saving = cancel
	m.notice = "saving " + m.theme.Charset.Escape(part.Name) + ".tar; Esc cancels"
	return viewer.SaveTar(ctx, m.opt.OpenAll, m.report, part, false)
}

// askWhere asks where to save an archive that the next build would send to the builder if it were
// saved here.
func (m *root) askWhere(part viewer.Part) {
	report, there := m.report, part
	there.Dir = m.desk.elsewhere
	save := func(part viewer.Part) func() tea.Cmd {
		return func() tea.Cmd {
			if report != m.report {
				return nil
			}
			return m.savePart(part)
		}
	}
	name := part.Name + ".tar"
	m.prompt = &prompt{
		kind: questionPrompt, yes: save(there), here: save(part),
		ask: viewer.Place(m.theme, "", name) + " would be part of the next build's context; save " + viewer.Place(m.theme, there.Dir, name) + " instead? y/n, h: here",
	}
}

// partToSave is what the cursor is on: a directory among the files, or a step. told says why
// there is nothing to save.
func (m *root) partToSave() (part viewer.Part, told string) {
	if m.report == nil || m.report.Tree == nil {
		return part, "the files have not been read yet"
	}
	if m.right && m.view == m.files {
		node, span, ok := m.files.Directory()
		if !ok {
			return part, m.keys.First(m.keys.SaveAll) + " saves a directory; " + m.keys.First(m.keys.Save) + " saves the file"
		}
		part = viewer.Part{Name: m.report.Tree.Name(node), Part: filetar.Part{First: span.First, Last: span.Last, Under: node}}
		part.Whole = span.First < span.Last
		return part, ""
	}
	s := m.steps.Chosen()
	if s == nil || m.right {
		return part, "choose a directory in the files, or a step of the build"
	}
	first, last := s.Layers()
	if last < first {
		return part, "this step makes no layer, so there is nothing to save"
	}
	part = viewer.Part{Name: fmt.Sprintf("layer-%d", first), Part: filetar.Part{First: first, Last: last, Whole: first < last}}
	switch {
	case s.Base:
		part.Name = "base"
	case !holdsFiles(m.report.Tree, first):
		return part, "this step stores no files, it only deletes; " + m.keys.First(m.keys.Earlier) + " goes to those before"
	case s.Step > 0:
		part.Name = fmt.Sprintf("step-%d", s.Step)
	}
	return part, ""
}

// holdsFiles reports whether a layer has anything but directories and marks of what is deleted.
func holdsFiles(t *model.Tree, layer int) bool {
	for _, r := range t.Layer(layer) {
		if r.Kind != model.Directory && r.Kind != model.Implied && r.Kind != model.Whiteout && r.Kind != model.Opaque {
			return true
		}
	}
	return false
}
