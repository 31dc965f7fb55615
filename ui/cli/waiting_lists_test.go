package cli

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/tare-oci/tare/ui/tui/lists"
)

// TestListsSayWhatTheyWaitFor: after some seconds a screen names what it waits for, and for how long, and
// something new begins to count anew.
func TestListsSayWhatTheyWaitFor(t *testing.T) {
	l := &listTeller{}
	l.show(lists.Screen{Title: "3 images"})
	l.say("reading manifests, 1 of 3", "slow.example.com/app:1")
	began := l.since
	for _, row := range []struct {
		after time.Duration
		busy  string
		fresh bool
	}{
		{0, "reading manifests, 1 of 3", true}, {time.Second, "reading manifests, 1 of 3", false},
		{12 * time.Second, "reading manifests, 1 of 3, waiting for 12 s for slow.example.com/app:1", false},
	} {
		if s, fresh := l.at(began.Add(row.after)); s.Busy != row.busy || fresh != row.fresh || s.Title != "3 images" {
			t.Errorf("after %v: %q, new %v", row.after, s.Busy, fresh)
		}
	}
	l.say("reading manifests, 2 of 3", "")
	if s, fresh := l.at(l.since.Add(5 * time.Second)); s.Busy != "reading manifests, 2 of 3, waiting for 5 s" || !fresh {
		t.Errorf("%q, new %v", s.Busy, fresh)
	}
	synctest.Test(t, func(t *testing.T) {
		told := make(chan lists.Screen, 8)
		l := newListTeller(func(s lists.Screen) { told <- s })
		l.say("asking", "")
		if s := <-told; s.Busy != "asking" {
			t.Errorf("%q", s.Busy)
		}
		l.close()
	})
}
