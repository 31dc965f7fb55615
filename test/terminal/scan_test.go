package terminal

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestSlowRegistryCanBeBrowsed opens an image of a registry that has
// sent half of it: the frame stands before any layer is there, layers appear as
// they come, and everything can be looked at meanwhile.
func TestSlowRegistryCanBeBrowsed(t *testing.T) {
	needTerminal(t)
	for _, s := range sizes {
		for _, locale := range locales {
			t.Run(s.String()+" "+locale, func(t *testing.T) {
				t.Parallel()
				r := newSlowRegistry(t, 5)
				term := open(t, setting{columns: s.columns, rows: s.rows, locale: locale, args: []string{"--no-cache", r.reference}})
				term.reading(0)
				term.see("Tab", "? help")
				term.press("BTab")
				s := term.wait("COPY")
				if strings.Contains(s, "wasted") || strings.Contains(s, "100 %") {
					t.Errorf("no layer was sent, and there are results:\n%s", picture(s))
				}
				term.whole()

				r.release(2)
				term.reading(2)
				term.whole()
				term.press("j")
				term.press("5")
				term.whole()
				term.press("4")
				term.wait("COPY")
				term.press("1")
				term.see("?", "Keys")
				term.press("Escape")
				term.gone("Keys")
				r.release(3)
				term.wait("wasted", "? help")
				term.gone("reading")
				term.whole()
				if !strings.Contains(term.raw(), "\x1b]9;4;1;") || !strings.Contains(term.raw(), "\x1b]9;4;0") {
					t.Error("the terminal's own progress indicator was not used, or not put away")
				}
				term.press("q")
				term.left(0)
			})
		}
	}
}

// TestTransferRate reads a layer that comes in small pieces, until the
// rate and the time left are shown.
func TestTransferRate(t *testing.T) {
	needTerminal(t)
	r := newSlowRegistry(t, 5)
	r.throttle(10*time.Millisecond, 2<<10)
	term := open(t, setting{columns: 80, rows: 24, args: []string{"--no-cache", r.reference}})
	term.reading(0)
	r.release(5)
	rate := regexp.MustCompile(`\d %  [\d.]+ [kM]B of [\d.]+ MB  [\d.]+ [kM]B/s  \S+ s left`)
	term.until("rate and time left", rate.MatchString)
	r.throttle(0, 1<<30)
	term.wait("wasted", "? help")
	term.press("q")
	term.left(0)
}

// TestEscKeepsWhatWasRead ends a scan and keeps what was found.
func TestEscKeepsWhatWasRead(t *testing.T) {
	atEverySize(t, func(t *testing.T, s size) {
		r := newSlowRegistry(t, 5)
		term := open(t, setting{columns: s.columns, rows: s.rows, args: []string{"--no-cache", r.reference}})
		term.reading(0)
		r.release(1)
		term.reading(1)
		term.press("Escape")
		term.gone("reading")
		if s.columns >= 80 {
			term.wait("partial")
		}
		term.whole()
		term.press("j")
		term.whole()
		term.press("q")
		term.left(0)
	})
}

// TestCtrlCLeaves leaves in the middle of a scan: at once, with the
// code of an interrupt.
func TestCtrlCLeaves(t *testing.T) {
	needTerminal(t)
	cases := []struct {
		name string
		stop func(term *terminal)
		code int
	}{
		{"Ctrl+C", func(term *terminal) { term.press("C-c") }, 130},
		{"Ctrl+C at the help", func(term *terminal) { term.see("?", "Keys"); term.press("C-c") }, 130},
		{"Ctrl+C after Esc", func(term *terminal) { term.press("Escape"); term.wait("partial"); term.press("C-c") }, 0},
		{"q", func(term *terminal) { term.press("q") }, 0},
		{"SIGTERM", func(term *terminal) { term.kill("TERM") }, 143},
		{"SIGINT", func(term *terminal) { term.kill("INT") }, 130},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newSlowRegistry(t, 3)
			term := open(t, setting{args: []string{"--no-cache", r.reference}})
			term.wait("0 %", "COPY")
			r.release(1)
			term.wait("33 %")
			c.stop(term)
			term.left(c.code)
		})
	}
}

// reading waits until so many layers of a slow image are read. Where the header
// has no room to say so, it waits for the reading alone.
func (term *terminal) reading(layers int) string {
	term.t.Helper()
	if term.columns < 80 {
		return term.wait("? help", "reading", "COPY")
	}
	return term.wait("? help", "reading layer "+strconv.Itoa(layers+1), "COPY")
}

// slowImage has layers of the same size, whose content does not compress.
func slowImage(layers int) imagetest.Image {
	var image imagetest.Image
	for i := range layers {
		name := string(rune('a' + i))
		image.Layers = append(image.Layers, imagetest.Layer{
			CreatedBy: "COPY " + name + " / # buildkit", Comment: "buildkit.dockerfile.v0",
			Files: []imagetest.File{imagetest.Dir(name), imagetest.Fill(name+"/file", 1<<20)},
		})
	}
	return image
}
