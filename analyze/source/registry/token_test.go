package registry

import (
	"testing"
)

// TestTokenServices: where a registry may send us for a token.
func TestTokenServices(t *testing.T) {
	s := &session{insecure: []string{"10.9.9.9", "trusted.example"}}
	for _, test := range []struct {
		service, from string
		want          bool
	}{
		{"auth.example", "r.example", true},
		{"r.example:444", "r.example", true},
		{"10.0.0.1", "r.example", false},
		{"169.254.169.254", "r.example", false},
		{"169.254.169.254", "10.0.0.1:5000", false},
		{"[fe80::1]:80", "r.example", false},
		{"127.0.0.1:8080", "r.example", false},
		{"localhost", "r.example", false},
		{"0.0.0.0", "r.example", false},
		{"127.0.0.1:1", "127.0.0.1:5000", true},
		{"localhost:1", "127.0.0.1:5000", true},
		{"127.0.0.1:1", "10.0.0.1:5000", false},
		{"10.0.0.2", "10.0.0.1:5000", true},
		{"10.9.9.9:8", "r.example", true},
	} {
		if got := s.mayAsk(test.service, test.from); got != test.want {
			t.Errorf("%s for %s: %v", test.service, test.from, got)
		}
	}
}
