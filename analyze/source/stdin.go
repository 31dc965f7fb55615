package source

import (
	"context"
	"os"

	"golang.org/x/term"

	"github.com/tare-oci/tare/analyze/source/archive"
	"github.com/tare-oci/tare/analyze/source/pipe"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// openStdin reads an archive from standard input.
func openStdin(ctx context.Context, img *Image, opt Options) error {
	in := opt.Stdin
	if in == nil {
		in = os.Stdin
	}
	if file, ok := in.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return &usererror.Error{What: "standard input is a terminal", Next: "pipe an archive into it, for example docker save IMAGE | tare -"}
	}
	img.Source = stdinSource
	const what = "standard input"
	archive.OpenPipe(pipe.NewReader(ctx, in, what, opt.Waiting), what, img, opt)
	return nil
}

// stdinSource is what Image.Source is for standard input.
const stdinSource = "stdin"
