// Package probes says of the probes of a Kubernetes pod which of them cannot pass, because the
// image lacks what they run, and the same of any other command. Two packages of rules ask it:
// kubernetes, where a probe that cannot pass settles nothing, and pods, which tells of it.
package probes

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/workloads"
)

// Missing names the program without which the command of a probe always fails, where the
// image does not have it. It says nothing of a command that may pass in spite of that.
func Missing(b *rules.Build, probe *workloads.Probe) (program string, missing bool) {
	if probe == nil || probe.Kind != "exec" {
		return "", false
	}
	return Lacking(b, probe.Command)
}

// Lacking is the same for any command of a container.
func Lacking(b *rules.Build, words []string) (program string, missing bool) {
	w := rules.Unwrap(words)
	if len(w.Words) == 0 || w.Path || installsAtStart(b) || rules.IsLoginShell(w.Words) {
		return "", false
	}
	if words = w.Words; !path.IsAbs(words[0]) && w.Dir {
		return "", false
	}
	if Lacks(b, words[0]) {
		return words[0], true
	}
	if !rules.IsShellText(words) || !onlyText(words[1]) {
		return "", false
	}
	f, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(words[2]), "")
	if err != nil || changesNames(f) {
		return "", false
	}
	if program = failing(b, f.Stmts); mayBring(f, program) {
		return "", false
	}
	if !path.IsAbs(program) && strings.Contains(program, "/") && (w.Dir || changesDir(f)) {
		return "", false
	}
	return program, program != ""
}

// onlyText reports whether the options of a shell say no more than that it is given a text, and
// how it deals with errors and variables.
func onlyText(options string) bool {
	return strings.Trim(strings.TrimPrefix(options, "-"), "aefuvxc") == ""
}

// changesDir reports whether a text goes to another directory.
func changesDir(f *syntax.File) (changes bool) {
	syntax.Walk(f, func(n syntax.Node) bool {
		if c, ok := n.(*syntax.CallExpr); ok && len(c.Args) > 0 {
			changes = changes || slices.Contains([]string{"cd", "pushd"}, c.Args[0].Lit())
		}
		return !changes
	})
	return changes
}

// Lacks reports whether the image has no program of a name or at a path, and no volume can bring
// it.
func Lacks(b *rules.Build, word string) bool {
	if word == "" || strings.ContainsAny(word, "${}`~*?[]\\") || slices.Contains(shellWords, word) {
		return false
	}
	if MayBeMounted(b, word) {
		return false
	}
	file, known := b.FindProgram(word)
	return known && file == "" && !throughVolume(b, word)
}

// MayBeMounted reports whether a volume may bring the program of a name or at a path.
func MayBeMounted(b *rules.Build, word string) bool {
	volumes := volumesOf(b)
	covered := func(file string) bool {
		return slices.ContainsFunc(volumes, func(dir string) bool {
			return file == dir || strings.HasPrefix(file, strings.TrimSuffix(dir, "/")+"/")
		})
	}
	switch {
	case path.IsAbs(word):
		return covered(path.Clean(word))
	case strings.Contains(word, "/"):
		return covered(path.Join("/", b.WorkingDir, word))
	}
	return slices.ContainsFunc(b.SearchPath(), func(dir string) bool { return covered(path.Join(dir, word)) })
}

// volumesOf are the directories where a volume may be: those that the pod mounts, and those
// that the image names.
func volumesOf(b *rules.Build) (dirs []string) {
	for _, dir := range b.Volumes {
		dirs = append(dirs, path.Clean(dir))
	}
	if b.Pod != nil {
		for _, m := range b.Pod.Container.Mounts {
			dirs = append(dirs, path.Clean(m.Path))
		}
	}
	return dirs
}

// throughVolume reports whether a link of the image leads a path elsewhere, where a volume may be.
func throughVolume(b *rules.Build, word string) bool {
	if len(volumesOf(b)) == 0 || !path.IsAbs(word) {
		return false
	}
	_, there := b.Visible(strings.TrimPrefix(path.Clean(word), "/"))
	_, linked := b.Resolve(path.Dir(path.Clean(word)))
	return there || linked
}

