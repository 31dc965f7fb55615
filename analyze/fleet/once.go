package fleet

import (
	"context"
	"sync"
)

// claims lets each thing be done once by whoever needs it first, while others that need it wait.
// What failed is tried again by the next. It is safe for concurrent use.
type claims[K comparable] struct {
	mu  sync.Mutex
	all map[K]*claim
}

type claim struct {
	ended chan struct{}
	done  bool // without an error; to be looked at when ended is closed
}

// do does what key stands for, unless it was done. The error is that of this caller's own attempt, or the
// context's.
func (c *claims[K]) do(ctx context.Context, key K, act func() error) error {
	for {
		c.mu.Lock()
		other := c.all[key]
		if other == nil {
			mine := &claim{ended: make(chan struct{})}
			if c.all == nil {
				c.all = make(map[K]*claim)
			}
			c.all[key] = mine
			c.mu.Unlock()
			err := act()
			mine.done = err == nil
			if err != nil {
				c.mu.Lock()
				delete(c.all, key)
				c.mu.Unlock()
			}
			close(mine.ended)
			return err
		}
		c.mu.Unlock()
		select {
		case <-other.ended:
		case <-ctx.Done():
			return ctx.Err()
		}
		if other.done {
			return nil
		}
	}
}
