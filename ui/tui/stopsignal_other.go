//go:build !unix

package tui

import tea "charm.land/bubbletea/v2"

// catchStop does nothing here: only Unix stops a program by a signal.
func catchStop(func(tea.Msg), <-chan struct{}) {}

func suspend(func()) tea.Cmd { return tea.Suspend }
