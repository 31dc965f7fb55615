// Package pane has the lists of the terminal interface, each with a text about its current
// row: the instructions on the left, and the views that take turns on the right.
//
// A [Pane] knows what its rows say and what keys mean on them; it knows neither the root,
// the layout nor the other views. The root hands it a report, a theme and keys, and draws
// the rows that are on the screen. What a pane does not need, it inherits from state. A
// view is added by a type in a file of its own and a line in [Views]: key, command, tab and
// help follow from the line.
//
// Panes do no I/O. Work on large trees is left to commands that [Pane.Load] returns; what
// they bring is a [Message], which the root hands to all panes. A pane belongs to one
// goroutine. Moving the cursor costs the rows on the screen, whatever the image holds.
package pane

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// Pane is a list with a text about its current row. The root moves the cursor,
// scrolls, and draws borders; a pane knows what its rows say and what keys mean on
// them. What a pane has no use for, it takes from [state].
//
// A pane draws only the rows it is asked for, so what a key costs depends on
// the screen and not on the image. No method does I/O; all are called by one
// goroutine.
type Pane interface {
	// Show takes a report over, nil while none is known, and keeps the cursor on
	// what it is on.
	Show(report *model.Report)
	// Paint takes a theme over.
	Paint(th *draw.Theme)
	// End takes note that no report will come.
	End()

	// Rows is the list's state: the cursor, the window, the number of rows.
	Rows() *draw.List
	// Heading draws the names of the columns and reports whether it has any.
	Heading(l *draw.Line) bool
	// Row draws row i.
	Row(l *draw.Line, i int)
	// Read writes the text about the row under the cursor and returns its title.
	Read(p *draw.Page) string
	// Empty is what to say instead of rows when there are none.
	Empty() string
	// Legend writes what the marks in the rows mean, for the help.
	Legend(p *draw.Page)
	// SetWidth tells how many columns the rows will have.
	SetWidth(columns int)
	// Tall reports whether the rows matter more than the text below them.
	Tall() bool

	// Press does what Open, Left or Right mean on the row under the cursor, and
	// returns what is left to do.
	Press(p Key) Effect
	// Narrow leaves only rows with all words of a text, or goes to the next such row;
	// Filter is that text, and Said counts what was found.
	Narrow(text string)
	Filter() string
	Said() string
	// Next goes to the next match, or the one before, and reports whether there was
	// one. Seeks reports whether anything is looked for.
	Next(back bool) bool
	Seeks() bool
	// Level opens all that is folded one level deeper, or closes the deepest level, and
	// returns what to say where that is not done.
	Level(more bool) (told string)
	// Escape takes back what narrows the list, and reports whether anything did.
	Escape() bool
	// Hints are the keys that do something here and now, the most useful first.
	Hints() []Hint
	// Selected is the finding that the row under the cursor is about, the one with an
	// edit where there are several. own is false where rows are not about findings.
	Selected() (f *model.Finding, own bool)
	// File is the file version under the cursor whose content can be shown.
	File() (id model.RecordID, ok bool)

	// Follow goes along with the cursor of the instructions.
	Follow(s *Step)
	// Lead puts the cursor of the instructions on what the pane's own is on, and
	// reports whether the pane leads and need not follow.
	Lead(steps *Instructions) bool
	// Load returns the command that gets what the pane is to show and has not, nil
	// where nothing is missing. fix is the finding that is chosen among the fixes.
	Load(fix *model.Finding) tea.Cmd
	// Receive takes over what such a command brought.
	Receive(msg Message)
}

// Key is a key that each pane understands in its own way.
type Key int

const (
	KeyOpen Key = iota
	KeyLeft
	KeyRight
)

// Effect is what is left to do when a pane has taken a key.
type Effect int

const (
	effectNone  Effect = iota // the key means nothing on this row
	effectDone                // the pane did all of it
	EffectRead                // show the text about the row on the whole screen
	EffectOpen                // show the content of the file
	EffectFiles               // go to the files of the finding
	EffectWrite               // show what the change makes of the Dockerfile
)

// Hint is an entry of the footer: names of actions, and what they do on this row.
type Hint struct {
	Does    string
	Actions []string
}

// Message is what a pane's command brings back.
type Message interface{ forPanes() }

// state is what every pane has: its list's window, its theme and its report. Its
// methods are what a pane does that has nothing special.
type state struct {
	draw.List
	th     *draw.Theme
	report *model.Report
	over   bool // the scan ended before anything was known
	narrow narrow
}

func (s *state) Paint(th *draw.Theme) { s.th = th }
func (s *state) End()                 { s.over = true }

func (s *state) Rows() *draw.List        { return &s.List }
func (s *state) Heading(*draw.Line) bool { return false }
func (s *state) Legend(*draw.Page)       {}
func (s *state) SetWidth(int)            {}
func (s *state) Tall() bool              { return false }

func (s *state) Press(key Key) Effect {
	if key == KeyOpen && s.Count > 0 {
		return EffectRead
	}
	return effectNone
}

func (s *state) Escape() bool                     { return false }
func (s *state) Selected() (*model.Finding, bool) { return nil, false }
func (s *state) File() (model.RecordID, bool)     { return 0, false }

func (s *state) Follow(*Step)                {}
func (s *state) Lead(*Instructions) bool     { return false }
func (s *state) Load(*model.Finding) tea.Cmd { return nil }
func (s *state) Receive(Message)             {}

// readHints are the hints of a list whose rows are read, with the copying of the
// edit that is selected.
func (s *state) readHints(selected *model.Finding, open string, more ...Hint) []Hint {
	if s.Count == 0 {
		return nil
	}
	var out []Hint
	if Pasteable(selected) != "" {
		out = append(out, Hint{"copy fix", []string{"copy-fix"}})
	}
	return append(append(out, Hint{open, []string{"open"}}), more...)
}

// Pasteable is the edit as it is to be pasted: newlines and tabs, and no other
// control character, because a paste into a terminal would obey it. It is ""
// where there is none.
func Pasteable(f *model.Finding) string {
	if f == nil || f.Fix == nil || f.Fix.After == nil {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r >= ' ' && r != 0x7f && (r < 0x80 || r > 0x9f) {
			return r
		}
		return -1
	}, *f.Fix.After)
}

// firstEdit is the first of the findings that comes with an edit, nil where none does.
func firstEdit(findings []*model.Finding) *model.Finding {
	for _, f := range findings {
		if f.Fix != nil && f.Fix.After != nil {
			return f
		}
	}
	return nil
}
