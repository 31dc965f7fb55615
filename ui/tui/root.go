package tui

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/filetree"
	"github.com/tare-oci/tare/ui/tui/terminal"
	"github.com/tare-oci/tare/ui/tui/viewer"
)

// root is the one model. Its children have plain methods; none does I/O, and
// what takes time comes back as a message: events and the end of the analysis,
// and trees of large layers.
type root struct {
	opt    Options
	keys   *keymap
	theme  *draw.Theme
	scan   *scan
	report *model.Report

	width, height int
	layout        layout
	steps         *instructions
	fixes         *fixes
	files         *files
	packages      *packages
	dockerfile    *dockerfile
	config        *config
	view          pane // the one on the right
	right         bool // which side has the focus
	page          *overlay
	content       *viewer.Content // covers the columns, as page does
	prompt        *prompt         // in the footer's place
	merged        bool            // the files are those of all layers up to the chosen one's
	dark          *bool           // the background, as far as the terminal said
	saving        func()          // gives up the saving of a file; nil where none is saved
	before        *model.Report   // from before the image was read again

	lower    lowerText
	progress meter
	notice   string // in the footer until the next key
	mouseOff bool
	moved    bool // the user has moved a cursor

	outcome  error  // what Run returns
	released func() // called when the terminal was given back to stop for a while
}

// lowerText is the text below a column's divider, kept until what it is about
// or its width changes.
type lowerText struct {
	left, right drawnText
	top         int // of the focused side's text
}

type drawnText struct {
	title string
	rows  []string
}

func newRoot(opt Options, s *scan) *root {
	m := &root{opt: opt, keys: newKeymap(opt.ASCII), scan: s, released: func() {}}
	if m.keys.rebind(opt.Keys) != nil { // ReadSettings refuses such
		m.keys = newKeymap(opt.ASCII)
	}
	m.steps, m.fixes, m.files = &instructions{}, &fixes{}, &files{}
	m.packages, m.dockerfile, m.config = &packages{}, &dockerfile{}, &config{}
	m.view = m.fixes
	m.progress.running = true
	m.paint(opt.Dark)
	m.show(nil)
	return m
}

// paint changes the theme. dark is nil while the background is unknown.
func (m *root) paint(dark *bool) {
	m.dark = dark
	m.theme = draw.NewTheme(m.opt.Theme, dark, m.opt.ASCII, m.opt.NoColor, m.opt.Now)
	m.steps.th, m.fixes.th, m.files.th = m.theme, m.theme, m.theme
	m.packages.th, m.dockerfile.th, m.config.th = m.theme, m.theme, m.theme
}

// show takes a report over.
func (m *root) show(report *model.Report) {
	m.report = report
	m.steps.show(report)
	m.fixes.show(report)
	m.files.show(report)
	m.packages.show(report)
	m.dockerfile.show(report)
	m.config.show(report)
	if m.content != nil {
		m.closeContent() // its record may be another one now
	}
	if f := m.fixes.chosen(); f != nil && f.Layer != nil && !m.moved {
		m.steps.choose(*f.Layer) // start where there is most to gain
	}
}

// Init starts the analysis, and asks what the background is.
func (m *root) Init() tea.Cmd {
	cmds := []tea.Cmd{m.scan.run, m.scan.next}
	if m.opt.Dark == nil && !m.opt.NoColor {
		cmds = append(cmds, tea.RequestBackgroundColor)
	}
	return tea.Batch(cmds...)
}

// Update takes one message in.
func (m *root) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
		m.layout = newLayout(m.width, m.height)
	case tea.BackgroundColorMsg:
		dark := msg.IsDark()
		if m.opt.Dark == nil {
			m.paint(&dark)
		}
	case tea.KeyPressMsg:
		cmd = m.press(msg)
	case tea.MouseClickMsg:
		m.click(msg.Mouse())
	case tea.MouseWheelMsg:
		m.wheel(msg.Mouse())
	case eventMsg:
		cmd = m.event(msg)
	case doneMsg:
		cmd = m.done(msg)
	case comparedMsg:
		if msg.now == m.report {
			m.notice = msg.said
		}
	case cancelledMsg:
		m.outcome = msg.cause
		cmd = tea.Quit
	case treeMsg:
		m.files.built(msg)
	case foundMsg:
		m.files.busy = false
		m.files.answer(msg)
	case sortedMsg:
		m.files.reordered(msg)
	case markedMsg:
		m.files.takeMarks(msg)
	case viewer.Loaded:
		if msg.Of == m.content {
			m.content.Take(msg)
		}
	case viewer.Saved:
		m.saved(msg)
	case stopMsg:
		cmd = terminal.Suspend(m.released)
	case tea.PasteMsg:
		m.typed(msg.Content)
	}
	return m, tea.Batch(cmd, m.settle())
}

