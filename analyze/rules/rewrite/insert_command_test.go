package rewrite

import "testing"

// TestInsertBefore fetches lists in front of an install.
func TestInsertBefore(t *testing.T) {
	for _, test := range []struct{ run, want string }{
		{"RUN apt-get install -y a", "RUN apt-get update \\\n    && apt-get install -y a"},
		{"RUN mkdir /a && apt-get install -y a && b", "RUN mkdir /a && apt-get update \\\n    && apt-get install -y a && b"},
		{"RUN apt-get install -y a && \\\n  b", "RUN apt-get update && \\\n  apt-get install -y a && \\\n  b"},
		{"RUN set -eux; \\\n  apt-get install -y a; \\\n  b", "RUN set -eux; \\\n  apt-get update; \\\n  apt-get install -y a; \\\n  b"},
		{"RUN apt-get install -y a; b", "RUN apt-get update \\\n    && apt-get install -y a; b"},

		{"RUN set -e; x; b && apt-get install -y a", ""},
		{"RUN x; apt-get install -y a", ""},
		{"RUN if a; then apt-get install -y a; fi", ""},
		{"RUN apt-get install -y a || true", ""},
		{"RUN sh -c 'apt-get install -y a'", ""},
		{"RUN b", ""},
		{"RUN [\"apt-get\", \"install\"]", ""},
		{"RUN <<EOF\napt-get install -y a\nEOF", ""},
	} {
		got, ok := InsertBefore(test.run, "apt-get update", func(c Command) bool { sub, _, is := c.Apt(); return is && sub == "install" })
		if ok != (test.want != "") || ok && got != test.want {
			t.Errorf("%q: %q, %v, want %q", test.run, got, ok, test.want)
		}
		if ok {
			dockerfile(t, got)
		}
	}
}
