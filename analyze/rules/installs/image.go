package installs

import (
	"iter"
	"path"
	"slices"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// image is an image as seen from one install of it.
type image struct {
	*rules.Build
	made   int // the instruction that installs
	layer  int // that it made
	byName map[string]int
	needs  [][]int32

	typed    []string // what the install names
	asked    []string // those, and what it names by variables
	allTyped bool     // it names nothing that cannot be told
	roots    []bool   // by package: there without a recommendation
	gone     []bool   // by package: leaves the instruction's layer with the recommended ones
	stays    []bool   // by package: in the image after the edit, as far as the instruction goes
	lost     []string // what an edit of an earlier install leaves out
	late     []bool   // by package: gone, since only a later install of the RUN brings it; nil for none
	early    []string // what the installs before that name
}

// newImage works out which packages of a layer came by recommendation alone: those that
// nothing needs that was there before or that the install names. Some of them a later
// instruction may have asked for. What an edit of an earlier install leaves out, by its
// name, counts as one of them where this install's packages recommend it, too.
func newImage(b *rules.Build, made, layer int, install []rewrite.Command, lost ...string) *image {
	im := &image{Build: b, made: made, layer: layer, byName: make(map[string]int), lost: lost}
	if b.Tree != nil {
		im.needs = b.Tree.Needs
	}
	im.typed, im.allTyped = namedAt(b, made, install)
	im.roots = make([]bool, len(b.Packages))
	for i := range b.Packages {
		p := &b.Packages[i]
		if p.Manager != "dpkg" {
			continue
		}
		if _, known := im.byName[p.Name]; !known {
			im.byName[p.Name] = i
		}
		switch {
		case p.Name == "openssh-client" && slices.Contains(im.typed, "ssh-client"): // by the name that it had
			im.roots[i] = p.Layer <= layer
		case p.Layer < layer && !slices.Contains(lost, p.Name), p.Reason == "essential", slices.Contains(im.typed, p.Name):
			im.roots[i] = true
		case p.Layer == layer && p.Reason == "manual" && !im.namedLater(p.Name):
			im.roots[i] = true // through a virtual name, or one that the text does not show
		}
	}
	im.allTyped = im.allTyped && im.broughtByRemoved()
	im.asked = slices.Clone(im.typed)
	for i := range b.Packages {
		if p := &b.Packages[i]; !im.allTyped && im.roots[i] && p.Layer == layer && p.Reason == "manual" && !slices.Contains(im.asked, p.Name) {
			im.asked = append(im.asked, p.Name)
		}
	}
	im.stays = im.closure(im.roots)
	im.gone = make([]bool, len(b.Packages))
	for i := range b.Packages {
		p := &b.Packages[i]
		recommended := p.Reason == "recommended" || im.needs != nil && p.Reason != "unknown"
		im.gone[i] = p.Manager == "dpkg" && (p.Layer == layer || im.isLostHere(p)) && !im.stays[i] && recommended
	}
	im.takeBackLate(install)
	return im
}

// takeBackLate sees to a RUN that works between its installs: what only a later one of them brings
// is not there yet for that work, which may have it because an earlier one recommends it.
func (im *image) takeBackLate(install []rewrite.Command) {
	early, late := splitAtWork(install)
	roots, any := slices.Clone(im.roots), false
	for _, name := range late {
		if i, ok := im.byName[name]; ok && im.Packages[i].Layer == im.layer && !slices.Contains(early, name) {
			roots[i], any = false, true
		}
	}
	if !any {
		return
	}
	then := im.closure(roots)
	contested := make([]bool, len(im.Packages))
	for i := range im.Packages {
		p := &im.Packages[i]
		contested[i] = im.stays[i] && !then[i] && p.Layer == im.layer && isInPairs(p.Name)
		im.gone[i] = im.gone[i] || contested[i]
	}
	if slices.Contains(contested, true) {
		im.stays, im.late, im.early = then, contested, early
	}
}

// isEarly reports whether what the installs name before a RUN begins its work brings one of the packages
// that patterns match.
func (im *image) isEarly(patterns string) bool {
	from := make([]bool, len(im.Packages))
	for _, name := range im.early {
		if i, ok := im.byName[name]; ok {
			from[i] = true
		}
	}
	for i, brought := range im.closure(from) {
		if brought && matchesAny(patterns, im.Packages[i].Name) {
			return true
		}
	}
	return false
}

// splitAtWork returns the packages that a RUN names before it does something else than to install,
// and those that it names behind that.
func splitAtWork(commands []rewrite.Command) (early, late []string) {
	installs, work := false, false
	for i, c := range commands {
		switch {
		case Installs(c):
			names, _ := named(commands[i : i+1])
			if work {
				late = append(late, names...)
			} else {
				early = append(early, names...)
			}
			installs = true
		case !onlyApt(commands[i:i+1]) && !slices.Contains([]string{"echo", "printf", "mkdir", "cd"}, c.Name()):
			work = work || installs
		}
	}
	return early, late
}

// isLostHere reports whether a package goes with an earlier install's edit that a package
// of this install recommends, so that this one would have brought it.
func (im *image) isLostHere(p *model.Package) bool {
	return p.Layer < im.layer && slices.Contains(im.lost, p.Name) && slices.ContainsFunc(p.RecommendedBy, func(by string) bool {
		at, ok := im.byName[by]
		return ok && im.Packages[at].Layer == im.layer && im.stays[at]
	})
}

// namedLater reports whether an install behind the instruction names a package.
func (im *image) namedLater(name string) bool {
	in := im.Parsed()
	for i := im.made + 1; i < len(in.All); i++ {
		if commands, ok := in.Commands(i); ok && in.Keyword(i) == "RUN" {
			if names, _ := named(commands); slices.Contains(names, name) {
				return true
			}
		}
	}
	return false
}

// isDry reports whether a command of apt only fetches packages, or only says what it would do.
func isDry(c rewrite.Command) bool {
	return c.Conditional || slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool {
		return slices.Contains([]string{"-d", "--download-only", "-s", "--simulate", "--just-print", "--dry-run", "--recon", "--no-act", "--print-uris"}, w.Text)
	})
}

