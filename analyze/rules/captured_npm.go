package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// maxPackageLock is the size in bytes up to which npm's list of what it installed is
// looked into.
const maxPackageLock = 4 << 20

// projectDirs are where programs of Node.js lie, and maxSourceDepth how many directories deep; noSources are
// directories of what such a program does not load itself.
var (
	projectDirs = []string{"app/", "usr/src/", "usr/app/", "srv/", "home/", "opt/", "code/", "workspace/", "src/", "node/", "server/", "project/", "api/", "backend/", "bot/", "web/", "var/www/", "var/app/", "data/"}
	noSources   = strings.Fields("node_modules bower_components public static assets docs doc examples test tests __tests__ spec coverage vendor site-packages dist-packages share lib64 conda miniconda3 anaconda3 .next .nuxt .git .npm .cache")
)

const maxSourceDepth = 6

// wantsOfNpm reports whether a file is npm's own list of what it installed in a
// directory, the package.json of a program, or JavaScript that it may start with.
func wantsOfNpm(name string, size int64) bool {
	if IsNodeSource(name) {
		return size <= maxScript && strings.Count(name, "/") <= maxSourceDepth && slices.ContainsFunc(projectDirs, func(dir string) bool { return strings.HasPrefix(name, dir) }) &&
			!slices.ContainsFunc(strings.Split(path.Dir(name), "/"), func(dir string) bool { return slices.Contains(noSources, dir) })
	}
	if !strings.HasSuffix(name, ".json") { // every file of an image comes by
		return false
	}
	switch path.Base(name) {
	case ".package-lock.json":
		dir := path.Dir(name)
		return size <= maxPackageLock && path.Base(dir) == "node_modules" && !strings.Contains(path.Dir(dir)+"/", "node_modules/")
	case "package.json":
		return size <= maxScript && !strings.Contains(name, "node_modules/")
	}
	return false
}

// loads takes what a file of JavaScript requires or imports.
var loads = lazyregexp.New(`(?:\brequire\s*\(|\bfrom\b|\bimport\b\s*\(?)\s*["'\x60]((?:@[\w.-]+/)?[\w.-]+)`)

// NodeLoads returns the packages that a file of JavaScript requires or imports, each as often as it does.
func NodeLoads(text string) (modules []string) {
	for _, m := range loads.FindAllStringSubmatch(text, -1) {
		modules = append(modules, m[1])
	}
	return modules
}
