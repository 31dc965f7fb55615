package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/gate"
	"github.com/tare-oci/tare/ui/report"
	"github.com/tare-oci/tare/ui/settings"
)

// newCheck makes `tare check IMAGE`.
func newCheck(f *flags, std Streams) *cobra.Command {
	own := newCheckFlags()
	cmd := &cobra.Command{
		Use:   "check IMAGE",
		Short: "Fail if an image wastes more than you allow, and say what to fix",
		Long: `Check an image against thresholds. For each one that fails, tare names the
instruction to fix, and how. The exit code is 0 when all thresholds hold, 1 when
one fails, and 2 when the check could not run.

Thresholds come from flags, then from TARE_ variables (TARE_MAX_WASTED=20MB), then
from the project's settings: the .tare.yaml in this directory or the nearest one
above it, up to the directory that holds .git; if there is none, a .dive-ci. The first
place that sets a threshold decides it. If nothing sets any, the check is
--min-efficiency 0.9 --max-wasted 10MB --fail-on certain --deny risks. If you set other
thresholds, --deny risks stays in force (with --against, for new risks only). To switch
it off, pass --deny none or write deny: [] in the settings; deny: [new-risks] there
denies only risks that the image of --against does not have.

Avoidable is what the changes that tare IMAGE lists would remove: all of it, and the
same figure in every report. Thresholds on waste count as much of it as reaches the
floor of 1 MB, or 1 % of the own bytes if that is more. --fail-on looks at each change
by itself, the others at all changes together. --min-efficiency 90% means that at most
10 % may count. (A report's efficiency is another figure: 1 - wasted/size.) What each
run of a package manager leaves behind, and what only another base image could spare,
never counts. If less counts than is avoidable, the check says how much and why. By
default only what the image's own layers hold or hide counts (--scope own). Percentages
refer to the size of that part; --max-size, --max-pull-size and --max-layers refer to
the whole image. Write sizes as 20MB or 20MiB.

With --against, limits on growth compare the image with an older one; growth below the
floor passes. Even without such limits, no more may be avoidable than in the older image
(unless --max-waste-growth says how much more), and there may be no new risk; the size may
grow unless --max-size-growth says how much. So even an image that wastes a lot can start
today. A failure names the instruction that grew, and what grew in it. A label (LABEL
tare.allow-growth="size up to 400MB until 2030-01-31: why"), a line in the settings or
--allow-growth lets one growth through.

With --quiet, a check that passes prints nothing.`,
		Example: `  tare check app:1                                what the project's settings say
  tare check app:1 --min-efficiency 95% --max-size 200MB
  tare check app:1 --deny risks,apt-lists --fail-on certain
  tare check app:2 --against main.json,none       against a report that -o json saved
  tare check app:2 --against app:1 --max-size-growth 10%
  tare check app:1 --deny-paths '**/.git/**' --require-user
  tare check app:1 -o text -o sarif=tare.sarif    for the log, and for code scanning`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("tare check takes one image; see tare check --help")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := own.given(cmd.Flags(), false); err != nil {
				return err
			}
			return runCheck(cmd.Context(), args[0], f, own, terminal{std})
		},
	}
	own.register(cmd.Flags())
	f.registerManifests(cmd.Flags())
	return cmd
}

// runCheck judges an image and tells the verdict.
func runCheck(ctx context.Context, reference string, f *flags, own *checkFlags, t terminal) error {
	if err := f.check(); err != nil {
		return err
	}
	outputs, err := f.outputsBeside(report.Names(), append(own.against.names(), reference, own.config)...)
	if err != nil {
		return err
	}
	if len(outputs) == 0 {
		outputs = []output{{format: "text"}}
	}
	outputs = withAnnotations(outputs, t)
	if err := f.readManifests(ctx, reference, t.std); err != nil {
		return err
	}
	options, project, err := own.options()
	if err != nil {
		return err
	}
	wholly := *f
	wholly.whole = true // a table of contents can lie, and this is a gate
	wholly.noTree = !needTree(outputs, f) && !options.NeedsTree()
	f = &wholly
	if project != nil {
		f = f.under(project, reference)
	}
	if f.severity, err = own.severities(project); err != nil {
		return err
	}
	r, c, err := own.judge(ctx, reference, f, options, t)
	if err != nil {
		return err
	}
	f.older = own.against.taken
	for _, o := range outputs {
		if err := o.write(r, c, f, t); err != nil {
			return err
		}
	}
	if c.Passed {
		return nil
	}
	if !slices.ContainsFunc(outputs, func(o output) bool { return o.file == "" }) {
		printError(t.std.Err, whyFailed(r, c, outputs))
	}
	return Exit(ExitGate)
}

