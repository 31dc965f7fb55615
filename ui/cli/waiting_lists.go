package cli

import (
	"fmt"
	"sync"
	"time"

	"github.com/tare-oci/tare/ui/tui/lists"
)

// waitShown is how long something may take before lists say what they wait for.
const waitShown = 2 * time.Second

// listTeller hands over to lists what is known while more is found out. Somebody who waits for a
// registry sees which, and for how long. It is safe for concurrent use.
type listTeller struct {
	tell func(lists.Screen)
	over chan struct{}
	done chan struct{}

	mu       sync.Mutex
	screen   lists.Screen
	busy, on string // what is being done, and for what it waits
	since    time.Time
	fresh    bool // the screen is one that was not told
}

// newListTeller begins to tell. The caller calls close before it tells anything itself.
func newListTeller(tell func(lists.Screen)) *listTeller {
	l := &listTeller{tell: tell, over: make(chan struct{}), done: make(chan struct{})}
	go l.run()
	return l
}

func (l *listTeller) close() {
	close(l.over)
	<-l.done
}

// show takes lists that are known now.
func (l *listTeller) show(s lists.Screen) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.screen, l.fresh = s, true
}

// say takes what is being done, "reading manifests, 3 of 12", and what that waits for, "" for nothing
// that has a name.
func (l *listTeller) say(busy, on string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if busy != l.busy || on != l.on {
		l.busy, l.on, l.since, l.fresh = busy, on, time.Now(), true
	}
}

// run tells what is new, a few times a second, and how long it has waited, once a second.
func (l *listTeller) run() {
	defer close(l.done)
	tick := time.NewTicker(retold)
	defer tick.Stop()
	told := ""
	for {
		select {
		case <-l.over:
			return
		case now := <-tick.C:
			if s, fresh := l.at(now); fresh || s.Busy != told {
				told = s.Busy
				l.tell(s)
			}
		}
	}
}

// at is the screen at a moment, and whether there is something new on it beside how long it waits.
func (l *listTeller) at(now time.Time) (lists.Screen, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, fresh := l.screen, l.fresh
	l.fresh, s.Busy = false, l.busy
	if waited := now.Sub(l.since); waited >= waitShown && l.busy != "" {
		s.Busy += fmt.Sprintf(", waiting for %d s", int(waited.Seconds()))
		if l.on != "" {
			s.Busy += " for " + l.on
		}
	}
	return s, fresh
}
