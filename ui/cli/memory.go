package cli

import (
	"os"
	"runtime/debug"
	"sync"
)

// collectorRoom is what the program takes beside what an image's budget counts:
// itself, buffers, and what is garbage but not collected yet.
const collectorRoom = 72 << 20

var memory struct {
	mu    sync.Mutex
	limit int64
}

// mayTake tells the garbage collector how much memory an image may take, so that
// it does not let the program grow to twice of that. The limit is soft and never
// falls. One that the user sets stands.
func mayTake(bytes int64) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	memory.mu.Lock()
	defer memory.mu.Unlock()
	if limit := bytes + collectorRoom; limit > memory.limit {
		memory.limit = limit
		debug.SetMemoryLimit(limit)
	}
}
