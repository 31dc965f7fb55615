package bench

import (
	"slices"
	"testing"
)

func TestSlower(t *testing.T) {
	ratios := map[string]float64{"zstd": 1.04, "gzip": 1.03, "cached": 0.5, "a million files": 1.2}
	if got, want := slower(ratios, 3), []string{"a million files (+20.0 %)", "zstd (+4.0 %)"}; !slices.Equal(got, want) {
		t.Errorf("slower = %q, want %q", got, want)
	}
}
