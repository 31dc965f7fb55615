package rewrite_test

import (
	"slices"
	"testing"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// TestRemoveWords takes packages out of installs, with the layout around them.
func TestRemoveWords(t *testing.T) {
	for _, test := range []struct{ run, want string }{
		{"RUN apt-get install -y gcc tini", "RUN apt-get install -y tini"},
		{"RUN apt-get install -y tini gcc", "RUN apt-get install -y tini"},
		{"RUN apt-get update \\\n && apt-get install -y \\\n    gcc \\\n    tini \\\n    make \\\n && rm -rf /x", "RUN apt-get update \\\n && apt-get install -y \\\n    tini \\\n && rm -rf /x"},
		{"RUN apt-get install -y \\\n    # the compiler\n    gcc \\\n    tini", "RUN apt-get install -y \\\n    tini"},
		{"RUN sudo DEBIAN_FRONTEND=noninteractive apt-get install -y 'gcc' tini", "RUN sudo DEBIAN_FRONTEND=noninteractive apt-get install -y tini"},
		{"RUN A=b apt-get install gcc && gcc gcc", "RUN A=b apt-get install && gcc gcc"},
		{"RUN --mount=type=cache,target=/a apt-get install gcc a", "RUN --mount=type=cache,target=/a apt-get install a"},
		{"RUN if true; then apt-get install gcc a; fi", "RUN if true; then apt-get install a; fi"},
		{"RUN apt-get install tini", ""},
		{"RUN sh -c 'apt-get install gcc a'", ""},
		{"RUN [\"apt-get\", \"install\", \"gcc\"]", ""},
		{"RUN <<EOF\napt-get install gcc a\nEOF", ""},
		{"COPY a b", ""},
	} {
		got, ok := rewrite.RemoveWords(test.run, func(c rewrite.Command, word int) bool {
			return c.Name() == "apt-get" && slices.Contains([]string{"gcc", "make"}, c.Words[word].Text)
		})
		if ok != (test.want != "") || ok && got != test.want {
			t.Errorf("%s:\n%s, %v; want\n%s", test.run, got, ok, test.want)
		}
	}
}

// TestKeepCommands leaves of a list what is asked for.
func TestKeepCommands(t *testing.T) {
	for _, test := range []struct {
		run, want string
		ok        bool
	}{
		{"RUN apt-get update && make && apt-get install a", "RUN apt-get update && apt-get install a", true},
		{"RUN make \\\n    && apt-get update \\\n    && make install > log", "RUN apt-get update", true},
		{"RUN export A=b && apt-get update && (cd x && apt-get update)", "RUN export A=b && apt-get update", true},
		{"RUN A=b && A=$(make) apt-get update", "RUN A=b", true},
		{"RUN A=b apt-get update && ! apt-get check", "RUN A=b apt-get update", true},
		{"RUN make && make install", "", true},
		{"RUN apt-get update; make", "", false},
		{"RUN apt-get update && make &", "", false},
		{"RUN [\"make\"]", "", false},
		{"RUN <<EOF\nmake\nEOF", "", false},
		{"COPY a b", "", false},
	} {
		got, ok := rewrite.KeepCommands(test.run, func(c rewrite.Command) bool { return c.Name() == "apt-get" })
		if ok != test.ok || ok && got != test.want {
			t.Errorf("%s:\n%s, %v; want\n%s", test.run, got, ok, test.want)
		}
	}
}
