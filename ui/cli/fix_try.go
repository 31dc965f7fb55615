package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/changes"
	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/builder"
	"github.com/tare-oci/tare/ui/display"
)

// tryFlags are those of the flags of `tare fix` that try the edits.
type tryFlags struct {
	try     bool
	smoke   string
	context string
	engine  string
	run     []string // flags of docker run
	build   []string // flags of the builder
}

const (
	// moment is how long a container runs before it counts as one that keeps running.
	moment = 5 * time.Second
	// smokeLimit is how long the command of --smoke may take.
	smokeLimit = 2 * time.Minute
)

// trial builds Dockerfiles and starts what comes of them, to see whether edits break the
// build or the container.
type trial struct {
	flags   tryFlags
	builder builder.Builder
	file    *fixFile
	log     io.Writer // what is being done, a line each
	wanted  builder.Outcome
	had     map[string]bool // the images that were there before
}

// verdict is what became of one Dockerfile.
type verdict struct {
	broken string // why it is no good; "" where it is
	size   int64  // of the image, in bytes; 0 where that could not be told
}

// plan works out the edits and, with --try, tries them. log gets what it is doing.
func (own *fixFlags) plan(ctx context.Context, r *model.Report, file *fixFile, options fix.Options, log io.Writer) (*fix.Result, error) {
	if !own.try {
		result, err := fix.Plan(r, file.text, options)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file.path, err)
		}
		return result, nil
	}
	t, err := newTrial(ctx, own, file, log)
	if err != nil {
		return nil, err
	}
	return t.keep(ctx, r, options)
}

// newTrial finds the builder and holds that the image that the Dockerfile as it is
// builds works: else nothing could be told from one that does not.
func newTrial(ctx context.Context, own *fixFlags, file *fixFile, log io.Writer) (*trial, error) {
	b, err := builder.Find(own.engine)
	if err != nil {
		return nil, err
	}
	had, err := b.Images(ctx)
	if err != nil {
		return nil, fmt.Errorf("--try: %w", err)
	}
	t := &trial{flags: own.tryFlags, builder: b, file: file, log: log, had: had}
	fmt.Fprintf(log, "building %s as it is\n", display.OneLine(file.path))
	before, outcome, err := t.build(ctx, file.text, file.ignore)
	switch {
	case err != nil:
		return nil, fmt.Errorf("--try: %w", err)
	case before.broken != "":
		return nil, fmt.Errorf("--try: %s does not build here even without edits: %s; set its context with --context, and pass what else %s build needs after --", file.path, strings.TrimSuffix(before.broken, "."), b.Program)
	case t.flags.smoke != "" && !outcome.Succeeded():
		return nil, fmt.Errorf("--try: the command of --smoke fails even in the unedited image: it %s", outcome)
	}
	t.wanted = outcome
	return t, nil
}

// build builds a Dockerfile and starts what it builds. The image is taken away again.
func (t *trial) build(ctx context.Context, dockerfile, ignore []byte) (verdict, builder.Outcome, error) {
	dir, err := os.MkdirTemp("", "tare-try-")
	if err != nil {
		return verdict{}, builder.Outcome{}, err
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "Dockerfile")
	err = os.WriteFile(name, dockerfile, 0o600)
	if ignore != nil && err == nil {
		// BuildKit reads this one before the context's own.
		err = os.WriteFile(name+".dockerignore", ignore, 0o600)
	}
	if err != nil {
		return verdict{}, builder.Outcome{}, err
	}
	var said builder.Tail
	args := slices.Concat(t.flags.build, []string{"-f", name, cmp.Or(t.flags.context, t.file.context())})
	id, err := t.builder.Build(ctx, args, nil, &said)
	var failed *builder.FailedError
	switch {
	case errors.As(err, &failed):
		return verdict{broken: display.OneLine(cmp.Or(said.Reason(), failed.Error()))}, builder.Outcome{}, nil
	case err != nil:
		return verdict{}, builder.Outcome{}, err
	case id == "":
		return verdict{}, builder.Outcome{}, fmt.Errorf("%s build did not say which image it built", t.builder.Program)
	}
	defer t.builder.RemoveImage(ctx, id, t.had)
	outcome, err := t.start(ctx, id)
	if err != nil {
		return verdict{}, builder.Outcome{}, err
	}
	built := verdict{}
	if result, err := analyze.Analyze(ctx, t.builder.Transport+id, analyze.Options{}); err == nil {
		built.size = result.Report.Image.Size
	}
	return built, outcome, context.Cause(ctx)
}

