package display

import (
	"strings"
	"testing"
)

func TestWidth(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "日本": 4, "🐳x": 3, "e\u0301": 1, "🇯🇵": 2} {
		if got := Width(text); got != want {
			t.Errorf("Width(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestTruncate(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  string
		ascii string
	}{
		{"abcdef", 6, "abcdef", "abcdef"},
		{"abcdef", 5, "abcd…", "ab..."},
		{"abcdef", 1, "…", "."},
		{"abcdef", 0, "", ""},
		{"abcdef", -1, "", ""},
		{"日本語", 6, "日本語", "日本語"},
		{"日本語", 5, "日本…", "日..."},
		{"日本語", 4, "日…", "..."},
	} {
		if got := Truncate(c.in, c.width); got != c.want {
			t.Errorf("Truncate(%q, %d) = %q, want %q", c.in, c.width, got, c.want)
		}
		if got := ASCII.Truncate(c.in, c.width); got != c.ascii {
			t.Errorf("ASCII.Truncate(%q, %d) = %q, want %q", c.in, c.width, got, c.ascii)
		}
	}
}

func TestTruncatePath(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  string
	}{
		{"usr/lib/python3/site.py", 23, "usr/lib/python3/site.py"},
		{"usr/lib/python3/site.py", 20, "usr/lib/pyt…/site.py"},
		{"usr/lib/python3/site.py", 9, "…/site.py"},
		{"usr/lib/python3/site.py", 8, "site.py"},
		{"usr/lib/python3/site.py", 6, "sit…py"},
		{"usr/lib/python3/site.py", 3, "si…"},
		{"averylongname.tar.gz", 11, "avery…ar.gz"},
		{"aa/b/", 3, "b/"},
		{"路径/文件夹/名字", 8, "路…/名字"},
		{"路径/文件夹/名字", 7, "…/名字"},
	} {
		if got := TruncatePath(c.in, c.width); got != c.want {
			t.Errorf("TruncatePath(%q, %d) = %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

func TestPad(t *testing.T) {
	if got := Pad("日", 4) + "|" + PadLeft("日", 4) + "|" + Pad("long", 2); got != "日  |  日|long" {
		t.Errorf("got %q", got)
	}
}

func FuzzTruncate(f *testing.F) {
	for _, c := range escapeCases {
		f.Add(c.in, 5)
	}
	f.Add("🇯🇵🇯🇵👩🏽‍🚀/🏳️‍🌈", 3)
	f.Fuzz(func(t *testing.T, s string, width int) {
		width %= 200
		s = Escape(s)
		for name, got := range map[string]string{
			"Truncate": Truncate(s, width), "TruncatePath": TruncatePath(s, width),
			"ASCII.Truncate": ASCII.Truncate(s, width), "ASCII.TruncatePath": ASCII.TruncatePath(s, width),
		} {
			if Width(got) > max(width, 0) {
				t.Errorf("%s(%q, %d) = %q is %d cells wide", name, s, width, got, Width(got))
			}
		}
		if Width(s) <= width && (Truncate(s, width) != s || TruncatePath(s, width) != s) {
			t.Errorf("%q fits %d cells and was shortened", s, width)
		}
		if base := s[strings.LastIndexByte(s, '/')+1:]; Width(base) <= width && !strings.HasSuffix(TruncatePath(s, width), base) {
			t.Errorf("TruncatePath(%q, %d) = %q lost the base name", s, width, TruncatePath(s, width))
		}
	})
}

// TestTruncateWords cuts between words as long as that loses little of the room.
func TestTruncateWords(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"install without recommended packages", 40, "install without recommended packages"},
		{"install without recommended packages", 30, "install without recommended…"},
		{"install without recommended packages", 24, "install without…"},
		{"install without, recommended", 17, "install without…"},
		{"install without recommended packages", 16, "install without…"},
		{"install without recommended packages", 12, "install…"},
		{"a /very/long/path/that/has/no/blanks", 24, "a /very/long/path/that/…"},
		{"日本語 日本語 日本語", 12, "日本語…"},
		{"abc", 1, "…"},
		{"abc", 0, ""},
	} {
		got := Unicode.TruncateWords(c.text, c.width)
		if got != c.want || Width(got) > c.width {
			t.Errorf("%q in %d columns: %q, want %q", c.text, c.width, got, c.want)
		}
	}
}
