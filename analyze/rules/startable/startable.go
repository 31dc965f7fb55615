// Package startable answers whether a container can start a command: whether the image has the
// programs that the command names, and whether the kernel would run them.
//
//	a := container.Command([]string{"tini", "--", "/app/server"})
//	if a.Absent() { … } // a.Word is what the image does not have
//
// A program is found as execve and execvp find it: at its path, from the working directory, or in
// the first directory of PATH that has a file which may be run. What only starts another program,
// such as tini or env, is looked at, and then what stands behind it; so is the text of a shell,
// as far as it is sure to fail without a program.
//
// Nobody is told what may be wrong. Where a volume, a variable, an installation at the start or
// anything else may decide, the answer is Unknown, and callers say nothing.
package startable

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/executable"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// Container is what decides whether a command starts: the image's files, and how a container of
// it is set up, by the image's config or by a pod.
type Container struct {
	Tree        *model.Tree // the finished image; nil where the layers are not known
	Executables map[model.RecordID]*executable.File
	Captured    map[string][]byte // contents of visible files, by path without leading slash

	Path       string   // the variable PATH; "" for that of the engines
	WorkingDir string   // "" for the root directory
	Volumes    []string // directories over which a volume may lie
	User       *User    // nil for root, and where it is not known

	// PathFromElsewhere is true where PATH comes from what nobody has read.
	PathFromElsewhere bool
	// ShellReads is true where shells read a file before anything else, as BASH_ENV has bash do.
	ShellReads bool
	// Partial is true where a file may be there that the tree does not have: of an image that is
	// a model of one, and of one of Windows, whose paths are others.
	Partial bool
	// Assumed reports whether a program that the image does not have is taken to be there all the
	// same; nil for none.
	Assumed func(word string) bool
	// Installs reports whether the start of the container may bring programs.
	Installs func() bool
}

// User is whom a container runs as.
type User struct {
	UID, GID int64
	Groups   bool // it may be a member of further groups
}

// Why is what becomes of a word that is to be started.
type Why int

const (
	Unknown       Why = iota // nobody can tell from the image
	Starts                   // it is there, and nothing speaks against it
	NotThere                 // the image has no such file
	MayBeBrought             // nor that, but a volume may bring it, the tree is Partial, or it is Assumed
	IsDirectory              // it is a directory
	NotExecutable            // nobody may run it, though it is a program
	NotByUser                // the container's user may not run it
	NotReachable             // the container's user may not enter the directory At
	WindowsLines             // its first line ends as on Windows; At is what that names
	NoInterpreter            // its first line, or its header, names At, which the image does not have
	NoFirstLine              // it is a shell's script without a first line: the kernel refuses it, another program may not
)

// Answer is what is known of a command, or of one word of it.
type Answer struct {
	Why    Why
	Word   string         // that it is about
	Index  int            // of the word in its command; of the shell where InText
	InText bool           // the word stands in the text of a shell
	File   string         // that the word leads to, without leading slash; "" for none
	Record model.RecordID // of File
	At     string         // see Why
	// Needs is the interpreter of a script or the loader of a program that the image does not
	// have, whatever else is wrong with the file; "" for none.
	Needs string
}

// Absent reports whether the image does not have the program, whoever else may.
func (a Answer) Absent() bool { return a.Why == NotThere || a.Why == MayBeBrought }

// Word answers for a program that is started by its name or path, by the engine or by another
// program that is not a shell.
func (c *Container) Word(word string) Answer {
	a := Answer{Word: word}
	file, known := c.Find(word)
	if file == "" {
		switch {
		case !known || c.isUnknowable(word):
		case c.Partial || c.mayBeMounted(word) || c.Assumed != nil && c.Assumed(word):
			a.Why = MayBeBrought
		default:
			a.Why = NotThere
		}
		return a
	}
	id, ok := c.visible(file)
	if !ok {
		return a
	}
	a.File, a.Record, a.Needs = file, id, c.needs(id)
	if !c.isUnknowable(word) && !c.coveredByVolume(word, file) {
		a.Why, a.At = c.judge(&a)
	}
	return a
}

// judge reports why a file that is there can be started, or not.
func (c *Container) judge(a *Answer) (why Why, at string) {
	content := c.Tree.Content(a.Record)
	r := &c.Tree.Records[content]
	switch mode := c.Tree.Attributes(r).Mode; {
	case r.Kind == model.Directory, r.Kind == model.Implied:
		return IsDirectory, ""
	case r.Kind != model.File:
		return Unknown, ""
	case mode&0o111 == 0 && c.Executables[content] == nil:
		return Unknown, "" // nothing says that it is a program
	case mode&0o111 == 0:
		return NotExecutable, ""
	}
	if why, at = c.refused(a.File); why != Starts {
		return why, at
	}
	text, known := c.Captured[a.File]
	line, _, _ := bytes.Cut(text, []byte("\n"))
	switch {
	case known && bytes.HasPrefix(line, []byte("#!")) && bytes.HasSuffix(line, []byte("\r")):
		return WindowsLines, strings.TrimSpace(string(line[2:]))
	case a.Needs != "":
		return NoInterpreter, a.Needs
	case known && isPlainScript(text):
		return NoFirstLine, ""
	}
	return Starts, ""
}

// refused reports why the container's user may not run a file that others may, and where. A
// path that is not known in full is not refused.
func (c *Container) refused(file string) (why Why, at string) {
	if c.User == nil {
		return Starts, ""
	}
	for name, bits := file, uint16(0o011); name != "."; name = path.Dir(name) {
		id, there := c.visible(name)
		if !there {
			return Starts, ""
		}
		a := c.Tree.Attributes(&c.Tree.Records[c.Tree.Content(id)])
		if a.UID >= 0 && a.UID != c.User.UID && a.Mode&bits == 0 {
			if name == file {
				return NotByUser, ""
			}
			return NotReachable, name
		}
	}
	return Starts, ""
}

// needs is the interpreter or the loader that a file names and the image does not have.
func (c *Container) needs(id model.RecordID) string {
	f := c.Executables[c.Tree.Content(id)]
	if f == nil {
		return ""
	}
	name := f.Interpreter
	if f.IsScript() {
		name, _, _ = strings.Cut(f.Script, " ")
	}
	if !path.IsAbs(name) {
		return ""
	}
	if _, _, ok := c.At(name); ok {
		return ""
	}
	return name
}

// isPlainScript reports whether a text is a script of a shell without a first line that names
// what runs it, which the kernel refuses.
func isPlainScript(text []byte) bool {
	if bytes.HasPrefix(text, []byte("#!")) || bytes.HasPrefix(text, []byte("\x7fELF")) || slices.Contains(text, 0) {
		return false
	}
	return slices.ContainsFunc(rewrite.Script(string(text)), func(c rewrite.Command) bool {
		return slices.Contains([]string{"exec", "set", "export", "echo", "cd"}, c.Name())
	})
}

// isUnknowable reports whether nobody knows from the image what a word starts: a variable may be
// in it, the kernel makes the file, or PATH is not known.
func (c *Container) isUnknowable(word string) bool {
	return word == "" || strings.ContainsAny(word, "${}`\\") || Below([]string{"/proc", "/dev", "/sys"}, word) ||
		!strings.Contains(word, "/") && (c.PathFromElsewhere || strings.Contains(c.Path, "$"))
}
