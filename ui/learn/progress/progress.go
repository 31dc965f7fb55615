// Package progress remembers which lessons a learner has solved, from one day to the next and from
// one version of tare to the next.
//
// It is one JSON file. Lessons are stored by name, so that adding a lesson to the course, or
// removing one, does not change what is known of the others.
package progress

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/tare-oci/tare/analyze/atomicfile"
)

// Lesson is what a learner did in one lesson.
type Lesson struct {
	Solved  *time.Time `json:"solved,omitempty"`  // when first; nil: not yet
	Shown   bool       `json:"shown,omitempty"`   // the solution was looked at before that
	Hints   int        `json:"hints,omitempty"`   // taken
	Answers int        `json:"answers,omitempty"` // questions answered
	Best    int64      `json:"best,omitempty"`    // bytes: the smallest image that passed
}

// Progress is the progress in one course. It is for one goroutine.
type Progress struct {
	Lessons map[string]Lesson `json:"lessons"`
	At      string            `json:"at,omitempty"` // the lesson that is open

	file string // "" keeps nothing
}

// maxFile bounds the file, in bytes.
const maxFile = 1 << 20

// halfWritten is for how long nobody has written to a temporary file whose writer was
// killed; writing one takes milliseconds.
const halfWritten = 2 * time.Second

// Open reads the progress in a file, which need not exist yet. If the file cannot be understood,
// the error says how to start again. If file is "", nothing is written.
func Open(file string) (*Progress, error) {
	p := &Progress{Lessons: map[string]Lesson{}, file: file}
	if file == "" {
		return p, nil
	}
	atomicfile.RemoveLeftovers(filepath.Dir(file), halfWritten)
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading your progress: %w", err)
	}
	if info.Size() > maxFile || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not what tare keeps progress in; tare learn reset starts over", file)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading your progress: %w", err)
	}
	if err := json.Unmarshal(data, p); err != nil {
		return nil, fmt.Errorf("%s cannot be read (%w); tare learn reset starts over", file, err)
	}
	if p.Lessons == nil {
		p.Lessons = map[string]Lesson{}
	}
	return p, nil
}

// Change changes what is known of a lesson and writes the file.
func (p *Progress) Change(lesson string, edit func(*Lesson)) error {
	l := p.Lessons[lesson]
	edit(&l)
	p.Lessons[lesson] = l
	return p.save()
}

// Enter records which lesson is open.
func (p *Progress) Enter(lesson string) error {
	if p.At == lesson {
		return nil
	}
	p.At = lesson
	return p.save()
}

// Forget deletes a progress file, even if it cannot be understood. It is no error if there is no
// file.
func Forget(file string) error {
	if file == "" {
		return nil
	}
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forgetting your progress: %w", err)
	}
	return nil
}

// Solved counts the lessons that are solved among those named.
func (p *Progress) Solved(lessons []string) int {
	n := 0
	for _, name := range lessons {
		if p.Lessons[name].Solved != nil {
			n++
		}
	}
	return n
}

func (p *Progress) save() error {
	if p.file == "" {
		return nil
	}
	data, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(p.file), 0o700); err != nil {
		return fmt.Errorf("keeping your progress: %w", err)
	}
	err = atomicfile.Write(p.file, atomicfile.Options{Perm: 0o600}, func(f *os.File) error {
		_, err := f.Write(append(data, '\n'))
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping your progress: %w", err)
	}
	return nil
}
