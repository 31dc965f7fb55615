package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// pane is a list with a text about its current row. The root moves the cursor,
// scrolls, and draws borders; a pane knows what its rows say and what keys mean on
// them. What a pane has no use for, it takes from [state].
//
// A pane draws only the rows it is asked for, so what a key costs depends on
// the screen and not on the image. No method does I/O; all are called by one
// goroutine.
type pane interface {
	// show takes a report over, nil while none is known, and keeps the cursor on
	// what it is on.
	show(report *model.Report)
	// paint takes a theme over.
	paint(th *draw.Theme)
	// end takes note that no report will come.
	end()

	// rows is the list's state: the cursor, the window, the number of rows.
	rows() *draw.List
	// heading draws the names of the columns and reports whether it has any.
	heading(l *draw.Line) bool
	// row draws row i.
	row(l *draw.Line, i int)
	// read writes the text about the row under the cursor and returns its title.
	read(p *draw.Page) string
	// empty is what to say instead of rows when there are none.
	empty() string
	// legend writes what the marks in the rows mean, for the help.
	legend(p *draw.Page)
	// setWidth tells how many columns the rows will have.
	setWidth(columns int)
	// tall reports whether the rows matter more than the text below them.
	tall() bool

	// press does what Open, Left or Right mean on the row under the cursor, and
	// returns what is left to do.
	press(p press) effect
	// escape takes back what narrows the list, and reports whether anything did.
	escape() bool
	// hints are the keys that do something here and now, the most useful first.
	hints() []hint
	// selected is the finding that the row under the cursor is about, the one with an
	// edit where there are several. own is false where rows are not about findings.
	selected() (f *model.Finding, own bool)
	// file is the file version under the cursor whose content can be shown.
	file() (id model.RecordID, ok bool)

	// follow goes along with the cursor of the instructions.
	follow(s *step)
	// lead puts the cursor of the instructions on what the pane's own is on, and
	// reports whether the pane leads and need not follow.
	lead(steps *instructions) bool
	// load returns the command that gets what the pane is to show and has not, nil
	// where nothing is missing. fix is the finding that is chosen among the fixes.
	load(fix *model.Finding) tea.Cmd
	// receive takes over what such a command brought.
	receive(msg message)
}

// press is a key that each pane understands in its own way.
type press int

const (
	pressOpen press = iota
	pressLeft
	pressRight
)

// effect is what is left to do when a pane has taken a key.
type effect int

const (
	effectNone  effect = iota // the key means nothing on this row
	effectDone                // the pane did all of it
	effectRead                // show the text about the row on the whole screen
	effectOpen                // show the content of the file
	effectFiles               // go to the files of the finding
)

// hint is an entry of the footer: names of actions, and what they do on this row.
type hint struct {
	does    string
	actions []string
}

// message is what a pane's command brings back.
type message interface{ forPanes() }

// state is what every pane has: its list's window, its theme and its report. Its
// methods are what a pane does that has nothing special.
type state struct {
	draw.List
	th     *draw.Theme
	report *model.Report
	over   bool // the scan ended before anything was known
}

func (s *state) paint(th *draw.Theme) { s.th = th }
func (s *state) end()                 { s.over = true }

func (s *state) rows() *draw.List        { return &s.List }
func (s *state) heading(*draw.Line) bool { return false }
func (s *state) legend(*draw.Page)       {}
func (s *state) setWidth(int)            {}
func (s *state) tall() bool              { return false }

func (s *state) press(key press) effect {
	if key == pressOpen && s.Count > 0 {
		return effectRead
	}
	return effectNone
}

func (s *state) escape() bool                     { return false }
func (s *state) selected() (*model.Finding, bool) { return nil, false }
func (s *state) file() (model.RecordID, bool)     { return 0, false }

func (s *state) follow(*step)                {}
func (s *state) lead(*instructions) bool     { return false }
func (s *state) load(*model.Finding) tea.Cmd { return nil }
func (s *state) receive(message)             {}

// readHints are the hints of a list whose rows are read, with the copying of the
// edit that is selected.
func (s *state) readHints(selected *model.Finding, open string, more ...hint) []hint {
	if s.Count == 0 {
		return nil
	}
	var out []hint
	if Pasteable(selected) != "" {
		out = append(out, hint{"copy fix", []string{"copy-fix"}})
	}
	return append(append(out, hint{open, []string{"open"}}), more...)
}
