// Package lesson reads the lessons of a course and judges what a learner makes of them. A lesson is
// a directory of plain files, whether it comes with tare or from a teacher:
//
//	lesson.yaml       title, questions, checks, hints: see the fields of Lesson
//	text.md           the text that the learner reads, with figures in braces: see Figures
//	start/            what the learner edits: Dockerfile, and .dockerignore where it matters
//	solution/         the same files as an expert would write them, shown after the learner has solved it
//	wrong/NAME/       mistakes that people really make, and the check that each must fail
//	context/          small files of the build context
//
// A lesson contains no image: Judge replays the learner's Dockerfile in memory (package replay)
// and analyses the result as tare analyses any other image. So every figure is counted, both of
// the image that the lesson starts with and of the learner's.
package lesson

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"

	"github.com/tare-oci/tare/analyze/replay"
)

// Lesson is one lesson. It does not change after it has been read, so any number of goroutines
// may use it.
type Lesson struct {
	Name    string // of its directory: 01-layers
	Title   string
	Minutes int    // that a newcomer needs
	Text    string // Markdown, with figures in braces
	Look    []Question
	Checks  []Check
	Hints   []string // on the edit; three at least, each tells more than the one before
	Par     int64    // bytes: the size that golf is played against; 0 for none
	Rules   []string // ids of rules to read after it
	Topics  []string // what tare explain calls what it teaches
	MadeUp  string   // why no engine can build it; "" where one can

	Start    Files // what the learner begins with
	Solution Files
	Wrong    []Wrong
	Context  map[string]replay.File // the files of the build context that nobody edits

	where map[string]int // lines of lesson.yaml, for errors
}

// Files are the files that a learner edits, by name; Dockerfile is one of them.
type Files map[string]string

// Names are the names of the files, the Dockerfile first.
func (f Files) Names() []string {
	names := slices.Sorted(maps.Keys(f))
	slices.SortStableFunc(names, func(a, b string) int {
		switch {
		case a == dockerfile:
			return -1
		case b == dockerfile:
			return 1
		}
		return 0
	})
	return names
}

const dockerfile = "Dockerfile"

// Question asks the learner to find something in the interface.
type Question struct {
	Ask     string
	Answer  Answer
	Hints   []string // as those of the lesson
	Because string   // told after the right answer
	Else    string   // told after a wrong one
}

// Wrong is a wrong solution, with the check that it fails.
type Wrong struct {
	Name  string
	Files Files
	Fails string // id of the check that must be the first to fail
}

// Error is what is wrong with a lesson, with the file of its directory and the line.
type Error struct {
	File string
	Line int // 0 where no line is to blame
	What string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.File, e.What)
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.What)
}

// Read reads the lesson in a directory. The error is an *[Error], unless the directory cannot be
// read. Read checks that nothing is missing; [Prove] checks that what the lesson says is true.
func Read(dir fs.FS, name string) (*Lesson, error) {
	l := &Lesson{Name: name, Context: map[string]replay.File{}}
	text, err := readText(dir, "text.md")
	if err != nil {
		return nil, err
	}
	l.Text = text
	if l.Start, err = readFiles(dir, "start"); err != nil {
		return nil, err
	}
	if l.Solution, err = readFiles(dir, "solution"); err != nil {
		return nil, err
	}
	if err := l.readContext(dir); err != nil {
		return nil, err
	}
	settings, err := readText(dir, settingsFile)
	if err != nil {
		return nil, err
	}
	if err := l.readSettings(settings); err != nil {
		return nil, err
	}
	for i := range l.Wrong {
		w := &l.Wrong[i]
		if w.Files, err = readFiles(dir, path.Join("wrong", w.Name)); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// Course reads the lessons in a directory, in the order of their directories' names.
func Course(dir fs.FS) ([]*Lesson, error) {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, err
	}
	var lessons []*Lesson
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		dir, err := fs.Sub(dir, e.Name())
		if err != nil {
			return nil, err
		}
		l, err := Read(dir, e.Name())
		if err != nil {
			return nil, inDirectory(e.Name(), err)
		}
		lessons = append(lessons, l)
	}
	if len(lessons) == 0 {
		return nil, &Error{File: ".", What: "there is no directory with a lesson; tare learn new DIR makes one"}
	}
	return lessons, nil
}
