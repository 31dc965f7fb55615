package leftovers

import (
	"bytes"
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
		Concerns:    isExtraOfPackage,
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

// isExtraOfPackage reports whether a file of a package is for the package's authors. It is asked about
// every file in node_modules, so it writes the path of one only if the name or a directory speaks for
// it, and then in memory of its own.
func isExtraOfPackage(b *rules.Build, id model.RecordID, at model.NodeID) bool {
	p := b.LibraryOf(id)
	if p == nil || !mayBeExtra(b.Tree, at) {
		return false
	}
	var mem [256]byte
	return isExtra(p, b.Tree.AppendPath(mem[:0], at))
}

// mayBeExtra reports whether a file has the ending of a source, or lies in a directory that is called
// like one of tests or examples.
func mayBeExtra(t *model.Tree, at model.NodeID) bool {
	if hasSourceEnding(t.NameBytes(at)) {
		return true
	}
	for n := t.Nodes[at].Parent; n != model.Root; n = t.Nodes[n].Parent {
		if isExtraDir(t.NameBytes(n)) {
			return true
		}
	}
	return false
}

// isExtra reports whether a file is for a package's authors, by where it lies in the package: a
// package may itself be called test.
func isExtra(p *model.Package, name []byte) bool {
	if !liesIn(name, p.Location) {
		return false
	}
	rest := name[len(p.Location)+1:]
	if p.Manager != "npm" { // the directory that many packages lie in
		_, rest, _ = bytes.Cut(rest, slash)
	}
	return (hasSourceEnding(rest) || hasExtraDir(rest)) && !isNamed(p, rest)
}

var slash = []byte("/")

// liesIn reports whether a path leads into a directory.
func liesIn(name []byte, dir string) bool {
	return len(name) > len(dir) && name[len(dir)] == '/' && string(name[:len(dir)]) == dir
}

// isNamed reports whether a module's own package.json names a file, as what programs load or run
// (main, exports, bin, types), or a directory that it is in. What lies beside a file that is named
// in a directory of tests is loaded by it, most likely.
func isNamed(p *model.Package, file []byte) bool {
	bare := bytes.TrimSuffix(file, ending(file))
	for _, named := range p.Entries {
		before, after, pattern := strings.Cut(named, "*")
		if pattern {
			if fits(file, before, after) {
				return true
			}
			continue
		}
		if string(file) == named || string(bare) == named || liesIn(file, named) {
			return true
		}
		if i := strings.LastIndexByte(named, '/'); i > 0 && liesIn(file, named[:i]) && hasExtraDir(file[:i+1]) {
			return true
		}
	}
	return false
}

// fits reports whether a path begins and ends so, and has anything between.
func fits(file []byte, before, after string) bool {
	return len(file) >= len(before)+len(after) && string(file[:len(before)]) == before && string(file[len(file)-len(after):]) == after
}

// ending is what path.Ext returns.
func ending(file []byte) []byte {
	dot := bytes.LastIndexByte(file, '.')
	if dot < 0 || bytes.IndexByte(file[dot:], '/') >= 0 {
		return nil
	}
	return file[dot:]
}

// hasExtraDir reports whether a path without leading slash leads through a directory of tests or
// examples.
func hasExtraDir(name []byte) bool {
	for {
		dir, rest, ok := bytes.Cut(name, slash)
		if !ok {
			return false
		}
		if isExtraDir(dir) {
			return true
		}
		name = rest
	}
}

// isExtraDir reports whether tests or examples lie in a directory, by its name.
func isExtraDir(name []byte) bool {
	switch string(name) {
	case "test", "tests", "__tests__", "example", "examples":
		return true
	}
	return false
}

// hasSourceEnding reports whether a file is a source or a map of one by its name.
func hasSourceEnding(name []byte) bool {
	switch string(ending(name)) {
	case ".map", ".ts", ".mts", ".cts", ".tsx", ".flow", ".c", ".cc", ".cpp", ".h", ".pyx", ".pxd":
		return true
	}
	return false
}
