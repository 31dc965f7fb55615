// Package start is the screen of tare without an image: a list of the images on this machine, to
// choose one from.
//
// The list has parts, such as the images of an engine. Each part is searched for by a function of
// its own, all at the same time, so a part that is slow or fails says so in its place and does not
// hold up the others. Typing filters the list. The package opens and writes nothing; Run returns
// what was chosen.
//
// Names come from engines and directories: all of them go through package display.
package start

import (
	"context"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/terminal"
)

// Item is an image that can be chosen.
type Item struct {
	Reference string // what choosing it returns
	Name      string
	Size      int64  // bytes; 0 says nothing
	About     string // a few words
}

// Part is a part of the list.
type Part struct {
	Title string
	// Find looks for the items, in the order in which they are shown. A title that it
	// returns takes the place of Title; "" leaves it. An error is shown instead of items;
	// without either the part is left out.
	Find func(ctx context.Context) (items []Item, title string, err error)
}

// Options says how the list looks.
type Options struct {
	Parts   []Part
	Theme   string
	ASCII   bool
	NoColor bool
}

// slow is how long a part may look for its items before the list says that it does.
const slow = 300 * time.Millisecond

// Run shows the list until an image is chosen, and returns its reference; "" where the
// user left. When ctx is cancelled it returns the context's cause, with the terminal
// whole again.
func Run(ctx context.Context, in io.Reader, out io.Writer, opt Options) (string, error) {
	looking, stop := context.WithCancel(ctx)
	defer stop()
	m := newList(looking, opt)
	program := terminal.NewProgram(m, &m.released, in, out, opt.NoColor, tea.WithContext(ctx))
	err := program.Run()
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	return m.chosen, err
}

// foundMsg brings a part's items.
type foundMsg struct {
	part  int
	items []Item
	title string
	err   error
}

// slowMsg says that parts which have found nothing by now are slow.
type slowMsg struct{}

// list is the model.
type list struct {
	ctx   context.Context
	opt   Options
	theme *draw.Theme
	parts []part

	width, height int
	rows          []row // of which those that can be chosen are counted
	cursor        draw.List
	typed         string
	typing        bool // a letter is text, whichever it is
	names         int  // columns that the longest name takes
	late          bool
	moved         bool
	chosen        string
	released      func()
}

type part struct {
	title string
	items []Item
	err   error
	ended bool
}

func newList(ctx context.Context, opt Options) *list {
	m := &list{ctx: ctx, opt: opt, released: func() {}}
	for _, p := range opt.Parts {
		m.parts = append(m.parts, part{title: p.Title})
	}
	m.paint(nil)
	return m
}

func (m *list) paint(dark *bool) {
	m.theme = draw.NewTheme(m.opt.Theme, dark, m.opt.ASCII, m.opt.NoColor, time.Now())
}

// Init starts looking.
func (m *list) Init() tea.Cmd {
	cmds := []tea.Cmd{tea.Tick(slow, func(time.Time) tea.Msg { return slowMsg{} })}
	for i, p := range m.opt.Parts {
		cmds = append(cmds, func() tea.Msg {
			items, title, err := p.Find(m.ctx)
			return foundMsg{i, items, title, err}
		})
	}
	if !m.opt.NoColor {
		cmds = append(cmds, tea.RequestBackgroundColor)
	}
	return tea.Batch(cmds...)
}

// Update takes one message in.
func (m *list) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		dark := msg.IsDark()
		m.paint(&dark)
	case foundMsg:
		p := &m.parts[msg.part]
		p.items, p.err, p.ended = msg.items, msg.err, true
		if msg.title != "" {
			p.title = msg.title
		}
	case slowMsg:
		m.late = true
	case tea.PasteMsg:
		m.add(msg.Content)
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

// press takes a key in.
func (m *list) press(msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "ctrl+c", "f10":
		return tea.Quit
	case "ctrl+z":
		return terminal.Suspend(m.released)
	case "enter":
		return m.choose()
	case "esc":
		if !m.typing {
			return tea.Quit
		}
		m.typed, m.typing = "", false
		m.cursor.To(0)
	case "up", "ctrl+p":
		m.move(-1)
	case "down", "ctrl+n":
		m.move(1)
	case "pgup", "ctrl+b":
		m.move(-max(m.cursor.Height-1, 1))
	case "pgdown", "ctrl+f":
		m.move(max(m.cursor.Height-1, 1))
	case "home":
		m.move(-m.cursor.Count)
	case "end":
		m.move(m.cursor.Count)
	case "tab":
		m.turn(1)
	case "shift+tab":
		m.turn(-1)
	case "backspace", "ctrl+h":
		m.erase()
	case "ctrl+u":
		m.typed = ""
	case "ctrl+w":
		m.typed = m.typed[:strings.LastIndexByte(strings.TrimRight(m.typed, " "), ' ')+1]
	default:
		return m.letter(msg.Text)
	}
	return nil
}

// letter handles text. While nothing is typed, q leaves, and / begins the text, so that it can begin
// with q.
func (m *list) letter(text string) tea.Cmd {
	switch {
	case m.typing || text == "":
	case text == "q":
		return tea.Quit
	case text == "/":
		m.typing = true
		return nil
	}
	m.add(text)
	return nil
}

// maxTyped bounds what is typed or pasted, in bytes.
const maxTyped = 256

func (m *list) add(text string) {
	for _, r := range text {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == utf8.RuneError {
			r = ' '
		}
		if len(m.typed)+utf8.RuneLen(r) <= maxTyped {
			m.typed += string(r)
		}
	}
	m.typing = m.typing || text != ""
	m.moved = true
	m.cursor.To(0)
}

func (m *list) erase() {
	if m.typed == "" {
		m.typing = false
		return
	}
	_, size := utf8.DecodeLastRuneInString(m.typed)
	m.typed = m.typed[:len(m.typed)-size]
}

func (m *list) choose() tea.Cmd {
	if item := m.item(); item != nil {
		m.chosen = item.Reference
		return tea.Quit
	}
	return nil
}
