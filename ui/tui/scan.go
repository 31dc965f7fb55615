package tui

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/model"
)

// Analyze is the work behind the interface. It reports its progress from a
// goroutine of its own, and when its context is cancelled it returns what it
// knows, marked as partial.
type Analyze func(ctx context.Context, progress func(analyze.Event)) (*model.Report, error)

// frameTime is how often progress is drawn at most.
const frameTime = 40 * time.Millisecond

// eventMsg is the latest event of the analysis, with when it came.
type eventMsg struct {
	analyze.Event
	at time.Time
}

// doneMsg ends the analysis.
type doneMsg struct {
	report *model.Report
	err    error
}

// scan runs an analysis in the background. Events go through a mailbox that
// holds only the latest one, so a fast analysis never waits for the screen and
// a slow screen never falls behind.
type scan struct {
	analyze Analyze
	parent  context.Context // of the whole interface
	ctx     context.Context
	stop    context.CancelFunc
	ended   chan struct{} // closed when analyze has returned
	begun   sync.Once
	before  *model.Report // of an image that is read again; nil otherwise

	mu     sync.Mutex
	latest analyze.Event
	mail   chan struct{} // holds a token while latest is unread
}

func newScan(ctx context.Context, work Analyze) *scan {
	s := &scan{analyze: work, parent: ctx, ended: make(chan struct{}), mail: make(chan struct{}, 1)}
	s.ctx, s.stop = context.WithCancel(ctx)
	return s
}

// run is the command that does the analysis.
func (s *scan) run() tea.Msg {
	var done doneMsg
	s.begun.Do(func() {
		defer close(s.ended)
		done.report, done.err = s.analyze(s.ctx, s.post)
	})
	return done
}

// post puts an event into the mailbox. If the event before had a report that was not read yet, the
// report stays in the mailbox until a newer one comes.
func (s *scan) post(event analyze.Event) {
	s.mu.Lock()
	if event.Report == nil {
		event.Report = s.latest.Report
	}
	s.latest = event
	s.mu.Unlock()
	select {
	case s.mail <- struct{}{}:
	default:
	}
}

// next is the command that waits for an event.
func (s *scan) next() tea.Msg {
	select {
	case <-s.ended:
		return nil
	case <-s.mail:
	}
	s.mu.Lock()
	event := s.latest
	s.latest.Report = nil
	s.mu.Unlock()
	return eventMsg{event, time.Now()}
}

// later is next, but not before a frame's time has passed.
func (s *scan) later() tea.Msg {
	select {
	case <-s.ended:
		return nil
	case <-time.After(frameTime):
		return s.next()
	}
}

// wait waits until the analysis has cleaned up after itself, but at most cleanupTime.
func (s *scan) wait(limit time.Duration) {
	s.begun.Do(func() { close(s.ended) }) // it may never have begun
	select {
	case <-s.ended:
	case <-time.After(limit):
	}
}
