// Package prompt shows the course as plain lines, for screen readers, pipes and simple terminals.
// Nothing in it depends on colour, position or a picture.
package prompt

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/learn/lesson"
	"github.com/tare-oci/tare/ui/learn/real"
	"github.com/tare-oci/tare/ui/learn/session"
)

// Options are what the prompt needs in addition to a session.
type Options struct {
	In   io.Reader
	Out  io.Writer
	Edit func(ctx context.Context, file string) error // opens the learner's editor and waits; nil where there is none
	// Build builds for real; nil is [real.Build].
	Build func(ctx context.Context, l *lesson.Lesson, files lesson.Files, log io.Writer) (*real.Both, error)
}

type prompt struct {
	s   *session.Session
	opt Options
	in  *bufio.Scanner
}

// command is a command that a learner can type.
type command struct {
	name, short, help string
	run               func(p *prompt, ctx context.Context, arg string) error
}

var errQuit = errors.New("quit")

// commands returns the commands in the order in which help lists them. It is a function because
// the help command refers to the list.
func commands() []command {
	return []command{
		{"check", "c", "see whether what you wrote solves the lesson (Enter alone does the same)", (*prompt).check},
		{"answer", "a", "answer the question, as in: answer line 3", (*prompt).answer},
		{"look", "l", "what each line of your Dockerfile stores in the image", (*prompt).look},
		{"file", "f", "the files as they are now, and where they lie", (*prompt).file},
		{"edit", "e", "open the Dockerfile in $EDITOR", (*prompt).edit},
		{"build", "", "build the files for real with docker or podman, and tell of both images", (*prompt).build},
		{"hint", "h", "a hint; each says more than the one before", (*prompt).hint},
		{"undo", "u", "take the last reset or solution back", (*prompt).undo},
		{"reset", "", "begin the lesson again", (*prompt).reset},
		{"solution", "", "show a solution; solution! writes it into your file", (*prompt).solution},
		{"next", "n", "go to the next lesson", (*prompt).next},
		{"back", "b", "go to the lesson before", (*prompt).back},
		{"list", "", "all lessons, and which are solved; go to one with: go 3", (*prompt).list},
		{"go", "g", "go to a lesson by its number or name", (*prompt).jump},
		{"text", "t", "read the lesson again", (*prompt).text},
		{"quit", "q", "end; what you did is kept", func(*prompt, context.Context, string) error { return errQuit }},
		{"help", "?", "this list", (*prompt).help},
	}
}

// Run shows the course, beginning with lesson number first, until the input ends or the learner
// quits. Errors come from the learner's files, from the progress file, or from ctx.
func Run(ctx context.Context, s *session.Session, first int, opt Options) error {
	p := &prompt{s: s, opt: opt, in: bufio.NewScanner(opt.In)}
	if err := p.enter(ctx, first); err != nil {
		return err
	}
	for {
		p.say("\n> ")
		if !p.in.Scan() {
			p.say("\n")
			return p.in.Err()
		}
		err := p.do(ctx, strings.TrimSpace(p.in.Text()))
		if errors.Is(err, errQuit) {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			p.say("%v\n", err)
		}
	}
}

// say prints text. Control characters from a lesson or a Dockerfile do not reach the terminal.
func (p *prompt) say(format string, args ...any) {
	_, _ = io.WriteString(p.opt.Out, display.Text(fmt.Sprintf(format, args...))) // a reader that went away ends the input, too
}

// do runs a line that was typed. If the line is not a command and a question is open, the line is
// its answer.
func (p *prompt) do(ctx context.Context, line string) error {
	if line == "" {
		return p.check(ctx, "")
	}
	word, arg, _ := strings.Cut(line, " ")
	if strings.EqualFold(word, "solution!") {
		return p.take()
	}
	for _, c := range commands() {
		if strings.EqualFold(word, c.name) || c.short != "" && strings.EqualFold(word, c.short) {
			return c.run(p, ctx, strings.TrimSpace(arg))
		}
	}
	if p.s.Question() != nil {
		return p.answer(ctx, line)
	}
	p.say("There is no command %q. Type help for those there are.\n", word)
	return nil
}

func (p *prompt) enter(ctx context.Context, i int) error {
	if err := p.s.Enter(ctx, i); err != nil {
		return err
	}
	return p.text(ctx, "")
}

func (p *prompt) text(context.Context, string) error {
	l := p.s.Lesson()
	p.say("Lesson %d of %d: %s (about %d minutes)\n\n%s\n", p.s.At()+1, len(p.s.Lessons), l.Title, l.Minutes, Plain(p.s.Fill(l.Text)))
	p.say("Your files are in %s. Change them there with any editor, or type edit.\n", p.s.Dir(l))
	p.ask()
	return nil
}

// ask says what the learner has to do next.
func (p *prompt) ask() {
	if q := p.s.Question(); q != nil {
		p.say("\nQuestion: %s\nType look to see what each line stores, and answer like this: %s\n", p.s.Fill(q.Ask), example(q.Answer))
		return
	}
	p.say("\nNow change the Dockerfile, and press Enter to check it.\n")
}

