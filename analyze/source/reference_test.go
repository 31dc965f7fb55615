package source

import (
	"testing"
)

func TestSplitTransport(t *testing.T) {
	for reference, want := range map[string][2]string{
		"debian:slim":             {"", "debian:slim"},
		"docker:debian:slim":      {"docker", "debian:slim"},
		"docker:docker:dind":      {"docker", "docker:dind"},
		"registry:localhost:5/a":  {"registry", "localhost:5/a"},
		"oci-dir:a/b:tag":         {"oci-dir", "a/b:tag"},
		"dockerhub:1":             {"", "dockerhub:1"},
		"./docker:1":              {"", "./docker:1"},
		"docker":                  {"", "docker"},
		"localhost:5000/docker:1": {"", "localhost:5000/docker:1"},
	} {
		transport, rest := splitTransport(reference)
		if got := [2]string{transport, rest}; got != want {
			t.Errorf("%s: got %q, want %q", reference, got, want)
		}
	}
}
