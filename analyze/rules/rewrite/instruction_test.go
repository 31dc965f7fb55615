package rewrite

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// dockerfile reads one instruction with BuildKit's own parser.
func dockerfile(t testing.TB, text string) *parser.Node {
	t.Helper()
	result, err := parser.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatalf("BuildKit refuses\n%s\n%v", text, err)
	}
	if n := len(result.AST.Children); n != 1 {
		t.Fatalf("BuildKit sees %d instructions in\n%s", n, text)
	}
	if _, err := instructions.ParseInstruction(result.AST.Children[0]); err != nil {
		t.Fatalf("BuildKit refuses\n%s\n%v", text, err)
	}
	return result.AST.Children[0]
}

// valid reports whether BuildKit takes a text as one instruction. What it refuses
// cannot be in a Dockerfile, so no edit needs to fix it.
func valid(text string) bool {
	result, err := parser.Parse(strings.NewReader(text))
	if err != nil || len(result.AST.Children) != 1 {
		return false
	}
	_, err = instructions.ParseInstruction(result.AST.Children[0])
	return err == nil
}

var instructionTexts = []string{
	"RUN apt-get update",
	"run\tapt-get   update  ",
	"RUN apt-get update     && apt-get install -y curl",
	"RUN apt-get update \\\n    && apt-get install -y \\\n        curl \\\n    && rm -rf /var/lib/apt/lists/*",
	"RUN apt-get update \\\n# comes in between\n\n    # and this\n    && true",
	"RUN --mount=type=cache,target=/var/cache/apt --network=none apt-get update",
	`RUN --mount="type=cache,target=/a b" apt-get update`,
	`RUN ["apt-get", "update"]`,
	`RUN [ -f /x ] && echo "[x]"`,
	"RUN a\\\nb\\  \n  c",
	"RUN -- x",
	"COPY --chown=a:b x y /app/",
	`COPY ["a b", "/app/"]`,
	"RUN <<EOF\nset -e\necho hi\nEOF\n",
	"RUN cat <<EOF > /x\nhi\nEOF",
	"RUN echo \\",
}

func TestSplitReadsAsBuildKitDoes(t *testing.T) {
	for _, text := range instructionTexts {
		in, err := split(text)
		if err != nil {
			t.Errorf("split(%q): %v", text, err)
			continue
		}
		checkSplit(t, in, dockerfile(t, text))
	}
}

func checkSplit(t testing.TB, in *instruction, node *parser.Node) {
	t.Helper()
	if in.keyword != node.Value {
		t.Errorf("keyword of %q is %q, BuildKit says %q", in.src, in.keyword, node.Value)
	}
	if diff := cmp.Diff(append([]string{}, node.Flags...), append([]string{}, in.flags...)); diff != "" {
		t.Errorf("flags of %q (-BuildKit +ours):\n%s", in.src, diff)
	}
	if !strings.EqualFold(node.Value, "RUN") || node.Next == nil || node.Attributes["json"] {
		return
	}
	if in.body != node.Next.Value {
		t.Errorf("body of %q is %q, BuildKit says %q", in.src, in.body, node.Next.Value)
	}
	for i := range in.body {
		if in.body[i] != in.src[in.at[i]] {
			t.Fatalf("byte %d of the body of %q does not lead back to its source", i, in.src)
		}
	}
}

func TestSplitRefuses(t *testing.T) {
	for _, text := range []string{"", "  \n", "# comment", "RUN a\nRUN b", "RUN a\r\n", "RUN a\x00", "RUN " + strings.Repeat("a", maxText)} {
		if in, err := split(text); err == nil {
			t.Errorf("split(%.40q) = %+v, want an error", text, in)
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, text := range instructionTexts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		in, err := split(text)
		if err != nil {
			return
		}
		result, err := parser.Parse(strings.NewReader(text))
		if err != nil || len(result.AST.Children) != 1 {
			return
		}
		if !in.is("RUN") || result.EscapeToken != '\\' {
			return
		}
		checkSplit(t, in, result.AST.Children[0])
	})
}

func TestWorkDir(t *testing.T) {
	for _, test := range []struct {
		name, start string
		texts       []string
		want        string
	}{
		{"none", "/", []string{"FROM a", "RUN cd /x"}, "/"},
		{"none, base unknown", "", []string{"FROM a", "RUN cd /x"}, ""},
		{"absolute", "", []string{"WORKDIR /srv/app/"}, "/srv/app"},
		{"nested", "", []string{"WORKDIR /srv", "RUN true", "WORKDIR app", "workdir ./bin/../lib"}, "/srv/app/lib"},
		{"below the root", "/", []string{"WORKDIR app"}, "/app"},
		{"below the unknown", "", []string{"WORKDIR app"}, ""},
		{"a tab, blanks", "/", []string{"WORKDIR\t  /a b  "}, "/a b"},
		{"quotes", "/", []string{`WORKDIR "/a b"`, `WORKDIR 'c'`}, "/a b/c"},
		{"quotes inside", "/", []string{`WORKDIR /a"b"`}, ""},
		{"continued", "/", []string{"WORKDIR \\\n  # why\n  /app"}, "/app"},
		{"variable", "/", []string{"WORKDIR /srv", "WORKDIR $HOME", "WORKDIR app"}, ""},
		{"variable, then absolute", "/", []string{"WORKDIR ${HOME}/x", "WORKDIR /app"}, "/app"},
		{"backslash", "/", []string{`WORKDIR /my\ app`, "WORKDIR bin"}, ""},
		{"backslash, then absolute", "/", []string{`WORKDIR C:\app`, "WORKDIR /app"}, "/app"},
		{"nothing", "/", []string{"WORKDIR"}, ""},
		{"unreadable", "/", []string{"WORKDIR /a\x00"}, ""},
		{"no instruction", "/", []string{"", "# WORKDIR /x"}, "/"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := test.start
			for _, text := range test.texts {
				dir = WorkDir(dir, text)
			}
			if dir != test.want {
				t.Errorf("got %q, want %q", dir, test.want)
			}
		})
	}
}
