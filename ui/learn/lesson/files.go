package lesson

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/tare-oci/tare/analyze/replay"
	"github.com/tare-oci/tare/ui/display"
)

const settingsFile = "lesson.yaml"

// maxFile is how many bytes a file of a lesson may have; people have to read it.
const maxFile = 256 << 10

// inDirectory adds the directory to the file name in an error.
func inDirectory(dir string, err error) error {
	var bad *Error
	if !errors.As(err, &bad) {
		return err
	}
	e := *bad
	e.File = path.Join(dir, e.File)
	return &e
}

func readText(dir fs.FS, name string) (string, error) {
	info, err := fs.Stat(dir, name)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return "", &Error{File: name, What: "it cannot be read: " + plain(err)}
	case errors.Is(err, fs.ErrNotExist):
		return "", &Error{File: name, What: "the lesson has no such file"}
	case !info.Mode().IsRegular():
		return "", &Error{File: name, What: "it is not a file"}
	case info.Size() > maxFile:
		return "", &Error{File: name, What: fmt.Sprintf("it is larger than %d kB", maxFile>>10)}
	}
	b, err := fs.ReadFile(dir, name)
	if err != nil {
		return "", err
	}
	if !utf8.Valid(b) {
		return "", &Error{File: name, What: "it is not UTF-8"}
	}
	text := strings.ReplaceAll(string(b), "\r\n", "\n")
	for i, line := range strings.Split(text, "\n") {
		if hidden(line) {
			return "", &Error{File: name, Line: i + 1, What: "it holds a control character"}
		}
	}
	return text, nil
}

// plain returns an error without the system call and the path in front of it.
func plain(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// hidden reports whether a text contains control characters, which a terminal obeys and a reader cannot see.
func hidden(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r != '\t' && !display.Printable(r) })
}

// readFiles reads the files of a directory that a learner would edit.
func readFiles(dir fs.FS, sub string) (Files, error) {
	entries, err := fs.ReadDir(dir, sub)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &Error{File: sub, What: "the lesson has no such directory"}
	}
	if err != nil {
		return nil, err
	}
	files := Files{}
	for _, e := range entries {
		if files[e.Name()], err = readText(dir, path.Join(sub, e.Name())); err != nil {
			return nil, err
		}
	}
	if _, ok := files[dockerfile]; !ok {
		return nil, &Error{File: sub, What: "it has no Dockerfile"}
	}
	return files, nil
}

// readContext reads the small files of the build context.
func (l *Lesson) readContext(dir fs.FS) error {
	err := fs.WalkDir(dir, "context", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := readText(dir, name)
		if err != nil {
			return err
		}
		l.Context[strings.TrimPrefix(name, "context/")] = replay.File{Body: []byte(text)}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// context is the build context with the files that the learner edits.
func (l *Lesson) context(edited Files) map[string]replay.File {
	all := maps.Clone(l.Context)
	for name, text := range edited {
		all[name] = replay.File{Body: []byte(text)}
	}
	return all
}
