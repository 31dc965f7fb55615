package rewrite

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestInsertedLines: names that an install gets stand where its author would have written them.
func TestInsertedLines(t *testing.T) {
	long := strings.Repeat("x", 70) + " " + strings.Repeat("y", 40)
	for _, test := range []struct{ name, run, want string }{
		{"a short line", "RUN tool install a b -y", "RUN tool install --flag a b new1 new2 -y"},
		{"a line that gets too long", "RUN tool install " + long, "RUN tool install --flag " + long + " \\\n    new1 new2"},
		{"too long by the flag alone", "RUN tool install " + long[:80] + " b", "RUN tool install --flag " + long[:80] + " b new1 new2"},
		{"a trailing option", "RUN tool install " + long + " -y", "RUN tool install --flag " + long + " -y \\\n    new1 new2"},
		{"an indented line, and one behind", "RUN a \\\n  && tool install " + long + " \\\n  && b", "RUN a \\\n  && tool install --flag " + long + " \\\n      new1 new2 \\\n  && b"},
		{"tabs", "RUN a \\\n\t&& tool install " + long, "RUN a \\\n\t&& tool install --flag " + long + " \\\n\t\tnew1 new2"},
		{"&& at the end of the line", "RUN tool install " + long + " && \\\n    b", "RUN tool install --flag " + long + " \\\n    new1 new2 && \\\n    b"},
		{"a command behind in the same line", "RUN tool install " + long + " && b", "RUN tool install --flag " + long + " \\\n    new1 new2 \\\n    && b"},
		{"too long by a command behind", "RUN tool install a b && " + long, "RUN tool install --flag a b new1 new2 \\\n    && " + long},
		{"a line of the list", "RUN tool install \\\n      " + long + " \\\n && b", "RUN tool install --flag \\\n      " + long + " \\\n      new1 new2 \\\n && b"},
		{"a line each, aligned, the last in front of a command", "RUN tool install          \\\n                          \\\n    a                     \\\n                          \\\n    long-name          && \\\n    b",
			"RUN tool install --flag   \\\n                          \\\n    a                     \\\n                          \\\n    long-name             \\\n    new1                  \\\n    new2               && \\\n    b"},
		{"the only package, in a line without a backslash below others", "RUN tool install a     \\\n && b", "RUN tool install --flag a new1 new2 \\\n && b"},
	} {
		got, ok := InsertWords(test.run, func(c Command) []Insertion {
			if c.Name() != "tool" {
				return nil
			}
			last := len(c.Words) - 1
			for strings.HasPrefix(c.Words[last].Text, "-") {
				last--
			}
			at := slices.IndexFunc(c.Words, func(w Word) bool { return w.Text == "install" })
			return []Insertion{{Behind: last, Words: []string{"new1", "new2"}, Listed: last > at+1, Above: true, Start: at}, {Behind: at, Words: []string{"--flag"}}}
		})
		if diff := cmp.Diff(test.want, got); diff != "" || !ok {
			t.Errorf("%s: %v (-want +got):\n%s", test.name, ok, diff)
		}
	}
}

// TestInsertedNamesInManyPlaces: names that would stand among those of a sorted line stand
// together behind it, where it gets too long, and their own lines end in time.
func TestInsertedNamesInManyPlaces(t *testing.T) {
	run := "RUN tool install a m z" + strings.Repeat("z", 100)
	var many []string
	for range 8 {
		many = append(many, strings.Repeat("n", 20))
	}
	got, ok := InsertWords(run, func(Command) []Insertion {
		return []Insertion{{Behind: 2, Words: []string{"b"}, Listed: true}, {Behind: 3, Words: many, Listed: true}}
	})
	lines := strings.Split(got, "\n")
	if !ok || len(lines) != 3 || lines[0] != run+" \\" || !strings.HasPrefix(lines[1], "    b nnn") || len(lines[1]) > MaxColumns {
		t.Errorf("%v:\n%s", ok, got)
	}
}
