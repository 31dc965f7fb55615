package history

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// Values of fewer bytes than wholeWord are too common to be looked for inside a
// text ("1", "yes"); those of fewer than anywhere count only as whole words.
const (
	wholeWord = 4
	anywhere  = 8
)

// redact writes ${NAME} where an item's text holds a build argument's value:
// most likely what the person wrote before the builder expanded it. Key is the
// variable or label whose value text is, or "".
func (a *arguments) redact(key, text string, item int) string {
	for _, v := range a.values {
		if v.name == key && v.value == text {
			return "${" + v.name + "}"
		}
	}
	// Pieces at odd places are references already, and not looked into again. So
	// are the digests that the classic builder puts in place of what it copied.
	pieces := outsideDigests(text)
	for _, v := range a.values {
		if v.from > item || len(v.value) < wholeWord || !strings.Contains(text, v.value) {
			continue
		}
		var next []string
		for i, piece := range pieces {
			if i%2 == 1 {
				next = append(next, piece)
				continue
			}
			for n, part := range split(piece, v.value) {
				if n > 0 {
					next = append(next, "${"+v.name+"}")
				}
				next = append(next, part)
			}
		}
		pieces = next
	}
	return strings.Join(pieces, "")
}

// digestSource matches a source as the classic builder records it.
var digestSource = lazyregexp.New(`\b(?:file|dir|multi):[0-9a-f]{12,}`)

// outsideDigests parts a text such that digests stand at odd places.
func outsideDigests(text string) []string {
	var pieces []string
	start := 0
	for _, at := range digestSource.FindAllStringIndex(text, -1) {
		pieces = append(pieces, text[start:at[0]], text[at[0]:at[1]])
		start = at[1]
	}
	return append(pieces, text[start:])
}

// split cuts text at each place a value stands.
func split(text, value string) []string {
	if len(value) >= anywhere {
		return strings.Split(text, value)
	}
	var parts []string
	start := 0
	for at := 0; ; {
		i := strings.Index(text[at:], value)
		if i < 0 {
			return append(parts, text[start:])
		}
		i += at
		end := i + len(value)
		at = i + 1
		if (i == 0 || !wordByte(text[i-1])) && (end == len(text) || !wordByte(text[end])) {
			parts = append(parts, text[start:i])
			start, at = end, end
		}
	}
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || letter(c)
}

// referenceAt reports whether text starts with a reference to a build argument.
func (a *arguments) referenceAt(text string) bool {
	name, found := strings.CutPrefix(text, "${")
	if !found {
		return false
	}
	name, _, found = strings.Cut(name, "}")
	return found && slices.ContainsFunc(a.values, func(v argument) bool { return v.name == name })
}
