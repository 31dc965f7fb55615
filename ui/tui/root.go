package tui

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/act"
	"github.com/tare-oci/tare/ui/tui/beside"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/keys"
	"github.com/tare-oci/tare/ui/tui/pane"
	"github.com/tare-oci/tare/ui/tui/terminal"
	"github.com/tare-oci/tare/ui/tui/viewer"
)

// root is the Bubble Tea model of the whole interface. Its parts are structs with plain methods and
// do no I/O. Whatever takes time runs in a command and comes back as a message: events and the end
// of the analysis, and trees of large layers.
type root struct {
	opt    Options
	keys   *keys.Map
	theme  *draw.Theme
	scan   *scan
	report *model.Report

	width, height int
	layout        layout
	listRows      int // that the lists on the screen need
	steps         *pane.Instructions
	fixes         *pane.Fixes
	files         *pane.Files
	dockerfile    *pane.Dockerfile
	views         []pane.View // all on the right, the two above among them
	view          pane.Pane   // the one on the right
	right         bool        // which side has the focus
	page          *overlay
	content       *viewer.Content // covers the columns, as page does
	beside        *beside.Page    // the image beside the one before; nil where nothing is compared
	besideOpen    bool            // it covers the columns
	prompt        *prompt         // in the footer's place
	dark          *bool           // the background, as far as the terminal said
	saving        func()          // gives up the saving of a file; nil where none is saved
	travel        journey         // through the build
	desk          desk            // what writes the Dockerfile and builds the image

	lower    lowerText
	progress meter
	notice   string // in the footer until the next key
	mouseOff bool
	moved    bool // the user has moved a cursor
	turned   bool // the user has chosen a pane
	zoomed   bool // the focused pane has the screen

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
	m := &root{opt: opt, keys: keys.New(opt.ASCII), scan: s, released: func() {}}
	if m.keys.Rebind(opt.Keys) != nil { // ReadSettings refuses such
		m.keys = keys.New(opt.ASCII)
	}
	m.steps, m.views = &pane.Instructions{}, pane.Views()
	m.fixes, m.files, m.dockerfile = viewOf[*pane.Fixes](m.views), viewOf[*pane.Files](m.views), viewOf[*pane.Dockerfile](m.views)
	m.view = m.views[0].Pane
	m.desk.space = opt.Workspace
	m.progress.running = true
	m.beginQuestion()
	m.paint(opt.Dark)
	m.show(nil)
	return m
}

// paint changes the theme. dark is nil while the background is unknown.
func (m *root) paint(dark *bool) {
	m.dark = dark
	m.theme = draw.NewTheme(m.opt.Theme, dark, m.opt.ASCII, m.opt.NoColor, m.opt.Now)
	for _, p := range m.panes() {
		p.Paint(m.theme)
	}
	if m.beside != nil {
		m.beside.Paint(m.theme)
	}
}

// show takes a report over.
func (m *root) show(report *model.Report) {
	m.report = report
	for _, p := range m.panes() {
		p.Show(report)
	}
	if m.content != nil {
		m.closeContent() // its record may be another one now
	}
	if f := m.fixes.Chosen(); f != nil && f.Layer != nil && !m.moved {
		m.steps.Choose(*f.Layer) // start where there is most to gain
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
		m.layout = m.newLayout()
		m.begin()
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
		if m.desk.rebuilt && m.isAway() {
			m.desk.held = &msg
		} else {
			cmd = m.done(msg)
		}
	case comparedMsg:
		m.takeComparison(msg)
	case cancelledMsg:
		m.outcome = msg.cause
		cmd = tea.Quit
	case pane.Message:
		for _, p := range m.panes() {
			p.Receive(msg)
		}
	case viewer.Loaded:
		if msg.Of == m.content {
			m.content.Take(msg)
		}
	case viewer.Saved:
		m.saved(msg)
	case timelineMsg:
		if msg.of == m.report {
			m.travel.line = msg.line
		}
	case act.Message:
		cmd = m.acted(msg)
	case terminal.StopMsg:
		cmd = terminal.Suspend(m.released)
	case tea.PasteMsg:
		m.typed(msg.Content)
	}
	arrived := m.arrive()
	return m, tea.Batch(cmd, arrived, m.settle())
}

func (m *root) event(msg eventMsg) tea.Cmd {
	if !m.progress.running {
		return nil
	}
	m.progress.event(msg.Event, msg.at)
	if msg.Report != nil && m.scan.before == nil {
		m.show(msg.Report)
	}
	return m.scan.later
}

// done handles the end of the scan. An error ends the program, unless it comes from our cancelling,
// so that the caller can print it after the terminal has been restored.
func (m *root) done(msg doneMsg) tea.Cmd {
	m.progress.running = false
	defer func() { m.scan.before = nil }()
	switch {
	case m.scan.before != nil && m.progress.stopping && !better(msg.report, m.scan.before):
		m.notice = "stopped; this is the previous report"
	case m.scan.before != nil && msg.err != nil: // the report from before stays
		m.notice = m.theme.Charset.OneLine(msg.err.Error())
		return nil
	case msg.err != nil && (!m.progress.stopping || !errors.Is(msg.err, context.Canceled)):
		m.outcome = msg.err
		return tea.Quit
	case msg.report != nil:
		m.show(msg.report)
		m.begin()
		m.beginWithAll()
		return m.shown()
	case m.report == nil:
		m.notice = "stopped before anything was known"
		for _, p := range m.panes() {
			p.End()
		}
	}
	return nil
}

// begin focuses the pane to look at first: the list of changes or, while that is not known and
// there is room for one pane only, the instructions. If the user has moved already, the focus
// stays.
func (m *root) begin() {
	if !m.turned && !m.moved {
		m.right = m.layout.split || !m.progress.running
	}
}

// shown returns the commands that find out more about a finished report.
func (m *root) shown() tea.Cmd {
	m.travel.line = nil
	cmds := []tea.Cmd{measured(m.report)}
	switch {
	case m.scan.before != nil:
		cmds = append(cmds, compared(m.older(m.scan.before), m.scan.before, m.report, m.desk.written))
	case m.opt.Older != nil && !m.report.Partial:
		cmds = append(cmds, compared(m.opt.Older(), nil, m.report, act.Written{}))
	}
	m.desk.written = act.Written{}
	if m.desk.space != nil {
		cmds = append(cmds, act.Look(m.desk.space, m.report))
	}
	return tea.Batch(cmds...)
}

// focused is the pane that keys go to.
func (m *root) focused() pane.Pane {
	if m.right {
		return m.view
	}
	return m.steps
}

// panes are all there are, in the order of their keys.
func (m *root) panes() []pane.Pane {
	all := make([]pane.Pane, 0, len(m.views)+1)
	all = append(all, m.steps)
	for _, v := range m.views {
		all = append(all, v.Pane)
	}
	return all
}

// viewOf finds the view of a type.
func viewOf[P pane.Pane](all []pane.View) P {
	for _, v := range all {
		if p, ok := v.Pane.(P); ok {
			return p
		}
	}
	panic("the table lacks a view that the program needs")
}
