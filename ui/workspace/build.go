package workspace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/shell"
	"mvdan.cc/sh/v3/syntax"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/builder"
)

// Command is the line that builds the image anew: the one that built it, where that is
// known, else the usual one for the Dockerfile that is at hand; "" and why not where
// there is neither. It gives the new image a name beside the one on the screen, which
// keeps its own: nobody has decided yet that the new one is to replace it.
func (w *Workspace) Command(r *model.Report) (line string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.opt.Command != "" {
		return beside(w.opt.Command, w.opt.Getenv), nil
	}
	if w.file == "" {
		return "", errors.New(w.lacks)
	}
	program := "docker"
	if r != nil && r.Image.Source == "podman" || exec.Command("docker").Err != nil && exec.Command("podman").Err == nil {
		program = "podman"
	}
	words := []string{program, "build"}
	if r != nil && (r.Image.Source == "docker" || r.Image.Source == "podman") && !strings.Contains(r.Image.Reference, "@") && !strings.HasPrefix(r.Image.Reference, "sha256:") {
		words = append(words, "-t", besideName(withoutTransport(r.Image.Reference)))
	}
	dir := filepath.Dir(w.file)
	context := "."
	if !filepath.IsLocal(w.file) {
		context = dir
	}
	if filepath.Clean(w.file) != filepath.Join(context, "Dockerfile") {
		words = append(words, "-f", w.file)
	}
	return Quote(append(words, context)), nil
}

// withoutTransport is a reference as builders know it.
func withoutTransport(reference string) string {
	for _, prefix := range []string{"docker:", "podman:"} {
		if rest, ok := strings.CutPrefix(reference, prefix); ok {
			return strings.TrimPrefix(rest, "//")
		}
	}
	return reference
}

// beside is a builder's command line with other names for the image; the line itself
// where it names none, or cannot be read.
func beside(line string, getenv func(string) string) string {
	words, err := shell.Fields(line, getenv)
	if err != nil {
		return line
	}
	b, args, ok := builder.Of(words)
	if !ok || builder.TagOf(args) == "" {
		return line
	}
	args = slices.Clone(args)
	for i, arg := range args {
		for _, flag := range []string{"-t", "--tag"} {
			value, joined := strings.CutPrefix(arg, flag+"=")
			switch {
			case arg == flag && i+1 < len(args):
				args[i+1] = besideName(args[i+1])
			case joined:
				args[i] = flag + "=" + besideName(value)
			case flag == "-t" && strings.HasPrefix(arg, flag) && arg != flag:
				args[i] = flag + besideName(arg[len(flag):])
			}
		}
	}
	return Quote(b.Words(args))
}

// besideTag ends the tags of images that are built from the interface.
const besideTag = "tare"

// maxTag is how long a tag may be.
const maxTag = 128

// besideName is a name for an image that is built to be compared with the one of a name.
func besideName(name string) string {
	name, _, _ = strings.Cut(name, "@")
	dir, last := path.Split(name)
	last, tag, _ := strings.Cut(last, ":")
	switch {
	case tag == "" || tag == besideTag:
		tag = besideTag
	case !strings.HasSuffix(tag, "-"+besideTag):
		tag = tag[:min(len(tag), maxTag-len(besideTag)-1)] + "-" + besideTag
	}
	return dir + last + ":" + tag
}

// Name is what a command line calls the image that it builds, "" where it does not say.
func (w *Workspace) Name(line string) string {
	words, err := shell.Fields(line, w.opt.Getenv)
	if err != nil {
		return ""
	}
	_, args, _ := builder.Of(words)
	return builder.TagOf(args)
}

// Quote writes words as a shell reads them.
func Quote(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		text, err := syntax.Quote(word, syntax.LangPOSIX)
		if err != nil {
			text = word // no shell can say it; the builder will
		}
		quoted[i] = text
	}
	return strings.Join(quoted, " ")
}

// Build runs a command line and, where that was a docker build or its like, tells
// Options.Built which image came of it. No shell sees the line; variables are those of
// the environment. What the builder says goes to log.
func (w *Workspace) Build(ctx context.Context, line string, log io.Writer) error {
	words, err := shell.Fields(line, w.opt.Getenv)
	if err != nil {
		return fmt.Errorf("this line cannot be read: %w", err)
	}
	if len(words) == 0 {
		return errors.New("nothing to run")
	}
	b, args, ok := builder.Of(words)
	if !ok {
		return run(ctx, words, log) // the image has the name it had
	}
	b.Apart = true
	id, err := b.Build(ctx, args, nil, log)
	switch {
	case err != nil:
		return err
	case id == "":
		return fmt.Errorf("%s build did not say which image it built", b.Program)
	}
	w.opt.Built(b.Transport + cmp.Or(builder.TagOf(args), id))
	return nil
}

// run runs a program. When ctx is cancelled it gets an interrupt, so that it can clean up.
func run(ctx context.Context, words []string, log io.Writer) error {
	c := exec.CommandContext(ctx, words[0], words[1:]...)
	c.Stdout, c.Stderr = log, log
	err := builder.RunApart(ctx, c)
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, exec.ErrNotFound):
		return fmt.Errorf("%s is not installed", words[0])
	case errors.As(err, &exit):
		return fmt.Errorf("%s failed (%s)", strings.Join(words[:min(len(words), 2)], " "), builder.Ended(exit.ExitCode()))
	}
	return err
}
