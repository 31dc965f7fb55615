package rewrite

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const clean = "rm -rf /var/lib/apt/lists/*"

var cleanupCases = []struct {
	name, run, want string // want "" refuses
}{
	{"one line", "RUN apt-get update && apt-get install -y curl", "RUN apt-get update && apt-get install -y curl \\\n    && " + clean},
	{"the author's indentation", "RUN apt-get update \\\n && apt-get install -y \\\n      curl", "RUN apt-get update \\\n && apt-get install -y \\\n      curl \\\n && " + clean},
	{"&& at the end of lines", "RUN apt-get update && \\\n\tapt-get install -y curl", "RUN apt-get update && \\\n\tapt-get install -y curl && \\\n\t" + clean},
	{"lines with nothing but a backslash", "RUN a   && \\\n        \\\n  b c      \\\n           \\\n    d   && \\\n           \\\n  e", "RUN a   && \\\n        \\\n  b c      \\\n           \\\n    d   && \\\n           \\\n  e && \\\n  " + clean},
	{"a trailing semicolon", "RUN a; b ;", "RUN a; b \\\n    && " + clean},
	{"set -e with semicolons", "RUN set -eux; \\\n\tapt-get update; \\\n\tapt-get install -y curl", "RUN set -eux; \\\n\tapt-get update; \\\n\tapt-get install -y curl; \\\n\t" + clean},
	{"set -e before a loop", "RUN set -e; for i in 1 2; do a; b; done", "RUN set -e; for i in 1 2; do a; b; done; \\\n    " + clean},
	{"set -e before a list", "RUN set -e; a && b", "RUN set -e; a && b \\\n    && " + clean},
	{"set -e, then a list in a block", "RUN set -e; { a && b; }", ""},
	{"set -e behind set -x, in lines that begin with ;", "RUN set -x \\\n  ; set -e \\\n  ; a \\\n  ; b", "RUN set -x \\\n  ; set -e \\\n  ; a \\\n  ; b \\\n  ; " + clean},
	{"set -e taken back", "RUN set -e; a; set +e; for i in 1 2; do b; done", ""},
	{"or", "RUN a || true", "RUN a || true \\\n    && " + clean},
	{"heredoc with set -e", "RUN <<EOF\nset -e\napt-get update\nEOF\n", "RUN <<EOF\nset -e\napt-get update\n" + clean + "\nEOF\n"},
	{"heredoc without", "RUN <<EOF\nx=1\napt-get update\nEOF\n", "RUN <<EOF\nx=1\napt-get update && " + clean + "\nEOF\n"},
	{"heredoc that ends in a list", "RUN <<EOF\napt-get update && \\\n  make\n\nEOF", "RUN <<EOF\napt-get update && \\\n  make && " + clean + "\n\nEOF"},
	{"heredoc that ends in a condition", "RUN <<EOF\napt-get update\nif a; then b; fi\nEOF\n", ""},
	{"heredoc that ends with a comment", "RUN <<EOF\napt-get update # lists\nEOF\n", ""},
	{"indented heredoc without", "RUN <<-EOF\n\tapt-get update\n\tEOF\n", ""},
	{"heredoc of another program", "RUN <<EOF\n#!/usr/bin/env python3\nprint\nEOF\n", ""},
	{"a service for the next boot", "RUN apt-get update && systemctl enable ssh", "RUN apt-get update && systemctl enable ssh \\\n    && " + clean},
	{"a service that starts", "RUN apt-get update && systemctl enable --now ssh", ""},
	{"a service that starts by itself", "RUN apt-get update && systemctl start ssh", ""},
	{"heredoc for a program", "RUN python3 <<EOF\nprint()\nEOF\n", ""},
	{"exit", "RUN a; exit", ""},
	{"exit that fails", "RUN a || exit 1", "RUN a || exit 1 \\\n    && " + clean},
	{"exec", "RUN exec a", ""},
	{"background", "RUN a &", ""},
	{"noglob", "RUN set -f; a", ""},
	{"comment", "RUN a # b", ""},
	{"comments in backquotes", "RUN a \\\n  `# b ` \\\n  c", "RUN a \\\n  `# b ` \\\n  c \\\n  && " + clean},
	{"comment behind one in backquotes", "RUN a `# b` c # d", ""},
	{"exec form", `RUN ["a"]`, ""},
	{"cache mount on the lists", "RUN --mount=type=cache,target=/var/lib/apt a", ""},
	{"cache mount elsewhere", "RUN --mount=type=cache,target=/root/.cache a", "RUN --mount=type=cache,target=/root/.cache a \\\n    && " + clean},
}

