package imagename

import (
	"testing"
)

func TestSameName(t *testing.T) {
	for _, test := range []struct {
		have, want string
		same       bool
	}{
		{"docker.io/library/debian:slim", "debian:slim", true},
		{"debian:latest", "debian", true},
		{"localhost/app:1", "app:1", true},
		{"slim", "slim", true},
		{"debian:slim", "debian:12", false},
		{"example.org/app:1", "app:1", false},
		{"not a name", "debian", false},
	} {
		if got := Same(test.have, test.want); got != test.same {
			t.Errorf("%s, %s: %v", test.have, test.want, got)
		}
	}
}
