package rewrite

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

var severalTexts = []string{
	"RUN a\nCOPY b c", "# x\n\nRUN a \\\n  # y\n\n  b\n\nCMD c\n", "RUN <<EOF\n# no comment\nRUN x\nEOF\nENV a=b",
	"COPY <<A <<-\"B\" /\na\nA\nRUN b\n\tB\nRUN c", "RUN echo '<<EOF' && a\nRUN b", "LABEL a=<<EOF\nRUN b", "RUN cat <<EOF > /x\nhi\nEOF\nRUN b",
	"RUN python3 <<EOF && cat 3<<'F'\nx\nEOF\ny\nF\nCMD z", "", "# x\n",
}

func TestSeveralReadsAsBuildKitDoes(t *testing.T) {
	for _, text := range severalTexts {
		got, ok := Several(text)
		if !ok {
			t.Errorf("%q is refused", text)
			continue
		}
		if diff := cmp.Diff(severalByBuildKit(t, text), got); diff != "" {
			t.Errorf("%q (-BuildKit +got):\n%s", text, diff)
		}
	}
	for _, text := range []string{"RUN a \\", "RUN <<EOF\na\n", "RUN a\r\n", "COPY <<A <<B /\nA\n"} {
		if got, ok := Several(text); ok {
			t.Errorf("%q is taken for %q", text, got)
		}
	}
}

func severalByBuildKit(t *testing.T, text string) (out []string) {
	t.Helper()
	if strings.TrimSpace(text) == "" || !strings.Contains(text, "RUN") {
		return nil // BuildKit refuses a file without instructions
	}
	parsed, err := parser.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatalf("BuildKit refuses %q: %v", text, err)
	}
	lines := strings.Split(text, "\n")
	for _, node := range parsed.AST.Children {
		out = append(out, strings.Join(lines[node.StartLine-1:node.EndLine], "\n"))
	}
	return out
}

func TestComments(t *testing.T) {
	for text, want := range map[string][]string{
		"RUN a":                               nil,
		"RUN a \\\n  # b\n\n#c\n  d":          {"# b", "#c"},
		"RUN <<EOF\n# of the script\nEOF":     nil,
		"RUN a # of the shell \\\n # b\n&& c": {"# b"},
	} {
		if got := Comments(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestAddMount(t *testing.T) {
	for run, want := range map[string]string{
		"RUN a":                              "RUN --mount=type=cache,target=/c,sharing=locked a",
		"RUN \t      a":                      "RUN --mount=type=cache,target=/c,sharing=locked a",
		"run \\\n  a && b":                   "run --mount=type=cache,target=/c,sharing=locked \\\n  a && b",
		`RUN ["a", "b"]`:                     `RUN --mount=type=cache,target=/c,sharing=locked ["a", "b"]`,
		"RUN --network=none a":               "RUN --mount=type=cache,target=/c,sharing=locked --network=none a",
		"RUN --mount=type=cache,target=/a b": "RUN --mount=type=cache,target=/a --mount=type=cache,target=/c,sharing=locked b",
		"RUN --mount=type=cache,target=/d,sharing=locked a":                                   "RUN --mount=type=cache,target=/c,sharing=locked --mount=type=cache,target=/d,sharing=locked a",
		"RUN --mount=type=cache,target=/a,id=x --mount=type=cache,target=/b --network=none a": "RUN --mount=type=cache,target=/a,id=x --mount=type=cache,target=/b --mount=type=cache,target=/c,sharing=locked --network=none a",
		"RUN --mount=type=cache,target=/a \\\n    b":                                          "RUN --mount=type=cache,target=/a --mount=type=cache,target=/c,sharing=locked \\\n    b",
		"RUN --mount=type=tmpfs,target=/a b":                                                  "RUN --mount=type=cache,target=/c,sharing=locked --mount=type=tmpfs,target=/a b",
		"RUN --mount=type=cache,target=/c a":                                                  "",
		"RUN --mount=type=cache,target=/c/d a":                                                "",
		"COPY a b":                                                                            "",
		"RUN if":                                                                              "",
	} {
		got, ok := AddMount(run, "/c", ",sharing=locked")
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %v, want %q", run, got, ok, want)
		}
		if ok {
			dockerfile(t, got)
		}
	}
}

func FuzzSeveral(f *testing.F) {
	for _, text := range severalTexts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parts, ok := Several(text)
		if !ok {
			return
		}
		rest := "\n" + text + "\n" // parts are whole lines: a comment may hold the same letters
		for _, part := range parts {
			gap, after, ok := strings.Cut(rest, "\n"+part+"\n")
			if !ok || strings.TrimSpace(part) == "" {
				t.Fatalf("%q is no part of %q", part, rest)
			}
			for line := range strings.Lines(gap) {
				if bare := strings.TrimSpace(line); bare != "" && bare[0] != '#' {
					t.Fatalf("%q is left out of %q", bare, text)
				}
			}
			rest = "\n" + after
		}
	})
}
