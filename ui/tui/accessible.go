package tui

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// answerLines is how many lines an answer has at most; "more" gives the next.
// Who listens cannot skim.
const answerLines = 30

// maxSpoken is how many bytes a line that is typed may have.
const maxSpoken = 64 << 10

// spokenWidth is the length of lines. They are not wrapped to a screen: a line
// is a sentence, and where it is broken is the terminal's business.
const spokenWidth = 2000

// Converse is the interface for screen readers and braille lines: it says what a
// report holds in plain lines and answers words typed after a prompt, line by
// line. It never moves the cursor, draws nothing twice, and uses neither colour
// nor boxes nor the alternate screen.
//
// in is nil where nobody types; then everything worth knowing is said at once.
// The end of in leaves. When ctx is cancelled, Converse returns its cause at
// once; a read of in that is under way is left to itself.
func Converse(ctx context.Context, in io.Reader, out io.Writer, opt Options, r *model.Report) error {
	if opt.Now.IsZero() {
		opt.Now = time.Now()
	}
	t := newTalk(opt, r)
	t.summary("")
	t.fixList("")
	if in == nil {
		t.instructionList("")
		for i := range t.fixes.findings {
			t.fix(fmt.Sprint(i + 1))
		}
		return t.flush(out, false)
	}
	t.instructionList("")
	t.say("Type help for what can be asked, quit to leave.")
	lines := make(chan typedLine)
	go readLines(ctx, in, lines)
	for {
		if err := t.flush(out, true); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			fmt.Fprintln(out)
			return context.Cause(ctx)
		case line, ok := <-lines:
			if !ok || line.err != nil {
				fmt.Fprintln(out)
				return line.err
			}
			if t.answer(line.text) {
				return nil
			}
		}
	}
}

// typedLine is a line that was typed, or why there are no more.
type typedLine struct {
	text string
	err  error
}

// readLines sends what is typed, and closes the channel at the end of it.
func readLines(ctx context.Context, in io.Reader, lines chan<- typedLine) {
	defer close(lines)
	send := func(l typedLine) bool {
		select {
		case lines <- l:
			return true
		case <-ctx.Done():
			return false
		}
	}
	s := bufio.NewScanner(in)
	s.Buffer(nil, maxSpoken)
	for s.Scan() {
		if !send(typedLine{text: s.Text()}) {
			return
		}
	}
	if err := s.Err(); err != nil {
		send(typedLine{err: fmt.Errorf("reading what is typed: %w", err)})
	}
}

// talk is what Converse knows between two answers. Its texts are those of the
// panes, written in a theme that has words for shapes.
type talk struct {
	th         *draw.Theme
	report     *model.Report
	steps      *instructions
	fixes      *fixes
	packages   *packages
	dockerfile *dockerfile
	config     *config
	files      *files

	said  []string // to be written next
	later []string // for "more"
	last  int      // the fix that was read last, from 0; -1
	raw   string   // an escape sequence to be written after said, for the clipboard
}

func newTalk(opt Options, r *model.Report) *talk {
	t := &talk{
		th: draw.AccessibleTheme(opt.ASCII, opt.Now), report: r, last: -1,
		steps: &instructions{open: true}, fixes: &fixes{}, packages: &packages{}, dockerfile: &dockerfile{}, config: &config{}, files: &files{},
	}
	for _, p := range []pane{t.steps, t.fixes, t.packages, t.dockerfile, t.config, t.files} {
		p.paint(t.th)
		p.show(r)
		p.setWidth(spokenWidth)
	}
	return t
}

// say adds lines to the answer. They are printable already.
func (t *talk) say(lines ...string) { t.said = append(t.said, lines...) }

// page is an empty text; its rows are said with sayPage.
func (t *talk) page() *draw.Page { return &draw.Page{Theme: t.th, Width: spokenWidth} }

func (t *talk) sayPage(p *draw.Page) { t.say(p.Rows...) }

// flush writes the answer and, where somebody types, the prompt after it.
func (t *talk) flush(out io.Writer, prompt bool) error {
	lines := t.said
	if t.said = nil; prompt && len(lines) > answerLines {
		rest := len(lines) - answerLines
		t.later = append([]string(nil), lines[answerLines:]...)
		lines = append(lines[:answerLines:answerLines], fmt.Sprintf("%s to come; type more.", display.Plural(rest, "line")))
	}
	text := strings.Join(lines, "\n")
	if len(lines) > 0 {
		text += "\n"
	}
	text += t.raw
	if t.raw = ""; prompt {
		text += "tare: "
	}
	_, err := io.WriteString(out, text)
	return err
}
