package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tare-oci/tare/ui/builder"
	"github.com/tare-oci/tare/ui/report"
	"github.com/tare-oci/tare/ui/workspace"
)

// newBuild makes `tare build [FLAGS] -- ARGS`.
func newBuild(f *flags, std Streams) *cobra.Command {
	var engine string
	cmd := &cobra.Command{
		Use:   "build [FLAGS --] ARGS",
		Short: "Build an image with docker or podman, and look at it",
		Long: `Build an image with docker build (or podman, or docker buildx) and look at the
result. ARGS go to the builder; tare's own flags go before a "--". Line numbers come
from the Dockerfile that the arguments name.

What the builder prints goes to standard error.`,
		Example: `  tare build -t app:1 .
  tare build --engine podman -o json -- -t app:1 -f build/Dockerfile .`,
		DisableFlagParsing: true,
	}
	cmd.Flags().StringVar(&engine, "engine", "", "the `BUILDER`: docker, podman or buildx (default: docker or podman, whichever is installed)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		args, err := ownFlags(cmd, args, std)
		if errors.Is(err, errHelp) {
			return cmd.Help()
		}
		if err != nil {
			return err
		}
		return buildAndShow(cmd.Context(), engine, args, f, std)
	}
	return cmd
}

var errHelp = errors.New("help is asked for")

// ownFlags parses what stands before "--" as flags of tare; without one, all are
// the builder's.
func ownFlags(cmd *cobra.Command, args []string, std Streams) (rest []string, err error) {
	at := slices.Index(args, "--")
	if at < 0 {
		if slices.Contains(args, "--help") || slices.Contains(args, "-h") {
			return nil, errHelp
		}
		return args, fromEnvironment(cmd.Flags(), std.Getenv)
	}
	set := cmd.Flags()
	cmd.DisableFlagParsing = false
	err = cmd.ParseFlags(args[:at])
	if help, _ := set.GetBool("help"); help {
		return nil, errHelp
	}
	if err != nil {
		return nil, cmd.FlagErrorFunc()(cmd, err)
	}
	if set.NArg() > 0 {
		return nil, fmt.Errorf("%q comes before --; only tare's own flags go there, the builder's arguments after it", set.Arg(0))
	}
	return args[at+1:], fromEnvironment(set, std.Getenv)
}

// buildAndShow runs the builder and opens what it built.
func buildAndShow(ctx context.Context, engine string, args []string, f *flags, std Streams) error {
	if err := f.check(); err != nil {
		return err
	}
	if _, err := parseOutputs(f.outputs, report.Names()); err != nil {
		return err
	}
	b, err := builder.Find(engine)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		return fmt.Errorf("nothing to build: name the context directory, and whatever else %s build needs; see tare build --help", b.Program)
	}
	id, err := b.Build(ctx, args, std.In, std.Err)
	if err != nil {
		return err
	}
	if id == "" {
		return fmt.Errorf("%s build did not say which image it built; name the image: tare %s", b.Program, cmp.Or(builder.TagOf(args), "IMAGE"))
	}
	opened := *f
	opened.file = cmp.Or(f.file, dockerfileOf(args))
	opened.build = workspace.Quote(b.Words(args))
	return show(ctx, b.Transport+cmp.Or(builder.TagOf(args), id), &opened, std)
}

// dockerfileOf is the Dockerfile that the arguments name, where it is a file
// here; "" if none.
func dockerfileOf(args []string) string {
	name := builder.ValueOf(args, "-f", "--file")
	if name == "" && len(args) > 0 {
		name = filepath.Join(args[len(args)-1], "Dockerfile")
	}
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return name
}
