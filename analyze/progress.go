package analyze

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/model"
)

// progress turns what the analysis does into events. Bytes are counted from many
// goroutines and told at a steady pace.
type progress struct {
	send  func(Event) // nil: nobody listens
	bytes atomic.Int64

	mu    sync.Mutex // one event at a time
	now   Phase
	total int64
	blind bool // a size is unknown, so the total is
	read  int
	mask  redact.Mask // of the image's secrets

	raw, masked []string // texts of instructions, and what the mask made of them
}

// eventPace is how often bytes are told.
const eventPace = 50 * time.Millisecond

func (p *progress) phase(now Phase) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = now
	p.emit(nil)
}

// waits tells that the opening waits for somebody else, until the next phase.
func (p *progress) waits() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now == Opening {
		p.now = Waiting
		p.emit(nil)
	}
}

// arrives tells that the image that was waited for is being sent.
func (p *progress) arrives() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now == Packing {
		p.now = Reading
		p.emit(nil)
	}
}

// expect adds the size of a blob that will be read; below 1 is unknown.
func (p *progress) expect(size int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.blind = p.blind || size <= 0
	p.total += size
}

func (p *progress) add(n int64) { p.bytes.Add(n) }

// left is how many of the expected bytes are still to come.
func (p *progress) left() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.total - p.bytes.Load()
}

// known tells what is known now.
func (p *progress) known(r *model.Report, read int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.read = read
	p.emit(r)
}

// start tells the bytes from time to time, until stop is called.
func (p *progress) start() (stop func()) {
	if p.send == nil {
		return func() {}
	}
	quit, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(eventPace)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				p.mu.Lock()
				p.emit(nil)
				p.mu.Unlock()
			case <-quit:
				return
			}
		}
	}()
	return func() {
		close(quit)
		<-gone
	}
}

// emit sends an event; p.mu is held. The receiver gets a copy of the report that
// the analysis does not write to again.
func (p *progress) emit(r *model.Report) {
	if p.send == nil {
		return
	}
	e := Event{Phase: p.now, Done: p.bytes.Load(), Total: p.total, LayersRead: p.read}
	if p.blind {
		e.Total = 0
	} else if e.Done > e.Total {
		e.Total = e.Done // an engine's word for a size is a guess
	}
	if r != nil {
		snapshot := *r
		snapshot.Partial = true
		snapshot.Notes = slices.Clone(r.Notes)
		snapshot.Layers = slices.Clone(r.Layers)
		snapshot.Instructions = p.instructions(r.Instructions)
		e.Report = &snapshot
	}
	p.send(e)
}

// instructions returns a copy of instructions with their secrets masked. A text is
// looked at once, however many events tell it.
func (p *progress) instructions(in []model.Instruction) []model.Instruction {
	if len(p.raw) != len(in) {
		p.raw, p.masked = make([]string, len(in)), make([]string, len(in))
	}
	out := append([]model.Instruction{}, in...)
	for i := range out {
		if text := out[i].Text; p.raw[i] != text {
			p.raw[i], p.masked[i] = text, p.mask.Text(text)
		}
		out[i].Text = p.masked[i]
	}
	return out
}
