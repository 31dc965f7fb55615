package text

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"github.com/tare-oci/tare/analyze/imagetest/quick"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/reporttest"
)

func TestText(t *testing.T) {
	partial := reporttest.Sample()
	partial.Partial = true
	partial.Notes = []string{"the layer 3 was not read", "layer 2 was read by its table of contents, so its overhead is not known", "a third one"}
	for _, c := range []struct {
		name   string
		text   Report
		report *model.Report
	}{
		{"80", Report{}, reporttest.Sample()},
		{"80 color", Report{Color: true}, reporttest.Sample()},
		{"120", Report{Width: 120}, reporttest.Sample()},
		{"120 color verbose", Report{Width: 120, Color: true, Verbose: true}, reporttest.Sample()},
		{"40 ascii", Report{Width: 40, ASCII: true}, reporttest.Sample()},
		{"80 verbose", Report{Verbose: true}, reporttest.Sample()},
		{"partial", Report{}, partial},
		{"clean", Report{}, reporttest.Clean()},
		{"clean verbose", Report{Verbose: true}, reporttest.Clean()},
		{"empty", Report{}, &model.Report{Image: model.Image{Reference: "scratch", Source: "oci-dir", Base: model.Base{How: model.BaseNone}}}},
		{"hostile", Report{Verbose: true}, reporttest.Hostile()},
	} {
		t.Run(c.name, func(t *testing.T) { golden.RequireEqual(t, reporttest.Render(t, c.text, c.report)) })
	}
}

// A report fits its width and, unless it is verbose, one screen, whatever it
// holds; and nothing of the image reaches the terminal raw.
func TestTextKeepsToTheScreen(t *testing.T) {
	many := reporttest.Sample()
	for i := range 200 {
		f, c := many.Findings[i%3], many.Changes[i%2]
		f.Bytes += int64(i)
		c.BelowFloor = i%3 == 0
		many.Findings, many.Changes = append(many.Findings, f), append(many.Changes, c)
		if i < 9 {
			many.Risks = append(many.Risks, many.Findings[3].ID)
		}
	}
	for name, r := range map[string]*model.Report{"sample": reporttest.Sample(), "many": many, "clean": reporttest.Clean(), "hostile": reporttest.Hostile()} {
		for _, width := range []int{41, 80, 120, 40, 60, 100}[:quick.Rounds(3, 3, 6)] {
			for _, ascii := range []bool{false, true} {
				for _, verbose := range []bool{false, true} {
					text := Report{Width: width, ASCII: ascii, Verbose: verbose}
					t.Run(fmt.Sprintf("%s %+v", name, text), func(t *testing.T) {
						plain := reporttest.Render(t, text, r)
						lines := strings.Split(strings.TrimSuffix(plain, "\n"), "\n")
						if width >= 80 && !verbose && name != "hostile" && len(lines) > 23 {
							t.Errorf("%d lines", len(lines))
						}
						for _, line := range lines {
							if display.Width(line) > width {
								t.Errorf("%d cells: %q", display.Width(line), line)
							}
							if line != display.Escape(line) || ascii && line != display.EscapeASCII(line) {
								t.Errorf("not escaped: %q", line)
							}
						}
						text.Color = true
						if got := ansi.Strip(reporttest.Render(t, text, r)); got != plain {
							t.Errorf("colour changes the text:\n%s\n%s", got, plain)
						}
					})
				}
			}
		}
	}
}

func TestTextSaysWhatItLeavesOut(t *testing.T) {
	r := reporttest.Sample()
	for range 50 {
		c := r.Changes[1]
		c.Title, c.Bytes, c.BelowFloor = "stop the logs", 5_000_000, false
		r.Changes = append(r.Changes, c)
	}
	text := reporttest.Render(t, Report{}, r)
	shown := strings.Count(text, "stop the logs")
	if want := fmt.Sprintf("%d more changes (%s), -v shows all", 50-shown, display.Bytes(int64(50-shown)*5_000_000)); !strings.Contains(text, want) {
		t.Errorf("no %q in\n%s", want, text)
	}
	if all := reporttest.Render(t, Report{Verbose: true}, r); strings.Count(all, "stop the logs") != 50 {
		t.Errorf("-v does not show all:\n%s", all)
	}
}

// Risks stand above everything that has bytes, each with its file.
func TestTextShowsRisksFirst(t *testing.T) {
	r := reporttest.Sample()
	for i, path := range []string{"root/.ssh/id_ed25519", "app/.npmrc", "root/.aws/credentials"} {
		f := model.Finding{ID: fmt.Sprint("secret", i), Rule: "baked-in-secret", Title: "a secret in the image", Confidence: model.Possible, Layer: model.Ptr(1), Paths: []string{path}}
		r.Findings, r.Risks = append(r.Findings, f), append(r.Risks, f.ID)
	}
	text := reporttest.Render(t, Report{}, r)
	for _, path := range []string{"/root/.ssh/id_ed25519", "/app/.npmrc", "/root/.aws/credentials"} {
		if at := strings.Index(text, "a secret in the image: "+path); at < 0 || at > strings.Index(text, "413 MB  line 4") {
			t.Errorf("%s does not stand above the changes:\n%s", path, text)
		}
	}
}

func TestTextWriteErrors(t *testing.T) {
	for _, w := range []reporttest.Writer{Report{}, Check{Check: &model.Check{}}} {
		if err := w.Write(reporttest.Failing{}, reporttest.Sample()); err != io.ErrClosedPipe {
			t.Errorf("%T: error %v", w, err)
		}
	}
}
