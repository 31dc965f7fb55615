package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/releases"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	writers "github.com/tare-oci/tare/ui/report/releases"
)

const (
	// lastReleases is how many tags of a repository are looked at unless --last says.
	lastReleases = 10
	// atOnce is how many manifests are asked for at the same time: registries count
	// requests.
	atOnce = 4
)

type releasesFlags struct {
	tags string
	last int
	why  bool
}

// newReleases makes `tare releases REPOSITORY`.
func newReleases(f *flags, std Streams) *cobra.Command {
	var own releasesFlags
	c := &cobra.Command{
		Use:   "releases REPOSITORY | IMAGE IMAGE…",
		Short: "Show what each release makes its users pull, and which lines cause it",
		Long: `Show what someone who has one release of an image pulls for the next, and which lines
of the Dockerfile cause it.

REPOSITORY is a name in a registry, without a tag. tare takes the last ten of its tags
that look like versions; --tags and --last choose others. Or name the images yourself,
the oldest first, wherever they are; tare asks the registry for a name first.

The manifests say what is pulled, so the table appears within seconds. --why reads the
layers, each at most once. It also shows what is pulled for nothing, because the release
before has the same files, and which order of lines would mean the least to pull.`,
		Example: `  tare releases ghcr.io/org/app
  tare releases --why --tags 'v2.*' --last 20 ghcr.io/org/app
  tare releases -o markdown app:1.0 app:1.1 app:1.2`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runReleases(cmd.Context(), args, own, f, std)
		},
	}
	f.registerOutput(c.Flags(), writers.Names())
	c.Flags().StringVar(&own.tags, "tags", "", "only tags that fit a `PATTERN` such as 'v2.*'")
	c.Flags().IntVar(&own.last, "last", lastReleases, "how many `TAGS`, counted from the newest; 0 for all")
	c.Flags().BoolVar(&own.why, "why", false, "read the layers and show what is pulled for nothing")
	return c
}

func runReleases(ctx context.Context, args []string, own releasesFlags, f *flags, std Streams) error {
	if err := f.check(); err != nil {
		return err
	}
	outputs, err := f.outputsBeside(writers.Names(), args...)
	if err != nil {
		return err
	}
	if own.last < 0 {
		return fmt.Errorf("--last %d: it takes a number of tags, or 0 for all", own.last)
	}
	t := terminal{std}
	if len(args) == 1 && hasTag(strings.TrimPrefix(args[0], "registry:")) {
		return fmt.Errorf("%s is one image; name the repository without a tag, or two or more images", args[0])
	}
	if browsable(f, t) {
		if err := showReleases(ctx, args, own, f, t); !errors.Is(err, errNoOffer) {
			return err
		}
	}
	found, notes, err := findReleases(ctx, args, own, f, t, func(string, string) {})
	if err != nil {
		return err
	}
	if len(outputs) == 0 {
		outputs = []output{{format: "text"}}
	}
	table, err := rowOf(ctx, found, own.why, f, t)
	if err != nil {
		return err
	}
	table.Notes = append(table.Notes, notes...)
	if err := writeAll(outputs, table, f, t, writers.New); err != nil {
		return err
	}
	return noRelease(table)
}

// noRelease is the error of a row of which no image could be read, nil for others.
func noRelease(table *model.Releases) error {
	if i := slices.IndexFunc(table.Releases, func(r model.Release) bool { return r.Error == "" }); i < 0 {
		return errors.New(table.Releases[0].Error)
	}
	return nil
}

// findReleases asks for the tags of a repository, and for the manifests of all images. say is told what is
// being done, and for what that waits; the notes are for readers of the table.
func findReleases(ctx context.Context, args []string, own releasesFlags, f *flags, t terminal, say func(busy, on string)) (found []candidate, notes []string, err error) {
	if len(args) == 1 {
		say("asking for the tags of "+strings.TrimPrefix(args[0], "registry:"), "")
	}
	names, notes, err := releaseNames(ctx, args, own, f, t)
	if err != nil {
		return nil, nil, err
	}
	found, err = describeAll(ctx, names, f, t, say)
	if err != nil {
		return nil, nil, err
	}
	if len(args) == 1 {
		inOrder(found)
	}
	return sameDigestOnce(found), notes, nil
}

// releaseNames are the images to put in a row, the oldest first where that is known.
func releaseNames(ctx context.Context, args []string, own releasesFlags, f *flags, t terminal) (names, notes []string, err error) {
	if len(args) > 1 {
		return args, nil, nil
	}
	repository := strings.TrimPrefix(args[0], "registry:")
	opt := f.options(t.std.In).Options
	opt.PassedOver = func(note string) { notes = append(notes, note) }
	tags, err := analyze.Tags(ctx, repository, opt)
	if err != nil {
		return nil, nil, err
	}
	chosen, err := releases.Pick(tags, own.tags, own.last)
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("--tags %s: this is not a pattern; write * for any text and ? for any character", own.tags)
	case len(chosen) == 0 && own.tags != "":
		return nil, nil, fmt.Errorf("none of the %s of %s fits --tags %s; leave it out to see them", display.Plural(len(tags), "tag"), repository, own.tags)
	case len(chosen) == 0:
		return nil, nil, fmt.Errorf("%s has no tags", repository)
	}
	for i, tag := range chosen {
		chosen[i] = "registry:" + repository + ":" + tag
	}
	return chosen, notes, nil
}

// hasTag reports whether a name in a registry ends in a tag or a digest.
func hasTag(name string) bool {
	last := name[strings.LastIndexByte(name, '/')+1:]
	return strings.ContainsAny(last, "@") || strings.Contains(name, "/") && strings.Contains(last, ":")
}

