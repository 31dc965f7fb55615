//go:build unix

package tui

import (
	"io"
	"os"
	"os/signal"
	"syscall"

	tea "charm.land/bubbletea/v2"
)

// catchStop makes a SIGTSTP from outside do what the suspend key does: hand the
// terminal back first. It returns when over is closed, and at once where whoever
// started the program ignores the signal: there nobody could continue it.
func catchStop(send func(tea.Msg), over <-chan struct{}) {
	if signal.Ignored(syscall.SIGTSTP) {
		return
	}
	received := make(chan os.Signal, 1)
	signal.Notify(received, syscall.SIGTSTP)
	defer signal.Stop(received)
	for {
		select {
		case <-received:
			send(stopMsg{})
		case <-over:
			return
		}
	}
}

// suspend gives the terminal back, stops the program until it is continued, and
// takes the terminal again. tea.Suspend cannot be used: it stops the program by
// a SIGTSTP, which Go does not obey any more once it was caught.
func suspend() tea.Cmd {
	return tea.Exec(stopped{}, func(error) tea.Msg { return nil })
}

// stopped is a command that takes as long as the program is stopped.
type stopped struct{}

// Run stops the process group, as a terminal's own Ctrl+Z does.
func (stopped) Run() error {
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, syscall.SIGCONT)
	defer signal.Stop(continued)
	if err := syscall.Kill(0, syscall.SIGSTOP); err != nil {
		return err
	}
	<-continued
	return nil
}

func (stopped) SetStdin(io.Reader)  {}
func (stopped) SetStdout(io.Writer) {}
func (stopped) SetStderr(io.Writer) {}
