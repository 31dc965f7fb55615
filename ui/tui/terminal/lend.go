package terminal

import (
	"io"
	"os/exec"

	tea "charm.land/bubbletea/v2"
)

// Lend gives the terminal to a program, such as an editor, and takes it again when the
// program has ended. released is called when Bubble Tea has given the terminal back;
// done makes a message of how the program ended.
//
// tea.ExecProcess cannot be used: the program would get what stands between Bubble Tea
// and the terminal in place of the terminal itself, by way of a pipe.
func Lend(c *exec.Cmd, released func(), done func(error) tea.Msg) tea.Cmd {
	return tea.Exec(&lent{c, released}, done)
}

type lent struct {
	*exec.Cmd

	released func()
}

func (l *lent) Run() error {
	l.released()
	return l.Cmd.Run()
}

func (l *lent) SetStdin(in io.Reader) {
	if keys, ok := in.(keyboard); ok {
		in = keys.File
	}
	l.Stdin = in
}

func (l *lent) SetStdout(out io.Writer) {
	if g, ok := out.(*Guard); ok {
		out = g.out
	}
	l.Stdout = out
}

func (l *lent) SetStderr(out io.Writer) { l.Stderr = out }
