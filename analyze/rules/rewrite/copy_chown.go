package rewrite

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// Setting is what an edit of a COPY has to know of the Dockerfile around it.
type Setting struct {
	WorkDir string // where COPY and RUN stand; "" when unknown
	// Declared reports whether ARG or ENV declare a variable before the COPY and
	// leave it alone up to the RUN. Nil: none.
	Declared func(name string) bool
	// KeepDir: the directory may exist before the COPY, so it must still get its
	// owner, without what lies in it.
	KeepDir bool
	// File: the COPY's destination is one file, so a chown without -R covers it.
	File bool
	// BuildKit: the Dockerfile needs BuildKit already, so --chmod may be used.
	BuildKit bool
}

var (
	variable = lazyregexp.New(`\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})`)
	owner    = lazyregexp.New(`^[A-Za-z0-9_$][A-Za-z0-9_.${}-]*$`)
	octal    = lazyregexp.New(`^0?[0-7]{3,4}$`)
)

// CopyChown moves a chown of what the COPYs brought into the COPYs: each gets
// --chown, and the RUN loses the command. The RUN is "" when nothing is left of
// it. All COPYs must put their files at or below the directory that is chowned;
// that nothing else lies there is for the caller to know. chmod becomes
// --chmod likewise, where the setting allows it.
func CopyChown(copies []string, run string, in Setting) (newCopies []string, newRun string, ok bool) {
	r, err := ParseRun(run)
	if err != nil || len(copies) == 0 {
		return nil, "", false
	}
	newCopies, newRun = slices.Clone(copies), run
	moved := false
	for _, c := range r.Commands {
		change, isChange := c.Change()
		if !isChange || !in.touches(c, change, copies) {
			continue
		}
		flag, ok := in.flag(r, change)
		if !ok || newRun == "" || !in.moves(c, change, copies) || !in.quietBefore(r, c) {
			return nil, "", false
		}
		for i := range newCopies {
			parsed, ok := ParseCopy(newCopies[i])
			name, _, _ := strings.Cut(flag, "=")
			if _, has := parsed.Flag(name); !ok || has {
				return nil, "", false
			}
			newCopies[i] = parsed.withFlag(flag)
		}
		if newRun, ok = in.dropChange(newRun, c); !ok {
			return nil, "", false
		}
		moved = true
	}
	return newCopies, newRun, moved
}

// target resolves a word of a command to an absolute path.
func (in Setting) target(c Command, w Word) (string, bool) {
	if w.Glob || !w.Literal && !in.declared(w.Text) || !c.DirKnown {
		return "", false
	}
	at := join(c.Dir, w.Text)
	if strings.HasPrefix(w.Text, "$") || strings.HasPrefix(w.Text, `"$`) {
		at = path.Clean(strings.Trim(w.Text, `"`))
	} else if !path.IsAbs(at) {
		if in.WorkDir == "" {
			return "", false
		}
		at = path.Join(in.WorkDir, at)
	}
	return at, true
}

// Covers finds the directory (or file) that a RUN gives another owner or mode and
// that holds all of what a COPY brings.
func (in Setting) Covers(copy, run string) (string, bool) {
	r, err := ParseRun(run)
	if err != nil {
		return "", false
	}
	for _, c := range r.Commands {
		if change, ok := c.Change(); ok && in.moves(c, change, []string{copy}) {
			return in.target(c, change.Targets[0])
		}
	}
	return "", false
}

// touches reports whether a change reaches, or might reach, what a COPY brought.
func (in Setting) touches(c Command, change Change, copies []string) bool {
	for _, w := range change.Targets {
		at, known := in.target(c, w)
		for _, text := range copies {
			parsed, ok := ParseCopy(text)
			if !ok || !known {
				return true
			}
			dest, ok := parsed.Target(in.WorkDir)
			if !ok || at == dest || within(dest, at) && change.Recursive || within(at, dest) {
				return true
			}
		}
	}
	return false
}

