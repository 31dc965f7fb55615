//go:build !unix

package builder

import "os"

// interruptGroup interrupts a program. What it started cannot be reached.
func interruptGroup(p *os.Process) error { return p.Signal(os.Interrupt) }

// killGroup has nothing to do: the program itself is killed by package exec.
func killGroup(*os.Process) {}