// candidate is one image of the row, before its layers are read.
type candidate struct {
	names  []string // as they are shown
	opens  string
	report *model.Report // nil where it could not be opened
	err    error
}

// describeAll asks for the manifests and configs of all images, a few at the same time.
func describeAll(ctx context.Context, names []string, f *flags, t terminal, say func(busy, on string)) ([]candidate, error) {
	found := make([]candidate, len(names))
	on := make(map[int]bool) // images that are asked for
	var mu sync.Mutex
	tell := func(i int, begins bool) {
		mu.Lock()
		defer mu.Unlock()
		if on[i] = true; !begins {
			delete(on, i)
		}
		first, done := "", 0
		for i := range slices.Backward(found) {
			switch {
			case on[i]:
				first = strings.TrimPrefix(names[i], "registry:")
			case found[i].opens != "":
				done++
			}
		}
		say(fmt.Sprintf("reading manifests, %d of %d", done, len(names)), first)
	}
	var g errgroup.Group
	g.SetLimit(atOnce)
	for i, name := range names {
		g.Go(func() error {
			tell(i, true)
			c := candidate{names: []string{strings.TrimPrefix(name, "registry:")}, opens: name}
			c.report, c.err = describeOne(ctx, name, f, t)
			if c.err == nil && c.report.Image.Source == "registry" {
				c.opens = "registry:" + strings.TrimPrefix(name, "registry:") // and not the engine's copy
			}
			mu.Lock()
			found[i] = c
			mu.Unlock()
			tell(i, false)
			return nil
		})
	}
	_ = g.Wait()
	return found, context.Cause(ctx)
}

func describeOne(ctx context.Context, name string, f *flags, t terminal) (*model.Report, error) {
	options := f.options(t.std.In)
	options.RegistryFirst = !f.offline // which alone knows what is pulled
	options.BaseMayDiffer = true       // older releases stand on older bases
	h, err := analyze.Open(ctx, name, options)
	if err != nil {
		return nil, err
	}
	defer h.Close()
	return h.Describe(ctx)
}

// inOrder sorts images by the time at which they were made, where all tell one; else they
// stay in the order of their versions.
func inOrder(found []candidate) {
	var reports []*model.Report
	for i := range found {
		if found[i].report == nil {
			return
		}
		reports = append(reports, found[i].report)
	}
	if releases.ByCreation(reports) {
		slices.SortStableFunc(found, func(a, b candidate) int { return a.report.Image.Created.Compare(*b.report.Image.Created) })
	}
}

// sameDigestOnce makes one of neighbours that are the same image under several tags.
func sameDigestOnce(found []candidate) []candidate {
	var kept []candidate
	for _, c := range found {
		if n := len(kept); n > 0 && c.report != nil && kept[n-1].report != nil && c.report.Image.Digest != nil && kept[n-1].report.Image.Digest != nil && *c.report.Image.Digest == *kept[n-1].report.Image.Digest {
			kept[n-1].names = append(kept[n-1].names, c.names...)
			continue
		}
		kept = append(kept, c)
	}
	return kept
}

// rowOf puts the images in a row. With why their layers are read; what two images share is
// read once, since the store keeps it, which lies in a directory of its own for --no-cache.
func rowOf(ctx context.Context, found []candidate, why bool, f *flags, t terminal) (*model.Releases, error) {
	series := releases.New(version())
	options := f.options(t.std.In)
	options.RegistryFirst, options.BaseMayDiffer = !f.offline, true
	var others []string // that stand on another base than --base
	if why {
		st, done, err := storeOf(f, t)
		if err != nil {
			return nil, err
		}
		defer done()
		options.Store, options.Contents, options.IgnoreTOC = st, true, true
	}
	for i := range found {
		c := &found[i]
		if c.err == nil && why {
			c.report, c.err = analyze.Image(ctx, c.opens, options)
		}
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		if c.err != nil {
			series.AddFailed(c.names, c.err.Error())
			continue
		}
		series.Add(c.names, c.report)
		if f.base != "" && c.report.Image.Base.How != model.BaseByFlag {
			others = append(others, c.names[0])
		}
	}
	table := series.Finish()
	if note := otherBases(f.base, others, len(found)); note != "" {
		table.Notes = append(table.Notes, note)
	}
	return table, nil
}

// otherBases tells of releases that do not stand on the base that --base names, "" where all do.
func otherBases(base string, others []string, all int) string {
	switch n := len(others); {
	case n == 0:
		return ""
	case n >= all:
		return fmt.Sprintf("--base %s: no release is built on it as it is now, so tare looked for their bases itself; name the image in the Dockerfile's FROM, as it was when they were built", base)
	case n == 1:
		return fmt.Sprintf("--base %s: %s is built on another base, or on an older one of that name", base, others[0])
	default:
		return fmt.Sprintf("--base %s: %s of %d releases are built on other bases, or on older ones of that name (%s is one)", base, display.Count(n), all, others[0])
	}
}

// storeOf is the user's store or, where that is not to be used, one that is gone afterwards.
func storeOf(f *flags, t terminal) (st *store.Store, done func(), err error) {
	if st := f.cache(t.std); st != nil && !f.verify {
		return st, func() { st.Close() }, nil
	}
	dir, err := os.MkdirTemp("", "tare-releases-")
	if err != nil {
		return nil, nil, fmt.Errorf("making a directory for the layers that were read: %w", err)
	}
	if st, err = store.Open(dir, math.MaxInt64); err != nil {
		os.RemoveAll(dir)
		return nil, nil, err
	}
	return st, func() { st.Close(); os.RemoveAll(dir) }, nil
}
