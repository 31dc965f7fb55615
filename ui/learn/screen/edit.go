package screen

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/tui/terminal"
)

// edit gives the keys to the small editor.
func (m *desk) edit() tea.Cmd {
	if m.reread() {
		m.judged++
	}
	m.mode, m.work, m.shown, m.edited = editing, true, false, false
	return m.load(m.file)
}

// load puts a file into the editor.
func (m *desk) load(name string) tea.Cmd {
	m.file = name
	m.editor.SetValue(strings.TrimSuffix(m.files[name], "\n"))
	m.editor.MoveToBegin()
	return m.editor.Focus()
}

// otherEdit takes what another program has written while the editor is open, nil where there
// is nothing: the next key would write over it.
func (m *desk) otherEdit() tea.Cmd {
	if !m.reread() {
		return nil
	}
	m.edited = false
	m.say(plain, "The file was changed outside, and is read again.")
	return tea.Batch(m.load(m.file), m.judge())
}

func (m *desk) pressEditing(k tea.KeyPressMsg) tea.Cmd {
	if cmd := m.otherEdit(); cmd != nil {
		return cmd
	}
	switch k.String() {
	case "esc":
		m.mode = reading
		m.editor.Blur()
		return nil
	case "tab":
		names := m.s.Lesson().Start.Names()
		if len(names) > 1 {
			return m.load(names[(slices.Index(names, m.file)+1)%len(names)])
		}
		k = tea.KeyPressMsg{Code: ' ', Text: "    "}
	}
	before := m.editor.Value()
	var cmd tea.Cmd
	m.editor, cmd = m.editor.Update(k)
	if m.editor.Value() == before {
		return cmd
	}
	m.files[m.file] = m.editor.Value() + "\n"
	m.judged++
	m.say(plain, "")
	keep := m.s.Keep
	if !m.edited { // so that undo brings back what was there
		keep = m.s.Write
	}
	if err := keep(m.files); err != nil {
		m.say(bad, err.Error())
	} else {
		m.edited = true
	}
	return tea.Batch(cmd, m.typed())
}

// editOutside opens the file in the learner's editor.
func (m *desk) editOutside() tea.Cmd {
	if m.opt.Editor == nil {
		m.say(bad, "Set $EDITOR to the name of an editor; or press "+m.keys.First(m.keys.Edit)+" to edit here.")
		return nil
	}
	cmd, err := m.opt.Editor(m.s.File(m.file))
	if err != nil {
		m.say(bad, err.Error())
		return nil
	}
	if err := m.s.Write(m.files); err != nil {
		m.say(bad, err.Error())
		return nil
	}
	return terminal.Lend(cmd, m.released, func(err error) tea.Msg {
		return editedMsg{err, terminal.EditorChosen(cmd)}
	})
}
