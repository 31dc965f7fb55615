package replay

import (
	"context"
	"runtime/metrics"
	"time"
)

// Limits on one RUN, against scripts that never end.
const (
	// maxCalls is how many programs a script may call, and maxCommands how many commands
	// with those of the shell itself, so that a loop without an end ends at the same place
	// on a slow machine.
	maxCalls    = 4000
	maxCommands = 200_000

	maxTime = 20 * time.Second
	// maxWait is the same where somebody waits for the replay, and maxAll for all RUNs
	// together.
	maxWait = 2 * time.Second
	maxAll  = 6 * time.Second
	// maxHeap is how many bytes the program may grow by while a script runs, garbage and
	// whatever else runs meanwhile included: a variable that doubles itself thirty times is
	// ten gigabytes. maxLive is the same of what the last collection found in use, which
	// such a variable reaches first.
	maxHeap = 1 << 30
	maxLive = 128 << 20
	// maxValue is how long a value of ARG and ENV may be, in bytes.
	maxValue = 64 << 10
)

// watchHeap stops a script that takes too much memory. The interpreter looks at its
// context between two commands.
func watchHeap(ctx context.Context, stop context.CancelFunc) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	used, live := heap()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if u, l := heap(); u > used+maxHeap || l > live+maxLive {
				stop()
				return
			}
		}
	}
}

// heap is how many bytes the program's objects have, those that are garbage included, and
// how many were in use at the last collection.
func heap() (used, live uint64) {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64(), samples[1].Value.Uint64()
}
