package pattern

import (
	"slices"
	"strings"
)

// Target returns what has to go for a path to be gone that a pattern matches: the
// directory of which the pattern claims everything, the file that it names, or the
// end that it gives for a directory's files (*.gem). It is "" where the path does
// not match.
func Target(pattern, name string) string {
	pattern, anywhere := strings.CutPrefix(pattern, "**/")
	pattern, below := strings.CutSuffix(pattern, "/**")
	want, have := strings.Split(pattern, "/"), strings.Split(name, "/")
	for skip := 0; skip+len(want) <= len(have); skip++ {
		if skip > 0 && !anywhere {
			break
		}
		end := skip + len(want)
		if below == (end == len(have)) {
			continue
		}
		if !slices.EqualFunc(want, have[skip:end], matchesName) {
			continue
		}
		if last := want[len(want)-1]; !below && strings.Trim(last, "*") != last {
			have = append(slices.Clone(have[:end-1]), last)
		}
		return strings.Join(have[:end], "/")
	}
	return ""
}
