package tui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// besideEach opens an image beside the one before it, as tare compare does.
func besideEach(t testing.TB, width, height int, opt Options, older, newer *model.Report) *root {
	t.Helper()
	opt.Older = func() *model.Report { return older }
	m := openedFresh(t, width, height, opt, nil)
	_, cmd := m.Update(doneMsg{report: newer})
	said := comparison(cmd)
	if said == nil {
		t.Fatal("no command compares the two")
	}
	send(m, *said)
	return m
}

func described() *model.Report { return tuitest.Described(tuitest.Report()) }

// besideScreens are states of the page for goldens and the sweep over sizes.
var besideScreens = []struct {
	name string
	keys []string
}{
	{"steps", nil},
	{"findings", []string{"1", "down"}},
	{"packages", []string{"2"}},
	{"files", []string{"3"}},
	{"base", []string{"g", "enter", "down"}},
	{"sorted", []string{"2", "s", "down"}},
	{"zoomed", []string{"z"}},
	{"read", []string{"enter"}},
}

func TestBesidePictures(t *testing.T) {
	for _, size := range []struct{ width, height int }{{120, 36}, {80, 24}, {40, 10}} {
		for _, screen := range besideScreens {
			t.Run(fmt.Sprintf("%s-%dx%d", screen.name, size.width, size.height), func(t *testing.T) {
				m := besideEach(t, size.width, size.height, Options{}, described(), tuitest.After())
				typed(m, screen.keys...)
				golden.RequireEqual(t, picture(m)+"\n")
			})
		}
	}
	yes, no := true, false
	for name, opt := range map[string]Options{"dark": {Dark: &yes}, "light": {Dark: &no}, "nocolor": {NoColor: true}, "ascii": {ASCII: true}} {
		t.Run(name+"-120x36", func(t *testing.T) {
			m := besideEach(t, 120, 36, opt, described(), tuitest.After())
			golden.RequireEqual(t, m.View().Content+"\n")
		})
	}
}

// TestPulledAgainPictures: a step whose layer is pulled again for nothing carries a sign, and
// the text below says why and what to do.
func TestPulledAgainPictures(t *testing.T) {
	for _, size := range []struct{ width, height int }{{120, 36}, {80, 24}} {
		t.Run(fmt.Sprintf("%dx%d", size.width, size.height), func(t *testing.T) {
			older, newer := described(), described()
			newer.Image.ID = model.Ptr("sha256:0c1b8a0cbb1d1b6a1a4bd4f0e3a7e0ec1c0ffe4f0a1c5b7b9f7a6e1d2c3b4a5f")
			for at, r := range []*model.Report{older, newer} {
				for i := range r.Layers {
					id := fmt.Sprintf("sha256:%d", i)
					if r.Layers[i].Content = (&model.LayerContent{Tree: [32]byte{byte(i + 1)}}); i == 1 {
						id += fmt.Sprint(" of ", at)
						r.Layers[i].Content.Times = uint64(at)
					}
					r.Layers[i].Digest, r.Layers[i].DiffID = &id, &id
				}
			}
			m := besideEach(t, size.width, size.height, Options{}, older, newer)
			golden.RequireEqual(t, picture(m)+"\n")
		})
	}
}

func TestBesideFitsEverySize(t *testing.T) {
	without := tuitest.After()
	without.Tree = nil
	part, parts := 0, imagetest.Rounds(520, 520, 1)
	for name, pair := range map[string][2]*model.Report{
		"rebuilt": {described(), tuitest.After()}, "empty": {{}, {}}, "from nothing": {{}, described()}, "no files": {described(), without},
		"hostile": {tuitest.Described(tuitest.Hostile()), described()}, "to hostile": {described(), tuitest.Hostile()},
	} {
		for _, screen := range besideScreens {
			m := besideEach(t, 120, 36, Options{}, pair[0], pair[1])
			typed(m, screen.keys...)
			n := part // each pair has its part of the sizes
			for w, h := range sizes {
				if n++; n%parts != 0 {
					continue
				}
				send(m, tea.WindowSizeMsg{Width: w, Height: h})
				checkScreen(t, m, name+" "+screen.name)
			}
		}
		part++
	}
}

