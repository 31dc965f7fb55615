package language

import (
	"path"
	"strings"
)

// A cache holds packages as they were installed from: unpacked, and often as other names of the
// installed files. Programs find nothing there.

// caches are directories of that kind, with a slash at both ends.
type caches []string

// knownCaches are named by the programs that fill them: uv's archive, yarn's and the one from which
// poetry and pip build.
var knownCaches = []string{"/.cache/uv/", "/.cache/yarn/", "/.yarn/berry/cache/", "/.cache/pypoetry/artifacts/", "/.npm/_cacache/", "/.bundle/cache/"}

// cacheDirs returns the caches of an image: those with a known name, and the directories that
// conda says it unpacked packages in.
func cacheDirs(found map[string]*Found) caches {
	seen := make(map[string]bool)
	var all caches
	for _, f := range found {
		if f.Manager != Conda {
			continue
		}
		for i := range f.Rows {
			dir := path.Dir(below("", f.Rows[i].Dir))
			if path.Base(dir) == "pkgs" && !seen[dir] {
				seen[dir] = true
				all = append(all, "/"+dir+"/")
			}
		}
	}
	return all
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
