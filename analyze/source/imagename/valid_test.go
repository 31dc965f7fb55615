package imagename

import (
	"strings"
	"testing"
)

// TestValid: what is no name must not get into the path of a request.
func TestValid(t *testing.T) {
	for text, want := range map[string]bool{
		"debian":                                true,
		"debian:slim":                           true,
		"localhost:5000/team/app:1.2":           true,
		"app@sha256:" + strings.Repeat("a", 64): true,
		"sha256:" + strings.Repeat("a", 64):     true,
		"0123456789ab":                          true,
		"":                                      false,
		"../x":                                  false,
		"a//b":                                  false,
		"a/../../b":                             false,
		"a/./b":                                 false,
		"Debian":                                false,
		"a b":                                   false,
		"a?x=1":                                 false,
	} {
		if got := Valid(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestSameDigest: twelve digits are enough, eleven or others are not.
func TestSameDigest(t *testing.T) {
	have := "sha256:0123456789abcdef" + strings.Repeat("0", 48)
	for want, same := range map[string]bool{
		have:                      true,
		"0123456789ab":            true,
		"sha256:0123456789abcdef": true,
		"0123456789a":             false,
		"0123456789ac":            false,
		"0123456789AB":            false,
		"sha256:" + "xyz":         false,
		"":                        false,
	} {
		if got := SameDigest(have, want); got != same {
			t.Errorf("%q: %v", want, got)
		}
	}
}
