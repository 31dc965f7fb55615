package replay

import (
	"slices"
	"testing"
)

// TestDirectoryInAnArchive knows how GitHub names what it packs.
func TestDirectoryInAnArchive(t *testing.T) {
	for url, want := range map[string]string{
		"https://example.org/x-1.2.tar.gz":                                          "x-1.2",
		"https://github.com/hypre-space/hypre/archive/v2.19.0.tar.gz":               "hypre-2.19.0",
		"https://github.com/hypre-space/hypre/archive/refs/tags/v2.19.0.tar.gz":     "hypre-2.19.0",
		"https://github.com/acme/tool/archive/10.0.0.zip":                           "tool-10.0.0",
		"https://github.com/acme/tool/archive/release-1.0.tar.gz":                   "tool-release-1.0",
		"https://github.com/acme/tool/archive/vanilla.tar.gz":                       "tool-vanilla",
		"https://github.com/acme/tool/archive/refs/heads/fix/a.tar.gz":              "tool-fix-a",
		"https://codeload.github.com/acme/tool/tar.gz/refs/tags/v1.0":               "tool-1.0",
		"https://github.com/acme/tool/releases/download/v1.0/tool-1.0-linux.tar.gz": "tool-1.0-linux",
		"https://gitlab.com/libeigen/eigen/-/archive/3.4.0/eigen-3.4.0.tar.gz":      "eigen-3.4.0",
	} {
		if got := topDirectory(url); got != want {
			t.Errorf("%s unpacks to %s, want %s", url, got, want)
		}
	}
	img := replayed(t, "FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y wget && cd /tmp && wget https://github.com/acme/tool/archive/v2.19.0.tar.gz && tar xf v2.19.0.tar.gz")
	if got := paths(img); !slices.Contains(got, "tmp/tool-2.19.0/configure") || slices.Contains(got, "tmp/v2.19.0") {
		t.Errorf("unpacked: %q", got)
	}
}
