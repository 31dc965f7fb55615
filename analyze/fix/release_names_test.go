package fix_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/fix"
)

// TestNamesOfOneRelease: no edit names a package that another release calls otherwise, but
// where FROM says which release it is, or the author does the same.
func TestNamesOfOneRelease(t *testing.T) {
	const minimal = "RUN apt-get update && apt-get install -y python3.11-minimal git python3-pip && rm -rf /var/lib/apt/lists/*\n"
	const documents = "RUN apt-get update && apt-get install -y imagemagick python3-pip && rm -rf /var/lib/apt/lists/*\nRUN convert a.pdf b.png\n"
	for _, test := range []struct {
		name, file string
		edits      bool
	}{
		{"whatever is the latest", "FROM debian\n" + documents, false},
		{"by its name", "FROM debian:latest\n" + documents, false},
		{"a variable", "ARG RELEASE=bookworm\nFROM debian:${RELEASE}\n" + documents, false},
		{"an image that moves on to the next Debian", "FROM nginx:1.27\n" + documents, false},
		{"of another stage", "FROM debian AS base\nFROM base\n" + documents, false},

		{"a release by its name", "FROM debian:bookworm-slim\n" + documents, true},
		{"a release by its number", "FROM debian:12\n" + documents, true},
		{"a release of what moves on", "FROM nginx:1.27-bookworm\n" + documents, true},
		{"of a stage with a release", "FROM debian:12 AS base\nFROM base\n" + documents, true},
		{"an author who names such packages", "FROM debian\n" + strings.Replace(documents, "python3-pip", "libicu72 python3-pip", 1), true},
		{"nothing of that kind to name", "FROM debian\n" + strings.Replace(minimal, "python3.11-minimal git ", "", 1), true},
	} {
		edited, left := fixed(t, test.file+"CMD [\"python3\", \"-m\", \"http.server\"]\n", fix.Options{})
		if got := strings.Contains(edited, withoutRecommends); got != test.edits {
			t.Errorf("%s: edited %v, want %v:\n%s\n%s", test.name, got, test.edits, edited, left)
		}
		if !test.edits && !strings.Contains(left, "FROM does not say which release it is") {
			t.Errorf("%s: left:\n%s", test.name, left)
		}
	}
}

// TestInstallsThatAreChosen: an author who says in a RUN which of its installs leave
// recommended packages out has thought of the others.
func TestInstallsThatAreChosen(t *testing.T) {
	for _, test := range []struct {
		name, comment, second string
		edits                 bool
	}{
		{"a comment says which", "# install these without recommends to avoid mailutils", "--no-install-recommends ", false},
		{"another comment", "# install these at last", "--no-install-recommends ", true},
		{"a comment where none is left out", "# install these without recommends some day", "", true},
	} {
		file := "FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y git python3-pip && \\\n" + test.comment + "\n    apt-get install -y " + test.second + "cron\nCMD [\"git\", \"daemon\"]\n"
		edited, left := fixed(t, file, fix.Options{})
		if got := strings.Contains(edited, withoutRecommends+" git"); got != test.edits {
			t.Errorf("%s: edited %v, want %v:\n%s\n%s", test.name, got, test.edits, edited, left)
		}
	}
}
