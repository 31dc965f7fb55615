package act

import (
	"errors"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/terminal"
)

// ErrChanged is part of an error where a file is no longer what was read.
var ErrChanged = errors.New("it has changed in the meantime")

// IsChanged reports whether an error is that a file is no longer what was read.
func IsChanged(err error) bool { return errors.Is(err, ErrChanged) }

// Look is the command that finds out whether there is a Dockerfile to write to.
func Look(space Workspace, r *model.Report) tea.Cmd {
	return func() tea.Msg { return Looked{r, space.Lacks(), space.Edited(), space.Elsewhere(r), space.Written()} }
}

// Propose is the command that works a proposal out.
func Propose(space Workspace, r *model.Report, ids []string) tea.Cmd {
	return func() tea.Msg {
		p, err := space.Propose(r, ids)
		return Proposed{p, r, err}
	}
}

// Write is the command that writes a proposal.
func Write(space Workspace, p *Proposal) tea.Cmd {
	return func() tea.Msg {
		written, err := space.Write(p)
		return Wrote{Written: written, Err: err}
	}
}

// Undo is the command that takes the last writing back.
func Undo(space Workspace) tea.Cmd {
	return func() tea.Msg {
		written, err := space.Undo()
		return Wrote{Written: written, Undone: true, Err: err}
	}
}

// Edit gives the terminal to the user's editor, and looks afterwards whether the file
// is another one. released is called when the terminal was given back.
func Edit(space Workspace, line int, released func()) tea.Cmd {
	return func() tea.Msg {
		c, err := space.Editor(line)
		if err != nil {
			return Edited{Err: err}
		}
		return terminal.Lend(c, released, func(err error) tea.Msg {
			if err != nil {
				return Edited{Err: errors.New("the editor ended with an error; nothing was reloaded")}
			}
			edited := Edited{Chosen: terminal.EditorChosen(c)}
			edited.Changed, edited.Err = space.Reread()
			return edited
		})()
	}
}

// Ask is the command that finds out which line builds the image.
func Ask(space Workspace, r *model.Report) tea.Cmd {
	return func() tea.Msg {
		line, err := space.Command(r)
		return Asked{line, err}
	}
}