// broughtBy is what installs name, with what that needs, by package.
func (im *image) broughtBy(commands ...rewrite.Command) []bool {
	names, _ := named(commands)
	from := make([]bool, len(im.Packages))
	for _, name := range names {
		if i, ok := im.byName[name]; ok {
			from[i] = true
		}
	}
	return im.closure(from)
}

// brings reports whether an install names a package, or one that needs it.
func (im *image) brings(c rewrite.Command, i int) bool {
	return im.broughtBy(c)[im.byName[im.Packages[i].Name]]
}

// onlyApt reports whether commands are apt's, or do nothing to the image.
func onlyApt(commands []rewrite.Command) bool {
	return !slices.ContainsFunc(commands, func(c rewrite.Command) bool {
		_, _, apt := c.Apt()
		return !apt && !slices.Contains([]string{"export", "set", "true", ":", "rm"}, c.Name())
	})
}

// closure is what packages need, and what that needs, with themselves.
func (im *image) closure(from []bool) []bool {
	in := im.reach(from, false)
	// Certificates that come only as one of several alternatives may not come at all, and nothing says
	// so before a build fails for want of them.
	if i, ok := im.byName["ca-certificates"]; ok && in[i] && !from[i] {
		in[i] = im.reach(from, true)[i]
	}
	return in
}

// reach are packages, and those that they depend on. Without the spare ones, only the first of several
// alternatives counts: an install from nothing brings that one.
func (im *image) reach(from []bool, withoutSpare bool) []bool {
	in := slices.Clone(from)
	var queue []int
	for i, ok := range in {
		if ok {
			queue = append(queue, i)
		}
	}
	for len(queue) > 0 {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if at >= len(im.needs) {
			continue
		}
		for _, need := range im.needs[at] {
			if !in[need] && !(withoutSpare && at < len(im.Tree.Spare) && slices.Contains(im.Tree.Spare[at], need)) {
				in[need] = true
				queue = append(queue, int(need))
			}
		}
	}
	return in
}

// reasons are the packages by which one came in: itself, what needs or recommends it, and so on, the
// nearest first. The walk does not go on from those at which it ends.
func (im *image) reasons(i int, ends func(at int) bool) iter.Seq[int] {
	return func(yield func(int) bool) {
		seen, queue := map[int]bool{i: true}, []int{i}
		for len(queue) > 0 {
			at := queue[0]
			queue = queue[1:]
			if !yield(at) {
				return
			}
			if ends != nil && ends(at) {
				continue
			}
			p := &im.Packages[at]
			for _, by := range append([]string{p.NeededBy}, p.RecommendedBy...) {
				if next, ok := im.byName[by]; ok && !seen[next] {
					seen[next] = true
					queue = append(queue, next)
				}
			}
		}
	}
}

// owner returns the package that owns the visible file at an absolute path, links in it
// followed; false where none does.
func (im *image) owner(name string) (int, bool) {
	if im.Tree == nil || im.Tree.Packages == nil {
		return 0, false
	}
	at := path.Clean("/" + name)[1:]
	if to, ok := im.Resolve("/" + at); ok {
		at = to
	}
	node, ok := im.Tree.Lookup(at)
	if !ok {
		return 0, false
	}
	id, ok := im.Tree.Visible(node)
	if !ok || int(id) >= len(im.Tree.Packages) {
		return 0, false
	}
	p := im.Tree.Packages[id]
	if p < 0 {
		p = im.Tree.Packages[im.Tree.Content(id)]
	}
	return int(p), p >= 0
}

// exists reports whether the finished image has something at an absolute path, and
// whether that is known.
func (im *image) exists(name string) (there, known bool) {
	if im.Tree == nil {
		return false, false
	}
	if _, ok := im.Visible(path.Clean("/" + name)[1:]); ok {
		return true, true
	}
	_, ok := im.Resolve("/" + name)
	return ok, true
}

// command returns the package of a program that is called by its name, and reports
// whether the image has such a program.
func (im *image) command(name string) (owner int, owned, there bool) {
	file, there := im.find(name)
	if !there {
		return 0, false, false
	}
	owner, owned = im.owner(file)
	return owner, owned, true
}

// find returns the path of a program that is called by its name; false where the image has none.
func (im *image) find(name string) (file string, there bool) {
	for _, dir := range im.SearchPath() {
		file := path.Join(dir, name)
		if exists, _ := im.exists(file); exists {
			return file, true
		}
	}
	return "", false
}
