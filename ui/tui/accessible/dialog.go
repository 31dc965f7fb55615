package accessible

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
	"github.com/tare-oci/tare/ui/tui/pane"
)

// Options say how answers are written. The zero value is right for a
// terminal that takes UTF-8.
type Options struct {
	ASCII bool      // write ASCII alone
	Now   time.Time // for ages; the zero time means now
}

// answerLines is how many lines an answer has at most; "more" gives the next. People who
// listen to a screen reader cannot skim.
const answerLines = 30

// maxTypedLine is how many bytes a line that is typed may have.
const maxTypedLine = 64 << 10

// lineWidth is how long a line may be. Lines are not wrapped to the screen's width: a line is a
// sentence, and the terminal wraps it if it has to.
const lineWidth = 2000

// Run is the interface for screen readers and braille lines: it says what a
// report holds in plain lines and answers words typed after a prompt, line by
// line. It never moves the cursor, draws nothing twice, and uses neither colour
// nor boxes nor the alternate screen.
//
// If in is nil, there is no prompt, and Run writes everything worth knowing at once. Run ends when
// in ends. When ctx is cancelled, Run returns its cause at once, without waiting for a read of in
// that is under way.
func Run(ctx context.Context, in io.Reader, out io.Writer, opt Options, r *model.Report) error {
	if opt.Now.IsZero() {
		opt.Now = time.Now()
	}
	d := newDialog(opt, r)
	d.summary("")
	d.fixList("")
	if in == nil {
		d.instructionList("")
		for i := range d.fixes.Count {
			d.fix(fmt.Sprint(i + 1))
		}
		return d.flush(out, false)
	}
	d.instructionList("")
	d.say("Type help for a list of commands, quit to leave.")
	lines := make(chan typedLine)
	go readLines(ctx, in, lines)
	for {
		if err := d.flush(out, true); err != nil {
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
			if d.answer(line.text) {
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
	s.Buffer(nil, maxTypedLine)
	for s.Scan() {
		if !send(typedLine{text: s.Text()}) {
			return
		}
	}
	if err := s.Err(); err != nil {
		send(typedLine{err: fmt.Errorf("reading your input: %w", err)})
	}
}

// dialog is what Run knows between two answers. Its texts are those of the
// panes, written in a theme that has words for shapes.
type dialog struct {
	th         *draw.Theme
	report     *model.Report
	steps      *pane.Instructions
	fixes      *pane.Fixes
	packages   *pane.Packages
	dockerfile *pane.Dockerfile
	config     *pane.Config
	files      *pane.Files

	said  []string // to be written next
	later []string // for "more"
	last  int      // the fix that was read last, from 0; -1
	raw   string   // an escape sequence to be written after said, for the clipboard
}

func newDialog(opt Options, r *model.Report) *dialog {
	d := &dialog{
		th: draw.AccessibleTheme(opt.ASCII, opt.Now), report: r, last: -1,
		steps: &pane.Instructions{}, fixes: &pane.Fixes{}, packages: &pane.Packages{}, dockerfile: &pane.Dockerfile{}, config: &pane.Config{}, files: &pane.Files{},
	}
	d.steps.Unfold()
	for _, p := range []pane.Pane{d.steps, d.fixes, d.packages, d.dockerfile, d.config, d.files} {
		p.Paint(d.th)
		p.Show(r)
		p.SetWidth(lineWidth)
	}
	return d
}

// say adds lines to the answer. They are printable already.
func (d *dialog) say(lines ...string) { d.said = append(d.said, lines...) }

// page is an empty text; its rows are said with sayPage.
func (d *dialog) page() *draw.Page { return &draw.Page{Theme: d.th, Width: lineWidth} }

func (d *dialog) sayPage(p *draw.Page) { d.say(p.Rows...) }

// flush writes the answer and, unless in is nil, the prompt after it.
func (d *dialog) flush(out io.Writer, prompt bool) error {
	lines := d.said
	if d.said = nil; prompt && len(lines) > answerLines {
		rest := len(lines) - answerLines
		d.later = append([]string(nil), lines[answerLines:]...)
		lines = append(lines[:answerLines:answerLines], fmt.Sprintf("%s left; type more.", display.Plural(rest, "line")))
	}
	text := strings.Join(lines, "\n")
	if len(lines) > 0 {
		text += "\n"
	}
	text += d.raw
	if d.raw = ""; prompt {
		text += "tare: "
	}
	_, err := io.WriteString(out, text)
	return err
}
