package replay

import (
	"slices"
	"testing"
)

// TestNamesThatEndInSigns: g++ is a package, and make- an order to apt.
func TestNamesThatEndInSigns(t *testing.T) {
	const update = "FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y --no-install-recommends "
	for _, c := range []struct{ name, file, left, not string }{
		{"a compiler", update + "g++ make", "var/lib/dpkg/info/gcc.list", "var/lib/dpkg/info/g+.list"},
		{"not wanted", update + "gcc make-", "usr/bin/gcc-12", "usr/bin/make"},
		{"not wanted any more", update + "make gcc && apt-get install -y make-", "usr/bin/gcc-12", "usr/bin/make"},
		{"wanted twice", update + "make+", "usr/bin/make", "var/lib/dpkg/info/make+.list"},
		{"of a version", update + "g++=4:12.2.0-3", "var/lib/dpkg/info/g++.list", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := paths(replayed(t, c.file))
			if !slices.Contains(got, c.left) {
				t.Errorf("there is no %s", c.left)
			}
			if slices.Contains(got, c.not) {
				t.Errorf("there is %s", c.not)
			}
		})
	}
}
