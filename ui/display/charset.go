package display

import (
	"runtime"
	"strings"
)

// Charset is the few characters that tare draws with.
type Charset struct {
	Ellipsis string
	Dot      string // between two facts on one line
	Arrow    string // from one figure to the next
	Minus    string // before a figure that is saved
	None     string // stands for "no figure"
	Live     string // cells of a bar: bytes that are used,
	Wasted   string // bytes that are not,
	Rest     string // and what is left of the whole
	escape   func(string) string
}

var (
	// Unicode is for terminals and files that take UTF-8.
	Unicode = Charset{Ellipsis: "…", Dot: "·", Arrow: "→", Minus: "−", None: "–", Live: "█", Wasted: "▓", Rest: "░", escape: Escape}
	// ASCII is for the rest.
	ASCII = Charset{Ellipsis: "...", Dot: "-", Arrow: asciiArrow, Minus: "-", None: "-", Live: "#", Wasted: "=", Rest: ".", escape: EscapeASCII}
)

// asciiArrow is what an arrow is drawn as where there is ASCII alone.
const asciiArrow = "->"

// Escape is [Escape] or [EscapeASCII], as the set has it.
func (c Charset) Escape(s string) string { return c.escape(s) }

// UTF8 reports whether the locale of an environment says UTF-8, by the order
// POSIX gives the variables (IEEE Std 1003.1, 8.2: LC_ALL, LC_CTYPE, LANG; the
// first that is not empty decides). Windows has no such variables and a console
// that takes UTF-8. getenv is os.Getenv or a stand-in.
func UTF8(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := getenv(name); value != "" {
			value = strings.ToLower(value)
			return strings.Contains(value, "utf-8") || strings.Contains(value, "utf8")
		}
	}
	return runtime.GOOS == "windows"
}
