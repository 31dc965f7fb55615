package screen

import (
	"context"
	"io"
	"os/exec"
	"time"

	"github.com/tare-oci/tare/ui/learn/session"
	"github.com/tare-oci/tare/ui/tui/keys"
	"github.com/tare-oci/tare/ui/tui/terminal"
)

// Options say how the course looks.
type Options struct {
	Dark    *bool // the background; nil asks the terminal
	ASCII   bool  // draw with ASCII alone
	NoColor bool
	Theme   string // one of draw.Themes; "" is auto
	Keys    []keys.Rebind
	Answer  string // to the question, given while the learner looked around; "" for none
	Build   Build  // nil is real.Build
	// Editor returns the command that opens a file in the learner's editor; nil where
	// there is none.
	Editor func(file string) (*exec.Cmd, error)
}

// keymap is the keys as the user wants them. Run refuses those that clash.
func (o Options) keymap() *keys.Course {
	k := keys.NewCourse(o.ASCII)
	if k.Rebind(o.Keys) != nil {
		return keys.NewCourse(o.ASCII)
	}
	return k
}

// Outcome is why the screen was left.
type Outcome int

const (
	// Left: the learner is done for now.
	Left Outcome = iota
	// Look: the learner wants to look around in the image, in tare's interface. The next Run
	// continues where they were.
	Look
)

// Run shows the course, beginning with lesson number first, until the learner leaves, and then
// restores the terminal. in and out must be a terminal. Errors come from the learner's files or
// from the progress file, or are the cause of ctx.
func Run(ctx context.Context, in io.Reader, out io.Writer, s *session.Session, first int, opt Options) (Outcome, error) {
	if err := keys.NewCourse(opt.ASCII).Rebind(opt.Keys); err != nil {
		return Left, err
	}
	if s.At() != first {
		if err := s.Enter(ctx, first); err != nil {
			return Left, err
		}
	}
	m := newDesk(ctx, s, opt, time.Now())
	if opt.Answer != "" {
		m.give(opt.Answer)
	}
	program := terminal.NewProgram(m, &m.released, in, out, opt.NoColor)
	stop := context.AfterFunc(ctx, program.Quit)
	err := program.Run()
	stop()
	m.waitBuild()
	switch {
	case ctx.Err() != nil:
		return Left, context.Cause(ctx)
	case m.failed != nil:
		return Left, m.failed
	}
	return m.outcome, err
}
