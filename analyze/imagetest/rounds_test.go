package imagetest

import "testing"

func TestRounds(t *testing.T) {
	for many, want := range map[string]int{"": 2, "1": 3} {
		if testing.Short() {
			want = 1
		}
		t.Setenv("TARE_MANY", many)
		if got := Rounds(1, 2, 3); got != want {
			t.Errorf("with TARE_MANY=%q: %d rounds, want %d", many, got, want)
		}
	}
}
