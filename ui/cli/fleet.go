package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/fleet"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/progress"
	writers "github.com/tare-oci/tare/ui/report/fleet"
)

type fleetFlags struct {
	lists     []string
	workloads []string
	by        string
	last      int
	noLayers  bool
	sharded   bool // --shard is there, with whatever value
	shard     string
	share     fleet.Share // that shard means; zero for all
	indexes   indexFlags

	oneImage oneImageFlags
}

// newFleet makes `tare fleet`.
func newFleet(f *flags, std Streams) *cobra.Command {
	var own fleetFlags
	c := &cobra.Command{
		Use:   "fleet IMAGE… | REPOSITORY:PATTERN… | REGISTRY/…",
		Short: "Show what many images share, waste and could share",
		Long: `Show which layers and bases many images share, what a node that runs all of them pulls,
what they waste, and which changes save the most across all of them.

IMAGE is anything that tare takes. tare asks the registry for a name first, and then Docker
and Podman on this machine. REPOSITORY:PATTERN stands for the tags of a repository
that fit a pattern, REGISTRY/ for all tags of all repositories that a registry lists, and
REGISTRY/PATTERN:PATTERN for some of both. -f LIST reads names from a file, one per line,
and -k reads Kubernetes manifests: files, directories, or what helm template or kubectl
get -o json print. The namespaces of the workloads are then the teams.

tare reads the manifests first, and then each distinct layer once, however many images
have it; what it learns stays in the cache. --no-layers stops before the layers. If an
image cannot be read, its row says why; the exit code is 2 only if none can be read.`,
		Example: `  tare fleet ghcr.io/org/api:1.4 ghcr.io/org/web:2.0 ghcr.io/org/jobs:7
  tare fleet -f images.txt
  tare fleet --last 3 'registry.example.com/team/*:v*'
  tare fleet --no-layers registry.example.com/
  kubectl get pods -A -o json | tare fleet -k -
  tare fleet --by label:org.example.team -o markdown -f images.txt`,
		RunE: func(cmd *cobra.Command, args []string) error {
			own.sharded = cmd.Flags().Changed("shard")
			return runFleet(cmd.Context(), args, own, f, std)
		},
	}
	set := c.Flags()
	f.registerOutput(set, append(writers.Names(), partFormat))
	own.oneImage.register(set)
	set.StringArrayVarP(&own.lists, "images", "f", nil, "a file with a `LIST` of image names (not a Dockerfile), one per line, or - for standard input; repeatable")
	set.StringArrayVarP(&own.workloads, "manifests", "k", nil, "the images that these Kubernetes manifests run: a `FILE`, a directory, or - for standard input; repeatable")
	set.StringVar(&own.by, "by", fleet.ByNamespace, "what makes a team: namespace, repository or label:`KEY`")
	set.IntVar(&own.last, "last", 0, "how many `TAGS` of a repository, counted from the newest; 0 for all")
	set.BoolVar(&own.noLayers, "no-layers", false, "read no layers: show what is shared, but not what is wasted")
	set.StringVar(&own.shard, "shard", "", "read one of several `SHARES` of the layers, such as 2/4, for tare fleet merge; needs -o part=FILE")
	own.indexes.register(set)
	c.AddCommand(newFleetMerge(f, std), newFleetKeygen(std))
	return c
}

// check refuses values that no fleet can use.
func (own *fleetFlags) check(f *flags, t terminal) error {
	if err := f.check(); err != nil {
		return err
	}
	if err := own.oneImage.check(t); err != nil {
		return err
	}
	key, label := strings.CutPrefix(own.by, fleet.ByLabel)
	if err := own.checkShard(f); err != nil {
		return err
	}
	switch {
	case own.last < 0:
		return fmt.Errorf("--last %d: it takes a number of tags, or 0 for all", own.last)
	case label && key == "", !label && own.by != fleet.ByNamespace && own.by != fleet.ByRepository:
		return fmt.Errorf("--by %s: it takes namespace, repository, or label:KEY with the key of a label", own.by)
	}
	return nil
}

