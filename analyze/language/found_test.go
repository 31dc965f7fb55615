package language

import "testing"

// What is cut from a list does not stay in memory behind what is kept of it.
func TestCutListsAreCopied(t *testing.T) {
	rows := make([]Row, 10*maxRows)
	if f, ok := new(words).limit(Found{Npm, rows}, true); !ok || len(f.Rows) != maxRows || &f.Rows[0] == &rows[0] {
		t.Errorf("%d rows, of the list of all: %v", len(f.Rows), &f.Rows[0] == &rows[0])
	}
	names := make([]string, 10*maxRequires)
	for i := range names {
		names[i] = "a"
	}
	f, _ := new(words).limit(Found{Npm, []Row{{Name: "x", Requires: names}}}, true)
	if got := f.Rows[0].Requires; len(got) != maxRequires || &got[0] == &names[0] {
		t.Errorf("%d names, of the list of all: %v", len(got), &got[0] == &names[0])
	}
}
