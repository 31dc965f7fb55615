package fix_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/fix"
)

// TestRemovalsWithNothingLeft: an author's own rm goes where edits leave nothing for it, and stays
// where it still takes something away.
func TestRemovalsWithNothingLeft(t *testing.T) {
	const pip = "FROM python:3.11\nRUN apt-get update && apt-get install -y --no-install-recommends git\nRUN pip install jupyter\nRUN pip install torch\n"
	const clone = "FROM debian:bookworm\nRUN apt-get update && apt-get install -y --no-install-recommends git make && rm -rf /var/lib/apt/lists/*\nRUN git clone https://github.com/x/pepa /pepa/build/src\nWORKDIR /pepa/build/src\nRUN make && mkdir -p /opt && cp README.md /opt\n"
	const end = "CMD [\"python3\", \"-m\", \"x\"]\n"
	for _, test := range []struct {
		name, dockerfile, edit string
		stays                  bool
	}{
		{"a cache that is not made any more", pip + "RUN rm -rf /root/.cache\n" + end, "--no-cache-dir torch", false},
		{"a cache with something of another tool", pip + "RUN mkdir -p /root/.cache/x && echo x > /root/.cache/x/y\nRUN rm -rf /root/.cache\n" + end, "--no-cache-dir torch", true},
		{"a cache with an empty directory", pip + "RUN mkdir -p /root/.cache/x\nRUN rm -rf /root/.cache\n" + end, "--no-cache-dir torch", true},
		{"apt-get clean, which locks what it empties", "FROM debian:bookworm\nRUN apt-get update\nRUN apt-get install -y --no-install-recommends git\nRUN apt-get clean && rm -rf /var/lib/apt/lists/*\nRUN apt-get clean && rm -rf /root/.cache /var/lib/apt/lists/*\n" + end, "&& rm -rf /var/lib/apt/lists/*", false},
		{"what another build may have", "FROM debian:bookworm\nRUN apt-get update && apt-get install -y --no-install-recommends git\nCOPY app /app\nRUN rm -rf /var/lib/apt/lists/* /root/.netrc\n" + end, "&& rm -rf /var/lib/apt/lists/*", true},
		{"a directory that WORKDIR names", clone + "WORKDIR /pepa\nRUN rm -rf build\n" + end, "/pepa/build", false},
	} {
		edited, left := fixed(t, test.dockerfile, fix.Options{})
		author := "RUN rm -rf /root/.cache\n"
		if strings.Contains(test.dockerfile, "rm -rf build") {
			author = "RUN rm -rf build\n"
		}
		if strings.Contains(test.dockerfile, ".netrc") {
			author = "RUN rm -rf /var/lib/apt/lists/* /root/.netrc\n"
		}
		if !strings.Contains(edited, test.edit) {
			t.Errorf("%s: not edited:\n%s\n%s", test.name, edited, left)
		}
		if strings.Contains(edited, author) != test.stays {
			t.Errorf("%s: the rm stays: %v, want %v:\n%s\n%s", test.name, !test.stays, test.stays, edited, left)
		}
	}
}