func TestAppendCleanup(t *testing.T) {
	for _, test := range cleanupCases {
		t.Run(test.name, func(t *testing.T) {
			got, ok := AppendCleanup(test.run, clean)
			if diff := cmp.Diff(test.want, got); ok != (test.want != "") || ok && diff != "" {
				t.Fatalf("AppendCleanup reports %v (-want +got):\n%s", ok, diff)
			}
			if ok {
				dockerfile(t, got)
			}
		})
	}
	if got, ok := AppendCleanup("RUN --mount=type=cache,target=/var/cache/apt a", "apt-get clean"); ok {
		t.Errorf("apt-get clean empties a cache mount:\n%s", got)
	}
	for _, command := range []string{"", "a\nb", "a; b", "a # b", "if"} {
		if got, ok := AppendCleanup("RUN x", command); ok {
			t.Errorf("AppendCleanup takes %q:\n%s", command, got)
		}
	}
}

func FuzzAppendCleanup(f *testing.F) {
	for _, test := range cleanupCases {
		f.Add(test.run)
	}
	f.Fuzz(func(t *testing.T, run string) {
		got, ok := AppendCleanup(run, clean)
		if !ok || !valid(run) {
			return
		}
		dockerfile(t, got)
		r, err := ParseRun(got)
		if err != nil {
			t.Fatalf("%v\n%s", err, got)
		}
		if last := r.Commands[len(r.Commands)-1]; last.Source() != clean || last.Conditional || last.Subshell {
			t.Fatalf("the last command is %q of\n%s", describe(last), got)
		}
	})
}

func TestRemoveCommand(t *testing.T) {
	isRm := func(c Command) bool { return c.Name() == "rm" }
	for run, want := range map[string]string{
		"RUN a && rm x && b":                         "RUN a && b",
		"RUN rm x && a":                              "RUN a",
		"RUN a && rm x":                              "RUN a",
		"RUN a \\\n    && rm x \\\n    && b":         "RUN a \\\n    && b",
		"RUN a && rm x && rm y && b":                 "RUN a && b",
		"RUN a && \\\nb && \\\nc \\\n    && rm x":    "RUN a && \\\nb && \\\nc",
		"RUN a && \\\n# why\nb && \\\nrm x && \\\nc": "RUN a && \\\n# why\nb && \\\nc",
		"RUN --mount=type=cache,target=/c a && rm x": "RUN --mount=type=cache,target=/c a",
	} {
		got, ok := RemoveCommand(run, isRm)
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("%q (-want +got):\n%s", run, diff)
			continue
		}
		dockerfile(t, got)
	}
	if got, ok := RemoveCommand("RUN rm x", isRm); !ok || got != "" {
		t.Errorf("nothing should be left, got %q, %v", got, ok)
	}
	for _, run := range []string{"RUN a", "RUN a; rm x", "RUN a || rm x", "RUN if a; then rm x; fi", "RUN rm x > log", "RUN rm $(a)", "RUN ! rm x", "RUN rm x &", `RUN ["rm"]`} {
		if got, ok := RemoveCommand(run, isRm); ok {
			t.Errorf("%q: taken out, leaving %q", run, got)
		}
	}
}
