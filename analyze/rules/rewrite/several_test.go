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
