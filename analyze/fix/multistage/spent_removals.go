package multistage

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// span is a range of lines of the file, from the first one on and without the last.
type span struct{ from, to int }

// spentRemovals are the lines of RUNs behind the boundary that only remove what the runtime
// stage never has, with the comments that stand above them.
func (d *draft) spentRemovals() (spans []span) {
	for i := d.boundary + 1; i < len(d.instructions); i++ {
		in := &d.instructions[i]
		if in.run == nil || in.Line <= d.boundaryEnd() || in.EndLine > len(d.lines) || !d.removesNothing(i) {
			continue
		}
		s := span{in.Line - 1, in.EndLine}
		for s.from > d.boundaryEnd() && strings.HasPrefix(strings.TrimSpace(d.lines[s.from-1]), "#") {
			s.from--
		}
		for s.from > d.boundaryEnd() && s.to < len(d.lines) && strings.TrimSpace(d.lines[s.from-1]) == "" && strings.TrimSpace(d.lines[s.to]) == "" {
			s.to++ // one empty line is enough
		}
		spans = append(spans, s)
	}
	return spans
}

// removesNothing reports whether a RUN behind the boundary does nothing in the runtime stage:
// it only removes what the build stage made and what is not copied. Without -f, it would even fail.
func (d *draft) removesNothing(i int) bool {
	run := d.instructions[i].run
	if len(run.Flags) > 0 || len(run.Commands) == 0 {
		return false
	}
	for _, c := range run.Commands {
		if c.Name() != "rm" || c.Redirected {
			return false
		}
		for _, w := range c.Args() {
			if !strings.HasPrefix(w.Text, "-") && !d.isLeftBehind(d.homeInWord(w, i), i) {
				return false
			}
		}
	}
	return true
}

// homeInWord returns the absolute path that a word of a RUN names, without leading slash; ""
// where that cannot be told. Root's home stands for $HOME where nothing sets it.
func (d *draft) homeInWord(w rewrite.Word, i int) string {
	text := w.Text
	for _, home := range []string{"$HOME/", "${HOME}/", "~/"} {
		rest, ok := strings.CutPrefix(text, home)
		if ok && d.isRootAt(i) && !slices.ContainsFunc(d.in.Build.Env, func(v string) bool { return strings.HasPrefix(v, "HOME=") }) {
			text = "/root/" + rest
		}
	}
	if strings.ContainsAny(text, "$*?[~`\\{}") {
		return ""
	}
	if !path.IsAbs(text) {
		text = path.Join(d.workDirAt(i), text)
	}
	return strings.TrimPrefix(path.Clean(text), "/")
}

// isLeftBehind reports whether the build stage made what is at a path, and nothing at or below
// it comes into the runtime stage before an instruction.
func (d *draft) isLeftBehind(name string, before int) bool {
	n, ok := d.tree.Lookup(name)
	if !ok || name == "" || d.isInBase(n) {
		return false
	}
	if _, there := d.tree.At(n, d.lastLayer); !there {
		return false
	}
	any := false
	d.eachFile(n, name, func(id model.RecordID, name string) { any = any || d.stays(id, name) })
	if any {
		return false
	}
	for layer := d.lastLayer + 1; layer < d.tree.Layers() && d.maker[layer] < before; layer++ {
		for _, r := range d.tree.Layer(layer) {
			if r.Kind < model.Whiteout && isBelow(d.tree.Path(r.Node), []string{name}) {
				return false
			}
		}
	}
	return true
}
