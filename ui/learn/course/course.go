// Package course is the course that comes with tare: one dir a lesson, in the format
// that package lesson describes and that a teacher's own lessons have.
package course

import (
	"embed"
	"sync"

	"github.com/tare-oci/tare/ui/learn/lesson"
)

//go:embed all:[0-9]*
var directories embed.FS

// Lessons are the lessons in their order.
var Lessons = sync.OnceValue(func() []*lesson.Lesson {
	lessons, err := lesson.Course(directories)
	if err != nil {
		panic("course: " + err.Error()) // a test reads them all
	}
	return lessons
})
