// Package builder runs the program that builds images on this machine: docker, podman or docker
// buildx. It builds an image, starts a container of it for a moment, and removes what it made.
//
//	b, err := builder.Find("docker")
//	id, err := b.Build(ctx, []string{"."}, os.Stdin, os.Stderr)
//
// A Builder holds no state and its methods may run at the same time. Each stops what it runs when
// its context ends.
package builder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// Builder is a program that builds images.
type Builder struct {
	Program   string   // "docker" or "podman"
	Transport string   // how tare names an image of it: "docker:" or "podman:"
	Env       []string // further variables for the program, NAME=VALUE
	Apart     bool     // builds in a process group of its own, as RunApart does
	words     []string // before the user's arguments
}

// grace is how long a program that [RunApart] runs has to clean up after its interrupt. Tests
// shorten it.
var grace = 2 * time.Second

var builders = map[string]Builder{
	"docker": {Program: "docker", Transport: "docker:", words: []string{"build"}},
	"buildx": {Program: "docker", Transport: "docker:", words: []string{"buildx", "build", "--load"}},
	"podman": {Program: "podman", Transport: "podman:", words: []string{"build"}},
}

// Find returns the builder that was asked for by name, for "" the first that is
// installed.
func Find(name string) (Builder, error) {
	if name != "" {
		b, ok := builders[name]
		if !ok {
			return b, fmt.Errorf("--engine %s: it takes docker, podman or buildx", name)
		}
		if _, err := exec.LookPath(b.Program); err != nil {
			return b, fmt.Errorf("--engine %s: %s is not installed", name, b.Program)
		}
		return b, nil
	}
	for _, name := range []string{"docker", "podman"} {
		if b := builders[name]; exec.Command(b.Program).Err == nil {
			return b, nil
		}
	}
	return Builder{}, errors.New("neither docker nor podman is installed; install one, or build the image elsewhere and name it")
}

// Of returns the builder that a command line starts, and its arguments. ok is false
// where the line starts something else.
func Of(words []string) (b Builder, args []string, ok bool) {
	for _, b := range []Builder{{Program: "docker", Transport: "docker:", words: []string{"buildx", "build"}}, builders["docker"], builders["podman"]} {
		begin := b.Words(nil)
		if len(words) >= len(begin) && slices.Equal(words[:len(begin)], begin) {
			return b, words[len(begin):], true
		}
	}
	return Builder{}, nil, false
}

// Words are the command line that builds with the user's arguments.
func (b Builder) Words(args []string) []string {
	return slices.Concat([]string{b.Program}, b.words, args)
}

// FailedError is the error of a build that the builder ran and that failed. What was
// wrong is what the builder has written.
type FailedError struct {
	Program string
	Code    int // its exit code; negative where a signal ended it
}

func (e *FailedError) Error() string {
	return fmt.Sprintf("%s build failed (%s); see what it says above", e.Program, Ended(e.Code))
}

// Ended says how a program ended that failed, by its exit code, which is negative where a signal
// ended it.
func Ended(code int) string {
	if code < 0 {
		return "it was killed"
	}
	return fmt.Sprintf("exit %d", code)
}

// Build builds with the user's arguments and returns the id of what was built, "" where
// the builder did not say. in is what the builder reads, out gets all it writes. An
// interrupt goes to the builder as well, which cleans up.
func (b Builder) Build(ctx context.Context, args []string, in io.Reader, out io.Writer) (id string, err error) {
	dir, err := os.MkdirTemp("", "tare-build-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "id")
	c := b.command(ctx, slices.Concat(b.words, []string{"--iidfile", file}, args)...)
	c.Stdin, c.Stdout, c.Stderr = in, out, out
	if b.Apart {
		err = RunApart(ctx, c)
	} else {
		err = c.Run()
	}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case errors.As(err, &exit):
		return "", &FailedError{b.Program, exit.ExitCode()}
	case err != nil:
		return "", err
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return string(bytes.TrimSpace(text)), err
}

// command prepares a call of the program, which gets an interrupt and ten seconds when
// ctx ends.
func (b Builder) command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, b.Program, args...)
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = 10 * time.Second
	if len(b.Env) > 0 {
		c.Env = append(c.Environ(), b.Env...)
	}
	return c
}

// RunApart runs a command that was made with a context, in a process group of its own. When the
// context ends, the whole group gets an interrupt, and whatever is left of it two seconds later, or when
// the program itself has ended, is killed: nothing goes on after RunApart has returned. A builder's
// own helpers, such as the one of docker buildx, are in that group.
func RunApart(ctx context.Context, c *exec.Cmd) error {
	c.SysProcAttr = apart
	c.Cancel = func() error { return interruptGroup(c.Process) }
	c.WaitDelay = grace
	err := c.Run()
	if ctx.Err() != nil && c.Process != nil {
		killGroup(c.Process)
	}
	return err
}
