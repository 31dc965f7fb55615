package tui

import (
	"fmt"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// screens are the states that goldens and the sweep over sizes look at.
var screens = []struct {
	name string
	keys []string
}{
	{"start", nil},
	{"fixes", []string{"1", "down"}},
	{"files", []string{"2", "down", "enter", "down"}},
	{"base", []string{"shift+tab", "g", "enter", "down"}},
	{"read", []string{"1", "enter"}},
	{"help", []string{"?"}},
	{"image", []string{"i"}},
}

// TestPictures holds what stands on the screen. View's styles are true colour
// whatever the terminal, so the second half holds for colours too.
func TestPictures(t *testing.T) {
	for _, size := range []struct{ width, height int }{{120, 36}, {80, 24}, {40, 10}} {
		for _, screen := range screens {
			t.Run(fmt.Sprintf("%s-%dx%d", screen.name, size.width, size.height), func(t *testing.T) {
				m := openedFresh(t, size.width, size.height, Options{}, tuitest.Report())
				typed(m, screen.keys...)
				golden.RequireEqual(t, picture(m)+"\n")
			})
		}
	}
	yes, no := true, false
	for name, opt := range map[string]Options{"any": {}, "dark": {Dark: &yes}, "light": {Dark: &no}, "nocolor": {NoColor: true}, "ascii": {ASCII: true}} {
		t.Run(name+"-80x24", func(t *testing.T) {
			m := opened(t, 80, 24, opt, tuitest.Report())
			typed(m, "2")
			golden.RequireEqual(t, m.View().Content+"\n")
		})
	}
}
