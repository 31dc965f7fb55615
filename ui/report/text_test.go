package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

func render(t *testing.T, w Writer, r *model.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := w.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestText(t *testing.T) {
	partial := sample()
	partial.Partial = true
	partial.Notes = []string{"the layer 3 was not read", "layer 2 was read by its table of contents, so its overhead is not known", "a third one"}
	for _, c := range []struct {
		name   string
		text   Text
		report *model.Report
	}{
		{"80", Text{}, sample()},
		{"80 color", Text{Color: true}, sample()},
		{"120", Text{Width: 120}, sample()},
		{"120 color verbose", Text{Width: 120, Color: true, Verbose: true}, sample()},
		{"40 ascii", Text{Width: 40, ASCII: true}, sample()},
		{"80 verbose", Text{Verbose: true}, sample()},
		{"partial", Text{}, partial},
		{"clean", Text{}, clean()},
		{"clean verbose", Text{Verbose: true}, clean()},
		{"empty", Text{}, &model.Report{Image: model.Image{Reference: "scratch", Source: "oci-dir", Base: model.Base{How: model.BaseNone}}}},
		{"hostile", Text{Verbose: true}, hostile()},
	} {
		t.Run(c.name, func(t *testing.T) { golden.RequireEqual(t, render(t, c.text, c.report)) })
	}
}

// A report fits its width and, unless it is verbose, one screen, whatever it
// holds; and nothing of the image reaches the terminal raw.
func TestTextKeepsToTheScreen(t *testing.T) {
	many := sample()
	for i := range 200 {
		f := many.Findings[i%3]
		f.Bytes += int64(i)
		many.Findings = append(many.Findings, f)
	}
	for name, r := range map[string]*model.Report{"sample": sample(), "many": many, "clean": clean(), "hostile": hostile()} {
		for _, width := range []int{40, 41, 60, 80, 100, 120} {
			for _, ascii := range []bool{false, true} {
				for _, verbose := range []bool{false, true} {
					text := Text{Width: width, ASCII: ascii, Verbose: verbose}
					t.Run(fmt.Sprintf("%s %+v", name, text), func(t *testing.T) {
						plain := render(t, text, r)
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
						if got := ansi.Strip(render(t, text, r)); got != plain {
							t.Errorf("colour changes the text:\n%s\n%s", got, plain)
						}
					})
				}
			}
		}
	}
}

func TestTextSaysWhatItLeavesOut(t *testing.T) {
	r := sample()
	for range 50 {
		r.Findings = append(r.Findings, model.Finding{Rule: "logs", Title: "log files", Confidence: model.Likely, Bytes: 1000})
	}
	text := render(t, Text{}, r)
	shown := strings.Count(text, "log files")
	if want := fmt.Sprintf("%d more findings (%s wasted), -v shows all", 51-shown, display.Bytes(int64(50-shown)*1000)); !strings.Contains(text, want) {
		t.Errorf("no %q in\n%s", want, text)
	}
	if all := render(t, Text{Verbose: true}, r); strings.Count(all, "log files") != 50 {
		t.Errorf("-v does not show all:\n%s", all)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestWriteErrors(t *testing.T) {
	for _, w := range []Writer{Text{}, JSON{}, JSON{Files: true}} {
		if err := w.Write(failing{}, sample()); err != io.ErrClosedPipe {
			t.Errorf("%T: error %v", w, err)
		}
	}
}
