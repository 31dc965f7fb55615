package rewrite

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// TidyCleanup makes one clean-up of those that a RUN ends with: the tools' own commands
// (apt-get clean) once each, and one rm -rf with each path once, in the author's layout.
// What an earlier rm of the RUN removes, too, goes from that one, where it is a cache that no
// command minds. Clean-ups that the author wrote apart from each other, by their sources, stay
// apart. It reports false where there is nothing to do, or where the RUN cannot be told apart.
func TidyCleanup(run string, authors ...string) (string, bool) {
	r, err := ParseRun(run)
	if err != nil || !r.plain() || r.file.Stmts[len(r.file.Stmts)-1].Background {
		return "", false
	}
	s := r.steps()
	tail := len(s.list)
	for tail > 0 && (s.list[tail-1].isRemoval() || s.list[tail-1].tool) && (tail == len(s.list) || s.joinable(tail)) {
		tail--
	}
	if len(s.list)-tail == 0 {
		return "", false
	}
	s.mergeTail(tail, authors)
	s.dropEarlier(tail)
	if !s.changed {
		return "", false
	}
	edited := r.in.head() + s.String()
	return edited, slices.Equal(Comments(run), Comments(edited)) && s.sameEffect(edited, r)
}

// steps are the commands at the top of a script, in order.
type steps struct {
	run     *Run
	list    []step
	changed bool
}

// step is a command of an && list or a statement, with what stands before it.
type step struct {
	gap, text string
	first     bool // of its statement
	dropped   bool
	tool      bool // a tool's own clean-up
	command   Command
	operands  []operand // of a plain rm -rf; nil for others
	lead      string    // that rm up to its first operand
	trail     string    // behind its last
}

// operand is a path that a rm removes, as written, with what stands before it.
type operand struct{ gap, text, path string }

func (s *step) isRemoval() bool { return s.operands != nil }

// steps takes the script apart.
func (r *Run) steps() *steps {
	s := &steps{run: r}
	end := 0
	for _, stmt := range r.file.Stmts {
		for i, el := range elements(stmt) {
			one := step{text: r.in.slice(el.from, el.to), first: i == 0}
			if len(s.list) > 0 {
				one.gap = r.in.between(end, el.from)
			}
			if c, ok := el.command(); ok {
				one.command = c
				one.tool = slices.Contains(toolCleanups, strings.Replace(c.Source(), " -y", "", 1))
				one.readRemoval(r, el)
			}
			s.list = append(s.list, one)
			end = el.to
		}
	}
	return s
}

// toolCleanups are commands by which a tool empties its own cache, without a -y.
var toolCleanups = []string{"apt-get clean", "apt clean", "apt-get autoclean", "dnf clean all", "dnf5 clean all", "microdnf clean all", "yum clean all",
	"zypper clean", "zypper clean -a", "zypper clean --all", "apk cache clean", "npm cache clean --force", "yarn cache clean", "pip cache purge", "composer clear-cache", "conda clean -afy"}

// readRemoval notes the operands of an element that is a plain rm -rf of absolute paths.
func (s *step) readRemoval(r *Run, el element) {
	c := s.command
	call, _ := el.stmt.Cmd.(*syntax.CallExpr)
	if c.Words[0].Text != "rm" || call == nil || len(call.Args) != len(c.Words) {
		return
	}
	flags := ""
	end := int(call.Args[0].End().Offset())
	last := end // of the last operand
	for i, w := range c.Args() {
		from, to := int(call.Args[i+1].Pos().Offset()), int(call.Args[i+1].End().Offset())
		switch {
		case strings.HasPrefix(w.Text, "-") && !strings.HasPrefix(w.Text, "--"):
			flags += w.Text[1:]
			end = to
			continue
		case !w.Literal || !path.IsAbs(w.Text) || len(s.operands) > 0 && end != last:
			s.operands = nil
			return
		}
		if s.operands == nil {
			s.lead = r.in.slice(el.from, end)
		}
		s.operands = append(s.operands, operand{gap: r.in.between(end, from), text: r.in.slice(from, to), path: w.Text})
		end, last = to, to
	}
	s.trail = r.in.slice(last, end)
	if sorted := []byte(strings.ToLower(flags)); len(s.operands) > 0 {
		slices.Sort(sorted)
		if string(sorted) != "fr" {
			s.operands = nil
		}
	}
}

