package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tare-oci/tare/ui/comment"
	"github.com/tare-oci/tare/ui/forge"
	"github.com/tare-oci/tare/ui/report"
)

// newComment makes `tare comment IMAGE`.
func newComment(f *flags, std Streams) *cobra.Command {
	own := &commentFlags{check: newCheckFlags()}
	cmd := &cobra.Command{
		Use:   "comment IMAGE",
		Short: "Keep one comment on a pull request: sizes, what grew, what to change",
		Long: `Check an image as tare check does, compare it with the one before the pull
request, and put the result in a single comment on the pull request (GitHub) or note
on the merge request (GitLab): the verdict, the sizes before and after, what grew and
which line did it, and what to change. An existing comment is updated; there is never
a second one. The exit code is that of tare check.

--against names the image before, or several separated by commas, of which the first
that exists counts: an image, a saved report, or artifact:NAME/FILE, the report that
the last run on the target branch saved as an artifact (on GitLab: artifact:JOB/FILE).
{branch} stands for the target branch, written as a tag. If none exists, this is a
first report, and limits on growth do not count.

The token is GITHUB_TOKEN; it needs pull-requests: write, and for an artifact actions:
read. On GitLab it is GITLAB_TOKEN, with the scope api; a job's own CI_JOB_TOKEN can
fetch artifacts but not write notes. Without permission to write, as in a pull request
from a fork, the comment goes into the job's summary, or on GitLab to standard output.
-o markdown=FILE also writes it to a file; the other formats are those of tare check.
Outside such a job, the comment is printed.`,
		Example: `  tare comment app:ci -f Dockerfile --against registry:ghcr.io/org/app:{branch}
  tare comment app:ci --against artifact:tare-report --files -o json=tare-report.json
  tare comment app:ci --against main.json --exit-zero    report, never fail`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("tare comment takes one image; see tare comment --help")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := own.check.given(cmd.Flags(), true); err != nil {
				return err
			}
			return runComment(cmd.Context(), args[0], f, own, terminal{std})
		},
	}
	own.register(cmd.Flags())
	return cmd
}

// commentFlags are the flags of `tare comment`: those of check, and a few more.
type commentFlags struct {
	check    *checkFlags
	key      string
	number   int
	exitZero bool
}

func (own *commentFlags) register(set *pflag.FlagSet) {
	own.check.register(set)
	set.StringVar(&own.key, "key", "", "a `WORD` that tells the comments of several images apart")
	set.IntVar(&own.number, "pull-request", 0, "`NUMBER` of the pull request, if the job does not say")
	set.BoolVar(&own.exitZero, "exit-zero", false, "exit with 0 even if a limit fails; the comment still says so")
}

// runComment judges an image and tells the pull request.
func runComment(ctx context.Context, reference string, f *flags, own *commentFlags, t terminal) error {
	if err := f.check(); err != nil {
		return err
	}
	if own.number < 0 {
		return fmt.Errorf("--pull-request %d: there is no such pull request; pass its number, such as 7", own.number)
	}
	outputs, err := f.outputsBeside(report.Names(), append(own.check.against.names(), reference, own.check.config)...)
	if err != nil {
		return err
	}
	outputs = withAnnotations(outputs, t)
	job, err := forge.Find(t.std.Getenv, forge.Options{Number: own.number, Insecure: f.insecure})
	if err != nil {
		return err
	}
	found, err := judged(ctx, reference, f, own.check, job, t)
	if err != nil {
		return err
	}
	made := found.comment(t)
	if found.comparison == nil {
		made.First, made.Push = firstReport(own.check.against.names(), outputs, job), job != nil && job.Number == 0
		if !f.quiet {
			printError(t.std.Err, strings.TrimSpace(made.First+" "+strings.Join(made.Looked(), "; ")))
		}
	}
	var body bytes.Buffer
	if err := made.Write(&body); err != nil {
		return err
	}
	if err := writeOutputs(outputs, found, body.Bytes(), t); err != nil {
		return err
	}
	if err := tell(ctx, job, own.key, body.Bytes(), outputs, f, t); err != nil {
		return err
	}
	if found.check.Passed || own.exitZero {
		return nil
	}
	return Exit(ExitGate)
}

// comment is what the pull request is told.
func (j *judgement) comment(t terminal) *comment.Comment {
	return &comment.Comment{Report: j.report, Check: j.check, Comparison: j.comparison, Older: j.older, Before: j.before, Notes: j.notes, Paths: t.paths()}
}

// writeOutputs writes what -o asks for; Markdown is the comment itself.
func writeOutputs(outputs []output, found *judgement, body []byte, t terminal) error {
	for _, o := range outputs {
		var err error
		if o.format == "markdown" {
			err = o.send(t, func(w, _ io.Writer) error {
				_, err := w.Write(body)
				return err
			})
		} else {
			err = o.write(found.report, found.check, found.flags, t)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tell keeps the comment, or puts it where somebody finds it, and says what it did.
// The error is about an API that failed.
func tell(ctx context.Context, job *forge.Job, key string, body []byte, outputs []output, f *flags, t terminal) error {
	if job == nil { // no pipeline: somebody wants to see it
		return writeElsewhere(nil, body, outputs, t, "")
	}
	if f.offline {
		return writeElsewhere(job, body, outputs, t, "--offline contacts no server")
	}
	done, err := job.Keep(ctx, key, string(body))
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	switch {
	case err == nil:
		says := map[forge.Did]string{
			forge.Created: "commented on", forge.Updated: "updated the comment on", forge.Unchanged: "nothing to update in the comment on",
			forge.Overtaken: "a later run has already commented on",
		}[done.Did]
		say(outputs, t, fmt.Sprintf("%s %s %d (%s): %s", says, job.Request(), job.Number, job.Forge, done.URL))
		return nil
	case errors.Is(err, forge.ErrRights):
		return writeElsewhere(job, body, outputs, t, err.Error())
	}
	if lost := writeElsewhere(job, body, outputs, t, ""); lost != nil {
		return fmt.Errorf("%w; and the comment is lost: %w", err, lost)
	}
	return err
}

// writeElsewhere puts the comment where it can be read without a right: into the job's
// summary, else to standard output, unless a file has it already. why is said, if it
// is not "".
func writeElsewhere(job *forge.Job, body []byte, outputs []output, t terminal, why string) error {
	where := ""
	switch hasFile := slices.ContainsFunc(outputs, func(o output) bool { return o.format == "markdown" }); {
	case job != nil && job.Summary != "":
		if err := appendTo(job.Summary, body); err != nil {
			return err
		}
		where = "the comment is in the job's summary"
	case hasFile && job != nil:
		where = "the comment is in the file of -o markdown"
	case hasFile:
		return nil
	default:
		if _, err := t.std.Out.Write(body); err != nil || why == "" {
			return err
		}
		printError(t.std.Err, "this is what the comment would say: "+why)
		return nil
	}
	if why != "" {
		where += ": " + why
	}
	say(outputs, t, where)
	return nil
}

// say tells what became of the comment: on standard output, unless that carries
// something else.
func say(outputs []output, t terminal, text string) {
	to := t.std.Out
	if slices.ContainsFunc(outputs, func(o output) bool { return o.file == "" }) {
		to = t.std.Err
	}
	printError(to, text)
}

// appendTo adds to a file, which need not be there.
func appendTo(name string, text []byte) error {
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return notWritten(name, err)
	}
	_, err = file.Write(text)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return notWritten(name, err)
	}
	return nil
}
