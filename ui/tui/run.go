// Package tui is tare's interface on a terminal: the instructions of an image
// with what they cost, the fixes ranked by what they save, and the files of
// each layer, all of one [model.Report].
//
// It is one Bubble Tea program. The root model (root.go) receives messages and
// hands them to its panes, which are structs with plain methods and do no I/O.
// The analysis runs in the background (scan.go) and sends reports as it
// progresses, so the screen is drawn before the first byte is read and fills
// while layers arrive.
//
// Everything on the screen is made of lines (draw/line.go) that know their width,
// and everything in them that comes from an image went through package display:
// no name, however hostile, can break the screen or speak to the terminal.
package tui

import (
	"context"
	"errors"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/act"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/keys"
	"github.com/tare-oci/tare/ui/tui/terminal"
	"github.com/tare-oci/tare/ui/tui/viewer"
)

// ErrInterrupted is what [Run] returns when Ctrl+C ended it while the image was
// being read. Programs exit with 130 then.
var ErrInterrupted = errors.New("interrupted")

// cleanupTime is how long Run waits for a cancelled analysis to end.
const cleanupTime = 2 * time.Second

// Options says how the interface looks. The zero value is right for a terminal
// that takes UTF-8.
type Options struct {
	Reference string               // the image as the user named it, shown until the report names it
	Dark      *bool                // the background; nil asks the terminal
	ASCII     bool                 // draw with ASCII alone
	NoColor   bool                 // no colours, as NO_COLOR asks
	Now       time.Time            // for ages; the zero time means now
	Theme     string               // one of Themes; "" is auto
	Keys      []keys.Rebind        // as ReadSettings gives them
	Once      bool                 // the image cannot be read again
	Open      viewer.OpenFile      // opens files' contents; nil where they are not at hand
	OpenAll   viewer.OpenFiles     // opens many at once; nil where they are not at hand
	Older     func() *model.Report // the image that is compared with, once it is read; nil for none
	Question  *Question            // that is answered by looking around; nil for none
	Leaving   string               // what quitting does, for the footer; "" is "quit"
	Workspace act.Workspace        // writes the Dockerfile and builds the image; nil where neither is possible
}

// Run opens the interface, then calls work in a goroutine of its own and shows
// what it finds out. It returns when the user leaves, with the last report.
//
// work is cancelled when the user leaves or stops it by Esc; after Esc it is to
// return what it knows. An error of work ends the interface and is returned as
// it is, with the terminal whole again. When ctx is cancelled, by a signal for
// example, Run restores the terminal and returns the context's cause. Of signals
// Run handles only those that stop the program for a while and SIGQUIT, which
// dumps the goroutines. in and out must be a terminal. A caller that ends the
// program before Run has returned must call [Restore] first.
func Run(ctx context.Context, in io.Reader, out io.Writer, opt Options,
	work func(ctx context.Context, progress func(analyze.Event)) (*model.Report, error),
) (*model.Report, error) {
	return run(ctx, in, out, opt, work)
}

func run(ctx context.Context, in io.Reader, out io.Writer, opt Options, work Analyze, extra ...tea.ProgramOption) (*model.Report, error) {
	if opt.Now.IsZero() {
		opt.Now = time.Now()
	}
	s := newScan(ctx, work)
	m := newRoot(opt, s)
	program := terminal.NewProgram(m, &m.released, in, out, opt.NoColor, extra...)
	stop := context.AfterFunc(ctx, func() { program.Send(cancelledMsg{context.Cause(ctx)}) })
	err := program.Run()
	stop()
	m.scan.stop() // the newest: the image may have been read again
	m.desk.build.End()
	m.scan.wait(cleanupTime)
	if ctx.Err() != nil {
		return m.report, context.Cause(ctx)
	}
	if m.outcome != nil {
		return m.report, m.outcome
	}
	return m.report, err
}

// Themes are what Options.Theme can be.
var Themes = draw.Themes

// Restore gives the terminal back when the program is about to end and cannot wait
// for Run; no interface opens afterwards. It may be called from any goroutine, at any
// time, more than once.
func Restore() { terminal.Restore() }

// cancelledMsg says that the context of Run is over.
type cancelledMsg struct{ cause error }
