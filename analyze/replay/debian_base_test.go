package replay

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestBasesAreApart: what one build does to its base changes no other build's.
func TestBasesAreApart(t *testing.T) {
	paths := func(dockerfile string) (all []string) {
		t.Helper()
		img, err := Replay([]byte(dockerfile), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range img.Layers {
			for _, e := range l.Entries {
				h := e.Header()
				all = append(all, fmt.Sprint(h.Name, h.Mode, h.Uid, h.Size))
			}
		}
		return all
	}
	const rest = "FROM debian:12-slim\nRUN ls /etc/hostname /usr/share/doc; apt-get update && apt-get install -y curl && apt-get purge -y curl && apt-get autoremove -y\n"
	before := paths(rest)
	if !slices.ContainsFunc(before, func(s string) bool { return s[:4] == "etc/" }) {
		t.Fatalf("%q", before)
	}
	paths("FROM debian:12-slim\nRUN rm -rf /usr/share/doc /etc/apt && chmod 600 /etc/passwd && chown -R 7:7 /var && useradd x && echo a >>/etc/debian_version\nRUN apt-get update; apt-get install -y curl gcc; touch /usr/share/new\n")
	if diff := cmp.Diff(before, paths(rest)); diff != "" {
		t.Errorf("another build changed it (-before +after):\n%s", diff)
	}
}
