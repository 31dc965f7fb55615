//go:build unix

package terminal

import (
	"io"
	"os"
	"os/signal"
	"syscall"

	tea "charm.land/bubbletea/v2"
)

// CatchStop makes a SIGTSTP from outside call stop, which does what the suspend key
// does, so that the terminal is handed back first; and so before a SIGQUIT, which ends the program with a dump
// of its goroutines. It returns when over is closed. If the parent process ignores SIGTSTP, so does
// the program: no shell could continue it.
func CatchStop(stop func(), over <-chan struct{}) {
	stops, quits := make(chan os.Signal, 1), make(chan os.Signal, 1)
	if !signal.Ignored(syscall.SIGTSTP) {
		signal.Notify(stops, syscall.SIGTSTP)
		defer signal.Stop(stops)
	}
	if !signal.Ignored(syscall.SIGQUIT) {
		signal.Notify(quits, syscall.SIGQUIT)
		defer signal.Stop(quits)
	}
	for {
		select {
		case <-stops:
			stop()
		case <-quits:
			Restore()
			signal.Stop(quits) // Go's own handler dumps and exits
			if err := syscall.Kill(os.Getpid(), syscall.SIGQUIT); err != nil {
				return
			}
		case <-over:
			return
		}
	}
}

// Suspend gives the terminal back, stops the program until it is continued, and
// takes the terminal again. tea.Suspend cannot be used: it stops the program by
// a SIGTSTP, which Go does not obey any more once it was caught.
// released is called when Bubble Tea has given the terminal back.
func Suspend(released func()) tea.Cmd {
	return tea.Exec(stopped{released}, func(error) tea.Msg { return nil })
}

// stopped is a command that takes as long as the program is stopped.
type stopped struct{ released func() }

// Run stops the process group, as a terminal's own Ctrl+Z does.
func (s stopped) Run() error {
	s.released()
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
