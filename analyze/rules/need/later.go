package need

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/instructions"
)

// Thing is what an edit would take away.
type Thing struct {
	// Paths are what an rm would take, absolute; * and ? are the shell's.
	Paths []string
	// Meant: somebody made it to use it, such as a folder for building, so that a
	// word that may be anything may be it. A log or a cache is a by-product.
	Meant bool
	// By are programs that use it without being told where it is.
	By []string
	// Reads reports whether a call of one of By, in words, reads the thing; nil: every
	// call does.
	Reads func(words []string) bool
	// Searched: programs look for it where they stand or in what they are given, as
	// for .git. A program that nobody knows may do so everywhere.
	Searched bool
	// Lists: they are apt's package lists, which an install reads unless the same RUN
	// fetches them anew.
	Lists bool
	// Until is the instruction that takes the thing away anyway; 0 where none does, so
	// that the container may need it, too.
	Until int
	// Cache: a tool fills it again if need be, but for one that works offline.
	Cache bool
}

// Use is what needs a thing later.
type Use struct {
	// Last is the last RUN that needs it, or may; the instruction that was asked
	// about where no later one does.
	Last int
	// Why says what needs the thing, "" where nothing does: "line 7 (git describe) may
	// need it". It may be a part of a sentence.
	Why string
	// For is true where more than RUNs need it: an instruction that no rm can follow,
	// or the container.
	For bool
}

// Later says what needs a thing after an instruction.
func (r *Room) Later(made int, t Thing) Use {
	all := r.Instructions.All
	use, by := Use{Last: made}, ""
	m := r.matcher(t)
	end := len(all)
	if t.Until > 0 {
		end = min(end, t.Until)
	}
	for i := made + 1; i < end; i++ {
		if i-made > instructions.MaxLater {
			return Use{Last: i - 1, Why: fmt.Sprintf("more than %d instructions follow", instructions.MaxLater), For: true}
		}
		f := r.factsOf(i)
		why, needs := m.needs(f)
		if needs && t.Cache && f.kind == runs && m.untouched(i) {
			quiet := *m
			quiet.idle = true
			why, needs = quiet.needs(f)
		}
		if !needs && t.Cache && f.kind == runs {
			why, needs = r.namesMadeDirectory(made, f, t)
		}
		if r.left <= 0 {
			return Use{Last: i, Why: "there is too much to compare", For: true}
		}
		if !needs {
			continue
		}
		if f.kind != runs {
			use.Why, use.For = r.sentence(i, why), true
			return use
		}
		use.Last, by = i, why
	}
	if use.Last > made {
		use.Why = r.sentence(use.Last, by)
	}
	if t.Until > 0 {
		return use
	}
	why, needs := m.needs(r.fromConfig())
	if !needs && t.Cache {
		why, needs = r.namesMadeDirectory(made, r.fromConfig(), t)
	}
	if needs {
		if why == "" {
			why = "what it names"
		}
		return Use{Last: use.Last, Why: "the container runs " + why + ", which may need it", For: true}
	}
	return use
}

// namesMadeDirectory returns the command that names a directory which an instruction has made for the sake
// of a cache, such as /root/.cache for pip's: chown(1) and cp(1) fail where it is not there.
func (r *Room) namesMadeDirectory(made int, f *facts, t Thing) (why string, names bool) {
	if made < 0 || r.Tree == nil {
		return "", false
	}
	layers := r.layersOf(made)
	if len(layers) == 0 {
		return "", false
	}
	for i := range f.calls {
		c := &f.calls[i]
		for _, name := range c.paths {
			if !isKnown(name) || name == "/" {
				continue
			}
			above := func(p string) bool { return strings.HasPrefix(p, strings.TrimSuffix(name, "/")+"/") }
			around := func(p string) bool { return p == path.Dir(name) || strings.HasPrefix(p, path.Dir(name)+"/") }
			inside := func(p string) bool { return p == name || strings.HasPrefix(name, p+"/") }
			switch {
			case toleratesAbsence(c):
				continue
			case c.name == "rm" && slices.ContainsFunc(t.Paths, inside):
				return c.source, true // it complains of what is not there
			case slices.ContainsFunc(t.Paths, above) && c.name != "mkdir":
			case strings.HasPrefix(path.Base(path.Dir(name)), ".") && slices.ContainsFunc(t.Paths, around):
				name = path.Dir(name) // as /root/.cache of /root/.cache/nltk, which is made there
			default:
				continue
			}
			if _, there := r.find(name, layers[0]-1); !there {
				return c.source, true
			}
		}
	}
	return "", false
}

// toleratesAbsence reports whether a call makes what it names with the directories around it, or does not
// mind that it is not there.
func toleratesAbsence(c *call) bool {
	option := ""
	switch c.name {
	case "mkdir":
		option = "p"
	case "install":
		return true
	case "rm":
		option = "f"
	default:
		return false
	}
	return slices.ContainsFunc(c.words[1:], func(w string) bool {
		return w == "--force" || w == "--parents" || strings.HasPrefix(w, "-") && !strings.HasPrefix(w, "--") && strings.Contains(w, option)
	})
}

// NamedInScripts reports whether a script that an instruction runs, and whose text is known, names one of
// some parts of paths, such as /.cache, in a command that minds if that is not there.
func (r *Room) NamedInScripts(at int, parts []string) bool {
	return slices.ContainsFunc(r.factsOf(at).calls, func(c call) bool {
		return c.within && !toleratesAbsence(&c) && slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(c.source, part) })
	})
}

// InScripts reports whether a script that an instruction runs uses a thing, or may: what the
// instruction's own commands do, its text shows.
func (r *Room) InScripts(at int, t Thing) bool {
	f, m := r.factsOf(at), r.matcher(t)
	return slices.ContainsFunc(f.calls, func(c call) bool {
		return c.within && m.uses(&c) || c.opaque && c.isScript() && r.mayInstall(at, f, &c)
	})
}

func (r *Room) sentence(at int, why string) string {
	if why == "" {
		return fmt.Sprintf("%s (%s) may need it", r.where(at), r.Instructions.Keyword(at))
	}
	return fmt.Sprintf("%s (%s) may need it", r.where(at), why)
}
