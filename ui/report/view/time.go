package view

import "time"

// UTC returns the time in UTC, or nil for one that RFC 3339 cannot write: its
// years have four digits (section 5.6), and a hostile config can name a time
// that only leaves them when its offset is taken away.
func UTC(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	utc := t.UTC()
	if utc.Year() < 0 || utc.Year() > 9999 {
		return nil
	}
	return &utc
}