func (t *trial) start(ctx context.Context, id string) (builder.Outcome, error) {
	if t.flags.smoke != "" {
		return t.builder.Shell(ctx, id, t.flags.smoke, smokeLimit, t.flags.run...)
	}
	return t.builder.Start(ctx, id, moment, t.flags.run...)
}

// judge tries the Dockerfile of a plan.
func (t *trial) judge(ctx context.Context, r *fix.Result) (verdict, error) {
	v, outcome, err := t.build(ctx, r.New, r.NewIgnore)
	if err == nil && v.broken == "" && !t.wanted.Same(outcome) {
		what := "the container"
		if t.flags.smoke != "" {
			what = "the command of --smoke"
		}
		v.broken = fmt.Sprintf("%s %s", what, display.OneLine(outcome.String()))
	} else if v.broken != "" {
		v.broken = "the build fails: " + v.broken
	}
	return v, err
}

// keep tries all changes of a plan together and, where that does not work, one after
// the other, those that save most first. What breaks the image is taken back.
func (t *trial) keep(ctx context.Context, r *model.Report, options fix.Options) (*fix.Result, error) {
	if options.Reject == nil {
		options.Reject = make(map[int]string)
	}
	result, err := fix.Plan(r, t.file.text, options)
	if err != nil || !result.Changed() {
		return result, err
	}
	made := changes.Edits(r, result)
	fmt.Fprintf(t.log, "building it with %s\n", display.Plural(len(made), "change"))
	v, err := t.judge(ctx, result)
	if err != nil || v.broken == "" {
		t.say(v)
		return result, err
	}
	if result.HasStage() {
		fmt.Fprintf(t.log, "that breaks it: %s\ntrying without the build stage\n", v.broken)
		options.Stage, options.Reject = fix.NoStage, maps.Clone(options.Reject)
		for i := range r.Findings {
			if r.Findings[i].Rule == "build-tools" {
				options.Reject[i] = "taken back: " + v.broken
			}
		}
		return t.keep(ctx, r, options)
	}
	if len(made) == 1 {
		back := maps.Clone(options.Reject)
		reject(back, r, made[0], "taken back: "+v.broken)
		return t.without(r, options, back, verdict{})
	}
	slices.SortStableFunc(made, func(a, b model.Change) int { return cmp.Compare(b.Bytes, a.Bytes) })
	fmt.Fprintf(t.log, "that breaks it: %s\n", v.broken)
	back, last := maps.Clone(options.Reject), verdict{}
	for i, change := range made {
		fmt.Fprintf(t.log, "building it with change %d of %d added\n", i+1, len(made))
		trying := maps.Clone(back)
		for _, later := range made[i+1:] {
			reject(trying, r, later, "not tried yet")
		}
		options.Reject = trying
		result, err := fix.Plan(r, t.file.text, options)
		if err != nil {
			return nil, err
		}
		one, err := t.judge(ctx, result)
		switch {
		case err != nil:
			return nil, err
		case one.broken != "":
			reject(back, r, change, "taken back: "+one.broken)
		default:
			last = one
		}
	}
	return t.without(r, options, back, last)
}

// without plans again without what was taken back. last is what became of that plan.
func (t *trial) without(r *model.Report, options fix.Options, back map[int]string, last verdict) (*fix.Result, error) {
	options.Reject = back
	result, err := fix.Plan(r, t.file.text, options)
	if err == nil && result.Changed() {
		t.say(last)
	}
	return result, err
}

// reject adds the findings of a change to a set.
func reject(set map[int]string, r *model.Report, change model.Change, why string) {
	for i := range r.Findings {
		if slices.Contains(change.Findings, r.Findings[i].ID) {
			set[i] = why
		}
	}
}

// say tells what was tried, and how large the image is that was built.
func (t *trial) say(v verdict) {
	works := "the container " + t.wanted.String() + " as before"
	if t.flags.smoke != "" {
		works = "the command of --smoke works"
	}
	size := ""
	if v.size > 0 {
		size = " at " + display.Total(v.size)
	}
	fmt.Fprintf(t.log, "tried: it builds%s, and %s\n", size, works)
}

// log is where a command tells what it is doing.
func (t terminal) log(f *flags) io.Writer {
	if f.quiet {
		return io.Discard
	}
	return t.std.Err
}
