// Package session keeps track of a learner at work: which lesson is open, the files that are
// edited, the last verdict, the next hint. The screen, the plain prompt and the single commands all
// show a session, and leave every decision to it.
//
// The files are in a directory of the learner's, so that any editor can be used, and stay there
// when tare ends.
package session

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tare-oci/tare/analyze/atomicfile"
	"github.com/tare-oci/tare/ui/gate"
	"github.com/tare-oci/tare/ui/learn/lesson"
	"github.com/tare-oci/tare/ui/learn/progress"
)

// Session is a learner's way through a course. It is for one goroutine.
type Session struct {
	Lessons  []*lesson.Lesson
	Progress *progress.Progress

	dir string // the learner's files lie below it, in a directory a lesson
	now func() time.Time

	at      int
	story   lesson.Figures
	hints   int // that were given on the edit of this lesson
	asked   int // that were given on the question that is open
	answers int // questions of this lesson that are answered
	undo    []lesson.Files
	verdict *lesson.Verdict
}

// Options say where a session keeps the learner's files and what time it is.
type Options struct {
	Dir string
	Now func() time.Time // nil is time.Now
}

// New returns a session in which no lesson is open yet.
func New(lessons []*lesson.Lesson, p *progress.Progress, o Options) *Session {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Session{Lessons: lessons, Progress: p, dir: o.Dir, now: o.Now, at: -1}
}

// Next returns the lesson to begin with: the one that was open last, else the first that is not
// solved.
func (s *Session) Next() int {
	for i, l := range s.Lessons {
		if l.Name == s.Progress.At && s.Progress.Lessons[l.Name].Solved == nil {
			return i
		}
	}
	for i, l := range s.Lessons {
		if s.Progress.Lessons[l.Name].Solved == nil {
			return i
		}
	}
	return 0
}

// Enter opens a lesson. It writes the lesson's files into the learner's directory, except for those
// that are there already: these hold the learner's work.
func (s *Session) Enter(ctx context.Context, i int) error {
	l := s.Lessons[i]
	story, err := lesson.Story(ctx, l)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.Dir(l), 0o755); err != nil {
		return fmt.Errorf("making a directory for the lesson: %w", err)
	}
	atomicfile.RemoveLeftovers(s.Dir(l), halfWritten)
	for _, name := range l.Start.Names() {
		err := atomicfile.CreateWhole(s.file(l, name), 0o644, []byte(l.Start[name]))
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("writing the lesson's files: %w", err)
		}
	}
	kept := s.Progress.Lessons[l.Name]
	s.at, s.story, s.undo, s.verdict = i, story, nil, nil
	s.hints, s.asked, s.answers = 0, 0, min(kept.Answers, len(l.Look))
	return s.Progress.Enter(l.Name)
}

// halfWritten is for how long nobody has written to a temporary file whose writer was
// killed; writing one takes milliseconds.
const halfWritten = 2 * time.Second

// Lesson is the lesson that is open.
func (s *Session) Lesson() *lesson.Lesson { return s.Lessons[s.at] }

// At is the number of the lesson that is open, from 0.
func (s *Session) At() int { return s.at }

// Dir is the directory of a lesson's files.
func (s *Session) Dir(l *lesson.Lesson) string { return filepath.Join(s.dir, l.Name) }

// File is where the lesson's file of a name lies.
func (s *Session) File(name string) string { return s.file(s.Lesson(), name) }

func (s *Session) file(l *lesson.Lesson, name string) string {
	return filepath.Join(s.Dir(l), name)
}

// Fill fills the figures into a text of the lesson that is open.
func (s *Session) Fill(text string) string {
	filled, err := s.story.Fill(text)
	if err != nil {
		return text // a teacher's lesson that was not proved
	}
	return filled
}

// StartSize is how many bytes the image has that the lesson begins with.
func (s *Session) StartSize() int64 { return s.story.StartSize() }

// maxEdited bounds a file that the learner edits, in bytes.
const maxEdited = 256 << 10

