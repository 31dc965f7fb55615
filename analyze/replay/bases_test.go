package replay

import (
	"slices"
	"testing"
)

// TestBasesOfOthers: what a Dockerfile calls without installing it, its base must have, where
// the simulation does not know that base.
func TestBasesOfOthers(t *testing.T) {
	img := replayed(t, "FROM acme/desktop:focal\nRUN sudo apt-get update && sudo apt-get install -y make && git clone https://example.org/t.git /opt/t && rm -rf /var/lib/apt/lists/*")
	got := paths(img)
	for _, want := range []string{"usr/bin/make", "opt/t/.git/HEAD"} {
		if !slices.Contains(got, want) {
			t.Errorf("there is no %s; problems: %q", want, img.Problems)
		}
	}
	if slices.Contains(got, lists+"main_Packages") {
		t.Error("the lists are there: the RUN ended early")
	}
	if img = replayed(t, "FROM debian:bookworm-slim\nRUN sudo touch /opt/x"); slices.Contains(paths(img), "opt/x") {
		t.Error("Debian has no sudo, and it ran")
	}
	img = replayed(t, "FROM webdevops/php-apache:8.3\nRUN apt-get update && apt-get install -y wget && docker-image-cleanup")
	if got = paths(img); slices.Contains(got, lists+"main_Packages") || slices.Contains(got, "-"+lists+"main_Packages") || !slices.Contains(got, "usr/bin/wget") {
		t.Errorf("webdevops' script does not clean up: %q", got)
	}
}

// TestListsOfTheBase: a base of somebody brings lists where the Dockerfile installs before it
// updates, also where both stand in one line.
func TestListsOfTheBase(t *testing.T) {
	for file, want := range map[string]bool{
		"FROM acme/base\nRUN apt-get install -y make":                   true,
		"FROM acme/base\nRUN apt-get update && apt-get install -y make": false,
	} {
		img, err := Replay([]byte(file), Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := slices.ContainsFunc(img.Layers[0].Entries, func(e Entry) bool { return e.Path == lists+"main_Packages" })
		if got != want {
			t.Errorf("%q: lists in the base: %v, want %v", file, got, want)
		}
	}
}
