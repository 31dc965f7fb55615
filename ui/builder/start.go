package builder

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Outcome is how a container did that was started for a moment.
type Outcome struct {
	Running  bool          // it still ran when the moment was over
	Code     int           // its exit code where it does not run
	Said     string        // the last line that it wrote, "" where there is none
	TimedOut time.Duration // how long a command had that did not end in that time, else 0
}

// Same reports whether two containers did the same: both run, or both ended with one
// exit code.
func (o Outcome) Same(other Outcome) bool {
	return o.Running == other.Running && (o.Running || o.Code == other.Code) && o.TimedOut == other.TimedOut
}

// Succeeded reports whether a command ended in its time, with exit code 0.
func (o Outcome) Succeeded() bool { return !o.Running && o.TimedOut == 0 && o.Code == 0 }

func (o Outcome) String() string {
	switch {
	case o.TimedOut > 0:
		return fmt.Sprintf("did not end within %g minutes", o.TimedOut.Minutes())
	case o.Running:
		return "runs"
	case o.Said == "":
		return fmt.Sprintf("ends with exit code %d", o.Code)
	}
	return fmt.Sprintf("ends with exit code %d: %s", o.Code, o.Said)
}

const (
	// removal is how long taking away a container or an image may take.
	removal = 30 * time.Second
	// creation is how long making and starting a container may take.
	creation = time.Minute
	// glance is how long a container is left alone between two looks at it.
	glance = 100 * time.Millisecond
)

// Start runs a container of an image with the image's own command, for a moment at most,
// and takes the container away. flags stand before the image, such as a network.
func (b Builder) Start(ctx context.Context, image string, moment time.Duration, flags ...string) (Outcome, error) {
	return b.watch(ctx, moment, slices.Concat(flags, []string{image}))
}

// Shell runs a command in a container of an image with the image's sh, and takes the
// container away. It ends when the command does, or when limit is over.
func (b Builder) Shell(ctx context.Context, image, command string, limit time.Duration, flags ...string) (Outcome, error) {
	o, err := b.watch(ctx, limit, slices.Concat(flags, []string{"--entrypoint", "sh", image, "-c", command}))
	if o.Running {
		o = Outcome{TimedOut: limit}
	}
	return o, err
}

// watch runs a container until it ends or the time is over, and takes it away with the
// volumes that were made for it.
func (b Builder) watch(ctx context.Context, limit time.Duration, words []string) (Outcome, error) {
	if ctx.Err() != nil {
		return Outcome{}, context.Cause(ctx)
	}
	// The name is ours, so that the container can be taken away also where it was made
	// and could not be started: then nothing says its id.
	id := "tare-try-" + strings.ToLower(rand.Text())
	defer func() { _, _ = b.finish(ctx, removal, "rm", "-f", "-v", id) }()
	// An interrupt waits until the container is there: the engine would go on making one
	// that it was told to take away before it had it.
	if _, err := b.finish(ctx, creation, slices.Concat([]string{"run", "-d", "--name", id}, words)...); err != nil {
		var engine *engineError
		switch {
		case ctx.Err() != nil:
			return Outcome{}, context.Cause(ctx)
		case errors.Is(err, context.DeadlineExceeded):
			return Outcome{}, fmt.Errorf("%s run did not start the container within %g minutes", b.Program, creation.Minutes())
		case errors.As(err, &engine) && (engine.code == 126 || engine.code == 127):
			return Outcome{Code: engine.code, Said: engine.said}, nil
		}
		return Outcome{}, err
	}
	for deadline := time.Now().Add(limit); ; {
		o, err := b.look(ctx, id)
		if err != nil || !o.Running || time.Now().After(deadline) {
			return o, err
		}
		select {
		case <-ctx.Done():
			return Outcome{}, context.Cause(ctx)
		case <-time.After(glance):
		}
	}
}

// look returns how a container is doing.
func (b Builder) look(ctx context.Context, id string) (Outcome, error) {
	state, err := b.output(ctx, "inspect", "-f", "{{.State.Running}} {{.State.ExitCode}}", id)
	if err != nil {
		return Outcome{}, err
	}
	running, code, _ := strings.Cut(state, " ")
	if running == "true" {
		return Outcome{Running: true}, nil
	}
	n, err := strconv.Atoi(code)
	if err != nil {
		return Outcome{}, fmt.Errorf("%s inspect: %q is no state of a container", b.Program, state)
	}
	return Outcome{Code: n, Said: b.lastLog(ctx, id)}, nil
}

// Images returns the ids of the images that the builder has. RemoveImage takes the set.
func (b Builder) Images(ctx context.Context) (map[string]bool, error) {
	ids, err := b.output(ctx, "images", "-q", "--no-trunc")
	had := make(map[string]bool)
	for _, id := range strings.Fields(ids) {
		had[strings.TrimPrefix(id, "sha256:")] = true
	}
	return had, err
}

// RemoveImage takes an image away that was built, also after ctx has ended. What was
// there before stays: a build whose steps are all known gives the very image that
// somebody has, and so does one that somebody has given a name meanwhile. That it cannot
// take the image away is no error: another may stand on it.
func (b Builder) RemoveImage(ctx context.Context, id string, had map[string]bool) {
	if had[strings.TrimPrefix(id, "sha256:")] {
		return
	}
	if names, err := b.finish(ctx, removal, "inspect", "-f", "{{len .RepoTags}}", id); err == nil && names == "0" {
		_, _ = b.finish(ctx, removal, "rmi", id)
	}
}

// finish is output for a call that is not left half done: it goes on when ctx ends, for
// as long as it may take.
func (b Builder) finish(ctx context.Context, limit time.Duration, words ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	return b.output(ctx, words...)
}

// lastLog returns the last line that a container wrote.
func (b Builder) lastLog(ctx context.Context, id string) string {
	tail := Tail{}
	c := b.command(ctx, "logs", "--tail", "1", id)
	c.SysProcAttr = apart
	c.Stdout, c.Stderr = &tail, &tail
	_ = c.Run()
	return tail.Last()
}

// engineError is a call of the program that ended with an exit code.
type engineError struct {
	words string
	code  int
	said  string
}

func (e *engineError) Error() string {
	return fmt.Sprintf("%s failed (%s): %s", e.words, Ended(e.code), e.said)
}

// output returns what a call writes to standard output, without blanks around it. With
// an error it is what was written until then. Only ctx ends a call, not a Ctrl+C that the
// terminal sends to all that run in it.
func (b Builder) output(ctx context.Context, words ...string) (string, error) {
	var out, tail Tail
	c := b.command(ctx, words...)
	c.SysProcAttr = apart
	c.Stdout, c.Stderr = &out, &tail
	err := c.Run()
	text := string(bytes.TrimSpace(out.kept))
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return text, context.Cause(ctx)
	case errors.As(err, &exit):
		said := tail.Last()
		if said == "" {
			said = out.Last()
		}
		return text, &engineError{b.Program + " " + words[0], exit.ExitCode(), said}
	}
	return text, err
}
