package fix

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

func TestMergeRemovals(t *testing.T) {
	long := "rm -rf /var/" + strings.Repeat("x", 60)
	for _, test := range []struct {
		name, run string
		commands  []string
		want      string // "": as it is
	}{
		{"two", "RUN a \\\n    && rm -rf /b \\\n    && rm -rf /c/*", []string{"rm -rf /b", "rm -rf /c/*"}, "RUN a \\\n    && rm -rf /b /c/*"},
		{"three", "RUN a && rm -rf /b && rm -rf /c && rm -rf /d", []string{"rm -rf /b", "rm -rf /c", "rm -rf /d"}, "RUN a && rm -rf /b /c /d"},
		{"&& at the end", "RUN a && \\\n rm -rf /b && \\\n rm -rf /c", []string{"rm -rf /b", "rm -rf /c"}, "RUN a && \\\n rm -rf /b /c"},
		{"another between", "RUN rm -rf /a && rm -rf /b && apt-get clean && rm -rf /c && rm -rf /d", []string{"rm -rf /b", "apt-get clean", "rm -rf /c", "rm -rf /d"}, "RUN rm -rf /a && rm -rf /b && apt-get clean && rm -rf /c /d"},
		{"the author's own", "RUN rm -rf /a && rm -rf /b", []string{"rm -rf /b"}, ""},
		{"with quotes", "RUN a && rm -rf '/b c' && rm -rf /c", []string{"rm -rf '/b c'", "rm -rf /c"}, ""},
		{"behind a semicolon", "RUN set -e; a; rm -rf /b; rm -rf /c", []string{"rm -rf /b", "rm -rf /c"}, ""},
		{"something else at the end", "RUN a && rm -rf /b && rm -rf /c && d", []string{"rm -rf /b", "rm -rf /c"}, ""},
		{"long", "RUN a \\\n    && " + long + " \\\n    && " + long + "y", []string{long, long + "y"}, "RUN a \\\n    && " + long + " \\\n        " + strings.TrimPrefix(long, "rm -rf ") + "y"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, ok := mergeRemovals(test.run, test.commands)
			if !ok {
				got = ""
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Error(d)
			}
			if _, err := rewrite.ParseRun(got); ok && err != nil {
				t.Error(err)
			}
		})
	}
}
