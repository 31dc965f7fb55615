package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tare-oci/tare/analyze/fleet"
	"github.com/tare-oci/tare/ui/display"
	writers "github.com/tare-oci/tare/ui/report/fleet"
)

// partFormat is the -o of a part, which no writer of a whole fleet makes.
const partFormat = "part"

// checkShard reads --shard, and refuses what does not go with it.
func (own *fleetFlags) checkShard(f *flags) error {
	if !own.sharded && own.shard == "" {
		return nil
	}
	share, err := fleet.ParseShare(own.shard)
	switch {
	case err != nil:
		return fmt.Errorf("--shard %s: %w", cmp.Or(own.shard, "''"), err)
	case own.noLayers:
		return errors.New("--no-layers reads no layer, so there is nothing to share out; leave out --shard")
	case f.noCache && own.indexes.place == "":
		return errors.New("--shard keeps what it reads of layers for the others, so it needs the cache or --index-store; leave out --no-cache")
	}
	own.share = share
	return nil
}

// outputs are those that -o asks for. A share of the work is no table, only a part.
func (own *fleetFlags) outputs(f *flags, inputs ...string) ([]output, error) {
	outputs, err := f.outputsBeside(append(writers.Names(), partFormat), inputs...)
	if err != nil {
		return nil, err
	}
	isPart := func(o output) bool { return o.format == partFormat }
	switch {
	case own.noLayers && slices.ContainsFunc(outputs, isPart):
		return nil, errors.New("-o part writes what was read from layers, and --no-layers reads none; leave out --no-layers")
	case own.shard == "" && len(outputs) == 0:
		return []output{{format: "text"}}, nil
	case own.shard == "":
		return outputs, nil
	case len(outputs) == 0:
		return nil, fmt.Errorf("--shard %s makes a part; say where to write it with -o part=FILE", own.shard)
	}
	for _, o := range outputs {
		if !isPart(o) {
			return nil, fmt.Errorf("-o %s: --shard makes a part of a fleet; write it with -o part=FILE, and let tare fleet merge write the rest", o.format)
		}
	}
	return outputs, nil
}

// writePart writes the outputs that are parts, and returns the others.
func writePart(head fleet.PartHead, part *fleet.Part, outputs []output, t terminal) ([]output, error) {
	file := fleet.PartFile{Part: part, Head: head}
	var others []output
	for _, o := range outputs {
		if o.format != partFormat {
			others = append(others, o)
		} else if err := o.send(t, func(w, _ io.Writer) error { return file.Write(w) }); err != nil {
			return nil, err
		}
	}
	return others, nil
}

// tellWholePart says what a part is that was made without --shard, which somebody may have forgotten.
func tellWholePart(outputs []output, t terminal) {
	for _, o := range outputs {
		if o.format == partFormat {
			fmt.Fprintf(t.std.Err, "tare: -o part without --shard: %s holds the whole fleet, and tare fleet merge writes any format from it\n", display.Escape(cmp.Or(o.file, "standard output")))
		}
	}
}

// newFleetMerge makes `tare fleet merge`.
func newFleetMerge(f *flags, std Streams) *cobra.Command {
	var indexes indexFlags
	var oneImage oneImageFlags
	c := &cobra.Command{
		Use:   "merge PART…",
		Short: "Put together the parts that several shards wrote",
		Long: `Put together the parts that tare fleet --shard wrote, in any order. The result is what one
run over all the images would say, byte for byte.

Each shard of the list must be there exactly once. If a shard ended before all layers of
an image were known, tare judges that image now, from what the shards keep of layers.`,
		Example: `  for i in 1 2 3 4; do tare fleet --shard $i/4 -f images.txt -o part=$i.part; done
  tare fleet merge *.part`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneImage.check(terminal{std}); err != nil {
				return err
			}
			return mergeFleet(cmd.Context(), args, indexes, f, std)
		},
	}
	f.registerOutput(c.Flags(), append(writers.Names(), partFormat))
	oneImage.register(c.Flags())
	indexes.register(c.Flags())
	return c
}

func mergeFleet(ctx context.Context, names []string, indexes indexFlags, f *flags, std Streams) error {
	if err := f.check(); err != nil {
		return err
	}
	outputs, err := new(fleetFlags).outputs(f, names...)
	if err != nil {
		return err
	}
	t := terminal{std}
	files := make([]*fleet.PartFile, len(names))
	for i, name := range names {
		if files[i], err = readPart(name); err != nil {
			return err
		}
	}
	part, err := fleet.JoinParts(version(), files)
	if err != nil {
		return fmt.Errorf("merging: %w", err)
	}
	st, done, err := indexes.storeOf(f, t)
	if err != nil {
		return err
	}
	defer done()
	opt := fleet.Options{Analyze: f.fleetOptions(t)}
	opt.Analyze.Store, opt.Analyze.Platform = st, files[0].Head.Platform
	closeBar := showFleetProgress(&opt, f, t)
	err = fleet.Complete(ctx, part, opt)
	closeBar()
	if err != nil {
		return err
	}
	head := files[0].Head
	head.Shard, head.Of = 0, 1
	if outputs, err = writePart(head, part, outputs, t); err != nil || len(outputs) == 0 {
		return err
	}
	return writeFleet(fleet.Finish(version(), part), outputs, f, t)
}

// readPart reads the file of a part.
func readPart(name string) (*fleet.PartFile, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("reading the part: %w", err)
	}
	defer file.Close()
	part, err := fleet.ReadPart(file)
	if err != nil {
		return nil, fmt.Errorf("reading the part %s: %w", name, err)
	}
	part.Name = name
	return part, nil
}
