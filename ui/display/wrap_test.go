package display

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  []string
	}{
		{"", 5, []string{""}},
		{"a b c", 5, []string{"a b c"}},
		{"one two three", 8, []string{"one two", "three"}},
		{"abcdefghij k", 4, []string{"abcd", "efgh", "ij k"}},
		{"日本語 x", 5, []string{"日本", "語 x"}},
		{"日本", 1, []string{"日", "本"}},
		{"x", 0, []string{"x"}},
	} {
		if diff := cmp.Diff(c.want, Wrap(c.in, c.width)); diff != "" {
			t.Errorf("Wrap(%q, %d) (-want +got):\n%s", c.in, c.width, diff)
		}
	}
}

func TestInstruction(t *testing.T) {
	for _, c := range []struct {
		name, in string
		width    int
		want     []string
	}{
		{"short", "RUN a && b", 40, []string{"RUN a && b"}},
		{"steps", "RUN apt-get update   && apt-get install -y git && rm -rf /var/lib/apt/lists/*", 40, []string{
			`RUN apt-get update \`,
			`    && apt-get install -y git \`,
			`    && rm -rf /var/lib/apt/lists/*`,
		}},
		{"quoted", `RUN echo "one && two" 'three && four' && echo five`, 40, []string{
			`RUN echo "one && two" 'three && four' \`,
			`    && echo five`,
		}},
		{"a long step", "RUN apt-get install -y build-essential git curl", 30, []string{
			`RUN apt-get install -y \`,
			`        build-essential git \`,
			`        curl`,
		}},
		{"a long word", "RUN curl https://example.org/a/very/long/name", 24, []string{
			`RUN curl \`,
			`https://example.org/a/\`,
			"very/long/name",
		}},
		{"continued by hand", "RUN apt-get update && apt-get install \\\n    git", 30, []string{
			`RUN apt-get update \`,
			`    && apt-get install \`,
			`    git`,
		}},
		{"here document", "RUN <<EOF\necho one two three four five six\nEOF", 20, []string{
			"RUN <<EOF", "echo one two three", "four five six", "EOF",
		}},
		{"several", "COPY a b\nRUN chown x b", 40, []string{"COPY a b", "RUN chown x b"}},
		{"hostile", "RUN \x1b[2J\x00", 40, []string{`RUN \x1b[2J\x00`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Instruction(c.in, c.width)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSteps(t *testing.T) {
	got := Unicode.Steps("FROM x\nRUN a &&  b || c \\\n  && d\nRUN  e", 40)
	want := []string{"FROM x", `RUN a \`, `    && b \`, `    || c \`, "  && d", "RUN  e"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	hereDocument := []string{"RUN <<EOF", "a && b", "EOF"}
	if diff := cmp.Diff(hereDocument, Unicode.Steps(strings.Join(hereDocument, "\n"), 40)); diff != "" {
		t.Errorf("here document (-want +got):\n%s", diff)
	}
}

func FuzzInstruction(f *testing.F) {
	f.Add("RUN apt-get update && echo 'a && b' || true \\\n  && x", 30)
	f.Add("RUN 日本語日本語日本語日本語日本語日本語", 20)
	f.Fuzz(func(t *testing.T, text string, width int) {
		width = 1 + (width%200+200)%200
		for _, line := range Instruction(text, width) {
			if Width(line) > max(width, 2) { // a wide character is not cut in half
				t.Errorf("Instruction(%q, %d): %q is %d cells wide", text, width, line, Width(line))
			}
			if r, bad := forbidden(line); bad {
				t.Errorf("Instruction(%q, %d) holds %U", text, width, r)
			}
		}
		if !strings.Contains(text, "<<") {
			// Undo what Docker undoes: nothing but blanks may have changed.
			joined := strings.ReplaceAll(strings.Join(Instruction(text, 40), "\n"), "\\\n", "")
			want := strings.ReplaceAll(strings.Join(Lines(text), "\n"), "\\\n", "")
			if normalize(joined) != normalize(want) {
				t.Errorf("Instruction(%q, 40) says %q, want %q", text, normalize(joined), normalize(want))
			}
		}
	})
}

func normalize(s string) string {
	return strings.NewReplacer(" ", "", "\n", "", `\`, "").Replace(s)
}

// Laying out takes time in proportion to the text, whatever it is made of. A
// quadratic slip takes minutes here.
func TestLongTexts(t *testing.T) {
	for name, unit := range map[string]string{"one word": "x", "blanks": " ", "wide": "日", "steps": "&& ", "quotes": `"a `, "controls": "\x1b"} {
		text := strings.Repeat(unit, 1<<17/len(unit))
		start := time.Now()
		Wrap(Escape(text), 80)
		Instruction("RUN "+text, 80)
		Truncate(OneLine(text), 80)
		if took := time.Since(start); took > 4*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}
