package leftovers

import (
	"bytes"
	"path"
	"slices"
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
		Concerns:    mayBeExtra,
		Exempts: func(b *rules.Build, name string) bool {
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

// mayBeExtra reports whether a file of a package has the ending of a source, or lies in a directory
// that is called like one of tests or examples.
func mayBeExtra(b *rules.Build, id model.RecordID, at model.NodeID) bool {
	if b.LibraryOf(id) == nil {
		return false
	}
	t := b.Tree
	name := t.NameBytes(at)
	if slices.ContainsFunc(sourceEndings, func(ending string) bool { return bytes.HasSuffix(name, []byte(ending)) }) {
		return true
	}
	for n := t.Nodes[at].Parent; n != model.Root; n = t.Nodes[n].Parent {
		switch string(t.NameBytes(n)) {
		case "test", "tests", "__tests__", "example", "examples":
			return true
		}
	}
	return false
}

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
	return (hasSourceEnding(rest) || hasExtraDir("/"+rest)) && !isNamed(p, rest)
}

// isNamed reports whether a module's own package.json names a file, as what programs load or run
// (main, exports, bin, types), or a directory that it is in. What lies beside a file that is named
// in a directory of tests is loaded by it, most likely.
func isNamed(p *model.Package, file string) bool {
	for _, named := range p.Entries {
		before, after, pattern := strings.Cut(named, "*")
		switch {
		case pattern && strings.HasPrefix(file, before) && strings.HasSuffix(file, after) && len(file) >= len(before)+len(after):
			return true
		case pattern:
		case file == named, strings.HasPrefix(file, named+"/"), strings.TrimSuffix(file, path.Ext(file)) == named:
			return true
		case hasExtraDir("/"+named) && strings.HasPrefix(file, path.Dir(named)+"/"):
			return true
		}
	}
	return false
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

// sourceEndings are those of sources and of maps of them.
var sourceEndings = []string{".map", ".ts", ".mts", ".cts", ".tsx", ".flow", ".c", ".cc", ".cpp", ".h", ".pyx", ".pxd"}

// hasSourceEnding reports whether a file is a source or a map of one by its name.
func hasSourceEnding(name string) bool {
	return slices.ContainsFunc(sourceEndings, func(ending string) bool { return strings.HasSuffix(name, ending) })
}
