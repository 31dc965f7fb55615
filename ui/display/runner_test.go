package display

import (
	"strings"
	"testing"
)

func TestEscapeTakesCommandsFromRunners(t *testing.T) {
	for given, want := range map[string]string{
		"::set-output name=x::y": `\x3a:set-output name=x::y`,
		"  ::error::x":           `  \x3a:error::x`,
		"::1":                    "::1",
		"::":                     "::",
		"std::vector":            "std::vector",
		"bind ::1 and x::y":      "bind ::1 and x::y",
		"a ::error::x":           "a ::error::x",
		"##[error]x":             `\x23#[error]x`,
		"a ##vso[task.x]":        `a \x23#vso[task.x]`,
		"####[group]":            `##\x23#[group]`,
		"## heading [1]":         "## heading [1]",
		"C# and F## [x]":         "C# and F## [x]",
		"::é":                    "::é",
	} {
		if got := Escape(given); got != want {
			t.Errorf("Escape(%q) is %q, not %q", given, got, want)
		}
		if again := Escape(want); again != want {
			t.Errorf("Escape(%q) is %q", want, again)
		}
	}
}

// No break of a line makes a command of what was none, and none is lost.
func TestWrapMakesNoCommands(t *testing.T) {
	texts := []string{"aaaa ::error::x bbbb", strings.Repeat("x", 30) + "::error::" + strings.Repeat("y", 30), strings.Repeat("::set-env ", 9), "RUN echo a ::warning::b && echo '::notice::c d' ::x"}
	for _, text := range texts {
		for width := 1; width < 70; width++ {
			for name, lines := range map[string][]string{"Wrap": Wrap(Escape(text), width), "Instruction": Instruction(text, width)} {
				for _, line := range lines {
					if commands(strings.TrimLeft(line, " ")) {
						t.Errorf("%s of %q to %d has the line %q", name, text, width, line)
					}
				}
			}
		}
	}
}

func TestTextKeepsLines(t *testing.T) {
	const given = "--- a/x\r\n+\tRUN \x1b]0;x\x07\n \u202e\n"
	if got, want := Text(given), "--- a/x\n+\tRUN \\x1b]0;x\\x07\n \\u202e\n"; got != want {
		t.Errorf("Text is %q, not %q", got, want)
	}
}
