package progress

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// clock is a time that a test sets.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func fake(width int, charset display.Charset) (*Progress, *bytes.Buffer, *clock) {
	var out bytes.Buffer
	c := &clock{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	p := New(&out, func() int { return width }, charset)
	p.now = c.now
	return p, &out, c
}

// screen is what a terminal shows after the bytes: a carriage return goes back
// to the first column, everything else overwrites.
func screen(out string) string {
	var cells []rune
	at := 0
	for _, r := range out {
		if r == '\r' {
			at = 0
			continue
		}
		if at == len(cells) {
			cells = append(cells, ' ')
		}
		cells[at] = r
		at++
	}
	return strings.TrimRight(string(cells), " ")
}

func reading(done, total int64) analyze.Event {
	return analyze.Event{Phase: analyze.Reading, Done: done, Total: total}
}

func TestProgress(t *testing.T) {
	p, out, c := fake(100, display.ASCII)
	var got []string
	step := func(after time.Duration, e analyze.Event) {
		c.at = c.at.Add(after)
		p.Event(e)
		got = append(got, screen(out.String()))
	}
	step(0, analyze.Event{Phase: analyze.Opening})
	step(0, analyze.Event{Phase: analyze.Reading, Total: 100e6, Report: &model.Report{Image: model.Image{Reference: "shop/\x1bapi"}}})
	step(50*time.Millisecond, reading(1e6, 100e6)) // too soon to draw
	for range 4 {
		step(time.Second, reading(p.rate.samples[len(p.rate.samples)-1].done+10e6, 100e6))
	}
	step(time.Second, reading(100e6, 100e6))
	step(0, analyze.Event{Phase: analyze.Judging, Done: 100e6, Total: 100e6})
	want := []string{
		"opening",
		`reading shop/\x1bapi  ..............................  0 %, 0 B of 100 MB`,
		`reading shop/\x1bapi  ..............................  0 %, 0 B of 100 MB`,
		`reading shop/\x1bapi  ###...........................  11 %, 11 MB of 100 MB, 10 MB/s`,
		`reading shop/\x1bapi  ######........................  21 %, 21 MB of 100 MB, 10 MB/s, 8.0 s left`,
		`reading shop/\x1bapi  #########.....................  31 %, 31 MB of 100 MB, 10 MB/s, 7.0 s left`,
		`reading shop/\x1bapi  ############..................  41 %, 41 MB of 100 MB, 10 MB/s, 6.0 s left`,
		`reading shop/\x1bapi  ##############################  100 %, 100 MB of 100 MB, 20 MB/s`,
		`judging shop/\x1bapi`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	p.Close()
	if left := screen(out.String()); left != "" || !strings.HasSuffix(out.String(), "\r") {
		t.Errorf("after Close the screen shows %q", left)
	}
	before := out.Len()
	p.Event(reading(1, 2))
	p.Close()
	if out.Len() != before {
		t.Errorf("drawn after Close: %q", out.String()[before:])
	}
}

func TestNothingDrawnNothingCleared(t *testing.T) {
	p, out, _ := fake(80, display.ASCII)
	p.Close()
	if out.Len() != 0 {
		t.Errorf("wrote %q", out.String())
	}
}

func TestThrottle(t *testing.T) {
	p, out, c := fake(80, display.ASCII)
	for i := range 1000 {
		p.Event(reading(int64(i), 1000))
		c.at = c.at.Add(time.Millisecond)
	}
	if drawn := strings.Count(out.String(), "\r"); drawn != 10 {
		t.Errorf("drawn %d times in a second", drawn)
	}
}

func TestLineKeepsToTheWidth(t *testing.T) {
	for width := range 130 {
		for _, charset := range []display.Charset{display.Unicode, display.ASCII} {
			p, out, c := fake(width, charset)
			p.Event(analyze.Event{Phase: analyze.Reading, Total: 1e9, Report: &model.Report{Image: model.Image{Reference: "registry.example.org/a/long/name/日本:latest"}}})
			for i := range 30 {
				c.at = c.at.Add(time.Second)
				p.Event(reading(int64(i)*1e6, 1e9))
				limit := width - 1
				if width == 0 {
					limit = defaultWidth - 1
				}
				if p.cells > max(limit, 0) {
					t.Fatalf("width %d: %d cells in %q", width, p.cells, out.String())
				}
			}
		}
	}
}

func TestUnknownTotal(t *testing.T) {
	p, out, c := fake(80, display.ASCII)
	for i := range 6 {
		c.at = c.at.Add(time.Second)
		p.Event(reading(int64(i)*1e6, 0))
	}
	if got, want := screen(out.String()), "reading  5.0 MB, 1.0 MB/s"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestConcurrentClose(t *testing.T) {
	p, _, _ := fake(80, display.ASCII)
	var done sync.WaitGroup
	done.Go(func() {
		for i := range 100 {
			p.Event(reading(int64(i), 100))
		}
	})
	p.Close()
	done.Wait()
}

func TestRate(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		done   []int64 // one each half second
		total  int64
		rate   float64
		steady bool
		left   time.Duration
	}{
		{name: "nothing yet", rate: 0},
		{name: "one sample", done: []int64{5}},
		{name: "even, but too short", done: []int64{0, 50, 100}, total: 1000, rate: 100},
		{name: "even", done: []int64{0, 50, 100, 150, 200, 250}, total: 1000, rate: 100, steady: true, left: 7500 * time.Millisecond},
		{name: "stopped", done: []int64{0, 50, 100, 100, 100, 100}, total: 1000, rate: 40},
		{name: "getting faster", done: []int64{0, 1, 2, 50, 100, 200}, total: 1000, rate: 80},
		{name: "old samples are forgotten", done: []int64{0, 900, 1800, 1850, 1900, 1950, 2000, 2050, 2100, 2150, 2200, 2250, 2300, 2350}, total: 3000, rate: 100, steady: true, left: 6500 * time.Millisecond},
		{name: "more than promised", done: []int64{0, 50, 100, 150, 200, 250}, total: 200, rate: 100, steady: true},
		{name: "endless", done: []int64{0, 1, 2, 3, 4, 5}, total: 1 << 60, rate: 2, steady: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var r Rate
			for i, done := range c.done {
				r.Add(start.Add(time.Duration(i)*500*time.Millisecond), done)
			}
			left, ok := r.Left(c.total)
			if r.PerSecond() != c.rate || r.Steady() != c.steady || left != c.left || ok != (c.left > 0) {
				t.Errorf("rate %v, steady %v, left %v %v; want %v, %v, %v", r.PerSecond(), r.Steady(), left, ok, c.rate, c.steady, c.left)
			}
		})
	}
}

func TestRateKeepsFewSamples(t *testing.T) {
	var r Rate
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 100_000 {
		at = at.Add(100 * time.Microsecond)
		r.Add(at, int64(i))
	}
	if n := len(r.samples); n > 60 {
		t.Errorf("%d samples", n)
	}
	if rate := r.PerSecond(); rate < 9990 || rate > 10010 {
		t.Errorf("rate %v", rate)
	}
}