func runFleet(ctx context.Context, args []string, own fleetFlags, f *flags, std Streams) error {
	t := terminal{std}
	if err := own.check(f, t); err != nil {
		return err
	}
	outputs, err := own.outputs(f, slices.Concat(args, own.lists, own.workloads)...)
	if err != nil {
		return err
	}
	want, err := own.wants(ctx, args, t)
	if err != nil {
		return err
	}
	if browsable(f, t) {
		if err := showFleet(ctx, want, own, f, t); !errors.Is(err, errNoOffer) {
			return err
		}
	}
	refs, notes, err := want.find(ctx, own, f, t)
	if err != nil {
		return err
	}
	if len(outputs) == 0 {
		outputs = []output{{format: "text"}}
	}
	part, err := lookAtFleet(ctx, refs, own, f, t)
	if err != nil {
		return err
	}
	for _, note := range notes {
		part.Note(note)
	}
	if !own.sharded && !f.quiet {
		tellWholePart(outputs, t)
	}
	outputs, err = writePart(own.head(refs, f), part, outputs, t)
	if err != nil || len(outputs) == 0 {
		return err
	}
	return writeFleet(fleet.Finish(version(), part), outputs, f, t)
}

// head says where a part of this run comes from.
func (own *fleetFlags) head(refs []fleet.Ref, f *flags) fleet.PartHead {
	return fleet.PartHead{Version: version(), List: fleet.ListDigest(refs), Platform: f.platform, Shard: own.share.Number, Of: max(own.share.Of, 1)}
}

// fleetOptions are those of each image.
func (f *flags) fleetOptions(t terminal) analyze.Options { return f.options(t.std.In) }

// lookAtFleet reads manifests and layers, with a line on the terminal that says how far it is.
func lookAtFleet(ctx context.Context, refs []fleet.Ref, own fleetFlags, f *flags, t terminal) (*fleet.Part, error) {
	var opt fleet.Options
	defer showFleetProgress(&opt, f, t)()
	return own.run(ctx, refs, opt, f, t)
}

// showFleetProgress makes a run show how far it is, where somebody looks. The caller calls
// done afterwards.
func showFleetProgress(opt *fleet.Options, f *flags, t terminal) (done func()) {
	if _, ok := fd(t.std.Err); ok && !f.quiet && !f.accessible && !t.plain() {
		bar := progress.New(t.std.Err, func() int { return t.width(t.std.Err) }, t.charset(f.ascii))
		done = func() { bar.Close() }
		known := ""
		opt.Progress = func(e fleet.Event) { bar.Count("reading "+e.Step+known, e.Done, e.All) }
		opt.Described = func(p *fleet.Part) {
			sums := fleet.Finish(version(), p).Totals
			if sums.PullBytes != nil {
				known = fmt.Sprintf(" (%s of layers, %s without sharing)", display.Total(*sums.PullBytes), display.Total(*sums.AloneBytes))
			}
		}
		return done
	}
	return func() {}
}

// run looks at the images. Layers are kept in the user's store or, where that is not to be used,
// in one that is gone afterwards.
func (own *fleetFlags) run(ctx context.Context, refs []fleet.Ref, opt fleet.Options, f *flags, t terminal) (*fleet.Part, error) {
	opt.Analyze, opt.By, opt.Manifests, opt.Share = f.fleetOptions(t), own.by, own.noLayers, own.share
	if opt.Progress != nil {
		opt.Analyze.Waiting = nil // the progress says so
	}
	if !own.noLayers {
		st, done, err := own.indexes.storeOf(f, t)
		if err != nil {
			return nil, err
		}
		defer done()
		opt.Analyze.Store = st
	}
	return fleet.Run(ctx, refs, opt)
}

// writeFleet writes the outputs. The error tells that no image could be read.
func writeFleet(table *model.Fleet, outputs []output, f *flags, t terminal) error {
	if err := writeAll(outputs, table, f, t, writers.New); err != nil {
		return err
	}
	return noneRead(table)
}

// noneRead is the error of a fleet of which nothing could be read, nil for others.
func noneRead(table *model.Fleet) error {
	for i := range table.Images {
		if table.Images[i].Error == "" {
			return nil
		}
	}
	if n := len(table.Images); n > 1 {
		return fmt.Errorf("none of the %d images could be read; the first says: %s", n, table.Images[0].Error)
	}
	return errors.New(table.Images[0].Error)
}
