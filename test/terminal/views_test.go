package terminal

import (
	"fmt"
	"strings"
	"testing"
)

// size is a terminal's, in columns and rows.
type size struct{ columns, rows int }

var sizes = []size{{120, 36}, {80, 24}, {40, 10}}

// atEverySize runs a test on terminals of each size, side by side.
func atEverySize(t *testing.T, test func(t *testing.T, s size)) {
	t.Helper()
	needTerminal(t)
	for _, s := range sizes {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			test(t, s)
		})
	}
}

var locales = []string{"C.UTF-8", "C"}

func (s size) String() string { return fmt.Sprintf("%dx%d", s.columns, s.rows) }

// TestEveryViewAtEverySize looks at every view of a demo image at
// every size in both locales: the frame is whole, and where the locale has no
// UTF-8 the program sends nothing but ASCII.
func TestEveryViewAtEverySize(t *testing.T) {
	needTerminal(t)
	views := []struct {
		keys  string
		texts []string
	}{
		{"1", []string{"92 MB", "recommended packages", "cannot be helped"}},
		{"2", []string{"usr/", "by size"}},
		{"3", []string{"python3-pip", "package"}},
		{"4", []string{"rebuilt from", "RUN"}},
		{"5", []string{"user", "root"}},
		{"i", []string{"About the image", "linux/amd64"}},
		{"Escape", []string{"user", "root"}},
		{"?", []string{"Keys", "Move"}},
		{"Escape", []string{"user", "root"}},
	}
	for _, s := range sizes {
		for _, locale := range locales {
			t.Run(s.String()+" "+locale, func(t *testing.T) {
				t.Parallel()
				term := sample(t, setting{columns: s.columns, rows: s.rows, locale: locale})
				for _, v := range views {
					term.see(v.keys, v.texts...)
					term.whole()
				}
				term.press("q")
				term.left(0)
				if i := strings.IndexFunc(term.raw(), func(r rune) bool { return r >= 0x80 }); locale == "C" && i >= 0 {
					t.Errorf("in a C locale the program sends %q", term.raw()[max(i-20, 0):min(i+20, len(term.raw()))])
				}
			})
		}
	}
}

// TestHeadline: at every size the first screen says where the changes lead, and what
// tells instructions apart is not cut where two panes have room.
func TestHeadline(t *testing.T) {
	atEverySize(t, func(t *testing.T, s size) {
		term := sample(t, setting{columns: s.columns, rows: s.rows})
		term.wait("197 MB → 103 MB with 2 changes")
		if s.columns >= 80 {
			term.wait("install without recommended packages +1 more")
		}
		if s.columns < 100 {
			term.press("BTab")
		}
		term.wait(map[int]string{120: "apt-get install python3-pip", 80: "apt-get install -y python3-pip", 40: "install python3-pip"}[s.columns])
		term.whole()
	})
}

// TestChangesFold: findings are folded into their change, small ones and what cannot be
// helped into a row each, and a risk stands above all of them with its path.
func TestChangesFold(t *testing.T) {
	atEverySize(t, func(t *testing.T, s size) {
		term := sample(t, setting{columns: s.columns, rows: s.rows}, "secret")
		screen := term.wait("risk", "an npm token", "32 MB", "3 smaller changes", "cannot be helped")
		if strings.Index(screen, "an npm token") > strings.Index(screen, "32 MB") {
			t.Errorf("the risk does not come first:\n%s", picture(screen))
		}
		if s.columns > 40 {
			term.wait("/root/.npmrc")
		}
		term.see("Down Right Down", "3/5", "npm cache and logs")
		term.whole()
		term.see("Left Left", "2/4")
		term.press("q")
		term.left(0)
	})
}

// TestThemes: every view is whole in every theme, at every size.
func TestThemes(t *testing.T) {
	needTerminal(t)
	for _, theme := range []string{"dark", "light", "contrast", "none"} {
		for _, s := range sizes {
			t.Run(theme+" "+s.String(), func(t *testing.T) {
				t.Parallel()
				term := sample(t, setting{columns: s.columns, rows: s.rows}, "--theme", theme)
				for _, view := range "54321" {
					term.press(string(view))
					term.whole()
				}
				own := strings.Contains(term.coloured(), "48;2;0;0;0") || strings.Contains(term.coloured(), "48;5;16")
				if own != (theme == "contrast") {
					t.Errorf("a background of its own: %v", own)
				}
				term.press("q")
				term.left(0)
			})
		}
	}
}

// TestEveryDemo opens the other demo images.
func TestEveryDemo(t *testing.T) {
	needTerminal(t)
	for _, name := range []string{"chown-copy", "deleted-later", "node-app", "multi-stage"} {
		for _, s := range sizes {
			for _, locale := range locales {
				t.Run(name+" "+s.String()+" "+locale, func(t *testing.T) {
					full(t)
					t.Parallel()
					term := sample(t, setting{columns: s.columns, rows: s.rows, locale: locale}, name)
					for _, view := range "12345" {
						term.press(string(view))
						term.whole()
					}
					term.see("?", "Keys")
					term.whole()
					term.press("q") // the help
					term.gone("Keys")
					term.press("q")
					term.left(0)
				})
			}
		}
	}
}
