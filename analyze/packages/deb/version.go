package deb

import (
	"cmp"
	"strings"
)

// MaxVersion is the longest name or version that is looked at, in bytes. Real ones
// are far shorter; the limit bounds what one comparison costs.
const MaxVersion = 256

// CompareVersions orders two Debian versions, epoch:upstream-revision, as
// deb-version(7) does: negative, zero or positive. A missing epoch is 0, and a
// missing revision equals revision 0.
func CompareVersions(a, b string) int {
	epochA, a := cutEpoch(a)
	epochB, b := cutEpoch(b)
	upstreamA, revisionA := cutRevision(a)
	upstreamB, revisionB := cutRevision(b)
	return cmp.Or(comparePart(epochA, epochB), comparePart(upstreamA, upstreamB), comparePart(revisionA, revisionB))
}

func cutEpoch(v string) (epoch, rest string) {
	if epoch, rest, ok := strings.Cut(v, ":"); ok {
		return strings.TrimLeft(epoch, "0"), rest
	}
	return "", v
}

func cutRevision(v string) (upstream, revision string) {
	if i := strings.LastIndexByte(v, '-'); i >= 0 {
		return v[:i], v[i+1:]
	}
	return v, "0"
}

// comparePart compares pieces of text and numbers in turn. In text a tilde sorts
// before everything, even the end, and letters before all other characters.
func comparePart(a, b string) int {
	for len(a) > 0 && len(b) > 0 {
		for len(a) > 0 && len(b) > 0 && (!digit(a[0]) || !digit(b[0])) {
			if d := weight(a[0]) - weight(b[0]); d != 0 {
				return d
			}
			a, b = a[1:], b[1:]
		}
		numberA, restA := cutNumber(a)
		numberB, restB := cutNumber(b)
		if d := cmp.Or(len(numberA)-len(numberB), strings.Compare(numberA, numberB)); d != 0 {
			return d
		}
		a, b = restA, restB
	}
	switch {
	case a == b:
		return 0
	case a == "":
		return -afterEnd(b)
	default:
		return afterEnd(a)
	}
}

// afterEnd says how a longer text compares with its own beginning.
func afterEnd(rest string) int {
	if rest[0] == '~' {
		return -1
	}
	return 1
}

// cutNumber splits leading digits off, without their leading zeros.
func cutNumber(s string) (number, rest string) {
	i := 0
	for i < len(s) && digit(s[i]) {
		i++
	}
	return strings.TrimLeft(s[:i], "0"), s[i:]
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

func weight(c byte) int {
	switch {
	case digit(c):
		return 0
	case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
		return int(c)
	case c == '~':
		return -1
	}
	return int(c) + 256
}
