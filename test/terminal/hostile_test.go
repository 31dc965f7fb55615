package terminal

import (
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// evil is what an image would say to the terminal: a title, the clipboard, a
// bell, a cleared screen, the way out of the alternate screen, C1, bidi.
const evil = "\x1b]0;owned\a\x1b]52;c;b3duZWQ=\a\x1b[2J\x1b[?1049l\x1b[?25l\x9b31m\u202e\r\n\t\u2066owned"

// hostile speaks to the terminal wherever an image can hold text.
func hostile() imagetest.Image {
	long, deep := strings.Repeat("n", 240)+"\x1b[31m", strings.Repeat("d/", 4000)+"end"
	status := "Package: evil\x1b]0;owned\a\nStatus: install ok installed\nVersion: 1\x1b[2J\nArchitecture: all\nInstalled-Size: 9\nDescription: x\n\n"
	return imagetest.Image{
		Config: v1.Config{
			User: evil, Cmd: []string{"/bin/" + evil}, WorkingDir: "/" + evil,
			Env: []string{"EVIL=" + evil}, Labels: map[string]string{evil: evil},
		},
		Layers: []imagetest.Layer{{CreatedBy: "RUN " + evil, Files: []imagetest.File{
			imagetest.Text("a"+evil, evil),
			imagetest.Symlink("link", evil),
			imagetest.Text(strings.Repeat(long+"/", 16)+"end", "x"),
			imagetest.Text(deep, "x"),
			imagetest.Text("etc/os-release", "ID=debian\nPRETTY_NAME=\""+evil+"\"\n"),
			imagetest.Text("var/lib/dpkg/status", status),
		}}},
	}
}

// TestHostileNames walks through an image that tries to speak to the
// terminal: the frame stays whole, and so does the terminal.
func TestHostileNames(t *testing.T) {
	needTerminal(t)
	image := saveImage(t, "hostile.tar", hostile())
	for _, s := range sizes {
		for _, locale := range locales {
			t.Run(s.String()+" "+locale, func(t *testing.T) {
				t.Parallel()
				term := open(t, setting{columns: s.columns, rows: s.rows, locale: locale, args: []string{"oci-archive:" + image}})
				term.wait("wasted", "? help")
				title := term.tmux("display", "-p", "#{pane_title}")
				for _, keys := range []string{"1", "3", "4", "5", "i", "Escape", "2", "G", "g", "l", "l", "l", "j", "j", "Enter", "Escape", "y"} {
					term.press(keys)
					term.whole()
				}
				if now := term.tmux("display", "-p", "#{pane_title}"); now != title {
					t.Errorf("the title became %q", now)
				}
				term.press("q")
				term.left(0)
				for _, sent := range []string{"owned\a", "\x1b]52;c;b3duZWQ", "\x1b]0;owned", "\x9b31m", "\u202e", "\u2066"} {
					if strings.Contains(term.raw(), sent) {
						t.Errorf("the terminal was sent %q", sent)
					}
				}
			})
		}
	}
}
