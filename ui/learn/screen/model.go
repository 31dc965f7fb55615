package screen

import (
	"context"
	"maps"
	"time"

	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/learn/lesson"
	"github.com/tare-oci/tare/ui/learn/session"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/keys"
	"github.com/tare-oci/tare/ui/tui/terminal"
)

// mode says what the keys do at the moment.
type mode int

const (
	reading  mode = iota
	editing       // the small editor has the keys
	typing        // an answer is typed
	choosing      // the list of lessons is open
	helping
	building // a real build is on the screen
)

// tone says what kind of message it is: good news, bad news or neither.
type tone int

const (
	plain tone = iota
	good
	bad
)

// desk is the model of the screen. It belongs to one goroutine.
type desk struct {
	ctx      context.Context //nolint:containedctx // the program's, for what runs beside it
	s        *session.Session
	keys     *keys.Course
	opt      Options
	now      time.Time
	theme    *draw.Theme
	released func()

	width, height int
	work          bool // on a narrow screen: the work is shown, not the lesson
	mode          mode
	text          draw.List // the lesson's rows
	stack         draw.List // the image's instructions
	lessons       draw.List
	help          draw.List
	real          realBuild

	files   lesson.Files    // as they lie there, or as the editor has them
	file    string          // the one that is shown
	judged  int             // counts texts; what comes back for an older one is dropped
	counted int             // the text that verdict is of
	verdict *lesson.Verdict // of the files, or of those before while they are judged
	editor  textarea.Model
	edited  bool // the editor has changed the files since it was opened
	answer  string
	said    string
	tone    tone
	shown   bool // the solution is on the screen

	outcome Outcome
	failed  error
}

func newDesk(ctx context.Context, s *session.Session, opt Options, now time.Time) *desk {
	m := &desk{ctx: ctx, s: s, opt: opt, now: now, keys: opt.keymap(), theme: draw.NewTheme(opt.Theme, opt.Dark, opt.ASCII, opt.NoColor, now), released: func() {}}
	m.editor = textarea.New()
	m.editor.Prompt, m.editor.CharLimit, m.editor.MaxHeight = "", 0, 0
	m.editor.ShowLineNumbers = true
	m.open()
	return m
}

// open shows the session's lesson from its beginning.
func (m *desk) open() {
	m.text, m.stack, m.mode, m.shown, m.work = draw.List{}, draw.List{}, reading, false, false
	m.file, m.verdict, m.said, m.answer = "Dockerfile", nil, "", ""
	m.files = nil
	m.reread()
}

// reread reads the learner's files from disk and reports whether they have changed.
func (m *desk) reread() bool {
	files, err := m.s.Files()
	if err != nil {
		m.say(bad, err.Error())
		return false
	}
	if maps.Equal(files, m.files) {
		return false
	}
	m.files = files
	m.judged++
	return true
}

func (m *desk) say(t tone, text string) { m.said, m.tone = text, t }

// fail ends the program with an error.
func (m *desk) fail(err error) tea.Cmd {
	m.failed = err
	return tea.Quit
}

// Init judges the files, and begins to watch them.
func (m *desk) Init() tea.Cmd {
	cmds := []tea.Cmd{m.judge(), watch()}
	if m.opt.Dark == nil && (m.opt.Theme == "" || m.opt.Theme == "auto") && !m.opt.NoColor {
		cmds = append(cmds, tea.RequestBackgroundColor)
	}
	return tea.Batch(cmds...)
}

// Update handles a message.
func (m *desk) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		dark := msg.IsDark()
		m.theme = draw.NewTheme(m.opt.Theme, &dark, m.opt.ASCII, m.opt.NoColor, m.now)
	case terminal.StopMsg:
		return m, terminal.Suspend(m.released)
	case verdictMsg:
		return m, m.take(msg)
	case lookedMsg:
		if m.mode == editing {
			return m, tea.Batch(m.otherEdit(), watch())
		}
		if m.reread() {
			if m.tone != good { // what was right stays on the screen
				m.say(plain, "")
			}
			return m, tea.Batch(m.judge(), watch())
		}
		return m, watch()
	case typedMsg:
		if msg.judged == m.judged && m.mode == editing {
			return m, m.judge()
		}
	case saidMsg:
		if msg.number == m.real.number && m.isBuilding() {
			return m, m.listen()
		}
	case builtMsg:
		m.built(msg)
	case editedMsg:
		if msg.err != nil {
			m.say(bad, "The editor did not open: "+msg.err.Error()+".")
		} else if msg.chosen != "" {
			m.say(plain, "To use another editor than "+msg.chosen+", set $EDITOR.")
		}
		if m.reread() {
			return m, m.judge()
		}
	case tea.MouseWheelMsg:
		m.wheel(msg)
	case tea.KeyPressMsg:
		return m, m.press(msg)
	default:
		if m.mode == editing {
			var cmd tea.Cmd
			m.editor, cmd = m.editor.Update(msg)
			return m, cmd
		}
	}
	return m, nil
}

func (m *desk) wheel(msg tea.MouseWheelMsg) {
	list := &m.text
	if m.twoPanes() && msg.X >= m.left() || m.work {
		list = &m.stack
	}
	switch msg.Button {
	case tea.MouseWheelUp:
		list.Scroll(-3)
	case tea.MouseWheelDown:
		list.Scroll(3)
	}
}
