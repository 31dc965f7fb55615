package terminal

import (
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// untilStopped is a model that quits when it is told to suspend itself.
type untilStopped struct {
	released func()
	stopped  bool
}

func (m *untilStopped) Init() tea.Cmd { return nil }

func (m *untilStopped) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, ok := msg.(StopMsg); ok {
		m.stopped = true
		return m, tea.Quit
	}
	return m, nil
}

func (m *untilStopped) View() tea.View {
	v := tea.NewView("here")
	v.AltScreen = true
	return v
}

// TestProgram: a program hears a SIGTSTP from outside, and gives the terminal back at its end.
func TestProgram(t *testing.T) {
	tty, log := pseudoTerminal(t)
	caught := make(chan os.Signal, 1) // until the program catches the signal, it would stop the test
	signal.Notify(caught, syscall.SIGTSTP)
	defer signal.Stop(caught)

	m := &untilStopped{}
	p := NewProgram(m, &m.released, tty, tty, true)
	if m.released == nil || openGuard.Load() == nil {
		t.Fatal("the program has no guard")
	}
	ended := make(chan error, 1)
	go func() { ended <- p.Run() }()
	for {
		if err := syscall.Kill(os.Getpid(), syscall.SIGTSTP); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-ended:
			if err != nil || !m.stopped {
				t.Errorf("it ended (%v) and was stopped: %t", err, m.stopped)
			}
		case <-time.After(20 * time.Millisecond):
			continue
		}
		break
	}
	log.waitFor(t, "\x1b[?1049l", 1)
	if !echoes(t, tty) || openGuard.Load() != nil {
		t.Error("the terminal is not as it was")
	}
}
