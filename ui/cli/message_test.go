package cli

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestErrorsAreOneShortLine: whatever somebody names, an error is a line of 500
// characters at most.
func TestErrorsAreOneShortLine(t *testing.T) {
	long := strings.Repeat("n\x1bé", 1000)
	for _, args := range [][]string{
		{"./" + long}, {long}, {strings.Repeat("a/", 1000) + "b"}, {"registry:" + strings.Repeat("a", 3000)}, {"oci-dir:/" + long}, {"demo:" + long},
		{"--color", long, "demo"}, {"--" + long}, {"--platform", long, "demo"}, {"demo", "--base", long}, {"one", long}, {"-o", long, "demo"}, {"fix", long}, {"explain", long},
		{"-f", long, "demo:apt"}, {"check", "--min-efficiency", long, "demo:apt"},
	} {
		var out, err bytes.Buffer
		std := Streams{In: strings.NewReader(""), Out: &out, Err: &err, Getenv: func(string) (string, bool) { return "", false }}
		for _, name := range []string{"DOCKER_HOST", "CONTAINER_HOST"} {
			t.Setenv(name, "unix://"+filepath.Join(t.TempDir(), "none"))
		}
		if code := Run(context.Background(), append([]string{"--offline", "--no-cache"}, args...), std); code != ExitError {
			t.Errorf("%.40q: exit code %d", args, code)
		}
		line := strings.TrimSuffix(err.String(), "\n")
		if n := utf8.RuneCountInString(line); n > 500 || n < 20 || strings.ContainsAny(line, "\n\x1b") || !strings.HasPrefix(line, "tare: ") {
			t.Errorf("%.40q: %d characters: %.600q", args, n, line)
		}
	}
}
