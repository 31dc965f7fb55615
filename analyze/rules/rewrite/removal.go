package rewrite

import (
	"path"
	"slices"
	"strings"
)

// Removal is what a command deletes.
type Removal struct {
	// Targets are absolute paths; the last names may hold *, ? and [ ].
	Targets   []string
	Recursive bool
	// Whole: every operand could be told, and all of each target goes. False for
	// find with conditions and for words that only the shell knows.
	Whole bool
}

// Removal reads rm, rmdir, unlink and find … -delete. dir is the directory the RUN
// starts in; operands that cannot be told are left out.
func (c Command) Removal(dir string) (Removal, bool) {
	switch c.Name() {
	case "rm", "unlink":
		r := Removal{Whole: c.DirKnown}
		options := true
		for _, w := range c.Args() {
			switch {
			case options && w.Text == "--":
				options = false
			case options && w.Literal && strings.HasPrefix(w.Text, "-") && len(w.Text) > 1:
				r.Recursive = r.Recursive || w.Text == "--recursive" || !strings.HasPrefix(w.Text, "--") && strings.ContainsAny(w.Text, "rR")
			default:
				r.add(c, w, dir)
			}
		}
		return r, true
	case "find":
		return c.findRemoval(dir)
	}
	return Removal{}, false
}

func (r *Removal) add(c Command, w Word, dir string) {
	at := join(c.Dir, w.Text)
	if !path.IsAbs(at) && dir != "" {
		at = path.Join(dir, at)
	}
	if !w.Literal || !path.IsAbs(at) || !c.DirKnown && !path.IsAbs(w.Text) {
		r.Whole = false
		return
	}
	r.Targets = append(r.Targets, at)
}

// findRemoval reads find(1) with -delete or -exec rm.
func (c Command) findRemoval(dir string) (Removal, bool) {
	var r Removal
	deletes, dirs := false, true
	for i, w := range c.Args() {
		if strings.HasPrefix(w.Text, "-") || w.Text == "(" || w.Text == "!" {
			dirs = false
		}
		if dirs {
			r.add(c, w, dir)
		}
		deletes = deletes || w.Text == "-delete" || i > 0 && w.Text == "rm" && strings.HasPrefix(c.Args()[i-1].Text, "-exec")
	}
	r.Recursive, r.Whole = true, false
	return r, deletes
}

// Covers reports whether a target names a path or a directory above it. The path is
// absolute.
func (r Removal) Covers(file string) bool {
	for _, target := range r.Targets {
		if coversPath(target, file) {
			return true
		}
	}
	return false
}

// coversPath matches name by name; * does not match a leading dot (POSIX.1-2024,
// "Shell Command Language", 2.14.3).
func coversPath(pattern, file string) bool {
	want, have := strings.Split(strings.Trim(pattern, "/"), "/"), strings.Split(strings.Trim(file, "/"), "/")
	if pattern == "/" {
		return true
	}
	if len(want) > len(have) {
		return false
	}
	for i, p := range want {
		ok, err := path.Match(p, have[i])
		if err != nil || !ok || strings.HasPrefix(have[i], ".") && !strings.HasPrefix(p, ".") {
			return false
		}
	}
	return true
}

// IsForced reports whether a removal has -f, so that it does not complain of what is not there.
func (c Command) IsForced() bool {
	return slices.ContainsFunc(c.Args(), func(w Word) bool {
		return w.Text == "--force" || strings.HasPrefix(w.Text, "-") && !strings.HasPrefix(w.Text, "--") && strings.Contains(w.Text, "f")
	})
}
