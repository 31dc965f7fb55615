package source

import (
	"context"
	"os"

	"golang.org/x/term"

	"github.com/tare-oci/tare/analyze/ctxio"
)

// openStdin reads an archive from standard input.
func openStdin(ctx context.Context, img *Image, opt Options) error {
	in := opt.Stdin
	if in == nil {
		in = os.Stdin
	}
	if file, ok := in.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return &problem{what: "standard input is a terminal", next: "pipe an archive into it, as in docker save IMAGE | tare -"}
	}
	img.Source = viaStdin
	const what = "standard input"
	openPipe(ctxio.Interruptible(ctx, in, silence, silent(opt.Waiting, what)), what, img, opt)
	return nil
}

// viaStdin is what Image.Source is for standard input.
const viaStdin = "stdin"
