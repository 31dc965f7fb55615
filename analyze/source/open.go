package source

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/tare-oci/tare/analyze/source/archive"
	"github.com/tare-oci/tare/analyze/source/platforms"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// Open finds an image and reads as much of it as comes without reading layers.
//
// A reference is [transport:]name. Without a transport an existing file or
// directory is looked at, "-" is an archive on standard input, and anything else is
// asked for at Docker, then Podman, then the registry that the name belongs to, or at the
// registry first (Options.RegistryFirst); Image.Source tells which of them answered.
//
// Cancelling ctx stops the opening and, where the image has a Stream, the stream
// too; other layers follow the context they are opened with. The caller closes
// the image. Errors are one line, fit for a person.
func Open(ctx context.Context, reference string, opt Options) (*Image, error) {
	img := &Image{}
	ctx, cancel := context.WithCancel(ctx)
	img.OnClose(func() error { cancel(); return nil })
	img.OnAgain(func(ctx context.Context) (*Image, error) { return Open(ctx, reference, opt) })
	if err := open(ctx, reference, img, opt); err != nil {
		img.Close()
		return nil, &usererror.OpError{Act: "opening " + reference, Err: err}
	}
	return img, nil
}

func open(ctx context.Context, reference string, img *Image, opt Options) error {
	if opt.Platform != "" {
		if _, err := platforms.Parse(opt.Platform); err != nil {
			return err
		}
	}
	transport, rest := splitTransport(reference)
	img.Reference = rest
	switch {
	case rest == "":
		return &usererror.Error{What: "there is no image name", Next: "give a name, a file or a directory; tare demo shows a sample"}
	case transport != "" && strings.HasPrefix(rest, "//"):
		name := strings.TrimPrefix(rest, "//")
		return &usererror.Error{What: "transports are written without slashes", Next: fmt.Sprintf("for the engine write docker:%s, for the registry registry:%s", name, name)}
	}
	if from, ok := originOf(transport); ok {
		err := from.open(ctx, rest, img, opt)
		if from.byName {
			err = withTagHint(err, transport, rest)
		}
		return err
	}
	openPath := archive.Opener("")
	switch {
	case reference == "-":
		return openStdin(ctx, img, opt)
	case isPath(reference):
		return openPath(ctx, reference, img, opt)
	}
	info, err := os.Stat(reference)
	switch {
	case err != nil && archive.IsInFile(reference):
		return openPath(ctx, reference, img, opt)
	case err != nil:
		return search(ctx, reference, false, img, opt)
	}
	err = openPath(ctx, reference, img, opt)
	if err == nil || !info.IsDir() || strings.ContainsAny(reference, `/\`) || archive.IsLayout(reference) || ctx.Err() != nil {
		return err
	}
	return search(ctx, reference, true, img, opt)
}
