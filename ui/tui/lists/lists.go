// Package lists is a screen of several lists, one at a time, with a text about the row under
// the cursor below. It is what commands about many images show on a terminal.
//
// What is shown is a [Screen], plain data. It may come bit by bit: the work that finds it out
// runs beside the screen and hands over a new one whenever it knows more, and the cursor stays
// on its row. The package opens and writes nothing; Run returns which row was chosen to be
// opened.
//
// Names come from images: all of them go through package display.
package lists

import (
	"context"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/terminal"
)

// Screen is all that is shown. It does not change once it is handed over.
type Screen struct {
	Title string // in the header, and what it is about
	Fact  string // in the header's right corner
	Lists []List
	Busy  string // what is still being done; "" for nothing
}

// List is one of the lists.
type List struct {
	Name    string
	Empty   string   // what to say where there is no row
	Columns []string // of the rows' figures
	About   string   // what the rows are, above their names; "" for just names
	Rows    []Row
}

// Row is a row of a list.
type Row struct {
	Key     string // the same for the same thing in a later screen
	Name    string // from an image: it is escaped when it is drawn
	Telling int    // the word of the name that tells it from others, see [display.TellApart]; it is seen if the name is cut
	Figures []Figure
	// Text writes about the row; nil for nothing.
	Text func(p *draw.Page)
	// Opens is what Run returns if the row is chosen; "" for one that only has a text.
	Opens string
	Bad   bool // something is wrong with it
	// Heading says that the row is the heading of those below. It is left out where rows are sorted or filtered.
	Heading bool
}

// Figure is a figure of a row, in the column of its place.
type Figure struct {
	Text  string
	Value int64 // to sort by, the largest first
	Waste bool
}

// Options says how the screen looks, and where it begins.
type Options struct {
	Theme   string
	ASCII   bool
	NoColor bool
	// Work finds out what is shown, and tells it. It is called once, beside the screen,
	// with a context that ends with it. Its error ends the screen.
	Work func(ctx context.Context, tell func(Screen)) error
	// At is where the cursor begins: as Run returned it.
	At Place
}

// Place is a row of a list, and what narrowed and sorted the list.
type Place struct {
	List   int
	Key    string
	Filter string
	Sorted int // 0 for as they come, n for by the nth column, the name's coming last
}

// Run shows the screen until the user leaves, or chooses a row to be opened: then it returns
// what that opens, and where the cursor was. When ctx is cancelled it returns the context's cause, with
// the terminal whole again.
func Run(ctx context.Context, in io.Reader, out io.Writer, opt Options) (opens string, at Place, err error) {
	working, stop := context.WithCancel(ctx)
	defer stop()
	m := newScreen(opt)
	program := terminal.NewProgram(m, &m.released, in, out, opt.NoColor, tea.WithContext(ctx))
	ended := make(chan struct{})
	go func() {
		err := opt.Work(working, func(s Screen) { program.Send(screenMsg(s)) })
		close(ended)
		program.Send(endedMsg{err})
	}()
	err = program.Run()
	stop()
	<-ended
	if ctx.Err() != nil {
		return "", Place{}, context.Cause(ctx)
	}
	if err == nil {
		err = m.failed
	}
	return m.opens, m.place(), err
}

// screenMsg brings what is known now.
type screenMsg Screen

// endedMsg says that the work has ended.
type endedMsg struct{ err error }

// screen is the model.
type screen struct {
	opt   Options
	theme *draw.Theme
	shown Screen

	width, height int
	list          int // which of the lists
	cursors       []draw.List
	keys          []string // by list: the row under the cursor
	rows          []int    // of the list that is shown, filtered and sorted: indexes in its Rows
	sorted        int      // by which column, -1 for as they come, len(Columns) for the name
	typed         string   // the filter
	typing        bool
	reading       bool // the keys scroll the text
	chosen        bool // the user chose the list
	help          bool
	text          draw.List // the text below
	textRows      []string

	opens    string
	failed   error
	released func()
}

func newScreen(opt Options) *screen {
	m := &screen{opt: opt, list: opt.At.List, sorted: opt.At.Sorted - 1, typed: opt.At.Filter, chosen: opt.At.Key != "", released: func() {}}
	m.shown.Busy = "reading"
	m.paint(nil)
	m.grow()
	if opt.At.Key != "" {
		m.keys[m.list] = opt.At.Key
	}
	return m
}

func (m *screen) paint(dark *bool) {
	m.theme = draw.NewTheme(m.opt.Theme, dark, m.opt.ASCII, m.opt.NoColor, time.Now())
}

// grow keeps a cursor for each list.
func (m *screen) grow() {
	for len(m.cursors) < max(len(m.shown.Lists), m.list+1) {
		m.cursors, m.keys = append(m.cursors, draw.List{}), append(m.keys, "")
	}
}

// Init asks for the background.
func (m *screen) Init() tea.Cmd {
	if m.opt.NoColor {
		return nil
	}
	return tea.RequestBackgroundColor
}

// Update takes one message in.
func (m *screen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		dark := msg.IsDark()
		m.paint(&dark)
	case screenMsg:
		m.shown = Screen(msg)
		m.grow()
	case endedMsg:
		if m.failed = msg.err; m.failed != nil {
			cmd = tea.Quit
		}
		m.shown.Busy = ""
		m.openOnRows()
	case tea.PasteMsg:
		if m.typing {
			m.typed += msg.Content
		}
	case tea.KeyPressMsg:
		cmd = m.press(msg)
	case tea.MouseWheelMsg:
		m.wheel(msg.Mouse())
	case tea.MouseClickMsg:
		cmd = m.click(msg.Mouse())
	case terminal.StopMsg:
		cmd = terminal.Suspend(m.released)
	}
	m.settle()
	return m, cmd
}

// openOnRows turns from a list that stayed empty to the first that did not, unless the user chose it.
func (m *screen) openOnRows() {
	if m.chosen || len(m.current().Rows) > 0 {
		return
	}
	for i := range m.shown.Lists {
		if len(m.shown.Lists[i].Rows) > 0 {
			m.list = i
			return
		}
	}
}

// place is where the cursor is.
func (m *screen) place() Place { return Place{m.list, m.keys[m.list], m.typed, m.sorted + 1} }
