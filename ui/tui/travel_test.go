package tui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/ui/tui/timeline"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// travelling is the interface with the timeline of its sample worked out.
func travelling(t *testing.T, width, height int) *root {
	t.Helper()
	m := openedFresh(t, width, height, Options{}, tuitest.Report())
	send(m, timelineMsg{m.report, timeline.New(m.report.Tree)})
	return m
}

func TestStepsThroughTime(t *testing.T) {
	for _, size := range []struct{ width, height int }{{120, 36}, {80, 24}, {40, 11}} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			m := travelling(t, size.width, size.height)
			typed(m, "]")
			if screen := picture(m); m.focused() != m.files || !strings.Contains(screen, "2 of 4") {
				t.Fatalf("] does not begin:\n%s", screen)
			}
			typed(m, "]")
			if screen := picture(m); !strings.Contains(screen, "3 of 4") || m.files.Span().First != 0 || m.files.Span().Last != 2 {
				t.Errorf("] shows layers %v:\n%s", m.files.Span(), screen)
			}
			if size.width == 120 && !strings.Contains(picture(m), "MB live") {
				t.Errorf("the size is not told:\n%s", picture(m))
			}
			typed(m, "]", "]")
			if !strings.Contains(m.notice, "ends here") {
				t.Errorf("at the end it says %q", m.notice)
			}
			typed(m, "<", "<", "<")
			if !strings.Contains(picture(m), "1 of 4") || m.files.Span().Last != 0 {
				t.Errorf("[ goes to layers %v:\n%s", m.files.Span(), picture(m))
			}
			if rows := strings.Split(picture(m), "\n"); len(rows) != size.height {
				t.Errorf("%d rows on a screen of %d", len(rows), size.height)
			}
			m.Update(tea.MouseClickMsg{X: 4, Y: size.height - 2, Button: tea.MouseLeft})
			if !strings.Contains(picture(m), "4 of 4") {
				t.Errorf("a click on the last step:\n%s", picture(m))
			}
			typed(m, "esc")
			if m.travel.on || m.files.Span().First == 0 || strings.Contains(picture(m), "4 of 4") {
				t.Errorf("Esc does not end it, layers %v:\n%s", m.files.Span(), picture(m))
			}
		})
	}
}

func TestTimeShowsWhatIsDead(t *testing.T) {
	m := travelling(t, 120, 36)
	typed(m, "]", "]", "]")
	if screen := picture(m); !strings.Contains(screen, "hides 24 MB") || !strings.Contains(screen, "24 MB dead") {
		t.Errorf("at the step that hides:\n%s", screen)
	}
}

func TestBlame(t *testing.T) {
	m := travelling(t, 120, 36)
	typed(m, "B")
	if m.page != nil || !strings.Contains(m.notice, "no file is chosen") {
		t.Errorf("of no file: %q", m.notice)
	}
	m.steps.Choose(3)
	typed(m, "2")
	m.files.Reveal("app/app.py")
	typed(m, "B")
	screen := picture(m)
	for _, want := range []string{"who wrote it, and who hid it", "/app/app.py", "6.2 MB in all layers", "3.1 MB can no longer be read", "written by step 3, COPY", "copied by step 4, RUN", "written by step 4, RUN", "in the image"} {
		if !strings.Contains(screen, want) {
			t.Errorf("no %q:\n%s", want, screen)
		}
	}
}

// TestBlameOfADirectory adds up by step what lies below it. A large tree is added up in a
// command, and the page says so until it is.
func TestBlameOfADirectory(t *testing.T) {
	m := opened(t, 120, 36, Options{}, tuitest.Report())
	typed(m, "2", "a", "g", "B")
	shows(t, m, "who wrote what below it", "110 MB in all layers", "107 MB  by", "5 files")
	typed(m, "q")
	large := opened(t, 120, 36, Options{}, largeReport(10_000))
	finish(large, typedCmd(large, "2"))
	_, cmd := large.Update(keyNamed("B"))
	shows(t, large, "adding up")
	finish(large, cmd)
	shows(t, large, "who wrote what below it", "RUN make")
}
