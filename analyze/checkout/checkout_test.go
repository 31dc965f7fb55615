package checkout_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/checkout"
)

func TestFollow(t *testing.T) {
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"repo/.git", "repo/docker", "plain/sub", "outside"} {
		if err := os.MkdirAll(filepath.Join(top, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"repo/Dockerfile", "outside/secret"} {
		if err := os.WriteFile(filepath.Join(top, file), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{
		"repo/docker/Dockerfile": "../Dockerfile", "repo/docker/out": "../../outside/secret", "repo/away": "../outside",
		"repo/nowhere": "gone", "plain/sub/up": "../../repo/Dockerfile", "work": "repo",
	} {
		if err := os.Symlink(target, filepath.Join(top, link)); err != nil {
			t.Skip("links cannot be made here: ", err)
		}
	}
	for name, want := range map[string]string{ // a file, a link that leads out, or a part of the error
		"repo/Dockerfile": "repo/Dockerfile", "repo/docker/Dockerfile": "repo/Dockerfile", "repo/docker/new": "repo/docker/new",
		"work/docker/Dockerfile": "repo/Dockerfile", "repo/docker/../Dockerfile": "repo/Dockerfile",
		"repo/docker/out": "out: repo/docker/out", "repo/away/secret": "out: repo/away", "plain/sub/up": "out: plain/sub/up",
		"repo/nowhere": "leads nowhere", "repo/none/at/all": "no such file",
	} {
		got, err := checkout.Follow(filepath.Join(top, name))
		link, out := strings.CutPrefix(want, "out: ")
		var left *checkout.LinkError
		switch {
		case out:
			if !errors.As(err, &left) || left.Link != filepath.Join(top, link) {
				t.Errorf("%s: %v, want %s to lead out", name, err, link)
			}
		case strings.Contains(want, " "):
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", name, err, want)
			}
		case err != nil || got != filepath.Join(top, want):
			t.Errorf("%s: %q, %v, want %s", name, got, err, want)
		}
	}
}
