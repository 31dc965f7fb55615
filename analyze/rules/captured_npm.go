package rules

import (
	"path"
	"slices"
	"strings"
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

// loaders are the words in front of what a file of JavaScript loads.
var loaders = []string{"require", "from", "import"}

// NodeLoads returns the packages that a file of JavaScript requires or imports, each as often as it does.
// It looks for few words, since every file of a project is asked.
func NodeLoads(text string) (modules []string) {
	for _, loader := range loaders {
		for rest := text; ; {
			at := strings.Index(rest, loader)
			if at < 0 {
				break
			}
			before := at > 0 && (isWordByte(rest[at-1]) || rest[at-1] == '.') // Buffer.from("key")
			rest = rest[at+len(loader):]
			if module := quoted(rest, loader != "from"); module != "" && !before {
				modules = append(modules, module)
			}
		}
	}
	return modules
}

// maxQuoted is how many bytes behind such a word are looked at.
const maxQuoted = 300

// quoted returns the package that a quoted text at the beginning names, behind a bracket, too, if called is
// true; "" for none, as for a file beside.
func quoted(text string, called bool) string {
	text = strings.TrimLeft(text[:min(len(text), maxQuoted)], " \t\n")
	if after, ok := strings.CutPrefix(text, "("); ok && called {
		text = strings.TrimLeft(after, " \t\n")
	}
	if text == "" || !strings.ContainsRune("\"'`", rune(text[0])) {
		return ""
	}
	name, _, ok := strings.Cut(text[1:], text[:1])
	if !ok || name == "" || name[0] == '.' || name[0] == '/' {
		return ""
	}
	parts := strings.SplitN(name, "/", 3)
	if module := parts[0]; name[0] != '@' {
		return plainModule(module)
	}
	if len(parts) < 2 {
		return ""
	}
	return plainModule(parts[0] + "/" + parts[1])
}

// maxModule is how many bytes the name of a package may have to be kept: longer ones are rare, and a token
// is longer than most.
const maxModule = 50

// plainModule returns a name if it is one that a package may have, by validate-npm-package-name: it has no
// capitals.
func plainModule(name string) string {
	if len(name) > maxModule || strings.ContainsFunc(name, func(r rune) bool { return !strings.ContainsRune("@/-._0123456789abcdefghijklmnopqrstuvwxyz", r) }) {
		return ""
	}
	return name
}

func isWordByte(c byte) bool {
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
