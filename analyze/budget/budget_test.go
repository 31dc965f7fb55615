package budget

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

// TestLimits reaches the limit of every resource, and passes it, for an image of
// which nothing was read and for one of 1,000 bytes.
func TestLimits(t *testing.T) {
	for r, says := range map[Resource]string{
		Memory:    "the memory for the image's entries, names and package databases is over tare's limit of 192 MiB and 3 bytes for each byte of its layers",
		Decoded:   "the size of the image's layers, decompressed and looked into, is over tare's limit of 12 GiB and 64 bytes for each byte of its layers",
		Paths:     "the length of the image's paths and extended headers is over tare's limit of 512 MiB and 8 bytes for each byte of its layers",
		Databases: "what tare reads to find the image's packages, after each layer, is over tare's limit of 1 GiB and 64 bytes for each byte of its layers",
	} {
		for _, read := range []int64{0, 1000} {
			b := New(nil)
			b.Read(read)
			most := map[Resource]int64{Memory: 192<<20 + 3*read, Decoded: 12<<30 + 64*read, Paths: 512<<20 + 8*read, Databases: 1<<30 + 64*read}[r]
			if err := b.Take(r, most); err != nil {
				t.Errorf("just within: %v", err)
			}
			if err := b.Take(r, 1); err == nil || err.Error() != says {
				t.Errorf("just beyond: %v, want %q", err, says)
			}
			for other := range resources {
				if !errors.As(b.Take(other, 1), new(*Error)) {
					t.Error("after a limit was passed, others may go on")
				}
			}
		}
	}
}

// TestGiveBack: what was given back can be taken again.
func TestGiveBack(t *testing.T) {
	b := New(nil)
	for range 10 {
		if err := b.Take(Memory, 100<<20); err != nil {
			t.Fatal(err)
		}
		if err := b.Take(Memory, -100<<20); err != nil {
			t.Fatal(err)
		}
	}
	if taken := b.Taken(Memory); taken != 0 {
		t.Errorf("%d bytes are taken", taken)
	}
}

// TestSharedByMany: those who take at the same time pass the limit together.
func TestSharedByMany(t *testing.T) {
	b := New(nil)
	var wg sync.WaitGroup
	failed := make(chan error, 8)
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				if err := b.Take(Memory, 32<<10); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	wg.Wait()
	if len(failed) == 0 || b.Broken() == nil {
		t.Error("eight times 32 MB are within 192 MiB")
	}
}

func TestNilHasNoLimits(t *testing.T) {
	var b *Budget
	b.Read(1)
	if err := b.Take(Decoded, 1<<60); err != nil || b.Broken() != nil || b.Taken(Decoded) != 0 {
		t.Error(err)
	}
	release, err := b.Window(t.Context(), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	release()
}

// TestAllow: the caller learns how much memory the image may take.
func TestAllow(t *testing.T) {
	var told []int64
	b := New(func(n int64) { told = append(told, n) })
	b.Read(tellAfter - 1)
	b.Read(1)
	if len(told) != 2 || told[0] != 192<<20 || told[1] != 192<<20+3*tellAfter {
		t.Errorf("told %d", told)
	}
}

// TestWindows: decoders wait for each other's large windows, not for small ones,
// and no longer than their context.
func TestWindows(t *testing.T) {
	b := New(nil)
	first, err := b.Window(t.Context(), 2<<30)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Window(t.Context(), smallWindow); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := b.Window(ctx, smallWindow+1); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a second large window: %v", err)
	}
	waiting := make(chan error)
	go func() {
		release, err := b.Window(t.Context(), MaxWindow)
		if err == nil {
			release()
		}
		waiting <- err
	}()
	first()
	if err := <-waiting; err != nil {
		t.Error(err)
	}
	if taken := b.Taken(Memory); taken != 0 {
		t.Errorf("%d bytes are taken", taken)
	}
}
