package prompt

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/learn/lesson"
	"github.com/tare-oci/tare/ui/learn/markdown"
	"github.com/tare-oci/tare/ui/learn/real"
	"github.com/tare-oci/tare/ui/learn/session"
)

// look prints how much each line stores.
func (p *prompt) look(ctx context.Context, _ string) error {
	v, err := p.s.Check(ctx)
	if err != nil {
		return err
	}
	if v.Report == nil {
		p.say("%s\n", v.Say())
		return nil
	}
	p.say("%s\n%s", Sizes(p.s, v), Stack(v.Report))
	return nil
}

// build builds the files with the engine of this machine.
func (p *prompt) build(ctx context.Context, _ string) error {
	files, err := p.s.Files()
	if err != nil {
		return err
	}
	run := p.opt.Build
	if run == nil {
		run = real.Build
	}
	if p.s.Lesson().MadeUp == "" {
		p.say("Building your files. That may take some minutes.\n")
	}
	both, err := run(ctx, p.s.Lesson(), files, io.Discard)
	if err != nil {
		p.say("%s\n", real.Told(err))
		return nil
	}
	tell := func(name string, f real.Figures) {
		p.say("%s: %s, %s of it wasted, %s.\n", name, display.Bytes(f.Size), display.Bytes(f.Wasted), display.Plural(f.Layers, "layer"))
	}
	tell("Replayed", both.Replayed)
	tell("Built", both.Built)
	for _, l := range both.Lines {
		where := "The base"
		if l.Number > 0 {
			where = fmt.Sprintf("Line %d", l.Number)
		}
		p.say("%s stores %s replayed and %s built.\n", where, display.Bytes(l.Replayed.Size), display.Bytes(l.Built.Size))
	}
	p.say("%s\n", both.Why())
	return nil
}

// Sizes says how large the learner's image is, and how large it was at the start.
func Sizes(s *session.Session, v *lesson.Verdict) string {
	return fmt.Sprintf("Your image: %s, %s of it wasted. (The lesson begins with %s.)",
		display.Bytes(v.Figures.Size()), display.Bytes(v.Figures.Wasted()), s.Fill("{size}, {wasted} of it wasted"))
}

// Stack lists the instructions of an image in the order of the Dockerfile.
func Stack(r *model.Report) string {
	var b strings.Builder
	for _, step := range lesson.Steps(r) {
		where := "base"
		if step.Line > 0 {
			where = fmt.Sprintf("line %d", step.Line)
		}
		fmt.Fprintf(&b, "  %-8s %9s", where, display.Bytes(step.Size))
		if step.Wasted > 0 {
			fmt.Fprintf(&b, ", %s wasted", display.Bytes(step.Wasted))
		}
		fmt.Fprintf(&b, ": %s\n", display.Truncate(display.OneLine(step.Text), stackText))
	}
	return b.String()
}

// stackText is how many columns of an instruction Stack shows.
const stackText = 80

// List lists the lessons and says which are solved.
func List(s *session.Session) string {
	var b strings.Builder
	for i, l := range s.Lessons {
		kept := s.Progress.Lessons[l.Name]
		state := "open"
		switch {
		case kept.Solved != nil && kept.Shown:
			state = "solved, after the solution was shown"
		case kept.Solved != nil:
			state = "solved"
		}
		fmt.Fprintf(&b, "  %2d  %s (%d min): %s\n", i+1, l.Title, l.Minutes, state)
	}
	return b.String()
}

// Listing is the text of files; a name stands before each where there are several.
func Listing(files lesson.Files) string {
	var b strings.Builder
	for _, name := range files.Names() {
		if len(files) > 1 {
			fmt.Fprintf(&b, "  %s:\n", name)
		}
		for line := range strings.Lines(files[name]) {
			fmt.Fprintf(&b, "    %s\n", strings.TrimRight(line, "\r\n"))
		}
	}
	return b.String()
}

// Golf compares the learner's smallest image with par.
func Golf(s *session.Session) string {
	l := s.Lesson()
	best := s.Progress.Lessons[l.Name].Best
	switch {
	case best < l.Par:
		return fmt.Sprintf("Golf: your best is %s, under par (%s).", display.Bytes(best), display.Bytes(l.Par))
	case best == l.Par:
		return fmt.Sprintf("Golf: your best is %s, which is par.", display.Bytes(best))
	}
	return fmt.Sprintf("Golf: your best is %s; par is %s.", display.Bytes(best), display.Bytes(l.Par))
}

// Plain removes the marks of Markdown from a text, so that it can be read aloud. It knows the
// marks that lessons use: bold, code, fenced blocks and lists.
func Plain(text string) string {
	var b strings.Builder
	fenced := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
			continue
		}
		if fenced {
			b.WriteString("    " + line + "\n")
			continue
		}
		b.WriteString(markdown.Plain(line) + "\n")
	}
	return b.String()
}
