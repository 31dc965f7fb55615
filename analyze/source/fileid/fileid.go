// Package fileid finds out if a file has changed since it was last read. Its size and its
// time of modification are no proof, because any program can set them. So the package also
// compares the time of change (ctime on Unix, ChangeTime on Windows), which only the system
// sets, whenever something writes to the file.
//
// [Of] returns an identity of a file and its content, under which a cache can store what
// was read. [Watch] and [WatchName] check after a read that nothing was written during it:
//
//	unchanged, err := fileid.Watch(f, "app.tar")
//	…                 // read f
//	err = unchanged() // an error where somebody wrote to f in between
//
// Where a system says too little about its files, Of returns "" and Watch goes by size and
// times.
package fileid

import (
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/tare-oci/tare/analyze/source/usererror"
)

// state is what the system says of an open file. Two snapshots of a file that
// are equal mean that nobody wrote to it between them.
//
// The time of change is the system's own (ctime on Unix, ChangeTime on Windows):
// unlike the time of modification, programs such as cp -p, tar -x and touch -r
// cannot set it.
type state struct {
	place    string // device and inode, or volume and file ID; "" where the system names none
	links    string // how many names the file has; "" where the system does not say
	size     int64
	modified time.Time
	changed  time.Time
}

// location is what placeOf finds out.
type location struct {
	place, links string
	changed      time.Time
}

// The times that a file system stores have steps, and two changes within one
// step look the same. A file whose last change is younger than a step may
// change again without a trace, so its state must not be trusted. (Git calls
// such entries racily clean.)
const (
	// fineStep is above the step of any kernel's clock, which is 10 ms at most. Where the
	// system says how long its own steps are, stepHere knows better.
	fineStep = 20 * time.Millisecond
	// coarseStep is the step of file systems that store whole seconds; FAT's is 2 s.
	coarseStep = 2 * time.Second
	// maxSettling is how often takeState waits for a file to settle.
	maxSettling = 3
)

// takeState looks at an open file. Where the file was changed a moment ago, it
// waits some milliseconds, so that every later change gets another time. settled
// reports whether it does; it does not where somebody goes on writing, where the
// file system stores no more than seconds and the change is of now, and where
// the time of change lies in the future.
func takeState(file *os.File) (s state, settled bool, err error) {
	for range maxSettling {
		info, err := file.Stat()
		if err != nil {
			return s, false, err
		}
		s = stateOf(file, info)
		step, age := s.step(), time.Since(s.changed)
		if age <= step && step == fineStep {
			step = stepHere(file)
		}
		if age > step {
			return s, true, nil
		}
		if step > fineStep || age < -fineStep {
			return s, false, nil
		}
		time.Sleep(step - age + time.Millisecond)
	}
	return s, false, nil
}

// step is the step of the file system's clock, as far as the time shows it.
func (s *state) step() time.Duration {
	if s.changed.Nanosecond()%int(10*time.Millisecond) == 0 {
		return coarseStep
	}
	return fineStep
}

// equal reports whether two snapshots are of the same file with the same content.
func (s state) equal(t state) bool {
	return s.place == t.place && s.size == t.size && s.modified.Equal(t.modified) && s.changed.Equal(t.changed)
}

// stateOf reads a state out of what Stat says.
func stateOf(file *os.File, info fs.FileInfo) state {
	s := state{size: info.Size(), modified: info.ModTime(), changed: info.ModTime()}
	if at, ok := placeOf(file, info); ok {
		s.place, s.links, s.changed = at.place, at.links, at.changed
	}
	return s
}

// Of names an open regular file with the content it has now: whoever
// writes to the file changes its identity, whatever size, inode and time of
// modification they leave. "" where the system does not tell enough, or where the
// last change is so young that another one might not show.
func Of(file *os.File) string {
	if file == nil {
		return ""
	}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	s, settled, err := takeState(file)
	if err != nil || !settled || s.place == "" {
		return ""
	}
	return fmt.Sprintf("%s %d %d %d", s.place, s.size, s.modified.UnixNano(), s.changed.UnixNano())
}

// Watch returns a check that an open file is still what it was when Watch was
// called: whoever writes to an image while it is read gets no figures for a
// mixture. what names the file in the error. The file must be open when the check
// is called.
func Watch(file *os.File, what string) (func() error, error) {
	before, _, err := takeState(file)
	if err != nil {
		return nil, err
	}
	return func() error {
		info, err := file.Stat()
		if err != nil {
			return Unreadable(err)
		}
		now := stateOf(file, info)
		if now.links != before.links {
			// The file got a name or lost one, as when another one was moved into its
			// place, and the time is that of this. What is open stays what it is.
			now.changed = before.changed
		}
		if !now.equal(before) {
			return changedWhileRead(what)
		}
		return nil
	}, nil
}

// WatchName returns a check that open still finds the file that it found when
// WatchName was called, with the content of then: a file moved into its place counts
// as a change, too. file is what open returned at first.
func WatchName(file *os.File, what string, open func() (*os.File, error)) (func() error, error) {
	before, _, err := takeState(file)
	if err != nil {
		return nil, err
	}
	return func() error {
		now, err := open()
		if err != nil {
			return err
		}
		defer now.Close()
		info, err := now.Stat()
		if err != nil {
			return Unreadable(err)
		}
		if !stateOf(now, info).equal(before) {
			return changedWhileRead(what)
		}
		return nil
	}, nil
}

func changedWhileRead(what string) error {
	return &usererror.Error{What: what + " changed while tare was reading it", Next: "wait until it is complete, and try again"}
}
