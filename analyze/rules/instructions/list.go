// Package instructions has the instructions of an image, parsed, and answers what fixes need
// to know about them: the working directory of each, the commands of a RUN, where a COPY puts
// things. Package need answers what later instructions need from earlier ones.
//
//	commands, ok := list.Commands(i) // false if the RUN cannot be read
//
// A list is that of the finished image, starting with the base's instructions. An instruction's
// number is its place in the history. If an answer is uncertain, it is the one that prevents
// an edit: an instruction that cannot be read may use anything.
//
// An image can have thousands of instructions, each with a finding. So parsed text is
// remembered, and no question looks more than [MaxLater] instructions ahead. The package
// builds on rewrite, which reads one instruction.
package instructions

import (
	"iter"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// List is the instructions of one image. It remembers what it read, so it is not
// safe for concurrent use.
type List struct {
	All []model.Instruction
	// Variables are what is known of the values of ARG and ENV beside the texts, as
	// NAME=value; a name may have several.
	Variables []string

	remembered map[string]any
	workingDir string   // of the image's config
	dirs       []string // by instruction: its working directory, and the one behind the last; nil until asked for
	parsed     *ParseCache
}

// New returns the list of instructions of an image whose config has a working
// directory. It keeps all, and reads an instruction anew whose text was changed, but
// not the working directories. parsed is what was read already; nil for nothing.
func New(all []model.Instruction, workingDir string, parsed *ParseCache) *List {
	if parsed == nil {
		parsed = &ParseCache{commands: make(map[string][]rewrite.Command), copies: make(map[string]*rewrite.Copy), buildKit: make(map[string]bool)}
	}
	return &List{All: all, workingDir: workingDir, parsed: parsed}
}

// ParseCache is what was read of instructions, by their text, so that it outlives an
// edit of another. It is not safe for concurrent use.
type ParseCache struct {
	commands map[string][]rewrite.Command // nil: it cannot be read
	copies   map[string]*rewrite.Copy     // nil: it cannot be read
	buildKit map[string]bool              // whether only BuildKit knows it
}

// ParseCache returns what the list has read so far, for another to share.
func (l *List) ParseCache() *ParseCache { return l.parsed }

// Same reports whether the list is of these very instructions, whatever their
// texts.
func (l *List) Same(all []model.Instruction) bool {
	return len(l.All) == len(all) && (len(all) == 0 || &l.All[0] == &all[0])
}

// Remember returns what find has found for a key before, and asks it once. It is for
// what depends on the instructions alone, or on what does not change with them.
func (l *List) Remember(key string, find func() any) any {
	found, ok := l.remembered[key]
	if !ok {
		if l.remembered == nil {
			l.remembered = make(map[string]any)
		}
		found = find()
		l.remembered[key] = found
	}
	return found
}

// Keyword is an instruction's keyword in capitals.
func (l *List) Keyword(i int) string { return strings.ToUpper(l.All[i].Keyword) }

// Text is an instruction as written.
func (l *List) Text(i int) string { return l.All[i].Text }

// Texts are the instructions from one to another, both included.
func (l *List) Texts(from, to int) []string {
	var out []string
	for i := from; i <= to; i++ {
		out = append(out, l.Text(i))
	}
	return out
}

// PosixShell reports whether RUN scripts up to an instruction go to a shell that
// the edits know.
func (l *List) PosixShell(at int) bool {
	for i := at; i >= 0; i-- {
		if l.Keyword(i) == "SHELL" {
			return rewrite.PosixShell(l.Text(i))
		}
	}
	return true
}

// CountRuns counts the RUNs from one instruction to another.
func (l *List) CountRuns(from, to int) (n int) {
	for i := from; i <= to; i++ {
		if l.Keyword(i) == "RUN" {
			n++
		}
	}
	return n
}

// WorkDir returns the working directory of an instruction, that behind the last one
// for their number, and "" where it is unknown.
func (l *List) WorkDir(at int) string {
	n := len(l.All)
	if n == 0 {
		return ""
	}
	if l.dirs != nil {
		return l.dirs[at]
	}
	l.dirs = make([]string, n+1)
	if l.workingDir == "" || slices.ContainsFunc(l.All, func(in model.Instruction) bool { return strings.EqualFold(in.Keyword, "WORKDIR") }) {
		l.dirs[0] = "/"
		for i := range n {
			if l.dirs[i+1] = l.dirs[i]; l.Keyword(i) == "WORKDIR" {
				l.dirs[i+1] = rewrite.WorkDir(l.dirs[i], l.Text(i))
			}
		}
	} // else a base image without history set it
	return l.dirs[at]
}

// Calls are the commands of all RUNs that can be read, in their order, each with the index of
// its RUN.
func (l *List) Calls() iter.Seq2[int, rewrite.Command] { return l.CallsIn(0, len(l.All)) }

// CallsIn are those of the RUNs from one instruction on and before another.
func (l *List) CallsIn(from, before int) iter.Seq2[int, rewrite.Command] {
	return func(yield func(int, rewrite.Command) bool) {
		for i := from; i < before; i++ {
			commands, ok := l.Commands(i)
			if !ok || l.Keyword(i) != "RUN" {
				continue
			}
			for _, c := range commands {
				if !yield(i, c) {
					return
				}
			}
		}
	}
}

// Commands are those of a RUN; false where it cannot be read.
func (l *List) Commands(i int) ([]rewrite.Command, bool) {
	m, text := l.parsed, l.Text(i)
	commands, ok := m.commands[text]
	if !ok {
		if run, err := rewrite.ParseRun(text); err == nil {
			commands = append([]rewrite.Command{}, run.Commands...)
		}
		m.commands[text] = commands
	}
	return commands, commands != nil
}

// Copy is a COPY or ADD taken apart; false where it cannot be read.
func (l *List) Copy(i int) (*rewrite.Copy, bool) {
	m, text := l.parsed, l.Text(i)
	in, ok := m.copies[text]
	if !ok {
		if in, ok = rewrite.ParseCopy(text); !ok {
			in = nil
		}
		m.copies[text] = in
	}
	return in, in != nil
}

// NeedsBuildKit reports whether an instruction of the image's own is one that the
// builders before BuildKit do not know.
func (l *List) NeedsBuildKit() bool {
	return slices.ContainsFunc(l.All, func(in model.Instruction) bool { return !in.Inherited && l.parsed.needsBuildKit(in.Text) })
}

func (m *ParseCache) needsBuildKit(text string) bool {
	needs, known := m.buildKit[text]
	if !known {
		needs = rewrite.NeedsBuildKit(text)
		m.buildKit[text] = needs
	}
	return needs
}
