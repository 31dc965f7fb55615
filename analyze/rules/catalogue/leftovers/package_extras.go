package leftovers

import (
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// PackageExtras follows package.json's field files, and the Python packaging user guide on what
// a wheel holds.
var PackageExtras = advice.Optional(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "package-extras",
		Title: "tests and sources in installed packages",
		Why: "Many Python and Node packages bring along what only their authors need: test suites with their data, examples, source maps, TypeScript and C sources. No program loads them, and in a large tree they take up a tenth of the space. " +
			"tare counts files in such directories, or with such endings, inside packages that pip or npm installed. A few packages load their own tests, so this is worth a look and not waste.",
		Confidence:  model.Possible,
		VisibleOnly: true,
		Paths:       []string{"**/node_modules/**", "**/site-packages/**", "**/dist-packages/**"},
		Unless:      func(b *rules.Build) bool { return len(b.Libraries) == 0 || advice.BuildsThings(b) },
		Exempts: func(b *rules.Build, name string) bool {
			if !hasSourceEnding(name) && !hasExtraDir(name) {
				return true // as most
			}
			id, ok := b.VisibleAt(name)
			if !ok {
				return true
			}
			p := b.LibraryOf(b.Tree.Content(id))
			return p == nil || !isExtra(p, name)
		},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint sh IMAGE -c 'find / -xdev -path \"*-packages/*/tests\" -prune -exec du -sh {} +'",
			Before:  "RUN pip install pandas",
			After:   "RUN pip install pandas \\\n    && find /usr/local/lib/python3*/site-packages -type d -name tests -prune -exec rm -r {} +",
			WhenNot: "Where a package loads its own tests or compiles its sources while the program runs (numba, Cython, ts-node).",
			Sources: []string{"https://docs.npmjs.com/cli/configuring-npm/package-json#files", "https://packaging.python.org/en/latest/specifications/binary-distribution-format/"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /app
				+ app/node_modules/a/package.json {"name": "a", "version": "1.0.0"}
				+ app/node_modules/a/index.js
				+ app/node_modules/a/test/index.js
				config {"Cmd": ["node", "server.js"]}`,
			Miss: `
				COPY app /app
				+ app/node_modules/test/package.json {"name": "test", "version": "1.0.0"}
				+ app/node_modules/test/index.js
				+ app/node_modules/test/lib/index.js
				+ app/test/index.js
				config {"Cmd": ["node", "server.js"]}`,
		},
	},
	What: "tests and sources of packages",
}, "Remove them in the RUN that installs the packages, if the program works without them.")

// isExtra reports whether a file is for a package's authors, by where it lies in the package: a
// package may itself be called test.
func isExtra(p *model.Package, name string) bool {
	rest, inside := strings.CutPrefix(name, p.Location+"/")
	if !inside {
		return false
	}
	if p.Manager != "npm" { // the directory that many packages lie in
		_, rest, _ = strings.Cut(rest, "/")
	}
	return hasSourceEnding(rest) || hasExtraDir("/"+rest)
}

// hasExtraDir reports whether a path leads through a directory of tests or examples.
func hasExtraDir(name string) bool {
	for _, dir := range []string{"/test/", "/tests/", "/__tests__/", "/example/", "/examples/"} {
		if strings.Contains(name, dir) {
			return true
		}
	}
	return false
}

// hasSourceEnding reports whether a file is a source or a map of one by its name.
func hasSourceEnding(name string) bool {
	for _, ending := range []string{".map", ".ts", ".mts", ".cts", ".tsx", ".flow", ".c", ".cc", ".cpp", ".h", ".pyx", ".pxd"} {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return false
}
