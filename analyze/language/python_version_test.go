package language

import "testing"

func TestCompareVersions(t *testing.T) {
	ordered := []string{"0.9", "1.0.dev1", "1.0a1", "1.0rc1", "v1.0", "1.0.post1", "1.0.1", "1.9", "1.10", "2.0", "2024.1"}
	for i, a := range ordered {
		for j, b := range ordered {
			if got := CompareVersions(a, b); (got < 0) != (i < j) || (got > 0) != (i > j) {
				t.Errorf("%s and %s: %d", a, b, got)
			}
		}
	}
	for _, same := range [][2]string{{"1.0", "1"}, {"1.0.0", "v1"}, {"01.2", "1.2"}, {"", ""}} {
		if got := CompareVersions(same[0], same[1]); got != 0 {
			t.Errorf("%s and %s: %d", same[0], same[1], got)
		}
	}
}
