package tui

import (
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/filetree"
	"github.com/tare-oci/tare/ui/tui/pane"
)

// command is something that can be asked for by name, behind a colon.
type command struct {
	name string
	does string
	// values lists what its argument can be, to complete it; nil for none.
	values func(m *root) []string
	run    func(m *root, argument string) tea.Cmd
}

// commands are all of them, by name.
func commands() []command {
	all := []command{
		{"filter", "filter the files", func(*root) []string {
			return []string{"is:added", "is:deleted", "is:leftover", "is:modified", "is:shadowed", "is:wasted"}
		}, func(m *root, text string) tea.Cmd { m.look(m.files); m.files.Ask(text); return nil }},
		{"goto", "go to a path", nil, func(m *root, path string) tea.Cmd { m.goTo(path); return nil }},
		{"help", "the keys", nil, func(m *root, _ string) tea.Cmd { m.page = &overlay{kind: helpPage}; return nil }},
		{"image", "about the image", nil, func(m *root, _ string) tea.Cmd { m.page = &overlay{kind: imagePage}; return nil }},
		{"layer", "the step of a layer", nil, func(m *root, number string) tea.Cmd {
			n, err := strconv.Atoi(number)
			if err != nil || m.report == nil || n < 0 || n >= len(m.report.Layers) {
				m.notice = "there is no layer " + m.theme.OneLine(number, 20)
				return nil
			}
			m.steps.Choose(n)
			m.moved = true
			return nil
		}},
		{"step", "a step of the build", nil, func(m *root, number string) tea.Cmd {
			n, err := strconv.Atoi(number)
			for i := range m.steps.Steps {
				if err == nil && n > 0 && m.steps.Steps[i].Step == n {
					m.steps.To(i)
					m.moved = true
					return nil
				}
			}
			m.notice = "there is no step " + m.theme.OneLine(number, 20)
			return nil
		}},
		{"mouse", "mouse on or off", nil, func(m *root, _ string) tea.Cmd { m.toggleMouse(); return nil }},
		{"quit", "quit", nil, func(m *root, _ string) tea.Cmd { m.halt(); return tea.Quit }},
		{"reload", "read the image again", nil, func(m *root, _ string) tea.Cmd { return m.reload() }},
		{"save", "save the file here", nil, func(m *root, _ string) tea.Cmd { return m.saveFile(false) }},
		{"sort", "sort the files", func(*root) []string { return filetree.OrderNames[:] }, func(m *root, by string) tea.Cmd {
			order, ok := filetree.ParseOrder(by)
			if !ok {
				m.notice = "sort takes " + strings.Join(filetree.OrderNames[:], ", ")
				return nil
			}
			m.look(m.files)
			return m.files.SortBy(order)
		}},
		{"theme", "change the colours", func(*root) []string { return draw.Themes }, func(m *root, name string) tea.Cmd {
			if !slices.Contains(draw.Themes, name) {
				m.notice = "theme takes " + strings.Join(draw.Themes, ", ")
				return nil
			}
			m.opt.Theme = name
			m.paint(m.dark)
			return nil
		}},
	}
	for i, v := range pane.Views() {
		all = append(all, command{v.Name, v.Does, nil, func(m *root, _ string) tea.Cmd { m.look(m.views[i].Pane); return nil }})
	}
	slices.SortFunc(all, func(a, b command) int { return strings.Compare(a.name, b.name) })
	return all
}

// command runs what was typed behind the colon. A name can be shortened as long as no other name
// begins the same way.
func (m *root) command(text string) tea.Cmd {
	name, argument, _ := strings.Cut(strings.TrimSpace(text), " ")
	if name == "" {
		return nil
	}
	if name == "q" {
		name = "quit"
	}
	var fits []command
	for _, c := range commands() {
		if c.name == name {
			fits = []command{c}
			break
		}
		if strings.HasPrefix(c.name, name) {
			fits = append(fits, c)
		}
	}
	switch len(fits) {
	case 0:
		m.notice = "there is no command " + m.theme.OneLine(name, 20) + "; Tab lists them"
		return nil
	case 1:
		return fits[0].run(m, strings.TrimSpace(argument))
	}
	names := make([]string, len(fits))
	for i, c := range fits {
		names[i] = c.name
	}
	m.notice = "which one: " + strings.Join(names, ", ")
	return nil
}

// completions lists how a command line could go on: names, then values.
func (m *root) completions(text string) []string {
	name, argument, spaced := strings.Cut(strings.TrimLeft(text, " "), " ")
	var out []string
	for _, c := range commands() {
		switch {
		case !spaced && strings.HasPrefix(c.name, name):
			out = append(out, c.name)
		case spaced && c.name == name && c.values != nil:
			for _, value := range c.values(m) {
				if strings.HasPrefix(value, strings.TrimSpace(argument)) {
					out = append(out, value)
				}
			}
		}
	}
	return out
}

// complete extends the command line by the start that all completions have in common.
func (p *prompt) complete(m *root) {
	p.hints = m.completions(p.text)
	if len(p.hints) == 0 {
		return
	}
	common := p.hints[0]
	for _, h := range p.hints[1:] {
		for !strings.HasPrefix(h, common) {
			common = common[:len(common)-1]
		}
	}
	start := strings.LastIndexByte(p.text, ' ') + 1
	p.text = p.text[:start] + common
	if len(p.hints) == 1 && start == 0 {
		p.text += " "
		p.hints = m.completions(p.text)
	}
}

// goTo shows a path of the image: in the layers that are shown, else in the
// whole image.
func (m *root) goTo(path string) {
	m.look(m.files)
	if m.report == nil || m.report.Tree == nil {
		m.notice = "the files have not been read yet"
		return
	}
	node, ok := m.report.Tree.Lookup(path)
	if !ok {
		m.notice = "there is no " + m.theme.OneLine(path, 40) + " in any layer"
		return
	}
	if m.files.GoTo(node) {
		return
	}
	m.files.SetMerged(true)
	m.steps.Choose(len(m.report.Layers) - 1)
	m.moved = true
	m.files.Follow(m.steps.Chosen())
	m.files.Reveal(path)
}
