package tui

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/tare-oci/tare/ui/tui/filetree"
	"github.com/tare-oci/tare/ui/tui/keys"
)

// TestRebinding: several keys an action; a clash names file and line.
func TestRebinding(t *testing.T) {
	s, err := parseSettings("config.yaml", []byte("theme: light\nkeys:\n  next-match: [n, f3]\n  sort: S\n"))
	if err != nil {
		t.Fatal(err)
	}
	m := opened(t, 120, 36, Options{Keys: s.Keys, Theme: s.Theme}, searchReport())
	typed(m, "2", "a", "s")
	if m.files.Order() != filetree.BySize {
		t.Error("the old key still sorts")
	}
	typed(m, "S")
	if m.files.Order() != filetree.ByName {
		t.Error("the new key does not sort")
	}
	typed(m, "?")
	if screen := picture(m); !strings.Contains(screen, "n F3") {
		t.Errorf("the help does not show the new keys:\n%s", screen)
	}
	for text, want := range map[string]string{
		"keys:\n  up: n\n":                 `c.yaml:2: the key n would be both next-match and up`,
		"keys:\n  up: p\n  down: [H, p]\n": "c.yaml:3: the key p would be both up and down",
		"keys:\n  upp: w\n":                `c.yaml:2: there is no action "upp"; did you mean up?`,
		"keys:\n  up: []\n":                "c.yaml:2: up has no key",
		"keys:\n  up: {a: b}\n":            "c.yaml:2: up takes keys",
		"keys:\n  up: p\n  up: H\n":        "c.yaml",
		"keys: 3\n":                        "c.yaml:1: keys takes",
		"theme: pink\n":                    "c.yaml:1: theme takes auto, dark",
		"colour: red\n":                    `c.yaml:1: there is no setting "colour"`,
		"- a\n":                            "c.yaml:1: it takes theme, accessible and keys",
		"theme: [\n":                       "c.yaml: yaml",
	} {
		_, err := parseSettings("c.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
	if s, err := ReadSettings(filepath.Join(t.TempDir(), "none.yaml")); err != nil || s.Keys != nil {
		t.Errorf("no file: %v, %v", s, err)
	}
	if s, err := parseSettings("c.yaml", nil); err != nil || s.Keys != nil {
		t.Errorf("an empty file: %v, %v", s, err)
	}
}

// TestEachActionHasAPlainKey: as they come, no key does two things, and each action has a
// plain key.
func TestEachActionHasAPlainKey(t *testing.T) {
	k := keys.New(false)
	if err := k.Rebind(nil); err != nil {
		t.Error(err)
	}
	chords := map[string]bool{"leave": true} // q does the same
	grouped := 0
	for _, g := range k.Groups() {
		grouped += len(g.Bindings)
	}
	for _, a := range k.Actions() {
		plain := false
		for _, name := range a.Binding.Keys() {
			plain = plain || !strings.HasPrefix(name, "ctrl+") && !strings.HasPrefix(name, "alt+")
		}
		if !plain && !chords[a.Name] {
			t.Errorf("%s has no plain key", a.Name)
		}
	}
	if grouped < len(k.Actions()) {
		t.Errorf("the help shows %d of %d actions", grouped, len(k.Actions()))
	}
}

func FuzzSettings(f *testing.F) {
	f.Add("theme: dark\nkeys:\n  up: [w, k]\n")
	f.Add("keys: &a\n  up: *a\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseSettings("c.yaml", []byte(text))
		if err == nil {
			newRoot(Options{Keys: s.Keys, Theme: s.Theme}, newScan(t.Context(), nil))
		}
	})
}
