package indexstore

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMistypedDirectories: a directory that is no store is refused with a line, and nothing is written to it; one that
// is made is told once.
func TestMistypedDirectories(t *testing.T) {
	signs := GenerateKeys()
	reads := &Keys{Trust: signs.Trust, Secret: signs.Secret}
	dir := t.TempDir()
	at := func(name string, files ...string) string {
		for _, file := range files {
			path := filepath.Join(dir, name, file)
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return filepath.Join(dir, name)
	}
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, place string
		keys        *Keys
		fails, says string
	}{
		{"a new one", at("new"), signs, "", "made the index store "},
		{"that one again", at("new"), signs, "", ""},
		{"an empty one", at("empty"), reads, "", ""},
		{"a new volume", at("volume", "lost+found/x", ".snapshot/y"), signs, "", ""},
		{"a store", at("store", "layer3-abc/ab/abcd", "README"), reads, "", ""},
		{"by its address", "file://" + at("store"), reads, "", ""},
		{"above it is nothing", at("none/below"), signs, "there is no directory " + at("none"), ""},
		{"to be read alone", at("mistyped"), reads, "there is no such directory", ""},
		{"somebody's home", at("home", "Documents/x", ".profile"), signs, "it has other things in it (such as Documents) and no indexes", ""},
		{"a file", at("home/.profile"), signs, "it is not a directory", ""},
	} {
		said := ""
		_, err := Open(row.place, Options{Keys: row.keys, Generation: "layer3", Warn: func(line string) { said += line }})
		switch {
		case row.fails == "" && err != nil, row.fails != "" && (err == nil || !strings.Contains(err.Error(), row.fails) || strings.Contains(err.Error(), "\n")):
			t.Errorf("%s: %v, want %q", row.name, err, row.fails)
		case said == "" && row.says != "", !strings.HasPrefix(said, row.says):
			t.Errorf("%s: says %q, want %q", row.name, said, row.says)
		}
	}
	for _, name := range []string{"none", "mistyped"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s was made", name)
		}
	}
}
