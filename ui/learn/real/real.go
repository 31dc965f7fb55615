// Package real builds a learner's files with the engine of this machine, and puts what
// comes of it beside what the replay says.
//
// The build has the lesson's own context and no name: what it made is taken away again.
package real

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/ui/builder"
	"github.com/tare-oci/tare/ui/learn/lesson"
)

// Build builds the files with docker or podman, whichever is installed, and returns both
// images. log gets what the builder says. The error is one line: that there is no
// engine, that the lesson cannot be built, or what the build failed at.
func Build(ctx context.Context, l *lesson.Lesson, files lesson.Files, log io.Writer) (*Both, error) {
	if l.MadeUp != "" {
		return nil, fmt.Errorf("this lesson cannot be built for real: %s", l.MadeUp)
	}
	replayed, err := lesson.Judge(ctx, l, files)
	if err != nil {
		return nil, err
	}
	if replayed.Report == nil {
		return nil, errors.New(replayed.Say())
	}
	b, err := builder.Find("")
	if err != nil {
		return nil, errors.New("neither docker nor podman is installed here; lessons need neither, but a real build does")
	}
	b.Env = []string{"DOCKER_BUILDKIT=1"} // older engines have it, and do not use it unasked
	had, err := b.Images(ctx)
	if err != nil {
		return nil, fmt.Errorf("the engine does not answer: %w", err)
	}
	dir, err := os.MkdirTemp("", "tare-lesson-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := write(dir, l, files); err != nil {
		return nil, fmt.Errorf("writing the build context: %w", err)
	}
	tail := &builder.Tail{}
	id, err := b.Build(ctx, append(secrets(dir, l, files), dir), nil, io.MultiWriter(log, tail))
	defer func() {
		if id != "" {
			b.RemoveImage(ctx, id, had)
		}
	}()
	var failed *builder.FailedError
	switch {
	case ctx.Err() != nil:
		return nil, errors.New("the build was stopped")
	case errors.As(err, &failed):
		return nil, fmt.Errorf("%s build failed: %s", b.Program, tail.Reason())
	case err != nil:
		return nil, err
	case id == "":
		return nil, fmt.Errorf("%s build did not say which image it built", b.Program)
	}
	built, err := analyze.Image(ctx, b.Transport+id, analyze.Options{Dockerfile: filepath.Join(dir, "Dockerfile")})
	if err != nil {
		return nil, err
	}
	return compare(replayed.Report, built), nil
}

// Told is an error of Build as a sentence for the learner.
func Told(err error) string {
	text := "Not built: " + err.Error()
	if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "?") {
		text += "."
	}
	return text
}

// write makes the build context.
func write(dir string, l *lesson.Lesson, files lesson.Files) error {
	for name, f := range l.Context {
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		mode := os.FileMode(0o644)
		if f.Mode != 0 {
			mode = os.FileMode(f.Mode).Perm()
		}
		file, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
		if err != nil {
			return err
		}
		_, err = io.Copy(file, f.Content(name))
		if err := errors.Join(err, file.Close()); err != nil {
			return err
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

var secretMount = regexp.MustCompile(`--mount=\S*type=secret\S*`)

var secretID = regexp.MustCompile(`[=,]id=([A-Za-z0-9._-]+)`)

// secrets are the flags that lend a RUN what its mounts ask for: the lesson's file of that
// name, or an empty one.
func secrets(dir string, l *lesson.Lesson, files lesson.Files) (flags []string) {
	given := map[string]bool{}
	for _, mount := range secretMount.FindAllString(files["Dockerfile"], -1) {
		m := secretID.FindStringSubmatch(mount)
		if m == nil || given[m[1]] {
			continue
		}
		given[m[1]] = true
		from := os.DevNull
		for _, name := range []string{m[1], "." + m[1]} {
			if _, ok := l.Context[name]; ok {
				from = filepath.Join(dir, name)
			}
		}
		flags = append(flags, "--secret", "id="+m[1]+",src="+from)
	}
	return flags
}
