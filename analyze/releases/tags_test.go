package releases_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/releases"
)

func TestVersionsInOrder(t *testing.T) {
	want := []string{"0.9", "1.0-rc1", "1.0", "1.0.1", "1.2-alpha", "1.2-beta2", "1.2", "1.9", "1.10", "2024-01-09", "2024-01-10", "v1.0", "v2"}
	for range 20 {
		got := slices.Clone(want)
		rand.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
		slices.SortFunc(got, releases.CompareVersions)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestPick(t *testing.T) {
	tags := []string{"latest", "main", "1.10", "1.9", "v2.0", "sha256-0123", "2.1", "release-7"}
	for _, row := range []struct {
		pattern string
		last    int
		want    []string
	}{
		{"", 0, []string{"1.9", "1.10", "2.1", "release-7", "v2.0"}},
		{"", 2, []string{"release-7", "v2.0"}},
		{"1.*", 0, []string{"1.9", "1.10"}},
		{"main", 5, []string{"main"}},
		{"none*", 5, nil},
	} {
		got, err := releases.Pick(tags, row.pattern, row.last)
		if diff := cmp.Diff(row.want, got); diff != "" || err != nil {
			t.Errorf("%q, %d: %v %s", row.pattern, row.last, err, diff)
		}
	}
	if got, _ := releases.Pick([]string{"main", "edge"}, "", 0); len(got) != 2 {
		t.Errorf("without versions: %q", got)
	}
	if _, err := releases.Pick(tags, "[", 0); err == nil {
		t.Error("a broken pattern is taken")
	}
}
