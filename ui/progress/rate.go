package progress

import "time"

const (
	// window is how far back a rate looks: long enough to ride out a slow
	// layer's start, short enough to notice that the network has changed.
	window = 5 * time.Second
	// settling is how long to watch before a time left is worth saying.
	settling = 2 * time.Second
	// spacing keeps the samples of a window few.
	spacing = window / 50
)

// sample is how many bytes were done at a moment.
type sample struct {
	at   time.Time
	done int64
}

// Rate measures how fast a number of bytes grows, over the last few seconds.
// The zero value is ready for use; it is not safe for concurrent use.
type Rate struct {
	samples []sample // oldest first, at least spacing apart but for the last
}

// Add notes that done bytes are done at a moment. Times must not go back.
func (r *Rate) Add(at time.Time, done int64) {
	if n := len(r.samples); n > 1 && r.samples[n-1].at.Sub(r.samples[n-2].at) < spacing {
		r.samples = r.samples[:n-1]
	}
	r.samples = append(r.samples, sample{at, done})
	drop := 0
	for drop < len(r.samples)-2 && at.Sub(r.samples[drop+1].at) >= window {
		drop++
	}
	r.samples = append(r.samples[:0], r.samples[drop:]...)
}

// PerSecond is the rate in bytes a second, 0 as long as there is none.
func (r *Rate) PerSecond() float64 {
	if len(r.samples) == 0 {
		return 0
	}
	return between(r.samples[0], r.samples[len(r.samples)-1])
}

// Steady reports whether the rate has been watched for a while and its older
// half differs from its newer one by less than half, so that it says something
// about what is to come.
func (r *Rate) Steady() bool {
	if len(r.samples) < 3 {
		return false
	}
	first, last := r.samples[0], r.samples[len(r.samples)-1]
	span := last.at.Sub(first.at)
	if span < settling {
		return false
	}
	half := first.at.Add(span / 2)
	middle := first
	for _, s := range r.samples {
		if s.at.Sub(half).Abs() < middle.at.Sub(half).Abs() {
			middle = s
		}
	}
	older, newer := between(first, middle), between(middle, last)
	return older > 0 && newer > 0 && newer < older*1.5 && older < newer*1.5
}

// Left is how long the rest of total will take; false where nobody can say.
func (r *Rate) Left(total int64) (time.Duration, bool) {
	if !r.Steady() {
		return 0, false
	}
	left := total - r.samples[len(r.samples)-1].done
	if left < 0 {
		return 0, false
	}
	seconds := float64(left) / r.PerSecond()
	if seconds > (1000 * time.Hour).Seconds() {
		return 0, false
	}
	return time.Duration(seconds * float64(time.Second)), true
}

func between(a, b sample) float64 {
	span := b.at.Sub(a.at).Seconds()
	if span <= 0 || b.done <= a.done {
		return 0
	}
	return float64(b.done-a.done) / span
}
