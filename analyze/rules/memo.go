package rules

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// memo keeps what findings ask of the instructions again and again: an image can
// have thousands of both. What is read of an instruction is kept by its text, so
// that it outlives an edit of another.
type memo struct {
	commands map[string][]rewrite.Command // nil: it cannot be read
	copies   map[string]*rewrite.Copy     // nil: it cannot be read
	buildKit map[string]bool              // whether only BuildKit knows it

	secrets *places // files that hold secrets by their name; nil until asked for

	// The working directories of the instructions as they were when they were asked
	// for, and the one behind the last.
	of   *model.Instruction // the first instruction
	n    int                // how many
	dirs []string
}

// known returns the memo, a new one where there is none.
func (b *Build) known() *memo {
	if b.memo == nil {
		b.memo = &memo{commands: make(map[string][]rewrite.Command), copies: make(map[string]*rewrite.Copy), buildKit: make(map[string]bool)}
	}
	return b.memo
}

// isBuildKit reports whether an instruction is one that the builders before BuildKit
// do not know.
func (m *memo) isBuildKit(text string) bool {
	is, known := m.buildKit[text]
	if !known {
		is = rewrite.NeedsBuildKit(text)
		m.buildKit[text] = is
	}
	return is
}

// workdir is the working directory of an instruction, "" where nobody can tell.
func (b *Build) workdir(at int) string {
	n := len(b.Instructions)
	if n == 0 {
		return ""
	}
	m := b.known()
	if m.of == &b.Instructions[0] && m.n == n {
		return m.dirs[at]
	}
	m.of, m.n, m.dirs = &b.Instructions[0], n, make([]string, n+1)
	if b.WorkingDir == "" || slices.ContainsFunc(b.Instructions, func(in model.Instruction) bool { return strings.EqualFold(in.Keyword, "WORKDIR") }) {
		m.dirs[0] = "/"
		for i := range n {
			if m.dirs[i+1] = m.dirs[i]; b.keyword(i) == "WORKDIR" {
				m.dirs[i+1] = rewrite.WorkDir(m.dirs[i], b.text(i))
			}
		}
	} // else a base image without history set it
	return m.dirs[at]
}

// commands are those of a RUN; false where it cannot be read.
func (b *Build) commands(i int) ([]rewrite.Command, bool) {
	m, text := b.known(), b.text(i)
	commands, ok := m.commands[text]
	if !ok {
		if run, err := rewrite.ParseRun(text); err == nil {
			commands = append([]rewrite.Command{}, run.Commands...)
		}
		m.commands[text] = commands
	}
	return commands, commands != nil
}

// copyOf is a COPY or ADD taken apart; false where it cannot be read.
func (b *Build) copyOf(i int) (*rewrite.Copy, bool) {
	m, text := b.known(), b.text(i)
	in, ok := m.copies[text]
	if !ok {
		if in, ok = rewrite.ParseCopy(text); !ok {
			in = nil
		}
		m.copies[text] = in
	}
	return in, in != nil
}
