package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

// fixFlags are the flags of `tare fix`.
type fixFlags struct {
	rules    []string
	strategy string
	floor    string
	write    bool
	measure  bool
	tryFlags
}

// newFix makes `tare fix IMAGE`.
func newFix(f *flags, std Streams) *cobra.Command {
	var own fixFlags
	cmd := &cobra.Command{
		Use:   "fix IMAGE [-f DOCKERFILE]",
		Short: "Edit the Dockerfile so that the image no longer wastes space",
		Long: `Edit the Dockerfile that built an image so that the image no longer wastes space,
and print the edits on standard output as a unified diff, for patch -p1 in the
current directory. (On a terminal, control characters are shown as escapes; in a
pipe or a file the diff is exact.) What each change saves, what is left alone and why,
and the predicted size go to standard error. The lines around an edit leave out
secrets, and ARG values other than versions, paths and the like; lines that an edit
writes are complete. If a line with such a value is right next to an edit,
git apply needs --unidiff-zero; patch needs nothing.

Without -f the Dockerfile comes from the image's provenance, and the diff is for the
directory that holds it. By default tare fixes all certain and likely findings that
are not the base image's, if an edit saves enough to be worth reading: 1 % of what
the edited image adds to its base, and at least 1 MB (--floor). --rule selects rules,
and makes even small edits for them. tare leaves alone what it cannot edit safely.

A build stage takes compilers out of the image (build-tools): the instructions that
need them move there, and a second stage installs the other packages and copies what
was built. By default tare writes such a stage if it saves 15 % of what the other edits
leave above the base and no part of it is a guess: tare knows what the container runs,
that nobody works inside it, and that everything it needs is copied. If something is a
guess, tare says what, and --strategy multi-stage writes the stage anyway, but for an
image of which nothing tells what a container runs; --strategy clean-up never does.
Test the result: a program may load files at run time that tare cannot see.

--try builds the Dockerfile with docker or podman, before and after the edits, starts a
container of each for five seconds (or runs the command of --smoke in it, for two
minutes at most) and drops each change that breaks something. The builder's flags go
after --. The containers run the image's own program on this machine, as docker run
does.`,
		Example: `  tare fix app:1 -f Dockerfile             look at the edits
  tare fix app:1 -f Dockerfile | patch -p1 make them
  tare fix app:1 -f Dockerfile --write     the same
  tare fix app:1 -f Dockerfile --rule apt-lists,pip-cache --strategy cache-mount
  tare fix app:1 -f Dockerfile --strategy multi-stage
  tare fix app:1 -f Dockerfile --try --smoke 'app --version' -- --build-arg V=2`,
		Args: func(cmd *cobra.Command, args []string) error {
			if dash := cmd.ArgsLenAtDash(); dash >= 0 {
				own.build, args = args[dash:], args[:dash]
			}
			if len(args) != 1 {
				return errors.New("tare fix takes one image; see tare fix --help")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return runFix(cmd.Context(), args[0], f, &own, terminal{std})
		},
	}
	set := cmd.Flags()
	set.StringSliceVar(&own.rules, "rule", nil, "apply only the fixes of `RULE[,...]`; repeatable")
	set.StringVar(&own.strategy, "strategy", "", "`clean-up`, cache-mount (RUN --mount for caches, needs BuildKit) or multi-stage (a build stage for compilers); by default clean-up, with a build stage if no part of it is a guess")
	set.StringVar(&own.floor, "floor", "", "skip edits that save less than `SIZE|N%` of what the image adds to its base (default 1%, at least 1MB; 0 skips none)")
	set.BoolVar(&own.write, "write", false, "edit the file in place and print no diff")
	set.BoolVar(&own.measure, "measure", false, "recompress the changed layers to measure the new pull size")
	set.BoolVar(&own.try, "try", false, "build and run the edited Dockerfile, and drop changes that break it")
	set.StringVar(&own.smoke, "smoke", "", "with --try: a `COMMAND` that must succeed in a container (default: start the image's own)")
	set.StringVar(&own.context, "context", "", "the build context, a `DIRECTORY`: the .dockerignore there is edited, and --try builds there (default: the Dockerfile's, or the one above it that has what it copies)")
	set.StringVar(&own.engine, "engine", "", "with --try: the `BUILDER`: docker, podman or buildx")
	set.StringArrayVar(&own.run, "run-flag", nil, "with --try: a `FLAG` for docker run, such as --run-flag=--network=host; repeatable")
	return cmd
}

func (own *fixFlags) check(reference string, f *flags) error {
	switch {
	case own.strategy != "" && own.strategy != "clean-up" && own.strategy != "cache-mount" && own.strategy != "multi-stage":
		return fmt.Errorf("--strategy %s: it takes clean-up, cache-mount or multi-stage; see tare fix --help", own.strategy)
	case slices.ContainsFunc(own.rules, unknownRule):
		id := own.rules[slices.IndexFunc(own.rules, unknownRule)]
		return fmt.Errorf("--rule %s: there is no such rule; %s", id, nearestRule(id))
	case own.write && f.file == "":
		return errors.New("--write: there is no file to edit; pass the Dockerfile with -f")
	case len(f.outputs) > 0:
		return errors.New("-o: tare fix writes a diff and nothing else; leave it out")
	case own.try && f.file == "":
		return errors.New("--try: there is nothing to build; pass the Dockerfile with -f")
	case !own.try && (own.smoke != "" || own.engine != "" || len(own.run)+len(own.build) > 0):
		return errors.New("--smoke, --engine, --run-flag and arguments after -- need --try; add it")
	case reference == "-" && (f.file == "" || own.measure):
		return errors.New("standard input can be read only once; save the image to a file first")
	}
	return nil
}

// stage says when a build stage is made: without a strategy where it is sure.
func (own *fixFlags) stage() fix.Stage {
	switch own.strategy {
	case "":
		return fix.SureStage
	case "multi-stage":
		return fix.AnyStage
	}
	return fix.NoStage
}

// runFix analyses the image, works out the edits and shows or writes them.
func runFix(ctx context.Context, reference string, f *flags, own *fixFlags, t terminal) error {
	if err := cmp.Or(f.check(), own.check(reference, f), own.tryFlags.check(), own.checkFloor()); err != nil {
		return err
	}
	file := fixFile{chosen: own.context}
	image, analyzed, err := file.analyze(ctx, reference, f, t)
	if err != nil {
		return err
	}
	defer image.Close()
	r := analyzed.Report
	opt := fix.Options{
		Rules: own.rules, CacheMount: own.strategy == "cache-mount", Stage: own.stage(),
		Ignore: file.ignore, IgnoreUnknown: f.file == "" && file.sample == "" || file.contextAbove != "", IgnoreWhy: file.contextAbove, Build: analyzed.Build,
	}
	own.setFloor(&opt, r)
	result, err := own.plan(ctx, r, &file, opt, t.log(f))
	if err != nil {
		return err
	}
	if own.write {
		err = file.write(result)
	} else {
		var diff string
		if diff, err = file.diff(result); err == nil {
			if _, screen := fd(t.std.Out); screen {
				diff = paintDiff(display.Text(diff), view.NewPage(r, 0, t.color(t.std.Out, f.color), false, false))
			}
			_, err = io.WriteString(t.std.Out, diff)
		}
	}
	if err != nil {
		return err
	}
	if !f.quiet {
		if err := printFix(t.std.Err, r, result, own, t, f); err != nil {
			return err
		}
		if result.Changed() {
			file.printPlace(t.std.Err, result, own.write)
		}
	}
	if own.measure && result.Changed() {
		pull, err := fix.Measure(ctx, image.Image, r, result)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.std.Err, "measured pull size: %s\n", display.Bytes(pull))
	}
	return nil
}
