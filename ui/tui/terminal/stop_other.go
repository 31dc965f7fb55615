//go:build !unix

package terminal

import tea "charm.land/bubbletea/v2"

// CatchStop does nothing here: only Unix stops a program by a signal.
func CatchStop(func(), <-chan struct{}) {}

// Suspend does what the suspend key does, as Bubble Tea has it.
func Suspend(func()) tea.Cmd { return tea.Suspend }
