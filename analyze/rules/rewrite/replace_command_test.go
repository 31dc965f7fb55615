package rewrite

import "testing"

// TestReplaceCommand puts another command in the place of a chown, or nothing.
func TestReplaceCommand(t *testing.T) {
	for _, test := range []struct{ run, with, want string }{
		{"RUN a && chown -R b /c && d", "chown b /c", "RUN a && chown b /c && d"},
		{"RUN a && \\\n    chown -R b /c && \\\n    d", "", "RUN a && \\\n    d"},
		{"RUN chown -R b /c && d", "", "RUN d"},
		{"RUN a \\\n    && chown -R b /c", "", "RUN a"},
		{"RUN chown -R b /c", "", ""},
		{"RUN set -eux; \\\n    chown -R b /c; \\\n    d", "", "RUN set -eux; \\\n    d"},
		{"RUN set -eux; a; chown -R b /c", "", "RUN set -eux; a"},
		{"RUN set -eux; a; chown -R b /c", "chown b /c && chown -R b /d", "RUN set -eux; a; chown b /c && chown -R b /d"},

		{"RUN a; chown -R b /c", "", "refused"}, // a may fail today
		{"RUN if a; then chown -R b /c; fi", "", "refused"},
		{"RUN a || chown -R b /c", "x", "refused"},
		{"RUN ( chown -R b /c )", "x", "refused"},
		{"RUN chown -R b /c > /log", "x", "refused"},
		{"RUN chown -R b /c && chown -R b /c", "x", "refused"},
		{"RUN a && chown -R b /c # why", "x", "refused"},
		{"RUN <<EOF\nchown -R b /c\nEOF", "x", "refused"},
		{"RUN [\"chown\", \"-R\", \"b\", \"/c\"]", "x", "refused"},
		{"RUN a", "x", "refused"},
	} {
		got, ok := ReplaceCommand(test.run, func(c Command) bool { return c.Name() == "chown" && len(c.Args()) == 3 && c.Args()[2].Text == "/c" }, test.with)
		if !ok {
			got = "refused"
		} else if got != "" {
			dockerfile(t, got)
		}
		if got != test.want {
			t.Errorf("%q with %q: %q, want %q", test.run, test.with, got, test.want)
		}
	}
}
