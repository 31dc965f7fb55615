package releases

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// version looks like a release: digits first, behind a v or a word and a dash.
var version = regexp.MustCompile(`^(?:[A-Za-z]+[-_.])?[vV]?[0-9]`)

// Pick chooses the tags to look at: those that a pattern (of path.Match) fits or, without
// one, those that look like versions, where any does. They come in the order of their
// versions, 1.9 before 1.10, and of many the last ones, all for 0. The error is about
// the pattern.
func Pick(tags []string, pattern string, last int) ([]string, error) {
	fits := func(tag string) bool { return version.MatchString(tag) && !isDigestTag(tag) }
	if pattern != "" {
		if _, err := path.Match(pattern, ""); err != nil {
			return nil, err
		}
		fits = func(tag string) bool { ok, _ := path.Match(pattern, tag); return ok }
	}
	var chosen []string
	for _, tag := range tags {
		if fits(tag) {
			chosen = append(chosen, tag)
		}
	}
	if len(chosen) == 0 && pattern == "" {
		chosen = slices.DeleteFunc(slices.Clone(tags), isDigestTag)
	}
	slices.SortFunc(chosen, CompareVersions)
	if last > 0 && len(chosen) > last {
		chosen = chosen[len(chosen)-last:]
	}
	return chosen, nil
}

// isDigestTag reports whether a tag is one that cosign and the referrers of registries
// without that API use: they name no image of their own.
func isDigestTag(tag string) bool { return strings.HasPrefix(tag, "sha256-") }

// CompareVersions compares two tags as people read versions: runs of digits by their value,
// all else by its bytes. What has a version and a word behind it ("1.2-rc1") comes before
// the version alone.
func CompareVersions(a, b string) int {
	x, y := pieces(a), pieces(b)
	for i := range min(len(x), len(y)) {
		if c := comparePiece(x[i], y[i]); c != 0 {
			return c
		}
	}
	switch {
	case len(x) > len(y) && isPre(x[len(y)]):
		return -1
	case len(y) > len(x) && isPre(y[len(x)]):
		return 1
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(a, b))
}

// isPre reports whether what follows a version makes it an earlier one.
func isPre(piece string) bool {
	word := strings.ToLower(strings.Trim(piece, "-._~"))
	for _, pre := range []string{"alpha", "beta", "rc", "pre", "dev", "snapshot", "a", "b", "m"} {
		if word == pre {
			return true
		}
	}
	return false
}

// pieces cuts a tag into runs of digits and what is between them.
func pieces(tag string) (all []string) {
	start := 0
	for i := 1; i <= len(tag); i++ {
		if i == len(tag) || isDigit(tag[i]) != isDigit(tag[i-1]) {
			all = append(all, tag[start:i])
			start = i
		}
	}
	return all
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func comparePiece(a, b string) int {
	if isDigit(a[0]) && isDigit(b[0]) {
		a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	}
	return cmp.Compare(a, b)
}

// ByCreation reports whether images can be put in a row by the times at which they were
// made: all have one, and no two the same, as images have whose builds are reproducible.
func ByCreation(reports []*model.Report) bool {
	seen := make(map[int64]bool)
	for _, r := range reports {
		if r.Image.Created == nil || seen[r.Image.Created.UnixNano()] {
			return false
		}
		seen[r.Image.Created.UnixNano()] = true
	}
	return true
}