// moves reports whether a change covers every COPY's destination whole, by one
// target, so that the flag does the same.
func (in Setting) moves(c Command, change Change, copies []string) bool {
	if len(change.Targets) != 1 || !change.Plain || c.Conditional || c.Subshell || !change.Recursive && !in.File {
		return false
	}
	at, ok := in.target(c, change.Targets[0])
	if !ok || at == "/" {
		return false
	}
	for _, text := range copies {
		parsed, ok := ParseCopy(text)
		if !ok || !parsed.Known || parsed.Keyword != "COPY" {
			return false
		}
		dest, ok := parsed.Target(in.WorkDir)
		if !ok || !within(dest, at) || !change.Recursive && dest != at {
			return false
		}
	}
	return true
}

// flag turns a change's value into the COPY flag that does the same. What COPY
// brings belongs to 0:0, so a chown without a group leaves the group 0.
func (in Setting) flag(r *Run, change Change) (string, bool) {
	value := strings.Trim(change.Value.Text, `"`)
	if !change.Value.Literal && !in.declared(value) || assigns(r, value) {
		return "", false
	}
	switch change.Program {
	case "chmod":
		return "--chmod=" + value, in.BuildKit && octal.MatchString(value)
	case "chgrp":
		value = ":" + value
	case "chown":
	default:
		return "", false
	}
	user, group, colon := strings.Cut(value, ":")
	if user == "" {
		user = "0"
	}
	if !colon {
		group = "0"
	}
	return "--chown=" + user + ":" + group, owner.MatchString(user) && owner.MatchString(group)
}

// declared reports whether a text's only expansions are of variables that COPY
// expands to the same.
func (in Setting) declared(text string) bool {
	rest := variable.ReplaceAllStringFunc(text, func(v string) string {
		if in.Declared != nil && in.Declared(strings.Trim(v, "${}")) {
			return ""
		}
		return v
	})
	return !strings.ContainsAny(rest, "$`*?[\\'~")
}

// assigns reports whether the RUN might set a variable that a text uses.
func assigns(r *Run, text string) bool {
	if !strings.Contains(text, "$") {
		return false
	}
	for _, v := range variable.FindAllStringSubmatch(text, -1) {
		name := v[1] + v[2]
		if regexp.MustCompile(`\b` + name + `=`).MatchString(r.script) {
			return true
		}
	}
	return effectsOf(r.file).branches
}

// quietBefore reports whether the commands in front of the change leave the
// COPYs' files alone and make no user that --chown would have to know before.
func (in Setting) quietBefore(r *Run, change Command) bool {
	for _, c := range r.Commands {
		if c.CreatesUsers() {
			return false
		}
		if c.Source() == change.Source() {
			return true
		}
		if _, ok := c.Change(); !ok && !harmless(c) {
			return false
		}
	}
	return true
}

// harmless names programs that write nowhere near an application's files.
func harmless(c Command) bool {
	if c.Redirected {
		return false
	}
	switch c.Name() {
	case "apt-get", "apt", "apk", "dnf", "yum", "microdnf", "set", "true", "echo", ":", "rm", "test", "[", "id", "ls", "update-ca-certificates", "ldconfig", "locale-gen":
		return true
	}
	return false
}

// dropChange takes a change out of the RUN, or leaves it for the directory alone.
func (in Setting) dropChange(run string, c Command) (string, bool) {
	same := func(other Command) bool { return other.Source() == c.Source() && other.Dir == c.Dir }
	if change, _ := c.Change(); !in.KeepDir || !change.Recursive {
		return RemoveCommand(run, same)
	}
	return shallow(run, same)
}

// shallow takes -R from a change that stands in an && list.
func shallow(run string, match func(Command) bool) (string, bool) {
	r, err := ParseRun(run)
	if err != nil || !r.plain() || len(r.file.Stmts) != 1 {
		return "", false
	}
	for _, el := range elements(r.file.Stmts[0]) {
		c, ok := el.command()
		if !ok || !match(c) {
			continue
		}
		text := r.in.slice(el.from, el.to)
		bare := recursive.ReplaceAllString(text, "$1")
		if bare == text {
			return "", false
		}
		edited := run[:r.in.at[el.from]] + bare + run[r.in.at[el.to-1]+1:]
		after, err := ParseRun(edited)
		return edited, err == nil && len(after.Commands) == len(r.Commands)
	}
	return "", false
}

var recursive = lazyregexp.New(`(\s)(?:-R|--recursive)\s+`)
