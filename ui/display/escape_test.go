package display

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	_ "github.com/tare-oci/tare/analyze/imagetest/quick"
)

var escapeCases = []struct{ name, in, want, ascii string }{
	{"plain", "usr/bin/env", "usr/bin/env", ""},
	{"empty", "", "", ""},
	{"backslash stays", `a\nb`, `a\nb`, ""},
	{"newline, tab, return", "a\nb\tc\r", `a\nb\tc\r`, ""},
	{"clear screen", "\x1b[2J\x1b]0;owned\a", `\x1b[2J\x1b]0;owned\x07`, ""},
	{"null and DEL", "\x00\x7f", `\x00\x7f`, ""},
	{"C1 as a character", "\u009b31m", `\u009b31m`, ""},
	{"C1 as a byte", "\x9b31m", `\x9b31m`, ""},
	{"Latin 1 bytes", "caf\xe9", `caf\xe9`, ""},
	{"cut short", "\xe6\x97", `\xe6\x97`, ""},
	{"surrogate", "\xed\xa0\x80", `\xed\xa0\x80`, ""},
	{"real replacement character", "\ufffd", "\ufffd", `\ufffd`},
	{"bidi override", "\u202egpj.exe", `\u202egpj.exe`, ""},
	{"bidi isolates and marks", "\u2066\u2069\u200e\u200f\u061c", `\u2066\u2069\u200e\u200f\u061c`, ""},
	{"zero width", "a\u200bb\u200d\ufeff\u2060", `a\u200bb\u200d\ufeff\u2060`, ""},
	{"line separators", "\u2028\u2029\u0085", `\u2028\u2029\u0085`, ""},
	{"odd spaces", "a\u00a0b\u3000\u2800", `a\u00a0b\u3000\u2800`, ""},
	{"soft hyphen, fillers, variation selectors", "\u00ad\u3164\ufe0f\U000e0100", `\u00ad\u3164\ufe0f\U000e0100`, ""},
	{"tag characters", "\U000e0041", `\U000e0041`, ""},
	{"private use", "\ue0b0", `\ue0b0`, ""},
	{"CJK", "日本語", "日本語", `\u65e5\u672c\u8a9e`},
	{"emoji", "🐳", "🐳", `\U0001f433`},
	{"accents", "café cafe\u0301", "café cafe\u0301", `caf\u00e9 cafe\u0301`},
	{"a mark with nothing to sit on", "\u0301a\n\u0301", `\u0301a\n\u0301`, ""},
	{"arrow of a sentence", "npm → g++", "npm → g++", "npm -> g++"},
	{"arrow in a name", "a→b → ", "a→b → ", `a\u2192b -> `},
	{"stacked marks", "a" + strings.Repeat("\u0300", 10), "a" + strings.Repeat("\u0300", 8) + `\u0300\u0300`, "a" + strings.Repeat(`\u0300`, 10)},
}

func TestEscape(t *testing.T) {
	for _, c := range escapeCases {
		t.Run(c.name, func(t *testing.T) {
			if got := Escape(c.in); got != c.want {
				t.Errorf("Escape(%q) = %q, want %q", c.in, got, c.want)
			}
			ascii := c.ascii
			if ascii == "" {
				ascii = c.want
			}
			if got := EscapeASCII(c.in); got != ascii {
				t.Errorf("EscapeASCII(%q) = %q, want %q", c.in, got, ascii)
			}
		})
	}
}

func TestLines(t *testing.T) {
	got := Lines("RUN <<EOF\r\n\tapt-get\x1b[m\nEOF\n")
	if diff := cmp.Diff([]string{"RUN <<EOF", `    apt-get\x1b[m`, "EOF"}, got); diff != "" {
		t.Errorf("Lines (-want +got):\n%s", diff)
	}
}

func TestOneLine(t *testing.T) {
	got := OneLine("RUN apt-get update \\\n\t&& apt-get   install x\nEOF\x1b")
	if want := `RUN apt-get update && apt-get install x EOF\x1b`; got != want {
		t.Errorf("OneLine = %q, want %q", got, want)
	}
}

// forbidden finds a character that a terminal would obey or that changes the
// order of others.
func forbidden(s string) (rune, bool) {
	for _, r := range s {
		switch {
		case r < 0x20, r >= 0x7f && r <= 0x9f,
			r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069,
			r == 0x200e, r == 0x200f, r == 0x61c, r == 0x2028, r == 0x2029,
			r == 0x200b, r == 0x200d, r == 0xfeff:
			return r, true
		}
	}
	return 0, false
}

func FuzzEscape(f *testing.F) {
	for _, c := range escapeCases {
		f.Add(c.in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Escape(s)
		if r, bad := forbidden(got); bad {
			t.Errorf("Escape(%q) = %q holds %U", s, got, r)
		}
		if !utf8.ValidString(got) {
			t.Errorf("Escape(%q) = %q is not UTF-8", s, got)
		}
		if again := Escape(got); again != got {
			t.Errorf("Escape is not idempotent: %q, then %q", got, again)
		}
		for i, b := range []byte(EscapeASCII(s)) {
			if b < ' ' || b >= 0x7f {
				t.Errorf("EscapeASCII(%q): byte %d is %#x", s, i, b)
			}
		}
		for _, line := range Lines(s) {
			if r, bad := forbidden(line); bad {
				t.Errorf("Lines(%q) holds %U", s, r)
			}
		}
		if r, bad := forbidden(OneLine(s)); bad {
			t.Errorf("OneLine(%q) holds %U", s, r)
		}
	})
}
