// Package course holds the lessons that come with tare, each in a directory of its own. Their
// format is the one that teachers use for their own lessons; package lesson describes it.
package course

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"

	"github.com/tare-oci/tare/ui/learn/lesson"
)

//go:embed all:[0-9]*
var directories embed.FS

//go:embed all:template
var template embed.FS

// Lessons returns the lessons in the order in which they are taught.
var Lessons = sync.OnceValue(func() []*lesson.Lesson {
	lessons, err := lesson.Course(directories)
	if err != nil {
		panic("course: " + err.Error()) // a test reads them all
	}
	return lessons
})

// Write writes a small lesson with comments into a new directory, as a start for a teacher. It
// fails if the directory exists.
func Write(dir string) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%s is there already; name a directory that is not", dir)
		}
		return fmt.Errorf("making a lesson: %w", err)
	}
	return fs.WalkDir(template, "template", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "template" {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(path.Clean(name[len("template/"):])))
		if d.IsDir() {
			return os.Mkdir(to, 0o755)
		}
		text, err := template.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(to, text, 0o644)
	})
}
