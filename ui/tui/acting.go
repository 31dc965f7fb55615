package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/tui/act"
	"github.com/tare-oci/tare/ui/tui/pane"
)

// desk is the state of changing the Dockerfile: what has been written to it, the proposal on the
// screen, and the build that runs.
type desk struct {
	space     act.Workspace // nil where nothing can be written at all
	written   act.Written
	proposal  *act.Proposal
	build     *act.Build
	unseen    bool     // the build failed where it was not looked at
	waiting   bool     // an image was built and is not read yet
	held      *doneMsg // an image was built and read, and waits until it can be shown
	rebuilt   bool     // the image that is being read is the one that was built
	refused   bool     // it is read again because something was not written, which is told already
	busy      bool     // a command of the workspace runs
	wrote     bool     // something was written since the interface began
	edited    bool     // the file is not that of the image any more
	elsewhere string   // where to save what the next build shall not have, "" for here
	lacks     string   // why nothing can be written, "" where it can
}

// pressAct handles the keys that change or build the Dockerfile, and reports whether this was one.
func (m *root) pressAct(msg tea.KeyPressMsg) (cmd tea.Cmd, done bool) {
	k := m.keys
	switch {
	case key.Matches(msg, k.Select):
		return m.selectRow(), true
	case key.Matches(msg, k.Write):
		return m.proposeChosen(), true
	case key.Matches(msg, k.WriteAll):
		return m.proposeAll(), true
	case key.Matches(msg, k.Undo):
		if m.desk.wrote && m.isIdle() || !m.desk.wrote && m.canAct() { // the workspace knows why not
			m.desk.busy = true
			return act.Undo(m.desk.space), true
		}
	case key.Matches(msg, k.Edit):
		if m.desk.edited && m.isIdle() || !m.desk.edited && m.canAct() {
			return act.Edit(m.desk.space, m.chosenLine(), m.released), true
		}
	case key.Matches(msg, k.Build):
		return m.askBuild(), true
	default:
		return nil, false
	}
	return nil, true
}

// selectRow selects the change under the cursor; elsewhere it opens and closes rows.
func (m *root) selectRow() tea.Cmd {
	if m.focused() != m.fixes {
		return m.take(m.focused().Press(pane.KeyOpen))
	}
	m.notice = m.fixes.Select()
	return nil
}

// canAct reports whether the workspace can write now. If not, it tells the user why.
func (m *root) canAct() bool {
	if m.desk.space != nil && m.desk.lacks != "" {
		m.notice = m.theme.Charset.OneLine(m.desk.lacks)
		return false
	}
	return m.isIdle()
}

// isIdle reports whether the workspace is free for another command. If not, it tells the user why.
func (m *root) isIdle() bool {
	switch {
	case m.desk.space == nil:
		m.notice = "tare cannot write changes from a saved report; open the image itself, with -f Dockerfile"
	case m.report == nil || m.progress.running:
		m.notice = "wait until the image has been read"
	case m.report.Partial:
		m.notice = "only part of the image was read; " + m.keys.First(m.keys.Reload) + " reads all of it"
	case m.building():
		m.notice = "the image is being built; wait for it, or stop it: " + m.keys.First(m.keys.Build) + ", then Esc"
	case m.desk.busy:
		m.notice = "the last change is still being written"
	default:
		return true
	}
	return false
}

// proposeChosen shows what the change under the cursor makes of the Dockerfile.
func (m *root) proposeChosen() tea.Cmd {
	c := m.fixes.Change()
	switch {
	case c == nil:
		m.notice = "no change is selected here; " + m.keys.First(m.keys.Views[0]) + " lists them"
		return nil
	case !c.Writable():
		m.notice = m.fixes.Decision(c)
		return nil
	case m.fixes.IsWritten(c.ID):
		m.notice = "this change is already in the Dockerfile; " + m.keys.First(m.keys.Undo) + " takes it back"
		return nil
	}
	return m.propose([]string{c.ID})
}

// openChange shows what the change under the cursor makes of the Dockerfile, or the
// change itself where that cannot be written.
func (m *root) openChange() tea.Cmd {
	c := m.fixes.Change()
	if m.desk.space == nil || m.desk.lacks != "" || m.desk.busy || m.progress.running || !c.Writable() || m.fixes.IsWritten(c.ID) {
		m.page = &overlay{kind: readPage}
		return nil
	}
	return m.propose([]string{c.ID})
}

// proposeAll shows what all selected changes make of the Dockerfile; where none is
// selected, those of the plan.
func (m *root) proposeAll() tea.Cmd {
	ids := m.fixes.ToWrite()
	if len(ids) == 0 {
		m.notice = "all changes are already written"
		return nil
	}
	return m.propose(ids)
}

