package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/ui/display"
	writers "github.com/tare-oci/tare/ui/report/bases"
)

// newBases makes `tare bases IMAGE`.
func newBases(f *flags, std Streams) *cobra.Command {
	c := &cobra.Command{
		Use:   "bases IMAGE | -f Dockerfile",
		Short: "Show what other variants of a base image weigh: slim, alpine and the like",
		Long: `Show what the other variants of an image in the same repository weigh, beside the one
in use: python:3.13-slim and python:3.13-alpine for python:3.13. Instead of naming an
IMAGE, you can pass -f with a Dockerfile: tare then takes the image of its last FROM.

tare asks the registry for its list of tags and, for each variant of the same version,
for an index and a manifest. It downloads no layers and does not look in other
repositories. docs/bases.md has the sizes of common bases.`,
		Example: `  tare bases python:3.13
  tare bases -f Dockerfile
  tare bases -o json --platform linux/arm64 debian:bookworm`,
		Args: atMost(1, "tare bases takes one image; see tare bases --help"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runBases(cmd.Context(), args, f, std)
		},
	}
	f.registerOutput(c.Flags(), writers.Names())
	return c
}

func runBases(ctx context.Context, args []string, f *flags, std Streams) error {
	if err := f.check(); err != nil {
		return err
	}
	outputs, err := f.outputsBeside(writers.Names(), args...)
	if err != nil {
		return err
	}
	if len(outputs) == 0 {
		outputs = []output{{format: "text"}}
	}
	t := terminal{std}
	reference := ""
	switch {
	case len(args) == 1 && f.file != "":
		return errors.New("tare bases takes an image or -f Dockerfile, not both; leave one of them out")
	case len(args) == 1:
		reference = args[0]
	case f.file != "":
		if reference, err = analyze.BaseOf(ctx, f.file); err != nil {
			return err
		}
	default:
		return errors.New("tare bases needs a base; name an image in a registry, such as python:3.13, or a Dockerfile with -f")
	}
	table, err := analyze.Bases(ctx, reference, version(), f.options(std.In).Options)
	if err != nil {
		if local := localBase(ctx, reference, f.options(std.In)); local != nil {
			return local
		}
		return err
	}
	return writeAll(outputs, table, f, t, writers.New)
}

// localBase is the error for an image that no registry lists and this machine has: what was built here has a base, and the base has
// variants. It is nil for all others.
func localBase(ctx context.Context, reference string, options analyze.Options) error {
	h, err := analyze.Open(ctx, reference, options)
	if err != nil {
		return nil
	}
	defer h.Close()
	r, err := h.Describe(ctx)
	if err != nil || r.Image.Source == "registry" {
		return nil
	}
	base := "the base that it is built on, such as python:3.13,"
	if named := r.Image.Base.Reference; named != nil {
		base = display.OneLine(*named) + ", which it is built on,"
	}
	return fmt.Errorf("%s is an image of this machine, and no registry has variants of it; name %s or its Dockerfile with -f", reference, base)
}
