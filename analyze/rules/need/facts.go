package need

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// facts are what an instruction does, as far as the question goes whether it needs
// something.
type facts struct {
	kind   kind
	calls  []call   // of a RUN
	paths  []string // absolute patterns: of another instruction
	opaque string   // why it may do anything, "" where it does not
}

type kind uint8

const (
	runs       kind = iota // RUN
	places                 // COPY, ADD: brings files into its paths
	keeps                  // ENV, WORKDIR and the like: the container has its paths
	harmless               // needs nothing
	runsInside             // ONBUILD RUN: runs in a build on top of the image
)

// factsOf are those of an instruction of the image.
func (r *Room) factsOf(at int) *facts {
	if r.facts == nil {
		r.facts = make([]*facts, len(r.Instructions.All))
	}
	if r.facts[at] == nil {
		r.facts[at] = r.read(r.Instructions.Keyword(at), r.Instructions.Text(at), r.settingOf(at), r.layerAfter(at))
	}
	return r.facts[at]
}

// read reads an instruction that finds a setting, and leaves the file system of the
// layers up to one.
func (r *Room) read(keyword, text string, in setting, layer int) *facts {
	switch keyword {
	case "RUN":
		return r.readRun(text, in, layer)
	case "COPY", "ADD":
		c, ok := rewrite.ParseCopy(text)
		if !ok {
			return &facts{kind: places, paths: pathsInText(text)}
		}
		return &facts{kind: places, paths: []string{joinPath(in.dir, in.expand(c.Dest))}}
	case "WORKDIR":
		return &facts{kind: keeps, paths: []string{in.next(keyword, text).dir}}
	case "ENV":
		f := &facts{kind: keeps}
		for _, v := range assignments(bodyOf(text)) {
			for part := range strings.FieldsFuncSeq(in.expand(v[1]), func(r rune) bool { return r == ':' || r == ' ' || r == ';' || r == ',' }) {
				if strings.Contains(part, "/") {
					f.paths = append(f.paths, fragments(part, in.dir)...)
				}
			}
		}
		return f
	case "CMD", "ENTRYPOINT", "HEALTHCHECK", "SHELL":
		body := bodyOf(text)
		if keyword == "HEALTHCHECK" {
			if _, command, ok := strings.Cut(body, "CMD"); ok {
				body = strings.TrimSpace(command)
			}
		}
		return r.container(body, in, layer)
	case "ONBUILD":
		inner := strings.TrimSpace(bodyOf(text))
		if k := rewrite.Keyword(inner); k == "RUN" || k == "COPY" || k == "ADD" || k == "WORKDIR" {
			in.dir = unknown // a build on top may stand elsewhere
			f := *r.read(k, inner, in, layer)
			if f.kind == runs {
				f.kind = runsInside
			}
			return &f
		}
		return &facts{kind: harmless}
	case "":
		return &facts{kind: runs, opaque: "the history does not show what it does"}
	}
	return &facts{kind: harmless}
}

// container reads what a container runs, of which only the paths are looked at.
func (r *Room) container(body string, in setting, layer int) *facts {
	f := r.readRun("RUN "+body, in, layer)
	out := &facts{kind: keeps}
	for _, c := range f.calls {
		out.paths = append(out.paths, c.paths...)
		for _, p := range fragments(c.words[0], c.dir) {
			if strings.Contains(c.words[0], "/") {
				out.paths = append(out.paths, p)
			}
		}
	}
	out.paths = slices.DeleteFunc(out.paths, func(p string) bool { return p == unknown })
	out.calls = f.calls
	return out
}

// readRun reads a RUN.
func (r *Room) readRun(text string, in setting, layer int) *facts {
	script, words, ok := r.runText(text)
	if !ok {
		return &facts{kind: runs, opaque: "tare cannot parse it as shell", paths: pathsInText(text)}
	}
	w := &walker{room: r, layer: layer, vars: in.vars, dir: in.dir, user: in.user}
	if in.vars.lookup("HOME") == nil {
		w.vars = w.vars.with("HOME", values{r.home(in.user, layer)})
	}
	f := &facts{kind: runs}
	switch {
	case words != nil:
		plainWords := make([]string, len(words))
		var paths []string
		for i, word := range words {
			plainWords[i] = clean(word)
			paths = append(paths, fragments(plainWords[i], in.dir)...)
		}
		if len(words) > 0 {
			w.run(plainWords, paths, brief(strings.Join(words, " ")), w.vars)
		}
	case !in.shell, strings.HasPrefix(script, "#!") && !isShellLine(strings.SplitN(script, "\n", 2)[0]):
		return &facts{kind: runs, opaque: "it is not a shell script", paths: pathsInText(script)}
	default:
		file, ok := r.cache.parse(script)
		if !ok {
			return &facts{kind: runs, opaque: "tare cannot parse it as shell", paths: pathsInText(script)}
		}
		w.stmts(file.Stmts)
	}
	f.calls = w.calls
	if w.truncated {
		f.opaque = "it is too long to read"
	}
	for i := range f.calls {
		f.calls[i].paths = distinct(f.calls[i].paths)
	}
	return f
}

func distinct(paths []string) []string {
	if len(paths) < 2 {
		return paths
	}
	paths = slices.Clone(paths)
	slices.Sort(paths)
	return slices.Compact(paths)
}

// fromConfig reads what the config says a container runs.
func (r *Room) fromConfig() *facts {
	if r.contains == nil {
		r.contains = &facts{kind: keeps}
		end := r.settingOf(len(r.Instructions.All))
		layer := len(r.Layers) - 1
		for _, words := range [][]string{slices.Concat(r.Entrypoint, r.Cmd), r.Cmd} {
			if list, err := json.Marshal(words); err == nil && len(words) > 0 {
				f := r.container(string(list), end, layer)
				r.contains.paths = append(r.contains.paths, f.paths...)
				r.contains.calls = append(r.contains.calls, f.calls...)
			}
		}
	}
	return r.contains
}

// Globs returns the absolute paths that a RUN names by patterns of names, as a shell writes them.
func (r *Room) Globs(at int) (globs []string) {
	for _, c := range r.factsOf(at).calls {
		for _, p := range c.paths {
			if isPattern(path.Base(p)) && isKnown(path.Dir(p)) && !strings.ContainsAny(p, string(anything)+string(plain)) {
				globs = append(globs, shellGlobs.Replace(p))
			}
		}
	}
	slices.Sort(globs)
	return slices.Compact(globs)
}

// shellGlobs writes a pattern as a shell does.
var shellGlobs = strings.NewReplacer(string(star), "*", string(single), "?")