func (m *root) propose(ids []string) tea.Cmd {
	if !m.canAct() {
		return nil
	}
	m.desk.busy = true
	return act.Propose(m.desk.space, m.report, ids)
}

// chosenLine is the line of the Dockerfile that the cursor's row is about, 0 for none.
func (m *root) chosenLine() int {
	if c := m.fixes.Change(); m.focused() == m.fixes && c != nil && c.Location != nil {
		return c.Location.Line
	}
	if m.view == m.dockerfile && m.right {
		if line := m.dockerfile.Line(); line > 0 {
			return line
		}
	}
	if s := m.steps.Chosen(); s != nil {
		return s.Line()
	}
	return 0
}

// acted handles the result of a workspace command.
func (m *root) acted(msg act.Message) tea.Cmd {
	switch msg := msg.(type) {
	case act.Looked:
		if msg.Report == m.report {
			m.desk.lacks, m.desk.elsewhere = msg.Lacks, msg.Elsewhere
			m.fixes.CanWrite(msg.Lacks == "")
			if len(msg.Written.Changes) > 0 {
				m.desk.written = msg.Written
				m.fixes.SetWritten(msg.Written.Changes, msg.Written.Size)
			}
			if m.desk.edited = msg.Edited; msg.Edited {
				m.notice = m.theme.Charset.OneLine(msg.Lacks) + " (" + m.keys.First(m.keys.Build) + ")"
			}
		}
	case act.Proposed:
		m.desk.busy = false
		return m.proposed(msg)
	case act.Wrote:
		m.desk.busy = false
		return m.wrote(msg)
	case act.Edited:
		switch {
		case msg.Err != nil:
			m.notice = m.theme.Charset.OneLine(msg.Err.Error())
		case msg.Changed:
			m.notice = "the Dockerfile has changed; reading the image again with it"
			return m.reload()
		case msg.Chosen != "":
			m.notice = "the Dockerfile has not changed; set $EDITOR for another editor than " + msg.Chosen
		default:
			m.notice = "the Dockerfile has not changed"
		}
	case act.Asked:
		if msg.Err != nil {
			return m.failed(msg.Err)
		}
		if m.page == nil && m.content == nil && m.prompt == nil {
			m.prompt = &prompt{kind: buildPrompt, text: msg.Line}
		}
	case act.Logged:
		if msg.Of == m.desk.build && !msg.Of.Ended {
			msg.Of.Took = msg.Took
			return msg.Of.Next
		}
	case act.Built:
		return m.built(msg)
	}
	return nil
}

func (m *root) proposed(msg act.Proposed) tea.Cmd {
	switch {
	case msg.Report != m.report:
	case msg.Err != nil:
		return m.failed(msg.Err)
	default:
		m.desk.proposal, m.page = msg.Proposal, &overlay{kind: proposalPage}
	}
	return nil
}

// failed tells the user what went wrong. If a file has changed since it was read, the image is
// read again with the new file.
func (m *root) failed(err error) tea.Cmd {
	m.notice = m.theme.Charset.OneLine(err.Error())
	if act.IsChanged(err) {
		m.notice += "; nothing was written, and the file is read again"
		m.desk.refused = true
		return m.reload()
	}
	return nil
}

func (m *root) wrote(msg act.Wrote) tea.Cmd {
	if msg.Err != nil {
		return m.failed(msg.Err)
	}
	m.desk.written, m.desk.wrote = msg.Written, true
	m.fixes.SetWritten(msg.Written.Changes, msg.Written.Size)
	names := m.theme.OneLine(strings.Join(msg.Written.Files, " and "), 60)
	if msg.Undone {
		verb := " is as it was before"
		if len(msg.Written.Files) > 1 {
			verb = " are as they were before"
		}
		m.notice = names + verb
		return act.Look(m.desk.space, m.report) // it may not be the file of this image any more
	}
	m.notice = "wrote " + names + "; " + m.keys.First(m.keys.Undo) + " takes it back, " + m.keys.First(m.keys.Build) + " builds it"
	return nil
}

// seen reports whether the end of the proposed diff is or was on the screen.
func (m *root) seen() bool { return m.page.top+m.pageHeight() >= m.page.end }

// pressProposal takes a key in while a proposal is shown.
func (m *root) pressProposal(msg tea.KeyPressMsg) (cmd tea.Cmd, done bool) {
	k, p := m.keys, m.desk.proposal
	if !key.Matches(msg, k.Open, k.Write, k.WriteAll) {
		return nil, false
	}
	if !m.seen() {
		m.page.top += max(m.pageHeight()-1, 1)
		return nil, true
	}
	m.page = nil
	if p.Diff == "" || !m.canAct() {
		return nil, true
	}
	m.desk.busy = true
	return act.Write(m.desk.space, p), true
}
