package source

import (
	"os"
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

func TestSplitPath(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"a.tar", "b:1"} {
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Skipf("no file %q here: %v", name, err)
		}
	}
	for text, want := range map[string][2]string{
		"a.tar":            {"a.tar", ""},
		"a.tar:x/y:1":      {"a.tar", "x/y:1"},
		"b:1":              {"b:1", ""},
		"b:1:x:2":          {"b:1", "x:2"},
		"a.tar@sha256:00":  {"a.tar", "@sha256:00"},
		"a.tar:x@sha256:0": {"a.tar", "x@sha256:0"},
		"none.tar:x:1":     {"none.tar", "x:1"},
		"a.tar:sha256:abc": {"a.tar", "sha256:abc"},
	} {
		path, image := splitPath(text)
		if got := [2]string{path, image}; got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

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
		if got := sameName(test.have, test.want); got != test.same {
			t.Errorf("%s, %s: %v", test.have, test.want, got)
		}
	}
}

func TestOneLine(t *testing.T) {
	for text, want := range map[string]string{
		"plain ünïcode":    "plain ünïcode",
		"two\nlines":       "two lines",
		"\x1b[31mred":      `\x1b[31mred`,
		"\xff":             `\xff`,
		"right\u202eleft":  `right\u202eleft`,
		"c1 \u009b31m red": `c1 \u009b31m red`,
	} {
		if got := oneLine(text); got != want {
			t.Errorf("%q: got %s", text, got)
		}
	}
}
