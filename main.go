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
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		s := <-signals
		// A second signal finds the default handler: it always ends the program.
		signal.Stop(signals)
		code := cli.ExitInterrupted
		if s == syscall.SIGTERM {
			code = cli.ExitTerminated
		}
		cancel(cli.Exit(code))
	}()
	std := cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.LookupEnv}
	os.Exit(cli.Run(ctx, os.Args[1:], std))
}
