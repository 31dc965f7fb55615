package rewrite

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var tidyCases = []struct {
	name, run, want string // want "": as it is
}{
	{"two", "RUN a \\\n    && rm -rf /b \\\n    && rm -rf /c/*", "RUN a \\\n    && rm -rf /b /c/*"},
	{"three", "RUN a && rm -rf /b && rm -rf /c && rm -rf /d", "RUN a && rm -rf /b /c /d"},
	{"&& at the end", "RUN a && \\\n rm -rf /b && \\\n rm -rf /c", "RUN a && \\\n rm -rf /b /c"},
	{"no indentation", "RUN a && \\\nrm -rf /b && \\\nrm -rf \\\n/c && \\\nrm -rf /d", "RUN a && \\\nrm -rf /b /c /d"},
	{"; at the end", "RUN set -e; \\\n\ta; \\\n\trm -rf /b; \\\n\trm -rf /c", "RUN set -e; \\\n\ta; \\\n\trm -rf /b /c"},
	{"the author's, over lines", "RUN a \\\n && rm -rf \\\n      /b \\\n      /c \\\n && rm -rf /d", "RUN a \\\n && rm -rf \\\n      /b \\\n      /c \\\n      /d"},
	{"the author's, over lines with comments", "RUN a \\\n && rm -rf \\\n      /b \\\n      # c\n      /c \\\n && rm -rf /d", "RUN a \\\n && rm -rf \\\n      /b \\\n      # c\n      /c \\\n      /d"},
	{"each path once", "RUN a && rm -rf /b /c && rm -rf /c /d", "RUN a && rm -rf /b /c /d"},
	{"what is below a path", "RUN a && rm -rf /b && rm -rf /b/c", "RUN a && rm -rf /b"},
	{"a dot file is not below *", "RUN a && rm -rf /b/* && rm -rf /b/.c", "RUN a && rm -rf /b/* /b/.c"},
	{"a directory that is made anew", "RUN rm -rf /var/lib/apt/lists/* && mkdir /var/lib/apt/lists/partial && a && rm -rf /b && rm -rf /var/lib/apt/lists/*", "RUN rm -rf /var/lib/apt/lists/* && mkdir /var/lib/apt/lists/partial && a && rm -rf /b /var/lib/apt/lists/*"},
	{"a tool between", "RUN a && rm -rf /b && apt-get clean && rm -rf /c", "RUN a && rm -rf /b /c && apt-get clean"},
	{"the same tool twice", "RUN a && apt-get clean && rm -rf /b && apt-get clean", "RUN a && apt-get clean && rm -rf /b"},
	{"a tool behind", "RUN a && rm -rf /b && apt-get clean", ""},
	{"apt-get clean behind the lists", "RUN a \\\n    && rm -rf /var/lib/apt/lists/* \\\n    && apt-get clean", "RUN a \\\n    && apt-get clean \\\n    && rm -rf /var/lib/apt/lists/*"},
	{"apt-get clean behind the lists, as statements", "RUN set -e; a; rm -rf /var/lib/apt/lists/*; apt-get clean", "RUN set -e; a; apt-get clean; rm -rf /var/lib/apt/lists/*"},
	{"apt-get clean in front of the lists", "RUN a && apt-get clean && rm -rf /var/lib/apt/lists/*", ""},
	{"apt-get clean behind a comment", "RUN a \\\n && rm -rf /var/lib/apt/lists/* \\\n # c\n && apt-get clean", ""},
	{"the same tool before something else", "RUN a && apt-get clean && b && rm -rf /c && apt-get clean", "RUN a && b && rm -rf /c && apt-get clean"},
	{"an earlier clean-up of the same cache", "RUN a && rm -rf /var/lib/apt/lists/* && b && rm -rf /var/lib/apt/lists/*", "RUN a && b && rm -rf /var/lib/apt/lists/*"},
	{"an earlier clean-up, a part of it", "RUN a && rm -rf /x /var/lib/apt/lists/* && b && rm -rf /var/lib/apt/lists/*", "RUN a && rm -rf /x && b && rm -rf /var/lib/apt/lists/*"},
	{"an earlier clean-up, over lines", "RUN a \\\n && rm -rf /var/lib/apt/lists/* \\\n && b \\\n && rm -rf /var/lib/apt/lists/*", "RUN a \\\n && b \\\n && rm -rf /var/lib/apt/lists/*"},
	{"an earlier clean-up that begins a statement", "RUN a; rm -rf /var/cache/x && b; rm -rf /var/cache/x", "RUN a; b; rm -rf /var/cache/x"},
	{"long", "RUN a && rm -rf /var/" + strings.Repeat("x", 60) + " && rm -rf /var/" + strings.Repeat("y", 60), "RUN a && rm -rf /var/" + strings.Repeat("x", 60) + " \\\n        /var/" + strings.Repeat("y", 60)},
	{"quotes", "RUN a && rm -rf '/b c' && rm -fr \"/c\"", "RUN a && rm -rf '/b c' \"/c\""},

	{"options behind the paths", "RUN a && rm /b/* -rf && rm -rf /b/*", "RUN a && rm /b/* -rf"},
	{"options behind the paths, one path more", "RUN a && rm /b/* -rf && rm -rf /c", "RUN a && rm /b/* /c -rf"},
	{"what covers an earlier path", "RUN a && rm -rf /b/x* /d && rm -rf /b/*", "RUN a && rm -rf /b/* /d"},
	{"what covers two earlier paths", "RUN a && rm -rf /b/x* /d /b/y && rm -rf /b", "RUN a && rm -rf /b /d"},

	{"one", "RUN a && rm -rf /b /c", ""},
	{"options among the paths", "RUN a && rm /b -rf /c && rm -rf /b", ""},
	{"options behind the paths that are too few", "RUN a && rm /b -r && rm -rf /b", ""},
	{"an earlier one that a command may mind", "RUN rm -rf /b && a && rm -rf /b", ""},
	{"not recursive", "RUN a && rm -f /b && rm -rf /c", ""},
	{"a relative path", "RUN a && rm -rf b && rm -rf /c", ""},
	{"a variable", "RUN a && rm -rf $b && rm -rf /c", ""},
	{"a redirection", "RUN a && rm -rf /b > /log && rm -rf /c", ""},
	{"on a condition", "RUN a || rm -rf /b && rm -rf /c", ""},
	{"a comment between", "RUN a \\\n && rm -rf /b \\\n # c\n && rm -rf /c", ""},
	{"not at the end", "RUN a && rm -rf /b && rm -rf /c && d", ""},
	{"under set -e, the end of a list", "RUN set -e; a && rm -rf /var/cache/x; b; rm -rf /var/cache/x", ""},
	{"a here-document", "RUN <<EOF\nrm -rf /b\nrm -rf /c\nEOF\n", ""},
}

