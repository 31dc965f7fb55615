package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/act"
)

// askBuild asks for the command line that builds the image.
func (m *root) askBuild() tea.Cmd {
	if m.showBuild() {
		return nil
	}
	if !m.isIdle() { // without a file it may still be known how to build
		return nil
	}
	return act.Ask(m.desk.space, m.report)
}

// startBuild runs the command line that was typed.
func (m *root) startBuild(line string) tea.Cmd {
	if line == "" {
		return nil
	}
	b := act.NewBuild(m.scan.parent, m.desk.space, line)
	m.desk.build, m.desk.unseen, m.page = b, false, &overlay{kind: buildPage, follow: true}
	return tea.Batch(b.Run, b.Next)
}

// building reports whether a builder runs.
func (m *root) building() bool { return m.desk.build != nil && !m.desk.build.Ended }

// buildShown reports whether the build's page is on the screen.
func (m *root) buildShown() bool {
	return m.content == nil && m.page != nil && m.page.kind == buildPage
}

// isAway reports whether the user reads or types something that a new image must not take away:
// anything but the lists and the page of the build.
func (m *root) isAway() bool {
	return m.prompt != nil || m.content != nil || m.page != nil && m.page.kind != buildPage || m.page == nil && m.besideOpen
}

// built handles the end of a build. The image is opened by arrive, when nothing is in its way.
func (m *root) built(msg act.Built) tea.Cmd {
	b := msg.Of
	b.Ended, b.Err, b.Took = true, msg.Err, msg.Took
	if m.desk.build != b {
		return nil
	}
	name := m.theme.OneLine(b.Name, maxName)
	switch {
	case msg.Err == nil:
		m.desk.waiting = true
		m.notice = "built in " + display.Duration(b.Took)
		if m.isAway() {
			m.notice = "built " + name + " in " + display.Duration(b.Took) + "; " + m.keys.First(m.keys.Build) + " opens it"
		}
	case m.buildShown(): // it says so
	case b.Stopped:
		m.notice = "the build was stopped"
	default:
		m.desk.unseen = true
		m.notice = "the build of " + name + " failed; " + m.keys.First(m.keys.Build) + " shows why"
	}
	return nil
}

// maxName is how many columns of an image's name the footer shows.
const maxName = 40

// arrive opens what was built, once the user is at the lists or at the page of the build.
func (m *root) arrive() tea.Cmd {
	switch {
	case m.isAway():
	case m.desk.held != nil:
		msg := *m.desk.held
		m.desk.held = nil
		return m.done(msg)
	case m.desk.waiting && !m.progress.running:
		m.desk.waiting, m.desk.rebuilt = false, true
		return m.reload()
	}
	return nil
}

// pressBuild takes the key of the build in where another page covers the lists, and reports whether
// there was something to show.
func (m *root) pressBuild(msg tea.KeyPressMsg) bool {
	return key.Matches(msg, m.keys.Build) && m.prompt == nil && m.showBuild()
}

// showBuild shows the build that runs, or that failed out of sight, and makes way for an image that
// was built. It reports whether there is one of them.
func (m *root) showBuild() bool {
	made := m.desk.waiting || m.desk.held != nil
	if !made && !m.building() && !m.desk.unseen {
		return false
	}
	if m.content != nil {
		m.closeContent()
	}
	m.page = nil
	if made {
		m.besideOpen = false
		return true
	}
	m.desk.unseen = false
	m.page = &overlay{kind: buildPage, follow: true}
	return true
}

// buildSaid is what the footer says about a build that is not on the screen, and what its key does
// about it; "" for nothing.
func (m *root) buildSaid() (said, does string) {
	if m.desk.build == nil || m.buildShown() {
		return "", ""
	}
	name := " " + m.theme.OneLine(m.desk.build.Name, maxName)
	if m.width < narrowFooter {
		name = ""
	}
	switch {
	case m.desk.waiting || m.desk.held != nil:
		if m.isAway() {
			return "built" + name, "opens it"
		}
	case m.building():
		return "building" + name + m.theme.Charset.Ellipsis, "shows it"
	case m.desk.unseen && name == "":
		return "build failed", "shows why"
	case m.desk.unseen:
		return "the build of" + name + " failed", "shows why"
	}
	return "", ""
}
