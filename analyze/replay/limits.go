package replay

import (
	"context"
	"runtime/metrics"
	"time"
)

// Limits on one RUN, against scripts that never end.
const (
	maxCalls = 4000
	maxTime  = 20 * time.Second
	// maxWait is the same where somebody waits for the replay, and maxAll for all RUNs
	// together.
	maxWait = 2 * time.Second
	maxAll  = 6 * time.Second
	// maxHeap is how many bytes the program may grow by while a script runs: a variable
	// that doubles itself thirty times is ten gigabytes. Garbage counts, and whatever
	// else runs meanwhile.
	maxHeap = 1 << 30
	// maxValue is how long a value of ARG and ENV may be, in bytes.
	maxValue = 64 << 10
)

// watchHeap stops a script that takes too much memory. The interpreter looks at its
// context between two commands.
func watchHeap(ctx context.Context, stop context.CancelFunc) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	before := heap()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if heap() > before+maxHeap {
				stop()
				return
			}
		}
	}
}

// heap is how many bytes the program's objects have, those that are garbage included.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
