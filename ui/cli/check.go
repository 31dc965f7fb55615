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
--min-efficiency 0.9 or, with --against, that the image wastes no more than the
older one. Even an image that wastes a lot can pass that from today on.

By default only what you added to the base image counts (--scope own). Efficiency
and percentages refer to the size of that part; --max-size, --max-pull-size and
--max-layers to the whole image. Write sizes as 20MB or 20MiB. With --quiet, a check
that passes prints nothing.`,
		Example: `  tare check app:1                                what the project's settings say
  tare check app:1 --min-efficiency 95% --max-size 200MB
  tare check app:1 --deny apt-lists,baked-in-secret --fail-on certain
  tare check app:2 --against main.json            against a report saved with -o json
  tare check app:1 -o text -o sarif=tare.sarif    for the log, and for code scanning`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("tare check takes one image; see tare check --help")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := own.given(cmd.Flags()); err != nil {
				return err
			}
			return runCheck(cmd.Context(), args[0], f, own, terminal{std})
		},
	}
	own.register(cmd.Flags())
	return cmd
}

// runCheck judges an image and tells the verdict.
func runCheck(ctx context.Context, reference string, f *flags, own *checkFlags, t terminal) error {
	if err := f.check(); err != nil {
		return err
	}
	outputs, err := parseOutputs(f.outputs, report.Names())
	if err != nil {
		return err
	}
	if len(outputs) == 0 {
		outputs = []output{{format: "text"}}
	}
	outputs = withAnnotations(outputs, t)
	options, project, err := own.options()
	if err != nil {
		return err
	}
	wholly := *f
	wholly.whole = true // a table of contents can lie, and this is a gate
	wholly.noTree = !needTree(outputs, f) && len(options.Ignores) == 0 && own.against.older == ""
	f = &wholly
	if project != nil {
		f = f.under(project, reference)
	}
	older, r, err := own.against.load(ctx, reference, f, t)
	if err != nil {
		return err
	}
	if err := own.against.limit(older, r, &options); err != nil {
		return err
	}
	c, err := gate.Judge(r, options)
	if err != nil {
		return err
	}
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
		o.Ignores, o.Notes = project.Ignores, project.Notes
	}
	if len(o.Limits) == 0 && own.against.older == "" && (project == nil || !project.Dive) {
		o.Limits = []gate.Limit{{Bound: gate.DefaultEfficiency}}
		o.Notes = append(o.Notes, fmt.Sprintf("no threshold is given, so this is --min-efficiency %v", float64(gate.DefaultEfficiency)))
	}
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
