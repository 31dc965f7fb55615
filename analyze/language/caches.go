package language

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// A cache holds packages as they were installed from: unpacked, and often as other names of the
// installed files. Programs find nothing there.

// caches are directories of that kind, with a slash at both ends.
type caches []string

// maxCaches is how many of conda's are looked for: an image has one.
const maxCaches = 50

// knownCaches are named by the programs that fill them: uv's archive, yarn's and the one from which
// poetry and pip build.
var knownCaches = []string{"/.cache/uv/", "/.cache/yarn/", "/.yarn/berry/cache/", "/.cache/pypoetry/artifacts/", "/.npm/_cacache/", "/.bundle/cache/"}

// cacheDirs returns the caches of an image: those with a known name, and the directories that
// conda says it unpacked packages in. Of more of these than are looked for, it returns the files
// that name them.
func cacheDirs(found map[string]*Found) (all caches, more []string) {
	seen := make(map[string]bool)
	for _, name := range slices.Sorted(maps.Keys(found)) {
		f := found[name]
		if f.Manager != Conda {
			continue
		}
		for i := range f.Rows {
			dir := path.Dir(below("", f.Rows[i].Dir))
			switch {
			case path.Base(dir) != "pkgs" || seen[dir]:
			case len(all) == maxCaches:
				more = append(more, name)
			default:
				seen[dir] = true
				all = append(all, "/"+dir+"/")
			}
		}
	}
	return all, slices.Compact(more)
}

// hold reports whether a file lies in one.
func (c caches) hold(name string) bool {
	name = "/" + name
	for _, dir := range knownCaches {
		if strings.Contains(name, dir) {
			return true
		}
	}
	for _, dir := range c {
		if strings.HasPrefix(name, dir) {
			return true
		}
	}
	return false
}
