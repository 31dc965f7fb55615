//go:build !unix

package terminal

import tea "charm.land/bubbletea/v2"

// CatchStop does nothing here: only Unix stops a program by a signal.
func CatchStop(func(), <-chan struct{}) {}

func Suspend(func()) tea.Cmd { return tea.Suspend }
