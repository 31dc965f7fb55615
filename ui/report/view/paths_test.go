package view

import (
	"path"
	"testing"
)

// Files are named relative to the repository, never by where they are here.
func TestPaths(t *testing.T) {
	at := Paths{Dir: "/home/ci/shop/api", Root: "/home/ci/shop"}
	for _, c := range []struct {
		paths      Paths
		file, want string
	}{
		{at, "Dockerfile", "api/Dockerfile"},
		{at, "./docker/Dockerfile", "api/docker/Dockerfile"},
		{at, "../web/Dockerfile", "web/Dockerfile"},
		{at, "/home/ci/shop/Dockerfile", "Dockerfile"},
		{at, "/etc/build/Dockerfile", "Dockerfile"},
		{at, "../../other/Dockerfile", "Dockerfile"},
		{at, `C:\api\Dockerfile`, "Dockerfile"},
		{at, "C:/api/Dockerfile", "Dockerfile"},
		{Paths{}, "Dockerfile", "Dockerfile"},
		{Paths{}, "docker/Dockerfile", "docker/Dockerfile"},
		{Paths{}, "/home/ci/Dockerfile", "Dockerfile"},
		{Paths{}, "../Dockerfile", "Dockerfile"},
		{Paths{}, "", "Dockerfile"},
		{Paths{}, "/", "Dockerfile"},
		{at, "../../..", "Dockerfile"},
		{Paths{}, "..", "Dockerfile"},
	} {
		if got := c.paths.Of(c.file); got != c.want || path.IsAbs(got) {
			t.Errorf("%+v names %q %q, want %q", c.paths, c.file, got, c.want)
		}
	}
}
