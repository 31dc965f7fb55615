package language

import (
	"cmp"
	"strings"
)

// SameProject reports whether two packages of Python are one project in one directory: a version
// was installed over another, which was not uninstalled.
func SameProject(p, q *Package) bool {
	return p.Location == q.Location && normalName(p.Name) == normalName(q.Name)
}

// CompareVersions orders two versions as PEP 440 does for all but odd ones: number by number, and a
// version for testing (1.0rc1, 1.0.dev2) before the finished one.
func CompareVersions(a, b string) int {
	a, b = versionText(a), versionText(b)
	for a != "" || b != "" {
		var x, y string
		x, a = versionPart(a)
		y, b = versionPart(b)
		if c := cmp.Or(cmp.Compare(partRank(x), partRank(y)), cmp.Compare(len(x), len(y)), cmp.Compare(x, y)); c != 0 {
			return c
		}
	}
	return 0
}

// versionText is a version without what does not count: the letter in front and the case.
func versionText(v string) string {
	return strings.TrimPrefix(strings.ToLower(strings.TrimSpace(v)), "v")
}

// versionPart takes the next run of digits or letters from a version. Zeros in front of a number do
// not count, so that 0 is an empty number and the same as none at all.
func versionPart(v string) (part, rest string) {
	v = strings.TrimLeft(v, ".-_+!")
	number := v != "" && isDigit(v[0])
	end := 0
	for end < len(v) && isDigit(v[end]) == number && !strings.ContainsRune(".-_+!", rune(v[end])) {
		end++
	}
	part, rest = v[:end], v[end:]
	if number {
		part = strings.TrimLeft(part, "0")
	}
	return part, rest
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// partRank orders parts of different kinds: letters that mean a version for testing, the end of a
// version, and what comes behind one, which is a number or a post-release.
func partRank(part string) int {
	switch {
	case part == "":
		return 2
	case isDigit(part[0]):
		return 4
	case part == "post" || part == "rev" || part == "r":
		return 3
	case part == "dev":
		return 0
	}
	return 1
}
