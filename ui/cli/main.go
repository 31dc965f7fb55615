package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// Main is the program: it runs the command line of the process on its standard
// streams, ends on signals, and exits with the documented code. Main does not
// return. It is here and not in package main so that tests can be the program.
func Main() {
	ctx, cancel := context.WithCancelCause(context.Background())
	go endOnSignals(endingSignals(), cancel)
	std := Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.LookupEnv}
	os.Exit(Run(ctx, os.Args[1:], std))
}

// signalCodes are the exit codes for signals that end the program.
var signalCodes = map[os.Signal]Exit{
	os.Interrupt:    ExitInterrupted,
	syscall.SIGTERM: ExitTerminated,
	syscall.SIGHUP:  ExitHungUp,
}

// endingSignals returns the channel on which signals that end the program come
// in. A hang-up that is ignored from the start, as under nohup, stays ignored.
func endingSignals() <-chan os.Signal {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(signals, syscall.SIGHUP)
	}
	return signals
}

// endOnSignals cancels the running command on the first signal. On the second it
// restores the terminal and exits at once, without waiting for the command.
func endOnSignals(signals <-chan os.Signal, cancel context.CancelCauseFunc) {
	cancel(signalCodes[<-signals])
	second := <-signals
	restoreTerminal()
	os.Exit(int(signalCodes[second]))
}
