package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/tare-oci/tare/analyze"
	difference "github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/compare"
)

// newCompare makes `tare compare OLD NEW`.
func newCompare(f *flags, std Streams) *cobra.Command {
	c := &cobra.Command{
		Use:   "compare OLD NEW",
		Short: "Show what grew from one image to another, and why",
		Long: `Show what grew from one image to another, and why: the findings, instructions,
packages and directories that were added, removed or changed, each with the
instruction behind it.

OLD and NEW are images, as for tare IMAGE, or reports saved by tare -o json (add
--files to compare files, too). Layers that both images have are read once. -f names
the Dockerfile of NEW.

On a terminal, the two open side by side; when you close that page, NEW stays open. In
a pipe, with -o or with --accessible, tare writes text.`,
		Example: `  tare compare registry:ghcr.io/org/app:main app:latest
  tare compare main.json app:latest          against a saved report
  tare compare -o markdown OLD NEW           for a pull request`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return errors.New("tare compare takes two images, or saved reports; see tare compare --help")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return runCompare(cmd.Context(), args[0], args[1], f, std)
		},
	}
	f.registerOutput(c.Flags(), compare.Names())
	return c
}

func runCompare(ctx context.Context, from, to string, f *flags, std Streams) error {
	if err := f.check(); err != nil {
		return err
	}
	outputs, err := f.outputsBeside(compare.Names(), from, to)
	if err != nil {
		return err
	}
	if f.files {
		return errors.New("--files has no effect on tare compare, which lists the directories that changed; leave it out")
	}
	t := terminal{std}
	if len(outputs) == 0 && !f.accessible && t.interactive() && from != "-" && to != "-" {
		if in, done, ok := keyboard(std, to); ok {
			defer done()
			if opened, err := openPair(ctx, from, to, f, t, in); opened || err != nil {
				return err
			}
		}
	}
	if len(outputs) == 0 {
		outputs = []output{{format: "text"}}
	}
	was, is, err := loadPair(ctx, from, to, f, t)
	if err != nil {
		return err
	}
	c := difference.Reports(was, is)
	for _, o := range outputs {
		err := o.send(t, func(w, to io.Writer) error {
			format, err := compare.New(o.format, compare.Options{
				Paths: t.paths(), Width: t.width(to), Color: t.color(to, f.color), ASCII: t.ascii(f.ascii), Verbose: f.verbose,
			})
			if err != nil {
				return err // parseOutputs refused the name already
			}
			return format.Write(w, c)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// loadPair loads two reports. Layers that both images have are read once.
func loadPair(ctx context.Context, from, to string, f *flags, t terminal) (was, is *model.Report, err error) {
	pair := pairOf(from, to, f, t)
	if was, err = pair.old(ctx); err != nil {
		return nil, nil, err
	}
	if is, err = pair.new(ctx); err != nil {
		return nil, nil, err
	}
	return pair.onOneBase(ctx, was, is)
}

// pair is two images that are compared.
type pair struct {
	from, to     string
	older, newer flags
	t            terminal
	shared       *analyze.Layers
	contents     bool // whether to find out what each layer holds, which reads all files
}

func pairOf(from, to string, f *flags, t terminal) *pair {
	p := &pair{from: from, to: to, older: *f, newer: *f, t: t, shared: &analyze.Layers{}, contents: !isSaved(from) && !isSaved(to)}
	// -f is the Dockerfile as it is now. What the flags say of an image is not
	// held against a saved report, as long as the other image heeds it.
	p.older.file = ""
	for _, side := range []struct {
		saved bool
		flags *flags
	}{{isSaved(from) && !isSaved(to), &p.older}, {isSaved(to) && !isSaved(from), &p.newer}} {
		if side.saved {
			side.flags.base, side.flags.file, side.flags.verify = "", "", false
		}
	}
	return p
}

func (p *pair) old(ctx context.Context) (*model.Report, error) {
	if p.from == "-" && p.to == "-" {
		return nil, errors.New("only one of the two images can come from standard input; save the other to a file")
	}
	r, err := p.load(ctx, p.from, &p.older)
	if err != nil {
		return nil, oldImage(err)
	}
	return r, nil
}

func (p *pair) new(ctx context.Context) (*model.Report, error) {
	r, err := p.load(ctx, p.to, &p.newer)
	if err != nil {
		return nil, newImage(err)
	}
	return r, nil
}

func oldImage(err error) error { return fmt.Errorf("the old image: %w", err) }
func newImage(err error) error { return fmt.Errorf("the new image: %w", err) }

func (p *pair) load(ctx context.Context, reference string, f *flags) (*model.Report, error) {
	options := f.options(p.t.std.In)
	options.Layers, options.Contents = p.shared, p.contents
	result, err := analyzeWithProgress(ctx, reference, f, p.t, options)
	if err != nil {
		return nil, err
	}
	return result.Report, nil
}
