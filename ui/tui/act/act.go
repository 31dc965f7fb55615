// Package act changes the user's files from the interface: it shows a change as a diff of the
// Dockerfile, writes it, undoes it, opens an editor, and builds the image again.
//
// A [Workspace] does the I/O, in Bubble Tea commands; the result of a command is a [Message]. The
// page of a [Proposal] shows what would be written, and that of a [Build] the builder's output.
// Nothing is written that the user has not seen on such a page.
package act

import (
	"context"
	"io"
	"os/exec"
	"time"

	"github.com/tare-oci/tare/model"
)

// Workspace is the Dockerfile on the disk, an editor and a builder. Its methods may be
// called from any goroutine. Errors are one line for the user.
type Workspace interface {
	// Lacks says why nothing can be written, and what to do about it; "" where there
	// is a Dockerfile.
	Lacks() string
	// Edited reports whether that is because the file was edited since the image was
	// built: it can be built again then.
	Edited() bool
	// Written says what is in the file of what was written, also after the image was read again; the
	// zero value where nothing is.
	Written() Written
	// Propose works out what changes, by their ids, make of the files. r is the report
	// on the screen.
	Propose(r *model.Report, ids []string) (*Proposal, error)
	// Write writes a proposal.
	Write(p *Proposal) (Written, error)
	// Undo restores the files as they were before the last Write.
	Undo() (Written, error)
	// Reread reports whether the files have changed since the workspace read them.
	Reread() (changed bool, err error)
	// Editor is the command that opens the file at a line.
	Editor(line int) (*exec.Cmd, error)
	// Command is the line that builds the image anew.
	Command(r *model.Report) (line string, err error)
	// Name is what the image of such a line will be called, "" where the line does not say.
	Name(line string) string
	// Elsewhere is where to save what shall not be part of the next build, "" where the
	// working directory is none of its context.
	Elsewhere(r *model.Report) (dir string)
	// Build runs such a line. After it the image is to be read again. When ctx ends, the builder
	// has two seconds to clean up, and nothing of it goes on afterwards.
	Build(ctx context.Context, line string, log io.Writer) error
}

// Proposal is what would be written.
type Proposal struct {
	Changes  []string // their ids
	Files    []string // paths of what is written: the Dockerfile, a .dockerignore, or both
	Diff     string   // unified, from what is on the disk; "" where nothing changes
	Line     int      // the first that changes
	Size     int64    // of the image, once all that is written is built
	PullSize *int64   // nil where unknown
	Left     []string // why a part cannot be written
	Step     any      // the workspace's own
}

// Written is what is in the file after a writing or its undoing.
type Written struct {
	Files    []string         // paths of what this writing or undoing has changed
	Changes  []string         // ids of the changes in it
	Saves    map[string]int64 // what they save, by ids of findings
	Size     int64            // of the image, once it is built; 0 where nothing is written
	PullSize *int64
}

// Message is what a command of this package brings back.
type Message interface{ forDesk() }

// Looked brings whether there is a Dockerfile for a report.
type Looked struct {
	Report *model.Report
	Lacks  string
	Edited bool
	// Elsewhere and Written are as [Workspace] has them.
	Elsewhere string
	Written   Written
}

// Proposed brings a proposal, or why there is none.
type Proposed struct {
	Proposal *Proposal
	Report   *model.Report
	Err      error
}

// Wrote says that a writing or an undoing has ended.
type Wrote struct {
	Written Written
	Undone  bool
	Err     error
}

// Edited says that the editor was left.
type Edited struct {
	Changed bool
	Chosen  string // the editor's name where the user names none; "" where one is named
	Err     error
}

// Asked brings the line that builds the image, or why there is none.
type Asked struct {
	Line string
	Err  error
}

// Logged says that the builder has said something more.
type Logged struct {
	Of   *Build
	Took time.Duration // so far
}

// Built says that the builder has ended.
type Built struct {
	Of   *Build
	Took time.Duration
	Err  error
}

func (Looked) forDesk()   {}
func (Proposed) forDesk() {}
func (Wrote) forDesk()    {}
func (Edited) forDesk()   {}
func (Asked) forDesk()    {}
func (Logged) forDesk()   {}
func (Built) forDesk()    {}
