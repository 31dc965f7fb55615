package jsontext

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// ExactName spells a name so that JSON, which is Unicode, can carry any bytes:
// a byte that is not part of UTF-8 becomes \xNN, and a literal backslash is
// doubled, so that the two can be told apart and the name be had back. (JSON's
// own escapes come on top: the byte 0xff is "\\xff" in the file.)
//
// It is applied to what an image can name freely: paths, link targets, packages
// and the file of a location. Instructions, fixes and notes are text; a
// backslash in them stands for itself.
func ExactName(name string) string {
	if utf8.ValidString(name) && !strings.Contains(name, `\`) {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		r, size := utf8.DecodeRuneInString(name[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, name[i])
		case r == '\\':
			b.WriteString(`\\`)
		default:
			b.WriteString(name[i : i+size])
		}
		i += size
	}
	return b.String()
}

// ExactNames returns a list that is never nil, with every name spelt exactly.
func ExactNames(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = ExactName(name)
	}
	return out
}