// joinable reports whether a step and the one before it may become one: no comment stands
// between them.
func (s *steps) joinable(i int) bool {
	return i < len(s.list) && !strings.Contains(s.list[i].gap, "#")
}

// mergeTail makes one clean-up of the steps from one on. What the author wrote apart stays
// so, but for what another of them removes, too.
func (s *steps) mergeTail(from int, authors []string) {
	var first *step // the rm that the others join
	theirs := func(one *step) bool { return slices.Contains(authors, one.command.Source()) }
	for i := from; i < len(s.list); i++ {
		one := &s.list[i]
		switch {
		case one.tool:
			if hasTool(s.list[from:i], one) {
				s.drop(i)
			}
		case first == nil:
			first = one
		case theirs(one) && theirs(first) && !s.covered(from, i):
			first.write()
			first = one
		case s.covered(from, i):
			s.drop(i)
		default:
			first.add(one.operands)
			s.drop(i)
		}
	}
	if first != nil {
		first.write()
	}
	for i := from + 1; i < len(s.list); i++ {
		if before := &s.list[i-1]; !theirs(before) && s.joinable(i) {
			s.cleanFirst(before, &s.list[i])
		}
	}
}

// cleanFirst puts apt-get clean in front of a removal of apt's lists that an edit has written,
// as most authors have it: which of the two edits came first is nothing that a RUN should show.
func (s *steps) cleanFirst(removal, clean *step) {
	if removal.dropped || clean.dropped || clean.command.Source() != "apt-get clean" || len(removal.operands) == 0 || !strings.HasPrefix(removal.operands[0].path, "/var/lib/apt/lists/") {
		return
	}
	gap, first, behind := removal.gap, removal.first, clean.gap
	*removal, *clean = *clean, *removal
	clean.gap, clean.first = behind, removal.first
	removal.gap, removal.first = gap, first
	s.changed = true
}

// covered reports whether the rm commands from one step on, up to another, remove all that
// this one does.
func (s *steps) covered(from, i int) bool {
	var before Removal
	for _, one := range s.list[from:i] {
		if !one.dropped {
			before.Targets = append(before.Targets, one.paths()...)
		}
	}
	return !slices.ContainsFunc(s.list[i].paths(), func(p string) bool { return !before.Covers(p) })
}

// hasTool reports whether one of several steps is a tool's own clean-up that another is, too.
func hasTool(list []step, one *step) bool {
	return slices.ContainsFunc(list, func(other step) bool {
		return other.tool && !other.dropped && other.command.Source() == one.command.Source()
	})
}

// maxRemoval is how many characters of a rm fit a line.
const maxRemoval = 100

// add appends paths that a rm does not remove yet, in its layout.
func (s *step) add(more []operand) {
	gap := " "
	for _, o := range s.operands {
		if at := strings.LastIndexByte(o.gap, '\n'); at >= 0 {
			gap = " \\" + o.gap[at:]
		}
	}
	for _, o := range more {
		if (Removal{Targets: s.paths()}).Covers(o.path) {
			continue
		}
		if below := slices.IndexFunc(s.operands, func(have operand) bool { return coversPath(o.path, have.path) }); below >= 0 {
			o.gap = s.operands[below].gap // in the place of what it covers
			s.operands[below] = o
			s.operands = slices.DeleteFunc(s.operands, func(have operand) bool { return have.path != o.path && coversPath(o.path, have.path) })
			continue
		}
		o.gap = gap
		if gap == " " && len(lastLine(s.render()))+1+len(o.text) > maxRemoval {
			o.gap = " \\\n        "
		}
		s.operands = append(s.operands, o)
	}
}

func (s *step) paths() (paths []string) {
	for _, o := range s.operands {
		paths = append(paths, o.path)
	}
	return paths
}

func (s *step) render() string {
	var b strings.Builder
	b.WriteString(s.lead)
	for _, o := range s.operands {
		b.WriteString(o.gap + o.text)
	}
	return b.String() + s.trail
}

