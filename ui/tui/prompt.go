package tui

import (
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/tui/draw"
)

// prompt is a line that is being typed, in the footer's place: the filter, a
// command, or a question that wants a yes.
type prompt struct {
	kind  promptKind
	text  string
	ask   string         // the question
	yes   func() tea.Cmd // what a yes does
	here  func() tea.Cmd // what h does, where the question is where to; else nil
	hints []string       // how the text could go on
	of    narrowed       // whose list is narrowed; nil: the file that is shown is searched
}

// narrowed is a list that a filter narrows.
type narrowed interface {
	Narrow(text string)
	Filter() string
	Said() string
}

type promptKind int

const (
	filterPrompt promptKind = iota
	commandPrompt
	questionPrompt
	buildPrompt
)

// maxTyped bounds what is typed or pasted, in bytes.
const maxTyped = 1 << 10

// pressPrompt takes a key in while something is being typed: all plain keys are
// text then.
func (m *root) pressPrompt(msg tea.KeyPressMsg) tea.Cmd {
	p := m.prompt
	if p.kind == questionPrompt {
		m.prompt = nil
		if strings.EqualFold(msg.Text, "y") {
			return p.yes()
		}
		if p.here != nil && strings.EqualFold(msg.Text, "h") {
			return p.here()
		}
		m.notice = "nothing was changed"
		return nil
	}
	switch msg.String() {
	case "esc":
		m.prompt = nil
		m.narrow(p, "")
		return nil
	case "enter":
		m.prompt = nil
		switch p.kind {
		case commandPrompt:
			return m.command(p.text)
		case buildPrompt:
			return m.startBuild(strings.TrimSpace(p.text))
		}
		return nil
	case "tab":
		if p.kind == commandPrompt {
			p.complete(m)
		}
		return nil
	case "backspace", "ctrl+h":
		if p.text == "" {
			m.prompt = nil
			m.narrow(p, "")
			return nil
		}
		_, size := utf8.DecodeLastRuneInString(p.text)
		p.text = p.text[:len(p.text)-size]
	case "ctrl+u":
		p.text = ""
	case "ctrl+w":
		p.text = p.text[:strings.LastIndexByte(strings.TrimRight(p.text, " "), ' ')+1]
	case "down", "up", "pgdown", "pgup":
		if p.kind == filterPrompt && p.of != nil { // the list moves under the filter
			if m.besideShown() {
				m.beside.Press(m.keys, msg)
			} else {
				m.pressPane(msg)
			}
		}
		return nil
	default:
		m.typed(msg.Text)
		return nil
	}
	m.retyped()
	return nil
}

// typed appends text to the prompt. Characters that cannot be printed, which a paste may contain,
// become blanks.
func (m *root) typed(text string) {
	if m.prompt == nil || m.prompt.kind == questionPrompt || text == "" {
		return
	}
	clean := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r <= 0x9f || r == utf8.RuneError {
			return ' '
		}
		return r
	}, text)
	if len(m.prompt.text)+len(clean) <= maxTyped {
		m.prompt.text += clean
	}
	m.retyped()
}

// retyped handles a change of the prompt's text: a filter is applied at once, a command completed.
func (m *root) retyped() {
	m.prompt.hints = nil
	switch m.prompt.kind {
	case filterPrompt:
		m.narrow(m.prompt, m.prompt.text)
	case commandPrompt:
		m.prompt.hints = m.completions(m.prompt.text)
	}
}

// narrow gives the text of a filter prompt to the list that it filters.
func (m *root) narrow(p *prompt, text string) {
	switch {
	case p.kind != filterPrompt:
	case p.of != nil:
		p.of.Narrow(text)
	case m.content != nil:
		m.content.Search(text, m.pageWidth(), m.pageHeight())
	}
}

// said returns how the filter prompt describes the result, such as the number of matches.
func (m *root) said(p *prompt) string {
	switch {
	case p.of != nil:
		return p.of.Said()
	case m.content != nil:
		return m.content.Said()
	}
	return ""
}

// line draws the prompt in the footer's place.
func (m *root) promptLine() string {
	p := m.prompt
	l := draw.NewLine(m.theme, m.width).Gap(1)
	if p.kind == questionPrompt {
		return l.Add(m.theme.Accent, p.ask).String()
	}
	sign, aside := "/", ""
	room := max(l.Left()/2, 12)
	switch p.kind {
	case filterPrompt:
		aside = m.said(p)
	case commandPrompt:
		sign, aside = ":", strings.Join(p.hints, "  ")
	case buildPrompt:
		sign, aside = "build: ", "Enter runs it"
		room = max(l.Left()-len(sign)-len(aside)-3, 12)
	}
	text := m.theme.Charset.Escape(p.text)
	if len(text) > room { // the end is where the typing is
		text = m.theme.Charset.TruncatePath(text, room)
	}
	l.Add(m.theme.Accent, sign).Add(m.theme.Strong, text).Add(m.theme.Accent, m.theme.Caret)
	if aside != "" {
		l.Gap(2).Add(m.theme.Dim, aside)
	}
	if p.kind == filterPrompt && p.text == "" && p.of == narrowed(m.files) {
		l.Gap(2).Add(m.theme.Dim, "name, dir/name, >10MB, is:added, is:wasted, pkg:curl, layer:3")
	}
	return l.String()
}
