package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/fleet"
	"github.com/tare-oci/tare/analyze/workloads"
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
	manifests bool
	shard     string
	share     fleet.Share // that shard means; zero for all
	indexes   indexFlags
}

// newFleet makes `tare fleet`.
func newFleet(f *flags, std Streams) *cobra.Command {
	var own fleetFlags
	c := &cobra.Command{
		Use:   "fleet IMAGE… | REPOSITORY:PATTERN… | REGISTRY/…",
		Short: "Show what many images share, waste and could share",
		Long: `Show which layers and bases many images share, what a node that runs all of them pulls,
what they waste, and which changes save the most across all of them.

IMAGE is anything that tare takes. REPOSITORY:PATTERN stands for the tags of a repository
that fit a pattern, REGISTRY/ for all tags of all repositories that a registry lists, and
REGISTRY/PATTERN:PATTERN for some of both. -f LIST reads names from a file, one per line,
and -k reads Kubernetes manifests: files, directories, or what helm template or kubectl
get -o json print. The namespaces of the workloads are then the teams.

tare reads the manifests first, and then each distinct layer once, however many images
have it; what it learns stays in the cache. --manifests stops before the layers. If an
image cannot be read, its row says why; the exit code is 2 only if none can be read.`,
		Example: `  tare fleet ghcr.io/org/api:1.4 ghcr.io/org/web:2.0 ghcr.io/org/jobs:7
  tare fleet -f images.txt
  tare fleet --last 3 'registry.example.com/team/*:v*'
  tare fleet --manifests registry.example.com/
  kubectl get pods -A -o json | tare fleet -k -
  tare fleet --by label:org.example.team -o markdown -f images.txt`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runFleet(cmd.Context(), args, own, f, std)
		},
	}
	c.Flags().StringArrayVar(&own.lists, "images", nil, "a `LIST` of names, one per line, or - for standard input; -f is the same")
	c.Flags().StringArrayVarP(&own.workloads, "workloads", "k", nil, "the images of Kubernetes manifests: a `FILE`, a directory, or - for standard input")
	c.Flags().StringVar(&own.by, "by", fleet.ByNamespace, "what makes a team: namespace, repository or label:`KEY`")
	c.Flags().IntVar(&own.last, "last", 0, "how many `TAGS` of a repository, counted from the newest; 0 for all")
	c.Flags().BoolVar(&own.manifests, "manifests", false, "read no layers: show what is shared, but not what is wasted")
	c.Flags().StringVar(&own.shard, "shard", "", "read one of several `SHARES` of the layers, such as 2/4, for tare fleet merge")
	own.indexes.register(c.Flags())
	c.AddCommand(newFleetMerge(f, std), newFleetKeygen(std))
	return c
}

// check refuses values that no fleet can use.
func (own *fleetFlags) check(f *flags) error {
	if err := f.check(); err != nil {
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
	case f.base != "":
		return errors.New("--base names one base, and each image of a fleet has its own; leave it out")
	}
	return nil
}

