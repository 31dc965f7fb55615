package history

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestListing: a line stays where it is, whatever is left out of it.
func TestListing(t *testing.T) {
	const file = "# syntax=x\r\nARG TAG=hidden1\r\nFROM debian AS build\r\n  ARG A=hidden2 \\\r\n      B=hidden3\r\n# login hunter2\r\nRUN echo hunter2 \\\r\n  # why\r\n && true\r\nONBUILD ARG C=hidden4\r\n\r\nFROM scratch\r\nCOPY <<x /y\r\nhunter2\r\nx\r\n"
	want := []string{
		"# syntax=x", "ARG TAG", "FROM debian AS build", "  ARG A B", "", "# login ***",
		`RUN echo *** \`, "  # why", " && true", "ONBUILD ARG C", "", "FROM scratch", "COPY <<x /y", "***", "x",
	}
	d, err := ParseDockerfile("Dockerfile", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	got := d.Listing(func(text string) string { return strings.ReplaceAll(text, "hunter2", "***") })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// A mask that takes line ends away, as that of a private key does, moves no line.
	got = d.Listing(func(text string) string { return strings.ReplaceAll(text, "\nhunter2\nx", "!") })
	if len(got) != len(want) || got[12] != "COPY <<x /y!" || got[13] != "" || got[14] != "" {
		t.Errorf("lines moved: %q", got)
	}
}
