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
	Running bool   // it still ran when the moment was over
	Code    int    // its exit code where it does not run
	Said    string // the last line that it wrote, "" where there is none
}

// Same reports whether two containers did the same: both run, or both ended with one
// exit code.
func (o Outcome) Same(other Outcome) bool {
	return o.Running == other.Running && (o.Running || o.Code == other.Code)
}

func (o Outcome) String() string {
	switch {
	case o.Running:
		return "runs"
	case o.Said == "":
		return fmt.Sprintf("ends with exit code %d", o.Code)
	}
	return fmt.Sprintf("ends with exit code %d: %s", o.Code, o.Said)
}

// removal is how long taking away a container or an image may take.
const removal = 30 * time.Second

// Start runs a container of an image with the image's own command, for a moment at most,
// and takes the container away. flags stand before the image, such as a network.
func (b Builder) Start(ctx context.Context, image string, moment time.Duration, flags ...string) (Outcome, error) {
	// The name is ours, so that the container can be taken away also where it was made
	// and could not be started: then nothing says its id.
	id := "tare-try-" + strings.ToLower(rand.Text())
	defer b.remove(ctx, "rm", "-f", id)
	words := slices.Concat([]string{"run", "-d", "--name", id}, flags, []string{image})
	if _, err := b.output(ctx, words...); err != nil {
		var engine *engineError
		if errors.As(err, &engine) && (engine.code == 126 || engine.code == 127) {
			return Outcome{Code: engine.code, Said: engine.said}, nil
		}
		return Outcome{}, err
	}
	for deadline := time.Now().Add(moment); ; {
		state, err := b.output(ctx, "inspect", "-f", "{{.State.Running}} {{.State.ExitCode}}", id)
		if err != nil {
			return Outcome{}, err
		}
		running, code, _ := strings.Cut(state, " ")
		if running != "true" {
			n, err := strconv.Atoi(code)
			if err != nil {
				return Outcome{}, fmt.Errorf("%s inspect: %q is no state of a container", b.Program, state)
			}
			return Outcome{Code: n, Said: b.lastLog(ctx, id)}, nil
		}
		if time.Now().After(deadline) {
			return Outcome{Running: true}, nil
		}
		select {
		case <-ctx.Done():
			return Outcome{}, context.Cause(ctx)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Shell runs a command in a container of an image with the image's sh, and takes the
// container away. It ends when the command does.
func (b Builder) Shell(ctx context.Context, image, command string, flags ...string) (Outcome, error) {
	_, err := b.output(ctx, slices.Concat([]string{"run", "--rm", "--entrypoint", "sh"}, flags, []string{image, "-c", command})...)
	var engine *engineError
	if errors.As(err, &engine) {
		return Outcome{Code: engine.code, Said: engine.said}, nil
	}
	return Outcome{}, err
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
	asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), removal)
	defer cancel()
	if names, err := b.output(asking, "inspect", "-f", "{{len .RepoTags}}", id); err == nil && names == "0" {
		b.remove(ctx, "rmi", id)
	}
}

func (b Builder) remove(ctx context.Context, words ...string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removal)
	defer cancel()
	_, _ = b.output(ctx, words...)
}

// lastLog returns the last line that a container wrote.
func (b Builder) lastLog(ctx context.Context, id string) string {
	tail := Tail{}
	c := b.command(ctx, "logs", "--tail", "1", id)
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
	return fmt.Sprintf("%s failed (exit %d): %s", e.words, e.code, e.said)
}

// output returns what a call writes to standard output, without blanks around it. With
// an error it is what was written until then.
func (b Builder) output(ctx context.Context, words ...string) (string, error) {
	var out, tail Tail
	c := b.command(ctx, words...)
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
