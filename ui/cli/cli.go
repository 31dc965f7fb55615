// Package cli is tare's command line. It connects commands and flags with analyze and with what shows
// the results. A command is thin: it parses its arguments, calls analyze and passes the report to a
// writer or to the interface.
//
// Standard output gets the report and nothing else. Errors go to standard error, and so does progress
// if that is a terminal. The exit code is 0; 1 if a threshold of the gate failed; 2 for an error; or
// 128 and the number of the signal that ended the program.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui"
)

// Exit codes, as documented.
const (
	ExitOK          = 0
	ExitGate        = 1 // the gate failed
	ExitError       = 2 // it could not run
	ExitHungUp      = 129
	ExitInterrupted = 130
	ExitTerminated  = 143
)

// Exit is an error that ends the program with a code and without a word, such
// as the cause of a context that a signal cancelled.
type Exit int

func (e Exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// Streams are what the program reads from and writes to. In, Out and Err may be
// *os.File, in which case the program finds out whether they are terminals.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	Getenv   func(string) (string, bool)
}

// grace is how long a command may take to end once it is told to.
const grace = 3 * time.Second

// withGrace runs work and, once ctx is done, waits at most grace for it; a writer
// stuck on a full pipe is abandoned, and the program ends.
func withGrace(ctx context.Context, work func() error) error {
	done := make(chan error, 1)
	go func() { done <- work() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(grace):
		return context.Cause(ctx)
	}
}

// restoreTerminal gives the terminal back when the program ends without waiting
// for [Run]. Any goroutine may call it.
func restoreTerminal() { tui.Restore() }

// Run runs the command line without the program's name and returns the exit
// code. When ctx is cancelled with an Exit as its cause, that is the code.
func Run(ctx context.Context, args []string, std Streams) int {
	root := newRoot(std)
	root.SetArgs(args)
	err := withGrace(ctx, func() error { return root.ExecuteContext(ctx) })
	restoreTerminal() // abandoned work may still hold the terminal
	var exit Exit
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &exit), errors.Is(err, context.Canceled) && errors.As(context.Cause(ctx), &exit):
		return int(exit)
	case errors.Is(err, tui.ErrInterrupted):
		return ExitInterrupted
	}
	printError(std.Err, err.Error())
	return ExitError
}

// printError prints an error: one line of 500 characters at most, whatever an
// image or a server put into the message.
func printError(w io.Writer, text string) {
	const who = "tare: "
	fmt.Fprintf(w, "%s%s\n", who, display.Message(redact.Message(text), display.MaxMessage-len(who)))
}
