package fix_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/fix"
)

// TestHandsOff: what a comment keeps from being changed stays, and so does what its author has
// stopped to remove.
func TestHandsOff(t *testing.T) {
	const from, install = "FROM debian:bookworm-slim\n", "RUN apt-get update && apt-get install -y --no-install-recommends curl\n"
	for _, test := range []struct {
		name, dockerfile string
		edits            bool
	}{
		{"below a comment", from + "# DO NOT MODIFY THE BELOW ####\n" + install + "# DO NOT MODIFY THE ABOVE ####\n", false},
		{"to the end of the file", from + "# do not edit below this line\n" + install, false},
		{"above a comment", from + install + "# Don't change anything above!\n", false},
		{"right above", from + "# do not touch this\n" + install, false},
		{"behind the end", from + "# DO NOT MODIFY THE BELOW\nRUN true\n# DO NOT MODIFY THE ABOVE\n" + install, true},
		{"where changes are welcome", from + "# do not edit the following\nRUN true\n# add yours below\n" + install, true},
		{"a comment on something else", from + "# curl must not change the proxy below\n" + install, true},
		{"caches that come back", from + install + "#RUN rm -rf /var/lib/apt/lists/*\n", true},
		{"caches that its author took out of the RUN", from + strings.TrimSuffix(install, "\n") + "\n    # vim nano\n#    && rm -rf /var/lib/apt/lists/*\n", false},
		{"caches that its author took out between two lines", from + "RUN apt-get update && \\\n    # rm -rf /var/lib/apt/lists/* && \\\n    apt-get install -y --no-install-recommends curl\n", false},
		{"other files that its author took out of the RUN", from + strings.TrimSuffix(install, "\n") + "\n#    && rm -rf /tmp/x\n", true},
		{"sources that are needed", from + "RUN mkdir -p /tmp/build && cd /tmp/build && dd if=/dev/urandom of=x bs=1M count=9 && echo done \\\n    #rm -rf /tmp/build\n    && true\n", false},
		{"sources that another RUN makes", from + "RUN mkdir -p /tmp/build && cd /tmp/build && dd if=/dev/urandom of=x bs=1M count=9\nRUN cd /tmp/build && cat x > /opt/y\n#RUN rm -rf /tmp/build\n", false},
		{"sources that nobody speaks of", from + "RUN mkdir -p /tmp/build && cd /tmp/build && dd if=/dev/urandom of=x bs=1M count=9 && echo done\n", true},
	} {
		edited, left := fixed(t, test.dockerfile+"CMD [\"curl\"]\n", fix.Options{})
		if strings.Contains(edited, "\n    && rm -rf") != test.edits {
			t.Errorf("%s: edited %v, want %v:\n%s\nleft: %s", test.name, !test.edits, test.edits, edited, left)
		}
	}
}

// TestKeptApart: no join of a RUN that a comment keeps a layer of its own.
func TestKeptApart(t *testing.T) {
	const from, update, install, end = "FROM debian:bookworm-slim\n", "RUN apt-get update\n", "RUN apt-get install -y --no-install-recommends curl\n", "CMD [\"curl\"]\n"
	for comment, joined := range map[string]bool{
		"":                           true,
		"# what the probe calls\n":   true,
		"# the cache of the probe\n": true,
		"# not merged with the RUN above on purpose\n":                   false,
		"# in a layer by itself\n":                                       false,
		"# Keep this a layer of its own.\n":                              false,
		"# in a separate layer, so that a new tool is fetched quickly\n": false,
		"# Don't merge with the line above\n":                            false,
		"# its own step: uses docker's layer cache\n":                    false,
	} {
		edited, left := fixed(t, from+update+comment+install+end, fix.Options{})
		if (strings.Count(edited, "RUN ") == 1) != joined {
			t.Errorf("%q: joined %v, want %v:\n%s\nleft: %s", comment, !joined, joined, edited, left)
		}
	}
}