// example returns an example of an answer of the same kind.
func example(a lesson.Answer) string {
	switch a.Kind() {
	case "line":
		return "answer line 7"
	case "path":
		return "answer /usr/share/doc"
	case "package":
		return "answer package perl-base"
	}
	return "answer 12 MB"
}

func (p *prompt) answer(_ context.Context, given string) error {
	if p.s.Question() == nil {
		p.say("There is no question open. Change the Dockerfile, and press Enter to check it.\n")
		return nil
	}
	right, say, err := p.s.Answer(given)
	if err != nil {
		return err
	}
	if !right {
		p.say("Not quite. %s\n", say)
		return nil
	}
	p.say("Right. %s\n", say)
	if p.s.Solved() {
		p.passed()
		return nil
	}
	p.ask()
	return nil
}

func (p *prompt) check(ctx context.Context, _ string) error {
	v, err := p.s.Check(ctx)
	if err != nil {
		return err
	}
	if v.Report != nil {
		p.say("%s\n", Sizes(p.s, v))
	}
	switch {
	case !v.Passed():
		p.say("Not yet. %s\n", p.s.Fill(v.Say()))
	case p.s.Question() != nil:
		p.say("That solves it. One thing is left.\n")
		p.ask()
	default:
		p.passed()
	}
	return nil
}

func (p *prompt) passed() {
	l := p.s.Lesson()
	p.say("\nSolved. %s\n", l.Title)
	if l.Par > 0 {
		p.say("%s\n", Golf(p.s))
	}
	p.say("\nA solution to compare with yours:\n\n%s", Listing(l.Solution))
	if len(l.Rules) > 0 {
		p.say("\nTo read more: tare explain %s\n", l.Rules[0])
	}
	if p.s.At()+1 < len(p.s.Lessons) {
		p.say("\nType next for the next lesson.\n")
		return
	}
	p.say("\nThat was the last lesson. tare learn code NAME prints a code for your teacher.\n")
}

func (p *prompt) hint(context.Context, string) error {
	text, err := p.s.Hint()
	if err != nil {
		return err
	}
	p.say("%s\n", text)
	return nil
}

func (p *prompt) undo(context.Context, string) error {
	done, err := p.s.Undo()
	if err != nil {
		return err
	}
	if !done {
		p.say("There is nothing to take back. Your editor has an undo of its own.\n")
		return nil
	}
	p.say("Your files are as they were before.\n")
	return nil
}

func (p *prompt) reset(context.Context, string) error {
	if err := p.s.Reset(); err != nil {
		return err
	}
	p.say("The lesson begins again. undo brings back what you had.\n")
	return nil
}

func (p *prompt) solution(context.Context, string) error {
	files, err := p.s.Solution()
	if err != nil {
		return err
	}
	p.say("%s\nType solution! to write it into your file.\n", Listing(files))
	return nil
}

// take writes the solution into the learner's files.
func (p *prompt) take() error {
	files, err := p.s.Solution()
	if err != nil {
		return err
	}
	if err := p.s.Write(files); err != nil {
		return err
	}
	p.say("Your files hold the solution now. Press Enter to check it; undo brings back what you had.\n")
	return nil
}

func (p *prompt) next(ctx context.Context, _ string) error {
	if p.s.At()+1 == len(p.s.Lessons) {
		p.say("This is the last lesson.\n")
		return nil
	}
	return p.enter(ctx, p.s.At()+1)
}

func (p *prompt) back(ctx context.Context, _ string) error {
	if p.s.At() == 0 {
		p.say("This is the first lesson.\n")
		return nil
	}
	return p.enter(ctx, p.s.At()-1)
}

func (p *prompt) jump(ctx context.Context, arg string) error {
	i := p.s.Find(arg)
	if i < 0 {
		p.say("There is no lesson %q. Type list for those there are.\n", arg)
		return nil
	}
	return p.enter(ctx, i)
}

func (p *prompt) list(context.Context, string) error {
	p.say("%s", List(p.s))
	return nil
}

func (p *prompt) file(context.Context, string) error {
	files, err := p.s.Files()
	if err != nil {
		return err
	}
	p.say("%s\nThey lie in %s.\n", Listing(files), p.s.Dir(p.s.Lesson()))
	return nil
}

func (p *prompt) edit(ctx context.Context, name string) error {
	if name == "" {
		name = "Dockerfile"
	}
	if _, ok := p.s.Lesson().Start[name]; !ok {
		p.say("The lesson has no file %q to edit.\n", name)
		return nil
	}
	if p.opt.Edit == nil {
		p.say("No editor can be opened here. Change %s with one of your own, and press Enter.\n", p.s.File(name))
		return nil
	}
	if err := p.opt.Edit(ctx, p.s.File(name)); err != nil {
		p.say("The editor did not open: %v. Set $EDITOR, or change %s with one of your own.\n", err, p.s.File(name))
		return nil
	}
	return p.check(ctx, "")
}

func (p *prompt) help(context.Context, string) error {
	for _, c := range commands() {
		name := c.name
		if c.short != "" {
			name += ", " + c.short
		}
		p.say("  %-12s %s\n", name, c.help)
	}
	return nil
}