func (m *root) event(msg eventMsg) tea.Cmd {
	if !m.progress.running {
		return nil
	}
	m.progress.event(msg.Event, msg.at)
	if msg.Report != nil && m.before == nil {
		m.show(msg.Report)
	}
	return m.scan.later
}

// done ends the scan. An error that is not our own doing ends the program, so
// that the caller can print it on a terminal that is whole again.
func (m *root) done(msg doneMsg) tea.Cmd {
	m.progress.running = false
	defer func() { m.before = nil }()
	switch {
	case m.before != nil && m.progress.stopping && !better(msg.report, m.before):
		m.notice = "stopped; this is the report from before"
	case m.before != nil && msg.err != nil: // the report from before stays
		m.notice = m.theme.Charset.OneLine(msg.err.Error())
		return nil
	case msg.err != nil && (!m.progress.stopping || !errors.Is(msg.err, context.Canceled)):
		m.outcome = msg.err
		return tea.Quit
	case msg.report != nil:
		m.show(msg.report)
		if m.before != nil {
			return compared(m.before, msg.report)
		}
	case m.report == nil:
		m.notice = "stopped before anything was known"
		m.steps.over, m.fixes.over = true, true
		m.packages.over, m.dockerfile.over, m.config.over = true, true, true
	}
	return nil
}

// focused is the pane that keys go to.
func (m *root) focused() pane {
	if m.right {
		return m.view
	}
	return m.steps
}

// settle makes everything fit together again after a change: the lists know
// their heights, the files know the chosen instruction, the texts are about
// what the cursors are on.
func (m *root) settle() tea.Cmd {
	if m.layout.tooSmall || m.width == 0 {
		return nil
	}
	var cmd tea.Cmd
	m.dockerfile.fit(m.box(m.dockerfile).Inner())
	if m.focused() == m.dockerfile {
		m.dockerfile.lead(m.steps)
	} else {
		m.dockerfile.follow(m.steps.chosen())
	}
	m.follow()
	if m.view == m.files {
		m.files.mark(m.fixes.chosen())
		cmd = m.files.need()
	}
	for _, p := range m.panes() {
		m.fit(p, m.box(p))
	}
	if m.content != nil {
		m.content.Settle(m.pageWidth(), m.pageHeight())
		return cmd
	}
	if m.page != nil {
		m.write(m.page, m.pageWidth())
		m.page.top = max(0, min(m.page.top, len(m.page.rows)-m.pageHeight()))
		return cmd
	}
	m.lower.left = drawText(m.theme, m.steps, m.box(m.steps))
	m.lower.right = drawText(m.theme, m.view, m.box(m.view))
	text, b := m.focusedText()
	m.lower.top = max(0, min(m.lower.top, len(text.rows)-b.Lower))
	return cmd
}

// panes are all there are, in the order of their keys.
func (m *root) panes() []pane {
	return []pane{m.steps, m.fixes, m.files, m.packages, m.dockerfile, m.config}
}

// follow makes the files those of the chosen instruction.
func (m *root) follow() {
	s := m.steps.chosen()
	if s == nil {
		m.files.choose(filetree.Span{}, false, "the image")
		return
	}
	name := m.theme.OneLine(s.keyword, 20)
	switch {
	case s.base:
		name = "the base image"
	case s.number >= 0:
		name = strings.TrimSpace(display.Count(s.number) + " " + name)
	}
	span := filetree.Span{First: s.first, Last: s.last, From: s.first}
	if m.merged && s.last >= s.first {
		span.First = 0
	}
	m.files.choose(span, s.last >= s.first, name)
}

func (m *root) fit(p pane, b draw.Box) {
	height := b.Upper
	if p.heading(draw.NewLine(m.theme, b.Inner())) {
		height--
	}
	p.rows().Resize(p.rows().Count, height)
}

func drawText(th *draw.Theme, p pane, b draw.Box) drawnText {
	if b.Lower == 0 || p.rows().Count == 0 {
		return drawnText{}
	}
	page := &draw.Page{Theme: th, Width: max(b.Inner()-2, 1)}
	title := p.read(page)
	return drawnText{title, page.Rows}
}

// box is the column that a pane has, or would have.
func (m *root) box(p pane) draw.Box {
	b := m.layout.left
	if m.layout.split && p != m.steps {
		b = m.layout.right
	}
	if p == m.files || p == m.packages || p == m.dockerfile {
		b = b.Taller()
	}
	return b
}

// focusedText is the text below the focused list, and its column.
func (m *root) focusedText() (*drawnText, draw.Box) {
	if m.right {
		return &m.lower.right, m.box(m.view)
	}
	return &m.lower.left, m.box(m.steps)
}

// textScrolls reports whether the text below the focused list is longer than
// its place.
func (m *root) textScrolls() bool {
	text, b := m.focusedText()
	return b.Lower > 0 && len(text.rows) > b.Lower
}

func (m *root) pageWidth() int  { return m.width - 4 }
func (m *root) pageHeight() int { return m.height - m.layout.header - 3 }
