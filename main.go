// Tare tells how much of a container image is tare: which bytes no container
// can ever use, which instruction put them there, and which edit of the
// Dockerfile removes them.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/tare-oci/tare/ui/cli"
)

func main() {
	ctx, cancel := context.WithCancelCause(context.Background())
	go catch(caught(), cancel)
	std := cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.LookupEnv}
	os.Exit(cli.Run(ctx, os.Args[1:], std))
}

// codes are the exit codes for signals that end the program.
var codes = map[os.Signal]cli.Exit{
	os.Interrupt:    cli.ExitInterrupted,
	syscall.SIGTERM: cli.ExitTerminated,
	syscall.SIGHUP:  cli.ExitHungUp,
}

// caught returns where signals that end the program come in. A hang-up that is
// ignored from the start, as under nohup, stays so.
func caught() <-chan os.Signal {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(signals, syscall.SIGHUP)
	}
	return signals
}

// catch cancels what runs on the first signal, and ends the program on the second,
// which waits for nothing but the terminal.
func catch(signals <-chan os.Signal, cancel context.CancelCauseFunc) {
	cancel(codes[<-signals])
	again := <-signals
	cli.Restore()
	os.Exit(int(codes[again]))
}
