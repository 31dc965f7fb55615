package keys

import (
	"strings"
	"unicode/utf8"

	"github.com/tare-oci/tare/ui/display"
)

// keyLabels are the keys with names of their own, as they are typed into the
// config and reported by the terminal, and how they are shown.
var keyLabels = map[string]string{
	"up": "↑", "down": "↓", "left": "←", "right": "→", "enter": "Enter", "tab": "Tab", "space": "Space", "esc": "Esc",
	"backspace": "Backspace", "delete": "Del", "insert": "Ins", "home": "Home", "end": "End", "pgup": "PgUp", "pgdown": "PgDn",
	"f1": "F1", "f2": "F2", "f3": "F3", "f4": "F4", "f5": "F5", "f6": "F6", "f7": "F7", "f8": "F8", "f9": "F9",
	"f10": "F10", "f11": "F11", "f12": "F12",
}

// asciiLabels are those that are shown otherwise where there is ASCII alone.
var asciiLabels = map[string]string{
	"up": "Up", "down": "Down", "left": "Left", "right": "Right",
}

// keySynonyms are what people call some keys.
var keySynonyms = map[string]string{
	"return": "enter", "escape": "esc", "del": "delete", "ins": "insert", "pageup": "pgup", "pagedown": "pgdown", "pgdn": "pgdown",
}

// sameKeys are chords that a terminal cannot tell from a key.
var sameKeys = map[string]string{"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+[": "esc"}

// label is how a key is shown.
func (k *Map) label(name string) string {
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		if len(rest) == 1 {
			rest = strings.ToUpper(rest)
		}
		return "^" + k.label(rest)
	}
	if rest, ok := strings.CutPrefix(name, "alt+"); ok {
		return "Alt+" + k.label(rest)
	}
	if rest, ok := strings.CutPrefix(name, "shift+"); ok {
		return "Shift+" + k.label(rest)
	}
	if k.ascii && asciiLabels[name] != "" {
		return asciiLabels[name]
	}
	if label := keyLabels[name]; label != "" {
		return label
	}
	if k.ascii {
		return display.EscapeASCII(name)
	}
	return display.Escape(name)
}

// parseKey reads a key as a person writes it: x, X, F5, PgUp, Ctrl+F, ^F,
// Alt+Enter, Shift+Tab. The result is what the terminal reports.
func parseKey(text string) (name string, ok bool) {
	if utf8.RuneCountInString(text) == 1 {
		r, _ := utf8.DecodeRuneInString(text)
		if r == ' ' {
			return "space", true
		}
		return text, display.Printable(r)
	}
	if rest, chord := strings.CutPrefix(text, "^"); chord && len(rest) == 1 {
		return "ctrl+" + strings.ToLower(rest), rest[0] > ' ' && rest[0] < 0x7f
	}
	name = strings.ToLower(text)
	if synonym := keySynonyms[name]; synonym != "" {
		name = synonym
	}
	if keyLabels[name] != "" {
		return name, true
	}
	// A character keeps its case behind Alt, has none behind Ctrl, and is a
	// character of its own with Shift.
	mod, rest, chord := strings.Cut(text, "+")
	if !chord {
		return "", false
	}
	rest, ok = parseKey(rest)
	switch mod = strings.ToLower(mod); {
	case !ok || strings.Contains(rest, "+") && rest != "+":
		return "", false
	case mod == "ctrl" || mod == "control":
		return "ctrl+" + strings.ToLower(rest), true
	case mod == "alt" || mod == "meta":
		return "alt+" + rest, true
	case mod == "shift" && utf8.RuneCountInString(rest) == 1:
		upper := strings.ToUpper(rest)
		return upper, upper != rest
	case mod == "shift":
		return "shift+" + rest, true
	}
	return "", false
}
