package act

import (
	"bytes"
	"cmp"
	"context"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

const (
	maxLog    = 64 << 10 // bytes of the builder's words that are kept, the last ones
	frameTime = 100 * time.Millisecond
)

// Build is a running build. Its output goes through a buffer that holds the last lines, so a
// builder that writes much never waits for the screen.
type Build struct {
	Line  string        // the command line
	Name  string        // of the image that it makes, as far as the line says
	Took  time.Duration // up to the last message
	Ended bool
	Err   error

	Stopped bool // by Stop

	space Workspace
	ctx   context.Context
	stop  context.CancelFunc
	begun sync.Once
	over  chan struct{} // closed when the builder has ended

	mu    sync.Mutex
	since time.Time // when it began
	log   []byte
	cut   bool // the log's start is gone
	mail  chan struct{}
}

// NewBuild prepares a build. ctx ends it, as Stop does.
func NewBuild(ctx context.Context, space Workspace, line string) *Build {
	b := &Build{Line: line, Name: cmp.Or(space.Name(line), "the image"), space: space, over: make(chan struct{}), mail: make(chan struct{}, 1)}
	b.ctx, b.stop = context.WithCancel(ctx)
	return b
}

// Stop ends the builder.
func (b *Build) Stop() {
	b.Stopped = true
	b.stop()
}

// leaveTime is how long End waits. A workspace kills a builder earlier that does not clean up.
const leaveTime = 3 * time.Second

// End stops the builder, and waits until it has cleaned up after itself or was killed. It is for
// when the interface has ended, so nothing is built behind the user's back.
func (b *Build) End() {
	if b == nil {
		return
	}
	b.stop()
	b.begun.Do(func() { close(b.over) }) // it may never have begun
	select {
	case <-b.over:
	case <-time.After(leaveTime):
	}
}

// Run is the command that builds.
func (b *Build) Run() (msg tea.Msg) {
	b.begun.Do(func() {
		defer close(b.over)
		defer b.stop()
		begun := time.Now()
		b.mu.Lock()
		b.since = begun
		b.mu.Unlock()
		err := b.space.Build(b.ctx, b.Line, b)
		msg = Built{b, time.Since(begun), err}
	})
	return msg
}

// Next is the command that waits until the builder has said more, or a second has
// passed.
func (b *Build) Next() tea.Msg {
	select {
	case <-b.ctx.Done():
		return nil
	case <-time.After(time.Second):
	case <-b.mail:
	}
	select { // a frame's time is enough for many lines
	case <-b.ctx.Done():
	case <-time.After(frameTime):
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.since.IsZero() {
		return Logged{b, 0}
	}
	return Logged{b, time.Since(b.since)}
}

// Write takes what the builder says.
func (b *Build) Write(p []byte) (int, error) {
	b.mu.Lock()
	b.log = append(b.log, p...)
	if over := len(b.log) - maxLog; over > 0 {
		if end := bytes.IndexByte(b.log[over:], '\n'); end >= 0 {
			over += end + 1
		}
		b.log, b.cut = append(b.log[:0], b.log[over:]...), true
	}
	b.mu.Unlock()
	select {
	case b.mail <- struct{}{}:
	default:
	}
	return len(p), nil
}

// Lines returns the builder's output so far. Of a line that was overwritten, such as a progress
// bar, it has the last state. cut is true if the start of the output was dropped.
func (b *Build) Lines() (lines []string, cut bool) {
	b.mu.Lock()
	text, cut := string(b.log), b.cut
	b.mu.Unlock()
	lines = strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		line = strings.TrimRight(line, "\r")
		lines[i] = line[strings.LastIndexByte(line, '\r')+1:]
	}
	return lines, cut
}
