// Package course is the course that comes with tare: one dir a lesson, in the format
// that package lesson describes and that a teacher's own lessons have.
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

// Lessons are the lessons in their order.
var Lessons = sync.OnceValue(func() []*lesson.Lesson {
	lessons, err := lesson.Course(directories)
	if err != nil {
		panic("course: " + err.Error()) // a test reads them all
	}
	return lessons
})

// Write writes a small lesson with comments, for a teacher to begin with, into a
// directory that must not be there yet.
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