// judge loads the image, and the older one where there is one, and holds it to the limits.
// What a cache knows of an image's figures comes without its files. They are read where
// something grew, to say which of them did.
func (own *checkFlags) judge(ctx context.Context, reference string, f *flags, options gate.Options, t terminal) (*model.Report, *model.Check, error) {
	own.against.contents = options.NeedsContents()
	older, r, err := own.against.load(ctx, reference, f, t)
	if err != nil {
		return nil, nil, err
	}
	judged := options
	judged.Limits, judged.Notes = slices.Clone(options.Limits), slices.Clone(options.Notes)
	if err := own.against.compare(older, r, &judged); err != nil {
		return nil, nil, err
	}
	c, err := gate.Judge(r, judged)
	if err != nil || c.Passed || older == nil || !f.noTree || reference == "-" || slices.Contains(own.against.older, "-") {
		return r, c, err
	}
	if !slices.ContainsFunc(c.Thresholds, func(t model.Threshold) bool { return !t.Passed && gate.IsGrowth(t.Name) }) || older.Tree != nil && r.Tree != nil {
		return r, c, nil
	}
	with := *f
	with.noTree = false
	return own.judge(ctx, reference, &with, options, t)
}

// whyFailed is the verdict in one line, for when all else goes to files.
func whyFailed(r *model.Report, c *model.Check, outputs []output) string {
	var failed []string
	for i := range c.Thresholds {
		if t := &c.Thresholds[i]; !t.Passed {
			failed = append(failed, strings.TrimSpace(t.Name+" "+t.Rule)+" is "+t.Figure+", limit "+t.Limit)
		}
	}
	return "check " + r.Image.Reference + " failed: " + strings.Join(failed, "; ") + "; see " + outputs[0].file
}

// options are what the gate takes: flags over the project's settings, which are
// nil where there are none.
func (own *checkFlags) options() (gate.Options, *settings.Settings, error) {
	limits, err := own.limits()
	if err != nil {
		return gate.Options{}, nil, err
	}
	limits, notes, err := own.against.limits(limits)
	if err != nil {
		return gate.Options{}, nil, err
	}
	if err := own.against.refuse(limits); err != nil {
		return gate.Options{}, nil, err
	}
	o := gate.Options{Scope: own.scope, Limits: limits, Today: time.Now()}
	project, err := own.project()
	if err != nil {
		return gate.Options{}, nil, err
	}
	if project != nil {
		if own.scope != "" {
			for i := range project.Limits {
				project.Limits[i].Scope = own.scope
			}
		}
		o.Scope = cmp.Or(own.scope, project.Scope)
		o.Limits = gate.Over(limits, project.Limits)
		o.Ignores, o.Notes, o.Floor, o.Allowed = project.Ignores, project.Notes, project.Floor, project.Allowed
	}
	o.Notes = append(o.Notes, notes...)
	if own.floor != "" {
		if o.Floor, err = gate.ParseFloor(own.floor); err != nil {
			return gate.Options{}, nil, fmt.Errorf("--floor %s: %w; see tare check --help", own.floor, err)
		}
	}
	if own.against.allow != "" {
		allowed, err := gate.ParseAllowance(own.against.allow, "--allow-growth")
		if err != nil {
			return gate.Options{}, nil, err
		}
		o.Allowed = append(o.Allowed, allowed)
	}
	own.against.decided = project != nil && (project.Dive || len(project.Limits) > 0)
	own.against.dive = project != nil && project.Dive
	own.against.risky = len(own.deny) == 0 && project != nil && project.Risky || slices.ContainsFunc(own.deny, func(id string) bool { return strings.TrimSpace(id) == gate.DenyNone })
	own.against.newOnly = len(own.deny) == 0 && project != nil && project.NewOnly
	return o, project, nil
}

// project reads the project's settings, nil where there are none.
func (own *checkFlags) project() (*settings.Settings, error) {
	name := own.config
	if name == "" {
		found, err := settings.Find()
		if err != nil || found == "" {
			return nil, err
		}
		name = found
	}
	return settings.Load(name, ruleIDs())
}

// under is the flags, and where they say nothing what the project's settings say
// of how to read an image. A saved report was read already.
func (f *flags) under(project *settings.Settings, reference string) *flags {
	both := *f
	if isSaved(reference) {
		return &both
	}
	both.base = cmp.Or(f.base, project.Base)
	both.platform = cmp.Or(f.platform, project.Platform)
	both.file = cmp.Or(f.file, project.Dockerfile)
	return &both
}

// ruleIDs are the ids of the catalogue.
func ruleIDs() []string {
	rules := analyze.Rules()
	ids := make([]string, len(rules))
	for i := range rules {
		ids[i] = rules[i].ID
	}
	return ids
}
