package view

import (
	"fmt"
	"unicode/utf8"

	"github.com/tare-oci/tare/ui/display"
)

// maxText is how much of an instruction is worth laying out. A config may hold
// one of 32 MiB, and every finding of its layer quotes it.
const maxText = 64 << 10

// Clip returns a text of at most 64 KiB; behind a longer one it says how much was
// left out.
func Clip(text string) string {
	if len(text) <= maxText {
		return text
	}
	return text[:maxText] + fmt.Sprintf("\n(%s more)", display.Bytes(int64(len(text)-maxText)))
}

// enough is how many bytes of a text can matter where it is cut to a few hundred
// cells. A report may quote thousands of texts, each of megabytes.
const enough = 16 * 300

// Start returns the start of a text that is too long, ended by an ellipsis.
func Start(text string) string {
	if len(text) <= enough {
		return text
	}
	return text[:runeStart(text, enough)] + display.Unicode.Ellipsis
}

// Ends returns the start and the end of a path that is too long, joined by an
// ellipsis.
func Ends(name string) string {
	if len(name) <= enough {
		return name
	}
	return name[:runeStart(name, enough/2)] + display.Unicode.Ellipsis + name[runeStart(name, len(name)-enough/2):]
}

// runeStart is where the character at a byte of text starts.
func runeStart(text string, at int) int {
	for back := range utf8.UTFMax {
		if back <= at && utf8.RuneStart(text[at-back]) {
			return at - back
		}
	}
	return at
}
