package faults

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestCrowd: two hundred runs side by side on one cache, which starts empty, all
// give the right answer, and the cache holds.
func TestCrowd(t *testing.T) {
	needFaults(t)
	runs, together := 200, 25
	if testing.Short() {
		runs = 40
	}
	_, reference := serve(t)
	right := healthy(t, reference)
	w := newWorld(t)
	var wg sync.WaitGroup
	var good atomic.Int64
	places := make(chan struct{}, together)
	for range runs {
		wg.Add(1)
		places <- struct{}{}
		go func() {
			defer wg.Done()
			defer func() { <-places }()
			if r := w.run(2*time.Minute, reference, "-o", "json"); r.code == 0 && r.out == right && r.complaint == "" {
				good.Add(1)
			} else {
				t.Errorf("exit code %d, %d bytes: %s", r.code, len(r.out), r.complaint)
			}
		}()
	}
	wg.Wait()
	w.left()
	if int(good.Load()) != runs {
		t.Errorf("%d of %d were right", good.Load(), runs)
	}
	table.add(t, "many runs on one cache", "25 at a time, the cache empty at first", runs, "the right answer")
}