// write sets the text of a rm from its operands, each path once.
func (s *step) write() {
	var once []operand
	for _, o := range s.operands {
		if !slices.ContainsFunc(once, func(other operand) bool { return other.path == o.path }) {
			once = append(once, o)
		}
	}
	s.operands = once
	s.text = s.render()
}

func lastLine(text string) string { return text[strings.LastIndexByte(text, '\n')+1:] }

// drop takes a step out.
func (s *steps) drop(i int) { s.list[i].dropped, s.changed = true, true }

// dropEarlier takes paths out of rm commands in front of the clean-up that removes them, too,
// and a tool's own clean-up that runs again.
func (s *steps) dropEarlier(tail int) {
	var all Removal
	for _, one := range s.list[tail:] {
		if !one.dropped {
			all.Targets = append(all.Targets, one.paths()...)
		}
	}
	errexit := effectsOf(s.run.file).errexit
	for i := range s.list[:tail] {
		one := &s.list[i]
		if errexit && !one.first {
			continue // the command before it would then be the last of its list
		}
		left := slices.DeleteFunc(slices.Clone(one.operands), func(o operand) bool {
			return slices.Contains(all.Targets, o.path) && isCache(o.path) && !s.namesBehind(i, tail, o.path)
		})
		switch {
		case one.tool && !hasTool(s.list[tail:], one) || !one.tool && len(left) == len(one.operands) || strings.Contains(one.gap, "#") || i+1 < len(s.list) && strings.Contains(s.list[i+1].gap, "#"):
		case len(left) == 0:
			s.drop(i)
		default:
			left[0].gap = one.operands[0].gap
			one.operands = left
			one.write()
			s.changed = true
		}
	}
}

// namesBehind reports whether a step behind one, up to another, names the directory of what that one
// removes: mkdir fails where it is still there.
func (s *steps) namesBehind(at, end int, removed string) bool {
	dir := strings.TrimSuffix(removed, "/*")
	return slices.ContainsFunc(s.list[at+1:end], func(one step) bool { return !one.isRemoval() && strings.Contains(one.text, dir) })
}

// isCache reports whether a path is one that commands fill again and do not mind.
func isCache(name string) bool {
	for _, dir := range []string{"/var/lib/apt/lists/", "/var/cache/", "/root/.cache", "/root/.npm"} {
		if strings.HasPrefix(name+"/", dir) {
			return true
		}
	}
	return false
}

// String writes the steps that are left. What a statement begins with keeps the gap in front
// of it, for that says how the statement before ends.
func (s *steps) String() string {
	var b strings.Builder
	written, pending := false, ""
	for i := range s.list {
		one := &s.list[i]
		gap := one.gap
		if pending != "" && !one.first {
			gap = pending
		}
		if one.dropped {
			if one.first && i+1 < len(s.list) && !s.list[i+1].first {
				pending = gap
			}
			continue
		}
		pending = ""
		if written {
			b.WriteString(gap)
		}
		b.WriteString(one.text)
		written = true
	}
	return b.String()
}

// sameEffect reports whether an edited RUN runs the same commands, clean-ups apart, and
// removes the same in the end.
func (s *steps) sameEffect(edited string, was *Run) bool {
	now, err := ParseRun(edited)
	if err != nil || now.file == nil {
		return false
	}
	other := func(r *Run) (kept []Command, paths []string) {
		steps := r.steps()
		for _, one := range steps.list {
			paths = append(paths, one.paths()...)
		}
		for _, c := range r.Commands {
			if !slices.ContainsFunc(steps.list, func(one step) bool {
				return (one.tool || one.isRemoval()) && one.command.Source() == c.Source()
			}) {
				kept = append(kept, c)
			}
		}
		slices.Sort(paths)
		return kept, slices.Compact(paths)
	}
	keptWas, pathsWas := other(was)
	keptNow, pathsNow := other(now)
	covered := Removal{Targets: pathsNow}
	return equalCommands(keptWas, keptNow) && !slices.ContainsFunc(pathsWas, func(p string) bool { return !covered.Covers(p) })
}