// shows holds what the screen has and lacks.
func shows(t *testing.T, m *root, want ...string) {
	t.Helper()
	screen := picture(m)
	for _, text := range want {
		absent, no := strings.CutPrefix(text, "no ")
		if no {
			text = absent
		}
		if strings.Contains(screen, text) == no {
			t.Errorf("%q is there: %v:\n%s", text, !no, screen)
		}
	}
}

func TestBesideKeys(t *testing.T) {
	m := besideEach(t, 120, 36, Options{}, described(), tuitest.After())
	shows(t, m, "568 MB → 177 MB −391 MB", "before shop/api:2.4", "HEALTHCHECK", "as before", "−392 MB  118 packages nobody asked for")
	typed(m, "1", "/", "l", "i", "s", "t", "s", "enter")
	shows(t, m, "package lists", "1 match", "no 118 packages nobody asked for")
	typed(m, "esc")
	shows(t, m, "118 packages nobody asked for")
	typed(m, "2", "s")
	shows(t, m, "by name")
	typed(m, "tab", "enter")
	shows(t, m, "--no-install-recommends", "What it changed", "no before shop/api:2.4")
	typed(m, "q")
	shows(t, m, "before shop/api:2.4")
	typed(m, "3", "/", "b", "i", "n", "/", "p", "enter", "right")
	shows(t, m, "python3.11", "2 Files", "C goes back")
	typed(m, "C")
	shows(t, m, "before shop/api:2.4")
	typed(m, "?")
	shows(t, m, "compare two images")
	typed(m, "q", "esc", "q")
	shows(t, m, "2 Files", "no before shop/api:2.4")
	if _, cmd := m.Update(keyNamed("q")); cmd == nil {
		t.Error("q does not leave once the page is closed")
	}
}

// TestBesideMouse: a click on a tab shows the list, one on a row goes there.
func TestBesideMouse(t *testing.T) {
	for _, width := range []int{120, 80} {
		m := besideEach(t, width, 36, Options{}, described(), tuitest.After())
		click := func(text string) {
			for y, row := range strings.Split(picture(m), "\n") {
				if at := strings.Index(row, text); at >= 0 {
					send(m, tea.MouseClickMsg{Button: tea.MouseLeft, X: len([]rune(row[:at])), Y: y})
					return
				}
			}
			t.Fatalf("no %q to click:\n%s", text, picture(m))
		}
		click("2 Packages")
		shows(t, m, "by change", "1/")
		click("1 Findings")
		click("package lists")
		shows(t, m, "rule      apt-lists")
		click("Steps")
		shows(t, m, "line 5, RUN · shrank")
	}
}

// TestNothingToCompare: the key says what it needs.
func TestNothingToCompare(t *testing.T) {
	m := opened(t, 120, 36, Options{}, tuitest.Report())
	typed(m, "C")
	if !strings.Contains(m.notice, "tare compare OLD NEW") {
		t.Errorf("it says %q", m.notice)
	}
}

// BenchmarkBesideKey is a key and the frame after it, with two images of a million files
// each of which has another size.
func BenchmarkBesideKey(b *testing.B) {
	for _, files := range fileCounts {
		older, newer := largeReport(files), largeReport(files)
		for i := range newer.Tree.Records {
			r := &newer.Tree.Records[i]
			r.Size = model.SizeOf(r.Size.Bytes() + int64(i%3) + 1)
			newer.Image.Size += r.Size.Bytes()
			older.Image.Size += older.Tree.Records[i].Size.Bytes()
		}
		m := besideEach(b, 120, 36, Options{}, older, newer)
		typed(m, "3")
		keys := []string{"down", "down", "pgdown", "up", "J", "G", "g", "tab", "down", "tab", "s"}
		b.Run(fmt.Sprint(files), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				typedCmd(m, keys[i%len(keys)])
				_ = m.View()
			}
		})
	}
}
