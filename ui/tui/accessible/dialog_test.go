package accessible

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/exp/golden"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// answersTo is what Run says to lines that are typed.
func answersTo(t *testing.T, r *model.Report, opt Options, lines ...string) string {
	t.Helper()
	var out strings.Builder
	opt.Now = tuitest.Now
	if err := Run(context.Background(), strings.NewReader(strings.Join(lines, "\n")), &out, opt, r); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// everyWord asks for everything there is.
var everyWord = []string{
	"help", "summary", "fixes", "fix 2", "1", "copy", "copy 12", "instructions", "instruction 2", "files", "files /usr/lib", "files app/app.py",
	"find is:shadowed", "find python", "find >30MB pkg:", "find zzz", "packages", "package gcc-12", "dockerfile", "config", "more", "quit",
}

// TestPlainLinesHoldNoDrawing: plain lines, no box, no spinner, levels as words.
func TestPlainLinesHoldNoDrawing(t *testing.T) {
	said := answersTo(t, tuitest.Described(tuitest.Report()), Options{}, everyWord...)
	golden.RequireEqual(t, said)
	for _, want := range []string{"21 MB, certain: ", "392 MB, likely: ", "possible: no health check", "\x1b]52;c;"} {
		if !strings.Contains(said, want) {
			t.Errorf("it lacks %q", want)
		}
	}
	if strings.Count(said, "\x1b") != 1 {
		t.Error("there is an escape sequence besides the copied edit's")
	}
	if at := strings.IndexAny(said, "│─╭╮╰╯▌█▏▾▸●◐○·\r\b"); at >= 0 {
		t.Errorf("it draws: %q", said[max(at-40, 0):at+10])
	}
}

func TestAccessibleWithoutATypist(t *testing.T) {
	var out strings.Builder
	if err := Run(context.Background(), nil, &out, Options{Now: tuitest.Now}, tuitest.Described(tuitest.Report())); err != nil {
		t.Fatal(err)
	}
	golden.RequireEqual(t, out.String())
	if strings.Contains(out.String(), "tare: ") {
		t.Error("it prompts nobody")
	}
}

func TestAccessibleAnswers(t *testing.T) {
	partial := tuitest.Described(tuitest.Report())
	partial.Partial = true
	without := tuitest.Described(tuitest.Report())
	without.Tree = nil
	for _, c := range []struct {
		name   string
		report *model.Report
		typed  string
		want   string
	}{
		{"an unknown word", nil, "fixs", "There is no command fixs. Did you mean fixes?"},
		{"a very unknown word", nil, "\x1b[2Jxyzzy\u202e", `There is no command \x1b[2jxyzzy\u202e. Type help`},
		{"a number too large", nil, "fix 99", "There is no fix 99; the numbers are 1 to 12."},
		{"no number", nil, "fix", "fix takes a number from 1 to 12."},
		{"a negative number", nil, "instruction -1", "There is no step -1"},
		{"nothing to copy", nil, "copy 8", "Number 8 has no edit to copy."},
		{"copy before any fix", nil, "copy", "copy takes a number"},
		{"no such path", nil, "files no/where", "There is no no/where in this image."},
		{"no condition", nil, "find is:green", "is:green is not a condition"},
		{"find nothing", nil, "find", "find takes part of a name"},
		{"no such package", nil, "package vim", "There is no package vim"},
		{"no further lines", nil, "more", "That was all."},
		{"a word in capitals", nil, "CONFIG", "user: 10001."},
		{"no tree", without, "files", "This report holds no files."},
		{"a partial scan", partial, "summary", "Partial: the scan ended early"},
		{"an empty report", &model.Report{}, "fixes", "Nothing to change"},
		{"no instructions", &model.Report{}, "instruction 1", "There is no step here."},
		{"no packages", &model.Report{}, "packages", "This image has no package database"},
		{"no history", &model.Report{}, "dockerfile", "no history"},
		{"no config", &model.Report{}, "config", "no config"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := c.report
			if r == nil {
				r = tuitest.Described(tuitest.Report())
			}
			d := newDialog(Options{Now: tuitest.Now}, r)
			if d.answer(c.typed) {
				t.Error("it leaves")
			}
			if said := strings.Join(d.said, "\n"); !strings.Contains(said, c.want) {
				t.Errorf("it says %q, want %q", said, c.want)
			}
		})
	}
}

// TestAccessibleGoesOn: what does not fit into an answer comes with more, and
// nothing is lost or said twice.
func TestAccessibleGoesOn(t *testing.T) {
	r := tuitest.Described(tuitest.Report())
	for range 50 {
		r.Packages = append(r.Packages, r.Packages[0])
	}
	var out strings.Builder
	d := newDialog(Options{Now: tuitest.Now}, r)
	for _, word := range []string{"packages", "more", "more"} {
		d.answer(word)
		if err := d.flush(&out, true); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(out.String(), "base-files 12.4+deb12u5: 341 kB, essential.\n"); n != 51 {
		t.Errorf("%d packages of 51 are named", n)
	}
	if got := strings.Count(out.String(), "more.\n"); got != 2 || !strings.Contains(out.String(), "32 lines left; type more.") {
		t.Errorf("%d hints at more, want 2:\n%s", got, out.String())
	}
}

func TestAccessibleHostile(t *testing.T) {
	for _, opt := range []Options{{}, {ASCII: true}} {
		said := answersTo(t, tuitest.Hostile(), opt, append(everyWord, "files d/d/d", "find d", "find n", "instruction 4", "fix 1", "fix 3")...)
		if !utf8.ValidString(said) {
			t.Error("it says bytes that are no text")
		}
		for at, r := range said {
			if r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0x200b || opt.ASCII && r > 0x7f) && !strings.HasPrefix(said[at:], "\x1b]52;c;") &&
				!strings.HasSuffix(said[:at], "=") && r != 7 {
				t.Fatalf("it says %q: %q", r, said[max(at-60, 0):at+20])
			}
		}
	}
}

// TestAccessibleEnds: by the end of what is typed, in the middle of a line or
// before any, and by a line that is no line.
func TestAccessibleEnds(t *testing.T) {
	for _, typed := range []string{"", "\n\n", "fix 1", "quit\nfix 1\n"} {
		if said := answersTo(t, tuitest.Report(), Options{}, typed); strings.HasPrefix(typed, "quit") && strings.Contains(said, "rule: ") {
			t.Error("it answers after quit")
		}
	}
	err := Run(context.Background(), strings.NewReader(strings.Repeat("x", maxTypedLine+1)), io.Discard, Options{}, tuitest.Report())
	if err == nil || !strings.Contains(err.Error(), "reading your input") {
		t.Errorf("a line without an end: %v", err)
	}
}

// TestAccessibleCancelled: a read that never ends does not hold it up.
func TestAccessibleCancelled(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	cause := errors.New("enough")
	in, typist := io.Pipe()
	defer typist.Close()
	prompted := make(chan struct{})
	go func() {
		<-prompted
		cancel(cause)
	}()
	if err := Run(ctx, in, &untilPrompt{prompted: prompted}, Options{}, tuitest.Report()); !errors.Is(err, cause) {
		t.Errorf("it returns %v, want %v", err, cause)
	}
}

// untilPrompt is a writer that says when the prompt came.
type untilPrompt struct{ prompted chan struct{} }

func (w *untilPrompt) Write(p []byte) (int, error) {
	if strings.HasSuffix(string(p), "tare: ") {
		close(w.prompted)
	}
	return len(p), nil
}
