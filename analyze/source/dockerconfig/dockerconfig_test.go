package dockerconfig

import (
	"path/filepath"
	"testing"
)

// TestPath: DOCKER_CONFIG counts, else .docker in the user's own directory; a
// relative one is none, as anybody's files may lie in the working directory.
func TestPath(t *testing.T) {
	home := t.TempDir()
	for _, c := range []struct{ config, home, path, ofHome string }{
		{"/etc/docker", home, "/etc/docker", home},
		{"", home, filepath.Join(home, ".docker"), home},
		{"", "relative", "", ""},
		{"", "", "", ""},
	} {
		t.Setenv("DOCKER_CONFIG", c.config)
		t.Setenv("HOME", c.home)
		t.Setenv("USERPROFILE", c.home)
		if got := Path(); got != c.path {
			t.Errorf("%+v: docker's settings are in %q", c, got)
		}
		if got := Home(); got != c.ofHome {
			t.Errorf("%+v: home is %q", c, got)
		}
	}
}