// Files reads the learner's files. If the learner deleted one, its text is that of the start.
func (s *Session) Files() (lesson.Files, error) {
	files := lesson.Files{}
	for _, name := range s.Lesson().Start.Names() {
		info, err := os.Stat(s.File(name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			files[name] = s.Lesson().Start[name]
			continue
		case err != nil:
			return nil, fmt.Errorf("reading what you wrote: %w", err)
		case info.Size() > maxEdited || !info.Mode().IsRegular():
			return nil, fmt.Errorf("%s is no file of a lesson; type reset to begin again", s.File(name))
		}
		b, err := os.ReadFile(s.File(name))
		if err != nil {
			return nil, fmt.Errorf("reading what you wrote: %w", err)
		}
		files[name] = string(b)
	}
	return files, nil
}

// Write replaces the learner's files, and lets Undo bring the old ones back.
func (s *Session) Write(files lesson.Files) error {
	old, err := s.Files()
	if err != nil {
		return err
	}
	if err := s.put(files); err != nil {
		return err
	}
	s.undo = append(s.undo, old)
	return nil
}

func (s *Session) put(files lesson.Files) error {
	for _, name := range files.Names() {
		err := atomicfile.Write(s.File(name), atomicfile.Options{Perm: 0o644, Keep: true}, func(f *os.File) error {
			_, err := f.WriteString(files[name])
			return err
		})
		if err != nil {
			return fmt.Errorf("writing %s: %w", s.File(name), err)
		}
	}
	return nil
}

// Keep writes text from tare's own editor. Undo does not cover it, since the editor has its own.
func (s *Session) Keep(files lesson.Files) error { return s.put(files) }

// Reset restores the files that the lesson starts with, even if something other than a file has
// their name.
func (s *Session) Reset() error {
	for name := range s.Lesson().Start {
		if info, err := os.Lstat(s.File(name)); err == nil && !info.Mode().IsRegular() {
			if err := os.Remove(s.File(name)); err != nil {
				return fmt.Errorf("beginning the lesson again: %w", err)
			}
		}
	}
	return s.Write(s.Lesson().Start)
}

// Undo brings back the files before the last Write. It reports whether there was one.
func (s *Session) Undo() (bool, error) {
	if len(s.undo) == 0 {
		return false, nil
	}
	last := len(s.undo) - 1
	if err := s.put(s.undo[last]); err != nil {
		return false, err
	}
	s.undo = s.undo[:last]
	return true, nil
}

// Check judges the learner's files as they are now.
func (s *Session) Check(ctx context.Context) (*lesson.Verdict, error) {
	files, err := s.Files()
	if err != nil {
		return nil, err
	}
	v, err := lesson.Judge(ctx, s.Lesson(), files)
	if err != nil {
		return nil, err
	}
	return v, s.Took(v)
}

// Took records a verdict on the learner's files.
func (s *Session) Took(v *lesson.Verdict) error {
	s.verdict = v
	if !s.Solved() {
		return nil
	}
	return s.Progress.Change(s.Lesson().Name, func(l *progress.Lesson) {
		if l.Solved == nil {
			when := s.now().UTC().Truncate(time.Second)
			l.Solved = &when
		}
		if size := v.Figures.Size(); l.Best == 0 || size < l.Best {
			l.Best = size
		}
	})
}

// Solved reports whether the lesson is solved: its questions are answered, and the
// last verdict passed.
func (s *Session) Solved() bool {
	return s.verdict != nil && s.verdict.Passed() && s.Question() == nil
}

// Verdict is the last verdict; nil before the first.
func (s *Session) Verdict() *lesson.Verdict { return s.verdict }

// Question is the question that the learner answers next; nil once all are answered.
func (s *Session) Question() *lesson.Question {
	if look := s.Lesson().Look; s.answers < len(look) {
		return &look[s.answers]
	}
	return nil
}

// Answer takes the learner's answer to the question. It returns whether the answer is right, and a
// sentence for the learner.
func (s *Session) Answer(given string) (right bool, say string, err error) {
	q := s.Question()
	if q == nil {
		return false, "", nil
	}
	if !q.Answer.Right(given, s.story, gate.ParseBytes) {
		return false, s.Fill(q.Else), nil
	}
	s.answers++
	s.asked = 0
	err = s.Progress.Change(s.Lesson().Name, func(l *progress.Lesson) { l.Answers = max(l.Answers, s.answers) })
	if err == nil && s.verdict != nil {
		err = s.Took(s.verdict)
	}
	return true, s.Fill(q.Because), err
}

// Hint gives the next hint on what is open, a question or the edit, and the last one
// again after that: "Hint 1 of 3: …".
func (s *Session) Hint() (string, error) {
	if q := s.Question(); q != nil {
		return s.hint(q.Hints, &s.asked), nil
	}
	text := s.hint(s.Lesson().Hints, &s.hints)
	return text, s.Progress.Change(s.Lesson().Name, func(l *progress.Lesson) {
		if l.Solved == nil {
			l.Hints = max(l.Hints, s.hints)
		}
	})
}

func (s *Session) hint(hints []string, given *int) string {
	*given = min(*given+1, len(hints))
	return fmt.Sprintf("Hint %d of %d: %s", *given, len(hints), s.Fill(hints[*given-1]))
}

// Solution returns the solution. If the lesson is not solved yet, the progress records that it was shown.
func (s *Session) Solution() (lesson.Files, error) {
	err := s.Progress.Change(s.Lesson().Name, func(l *progress.Lesson) { l.Shown = l.Shown || l.Solved == nil })
	return s.Lesson().Solution, err
}

// Names are the names of the lessons in their order.
func (s *Session) Names() []string {
	var names []string
	for _, l := range s.Lessons {
		names = append(names, l.Name)
	}
	return names
}

// Find returns the index of the lesson that a person names by its number, its whole name or the
// part of the name after the number. It returns -1 if there is no such lesson.
func (s *Session) Find(text string) int {
	return slices.IndexFunc(s.Names(), func(name string) bool {
		number, rest, _ := strings.Cut(name, "-")
		return text == name || text == rest || text == number || "0"+text == number
	})
}

// Achievement returns what the learner's code says.
func (s *Session) Achievement(name string) progress.Achievement {
	a := progress.Achievement{Name: name, Day: s.now().UTC()}
	for _, l := range s.Lessons {
		kept := s.Progress.Lessons[l.Name]
		a.Solved = append(a.Solved, kept.Solved != nil)
		a.Shown = append(a.Shown, kept.Shown)
		a.Exam = kept.Best // of the last lesson
	}
	return a
}
