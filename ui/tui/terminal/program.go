package terminal

import (
	"io"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// Program is a program of Bubble Tea behind a guard. The terminal is given back however it ends.
type Program struct {
	*tea.Program

	guard *Guard
}

// StopMsg tells a model that the program was asked from outside to suspend itself (SIGTSTP). It answers
// by [Suspend].
type StopMsg struct{}

// NewProgram makes a program of a model, and sets what the model hands to [Suspend] and [Lend].
func NewProgram(m tea.Model, released *func(), in io.Reader, out io.Writer, noColor bool, options ...tea.ProgramOption) *Program {
	guard := NewGuard(in, out)
	*released = guard.Release
	in, out = guard.Wrap(in, out)
	all := []tea.ProgramOption{tea.WithInput(in), tea.WithOutput(out), tea.WithoutSignalHandler()}
	if noColor {
		all = append(all, tea.WithColorProfile(colorprofile.ASCII))
	}
	return &Program{tea.NewProgram(m, append(all, options...)...), guard}
}

// Run shows the program until it ends.
func (p *Program) Run() error {
	over := make(chan struct{})
	defer close(over)
	go CatchStop(func() { p.Send(StopMsg{}) }, over)
	_, err := p.Program.Run()
	p.guard.End(err != nil)
	return err
}
