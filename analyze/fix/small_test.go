package fix

import "testing"

// TestOmitsNow: an install counts as edited where the one that names its packages now leaves
// recommended packages out.
func TestOmitsNow(t *testing.T) {
	for _, test := range []struct {
		name, original, now string
		want                bool
	}{
		{"alone", "RUN apt-get install -y git", "RUN apt-get install -y --no-install-recommends git less", true},
		{"joined with one that takes them", "RUN apt-get install -y git", "RUN apt-get install -y curl && apt-get install -y --no-install-recommends git", true},
		{"not edited", "RUN apt-get install -y git", "RUN apt-get install -y curl && apt-get install -y git", false},
		{"another is edited", "RUN apt-get install -y git", "RUN apt-get install -y --no-install-recommends curl && apt-get install -y git", false},
		{"one of two", "RUN apt-get install -y git && apt-get install -y curl", "RUN apt-get install -y --no-install-recommends git && apt-get install -y curl", false},
		{"it never took them", "RUN apt-get install -y --no-install-recommends git", "RUN apt-get install -y --no-install-recommends git", false},
	} {
		if got := omitsNow(test.original, &piece{text: test.now}); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