// TestTidyCleanupOfAuthor leaves the order of two clean-ups alone where the author wrote the first.
func TestTidyCleanupOfAuthor(t *testing.T) {
	if got, ok := TidyCleanup("RUN a && rm -rf /var/lib/apt/lists/* && apt-get clean", "rm -rf /var/lib/apt/lists/*"); ok {
		t.Errorf("%q", got)
	}
}

func TestTidyCleanup(t *testing.T) {
	for _, test := range tidyCases {
		t.Run(test.name, func(t *testing.T) {
			got, ok := TidyCleanup(test.run)
			if !ok {
				got = ""
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Error(d)
			}
			if ok {
				dockerfile(t, got)
			}
			if again, ok := TidyCleanup(got); ok {
				t.Errorf("twice it becomes %s", again)
			}
		})
	}
	got, ok := AppendCleanup("RUN <<EOF\nset -e\na\n  rm -rf /b\nEOF\n", "rm -rf /b /c")
	if want := "RUN <<EOF\nset -e\na\n  rm -rf /b /c\nEOF\n"; !ok || got != want {
		t.Errorf("%v %q, want %q", ok, got, want)
	}
}

// TestTidyCleanupLeavesTheAuthors: what the author wrote apart stays apart.
func TestTidyCleanupLeavesTheAuthors(t *testing.T) {
	for _, test := range []struct {
		name, run, want string
		authors         []string
	}{
		{"two", "RUN a && rm -rf /b && rm -rf /c", "", []string{"rm -rf /b", "rm -rf /c"}},
		{"two, and one more", "RUN a && rm -rf /b && rm -rf /c && rm -rf /d", "RUN a && rm -rf /b && rm -rf /c /d", []string{"rm -rf /b", "rm -rf /c"}},
		{"two, and what the first removes", "RUN a && rm -rf /b && rm -rf /c && rm -rf /b", "RUN a && rm -rf /b && rm -rf /c", []string{"rm -rf /b", "rm -rf /c"}},
		{"two that remove the same", "RUN a && rm -rf /b && rm -rf /b/c", "RUN a && rm -rf /b", []string{"rm -rf /b", "rm -rf /b/c"}},
		{"one, and one more", "RUN a && rm -rf /b && rm -rf /c", "RUN a && rm -rf /b /c", []string{"rm -rf /b"}},
	} {
		got, ok := TidyCleanup(test.run, test.authors...)
		if !ok {
			got = ""
		}
		if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("%s: %s", test.name, d)
		}
	}
}

func FuzzTidyCleanup(f *testing.F) {
	for _, test := range tidyCases {
		f.Add(test.run)
	}
	f.Fuzz(func(t *testing.T, run string) {
		got, ok := TidyCleanup(run)
		if !ok || !valid(run) {
			return
		}
		dockerfile(t, got)
		if was, now := Comments(run), Comments(got); !cmp.Equal(was, now) {
			t.Fatalf("comments %q became %q", was, now)
		}
	})
}
