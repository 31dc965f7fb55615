package leftovers

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

// maxTargets is how many single files or directories an rm names; beyond it a whole
// temporary directory is emptied, or what begins like them.
const maxTargets = 4

var plainName = lazyregexp.New(`^\.?[A-Za-z0-9_][A-Za-z0-9._+@%-]*$`)

// tempTargets is what to remove: the entries of the temporary directories by name
// where the RUN names them or has a pattern for them, so that the next build has the
// same; else what begins with a name in the RUN; else all of the directories, where
// nothing else lies in them. why says why there is no such target.
func tempTargets(b *rules.Build, f *model.Finding, made int) (targets []string, why string) {
	entries, all := tempEntries(b, f)
	named, count := make(map[string][]string), 0
	exact := all
	for dir, names := range entries {
		for _, name := range names {
			target := nameInRun(b, made, dir, name)
			exact = exact && target != ""
			if !slices.Contains(named[dir], target) {
				named[dir] = append(named[dir], target)
				count++
			}
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(entries)) {
		if exact && count <= maxTargets {
			slices.Sort(named[dir])
			targets = append(targets, named[dir]...)
			continue
		}
		more, why := wholeTargets(b, dir, entries[dir], made, all)
		if why != "" {
			return nil, why
		}
		targets = append(targets, more...)
	}
	for _, target := range targets {
		if older := b.Needs().Older(target, made); older != "" && strings.Contains(target, "*") {
			return nil, older + " lies there, too"
		}
	}
	return targets, ""
}

// tempEntries returns the entries of the temporary directories that hold a finding's files, by
// directory; all is false where the finding may have files in others, too.
func tempEntries(b *rules.Build, f *model.Finding) (entries map[string][]string, all bool) {
	entries = make(map[string][]string)
	add := func(p string) {
		dir, rest := "/tmp/", strings.TrimPrefix(p, "tmp/")
		if after, ok := strings.CutPrefix(p, "var/tmp/"); ok {
			dir, rest = "/var/tmp/", after
		}
		if entry, _, _ := strings.Cut(rest, "/"); !slices.Contains(entries[dir], entry) {
			entries[dir] = append(entries[dir], entry)
		}
	}
	for _, p := range f.Paths {
		add(p)
	}
	if f.FileCount <= len(f.Paths) {
		return entries, true
	}
	if b.Tree == nil || f.Layer == nil || *f.Layer >= b.Tree.Layers() || len(f.Paths) == 0 {
		return entries, false
	}
	node, ok := b.Tree.Lookup(f.Paths[0])
	if !ok {
		return entries, false
	}
	id, ok := b.Tree.At(node, *f.Layer)
	if !ok {
		return entries, false
	}
	finding := b.Tree.Records[b.Tree.Content(id)].Finding()
	for _, r := range b.Tree.Layer(*f.Layer) {
		if name := b.Tree.Path(r.Node); finding != model.NoFinding && r.Finding() == finding && inTempDir(name) {
			add(name)
		}
	}
	return entries, finding != model.NoFinding
}

// callsPECL matches PHP's installers of extensions, which work in /tmp/pear.
var callsPECL = lazyregexp.New(`\b(?:pecl|pear)\s`)

// nameInRun is an entry of a temporary directory as a RUN names it, with its directory: by its
// name, or by a pattern. It is "" where the RUN does neither.
func nameInRun(b *rules.Build, made int, dir, name string) string {
	if !plainName.MatchString(name) {
		return ""
	}
	if text := b.Parsed().Text(made); mentions(text, name) || name == "pear" && callsPECL.MatchString(text) {
		return dir + name
	}
	for _, glob := range b.Needs().Globs(made) {
		within, base := path.Split(glob)
		if ok, err := path.Match(base, name); within == dir && ok && err == nil && len(strings.Trim(base, "*?")) > 2 {
			return glob
		}
	}
	return ""
}

// wholeTargets is what to remove of a temporary directory in which a RUN leaves entries that it
// does not name one by one.
func wholeTargets(b *rules.Build, dir string, names []string, made int, all bool) (targets []string, why string) {
	if begin := commonBeginning(b.Parsed().Text(made), dir, names); all && begin != "" {
		return []string{dir + begin + "*"}, ""
	}
	if !tempDirFree(b) {
		return nil, "the container uses " + strings.TrimSuffix(dir, "/")
	}
	targets = []string{dir + "*"}
	for _, name := range names {
		if strings.HasPrefix(name, ".") && plainName.MatchString(name) && len(targets) <= maxTargets {
			targets = append(targets, dir+name) // * does not match it
		}
	}
	return targets, ""
}

// commonBeginning is what all names begin with, as far as a text names it in their
// directory; "" where that is too little.
func commonBeginning(text, dir string, names []string) string {
	begin := names[0]
	for _, name := range names[1:] {
		for !strings.HasPrefix(name, begin) {
			begin = begin[:len(begin)-1]
		}
	}
	for len(begin) > 2 && !strings.Contains(text, dir+begin) {
		begin = begin[:len(begin)-1]
	}
	if len(begin) < 3 || !plainName.MatchString(begin) {
		return ""
	}
	return begin
}

// mentions reports whether a text holds a name as a whole word of a path.
func mentions(text, name string) bool {
	return regexp.MustCompile(`(^|[^A-Za-z0-9._-])` + regexp.QuoteMeta(name) + `($|[^A-Za-z0-9_-])`).MatchString(text)
}
