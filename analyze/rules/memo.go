package rules

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// memo keeps what findings ask of the instructions again and again: an image can
// have thousands of both. It is for one state of Build.Instructions.
type memo struct {
	of       *model.Instruction // the first of them
	n        int                // how many
	dirs     []string           // the working folder of each, and behind the last
	commands map[int][]rewrite.Command
}

// known returns the memo for the instructions as they are.
func (b *Build) known() *memo {
	n := len(b.Instructions)
	if n == 0 {
		return &memo{dirs: []string{""}}
	}
	if m := b.memo; m != nil && m.of == &b.Instructions[0] && m.n == n {
		return m
	}
	m := &memo{of: &b.Instructions[0], n: n, dirs: make([]string, n+1), commands: make(map[int][]rewrite.Command)}
	if b.WorkingDir == "" || slices.ContainsFunc(b.Instructions, func(in model.Instruction) bool { return strings.EqualFold(in.Keyword, "WORKDIR") }) {
		m.dirs[0] = "/"
		for i := range n {
			m.dirs[i+1] = rewrite.WorkDir(m.dirs[i], b.text(i))
		}
	} // else a base image without history set it
	b.memo = m
	return m
}

// workdir is the working folder of an instruction, "" where nobody can tell.
func (b *Build) workdir(at int) string { return b.known().dirs[at] }

// commands are those of a RUN; false where it cannot be read.
func (b *Build) commands(i int) ([]rewrite.Command, bool) {
	m := b.known()
	commands, ok := m.commands[i]
	if !ok {
		if run, err := rewrite.ParseRun(b.text(i)); err == nil {
			commands = append([]rewrite.Command{}, run.Commands...)
		}
		m.commands[i] = commands
	}
	return commands, commands != nil
}