func runFleet(ctx context.Context, args []string, own fleetFlags, f *flags, std Streams) error {
	if err := own.check(f); err != nil {
		return err
	}
	outputs, err := own.outputs(f)
	if err != nil {
		return err
	}
	t := terminal{std}
	names, err := own.names(args, f, t)
	if err != nil {
		return err
	}
	refs, err := fleet.Expand(ctx, names, own.last, f.fleetOptions(t).Options)
	if err != nil {
		return err
	}
	run, notes, err := own.imagesOfWorkloads(ctx, t)
	if err != nil {
		return err
	}
	refs = fleet.Join(refs, run...)
	if browsable(f, t) {
		if err := showFleet(ctx, refs, notes, own, f, t); !errors.Is(err, errNoOffer) {
			return err
		}
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

// fleetOptions are those of each image. A -f is a list here, and no Dockerfile.
func (f *flags) fleetOptions(t terminal) analyze.Options {
	opt := f.options(t.std.In)
	opt.Dockerfile = ""
	return opt
}

// names are the arguments and those of the lists.
func (own *fleetFlags) names(args []string, f *flags, t terminal) ([]string, error) {
	lists := own.lists
	if set := t.env("TARE_DOCKERFILE"); f.file != "" && f.file != set {
		lists = append([]string{f.file}, lists...)
	}
	names := args
	for _, list := range lists {
		more, err := readNames(list, t.std.In)
		if err != nil {
			return nil, err
		}
		names = append(names, more...)
	}
	if len(own.workloads) > 0 {
		return names, nil
	}
	if len(names) == 0 && len(lists) > 0 {
		return nil, fmt.Errorf("there is no image in %s", strings.Join(lists, ", "))
	}
	if len(names) == 0 {
		return nil, errors.New("name the images, a repository with a pattern of tags, a list with -f, or manifests with -k; see tare fleet --help")
	}
	return names, nil
}

// imagesOfWorkloads are the images that the manifests name, and what could not be read of
// them, a line each.
func (own *fleetFlags) imagesOfWorkloads(ctx context.Context, t terminal) (refs []fleet.Ref, notes []string, err error) {
	if len(own.workloads) == 0 {
		return nil, nil, nil
	}
	set, err := workloads.Read(ctx, t.std.In, own.workloads...)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range set.Problems {
		notes = append(notes, p.String())
	}
	for _, img := range set.Images() {
		name, ok := ofManifest(img.Reference)
		if !ok {
			notes = append(notes, fmt.Sprintf("%s names %q, which is not an image in a registry", img.Uses[0].Workload, fleet.Shown(img.Reference)))
			continue
		}
		ref := fleet.Ref{Name: name}
		for _, use := range img.Uses {
			if team := own.teamOf(use.Workload); team != "" {
				ref.Teams = append(ref.Teams, team)
			}
		}
		refs = append(refs, ref)
	}
	if len(refs) == 0 && len(notes) > 0 {
		return nil, nil, errors.New(notes[0])
	}
	if len(refs) == 0 {
		return nil, nil, fmt.Errorf("no workload in %s names an image", strings.Join(own.workloads, ", "))
	}
	return refs, notes, nil
}

// ofManifest is how tare opens what a manifest names. A cluster pulls from registries, so no name
// of a manifest is a file, an archive or standard input here, whatever lies in this directory. It
// reports false for what cannot be an image's name.
func ofManifest(reference string) (name string, ok bool) {
	transport, _, _ := strings.Cut(reference, ":")
	switch {
	case reference == "-", strings.Contains(reference, "://"), strings.ContainsAny(reference[:1], "/.~"):
		return "", false
	case slices.Contains([]string{"docker-archive", "oci-archive", "oci-dir", "dir"}, transport):
		return "", false
	}
	if _, err := os.Lstat(reference); err == nil {
		return "registry:" + reference, true
	}
	return reference, true
}

// teamOf is whose a workload is, "" where the image has to tell.
func (own *fleetFlags) teamOf(w *workloads.Workload) string {
	switch key, label := strings.CutPrefix(own.by, fleet.ByLabel); {
	case label && w.Labels[key] != "":
		return w.Labels[key]
	case label:
		return w.Annotations[key]
	case own.by == fleet.ByNamespace:
		return w.Namespace
	}
	return ""
}

// readNames reads a list of images.
func readNames(list string, stdin io.Reader) ([]string, error) {
	in := stdin
	if list != "-" {
		file, err := os.Open(list)
		if err != nil {
			return nil, fmt.Errorf("reading the list of images: %w", err)
		}
		defer file.Close()
		in = file
	}
	names, err := fleet.ReadList(in)
	if err != nil {
		return nil, fmt.Errorf("reading the list of images %s: %w", list, err)
	}
	return names, nil
}

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
	opt.Analyze, opt.By, opt.Manifests, opt.Share = f.fleetOptions(t), own.by, own.manifests, own.share
	if opt.Progress != nil {
		opt.Analyze.Waiting = nil // the progress says so
	}
	if !own.manifests {
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
	for _, o := range outputs {
		err := o.send(t, func(w, to io.Writer) error {
			format, err := writers.New(o.format, writers.Options{Width: t.width(to), Color: t.color(to, f.color), ASCII: t.ascii(f.ascii), Verbose: f.verbose})
			if err != nil {
				return err // parseOutputs refused the name already
			}
			return format.Write(w, table)
		})
		if err != nil {
			return err
		}
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