// withoutWrappers leaves out of a shell's command what only starts another; nil where that
// cannot be told, or leads to another directory or PATH.
func withoutWrappers(words []string) []string {
	if words[0] == "exec" {
		if words = words[1:]; len(words) == 0 || strings.HasPrefix(words[0], "-") {
			return nil
		}
	}
	if w := rules.Unwrap(words); !w.Dir && !w.Path {
		return w.Words
	}
	return nil
}

// changesNames reports whether a text gives a name another meaning: a function, an alias, or
// another PATH.
func changesNames(f *syntax.File) (changes bool) {
	syntax.Walk(f, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.FuncDecl:
			changes = true
		case *syntax.Assign:
			changes = changes || n.Name != nil && n.Name.Value == "PATH"
		case *syntax.CallExpr:
			if len(n.Args) > 0 {
				changes = changes || slices.Contains([]string{"alias", ".", "source", "eval", "exit", "trap", "enable", "hash", "chroot", "unshare", "nsenter"}, n.Args[0].Lit()) && !isFailure(n)
			}
		}
		return !changes
	})
	return changes
}

// isFailure reports whether a command ends a shell with an error.
func isFailure(c *syntax.CallExpr) bool {
	switch {
	case len(c.Args) == 1:
		return c.Args[0].Lit() == "false" || c.Args[0].Lit() == "exit" // exit passes on the failure before it
	case len(c.Args) == 2 && c.Args[0].Lit() == "exit":
		code := c.Args[1].Lit()
		return code != "" && strings.Trim(code, "0") != "" && strings.Trim(code, "0123456789") == ""
	}
	return false
}

// failing is the missing program because of which some statements end with an error, "" where
// they may end well. The last of them decides.
func failing(b *rules.Build, list []*syntax.Stmt) string {
	if len(list) == 0 {
		return ""
	}
	s := list[len(list)-1]
	if s.Negated || s.Background || s.Coprocess {
		return ""
	}
	switch c := s.Cmd.(type) {
	case *syntax.CallExpr:
		return missingCall(b, c)
	case *syntax.Block:
		return failing(b, c.Stmts)
	case *syntax.Subshell:
		return failing(b, c.Stmts)
	case *syntax.BinaryCmd:
		return failingPair(b, c)
	}
	return ""
}

// failingPair is the same for two commands with an operator between them.
func failingPair(b *rules.Build, c *syntax.BinaryCmd) string {
	left, right := failing(b, []*syntax.Stmt{c.X}), failing(b, []*syntax.Stmt{c.Y})
	then, _ := c.Y.Cmd.(*syntax.CallExpr)
	switch c.Op {
	case syntax.AndStmt:
		if left != "" {
			return left
		}
		return right
	case syntax.OrStmt:
		if left != "" && (right != "" || then != nil && !c.Y.Negated && isFailure(then)) {
			return left
		}
	case syntax.Pipe, syntax.PipeAll:
		if right != "" || left == "" {
			return right
		}
		if then != nil && len(then.Args) > 1 && then.Args[0].Lit() == "grep" && !c.Y.Negated && !inverts(then) {
			return left // of nothing, grep finds nothing
		}
	}
	return ""
}

// inverts reports whether a grep looks for what is not there, or has an option that is not read.
func inverts(c *syntax.CallExpr) bool {
	return slices.ContainsFunc(c.Args[1:], func(w *syntax.Word) bool {
		text := w.Lit()
		return strings.HasPrefix(text, "--") || strings.HasPrefix(text, "-") && strings.ContainsAny(text, "vcL")
	})
}

// missingCall is the program of one command, where the image does not have it.
func missingCall(b *rules.Build, c *syntax.CallExpr) string {
	var words []string
	for _, w := range c.Args {
		words = append(words, w.Lit())
	}
	if len(words) == 0 {
		return ""
	}
	if words = withoutWrappers(words); len(words) == 0 || !Lacks(b, words[0]) {
		return ""
	}
	return words[0]
}
