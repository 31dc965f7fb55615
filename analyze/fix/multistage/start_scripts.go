package multistage

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/toolchain"
)

// packagePrograms are the programs of packages that have another name.
var packagePrograms = map[string][]string{
	"npm": {"npm", "npx"}, "yarnpkg": {"yarn", "yarnpkg"}, "build-essential": {"gcc", "g++", "cc", "c++", "make"}, "g++": {"g++", "c++", "cc"}, "gcc": {"gcc", "cc"},
	"git-core": {"git"}, "python-pip": {"pip"}, "python3-pip": {"pip3", "pip"}, "ninja-build": {"ninja"}, "golang": {"go"}, "golang-go": {"go"}, "default-jdk": {"javac", "jar"}, "maven": {"mvn"},
}

// programsOf are the programs by which scripts call a package.
func programsOf(name string) []string {
	if programs, known := packagePrograms[name]; known {
		return programs
	}
	return []string{name}
}

// isInStartScripts reports whether a script that the container runs has a word, wherever in it:
// in the text of su -c, behind echo or in a variable.
func (d *draft) isInStartScripts(word string) bool {
	for _, name := range d.in.Build.Wants() {
		content, known := d.in.Build.Captured[name]
		if !known || name == "etc/passwd" {
			continue
		}
		for part := range strings.FieldsFuncSeq(string(content), func(r rune) bool { return strings.ContainsRune(" \t\r\n\"'`=:,;()[]{}<>|&$@", r) }) {
			if path.Base(part) == word {
				return true
			}
		}
	}
	return false
}

// doubtNames: no script that the container runs names a tool that the runtime stage lacks.
func (d *draft) doubtNames() string {
	for i := range d.in.Report.SystemPackages() {
		p := &d.in.Report.Packages[i]
		if d.retained[i] || p.Layer < d.ownLayer || d.tools.Kind(i) == toolchain.Headers || d.tools.Kind(i) == toolchain.None || !d.isWrittenByAuthor(p.Name) {
			continue
		}
		if at := slices.IndexFunc(programsOf(p.Name), d.isInStartScripts); at >= 0 {
			return fmt.Sprintf("a script that the container runs mentions %s", programsOf(p.Name)[at])
		}
	}
	return ""
}
