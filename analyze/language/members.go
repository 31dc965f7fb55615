package language

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// An image has a package.json for each module, and most of each is of no interest: descriptions,
// scripts, maps of exports. members goes over the bytes of an object and shows its members as they
// are written, so that only those that somebody wants are decoded. That takes a tenth of the time
// that encoding/json needs, which checks and decodes all of it.

// members calls each for every member of a JSON object, with its key as it is written, quotes
// included, and its value. It reports false for a content that is no object or ends early. What
// it passes over need not be valid.
func members(content []byte, each func(key, value []byte)) bool {
	at := pastBlanks(content, 0)
	if at >= len(content) || content[at] != '{' {
		return false
	}
	at = pastBlanks(content, at+1)
	if at < len(content) && content[at] == '}' {
		return pastBlanks(content, at+1) == len(content)
	}
	for at < len(content) && content[at] == '"' {
		keyEnd := pastString(content, at)
		colon := pastBlanks(content, keyEnd)
		if colon >= len(content) || content[colon] != ':' {
			return false
		}
		value := pastBlanks(content, colon+1)
		end := pastValue(content, value)
		if end <= value || end > len(content) {
			return false
		}
		each(content[at:keyEnd], content[value:end])
		switch at = pastBlanks(content, end); {
		case at >= len(content):
			return false
		case content[at] == '}':
			return pastBlanks(content, at+1) == len(content)
		case content[at] != ',':
			return false
		}
		at = pastBlanks(content, at+1)
	}
	return false
}

func pastBlanks(p []byte, at int) int {
	for at < len(p) && (p[at] == ' ' || p[at] == '\n' || p[at] == '\t' || p[at] == '\r') {
		at++
	}
	return at
}

// pastString returns the position behind the string that begins at a quote; beyond the end for one
// that does not end.
func pastString(p []byte, at int) int {
	for at++; ; {
		i := bytes.IndexByte(p[min(at, len(p)):], '"')
		if i < 0 {
			return len(p) + 1
		}
		end := at + i
		slashes := 0
		for end-1-slashes >= at && p[end-1-slashes] == '\\' {
			slashes++
		}
		if at = end + 1; slashes%2 == 0 {
			return at
		}
	}
}

// structural are the bytes that end a number or a word, and those that count in an object.
var structural = func() (is [256]bool) {
	for _, c := range []byte(`"{}[],: ` + "\n\t\r") {
		is[c] = true
	}
	return is
}()

// pastValue returns the position behind the value that begins at a position.
func pastValue(p []byte, at int) int {
	depth := 0
	for at < len(p) {
		switch p[at] {
		case '"':
			at = pastString(p, at)
		case '{', '[':
			depth++ // however deep, as Node reads it: nothing here calls itself
			at++
		case '}', ']':
			if depth == 0 {
				return at
			}
			depth--
			at++
		case ',', ':', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return at
			}
			at++
			continue
		default:
			for at < len(p) && !structural[p[at]] {
				at++
			}
		}
		if depth == 0 {
			return at
		}
	}
	if depth > 0 {
		return len(p) + 1
	}
	return at
}

// textOf decodes a string, "" for anything else.
func textOf(value []byte) string {
	if len(value) < 2 || value[0] != '"' {
		return ""
	}
	if inner := value[1 : len(value)-1]; bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner)
	}
	var text string
	if json.Unmarshal(value, &text) != nil {
		return ""
	}
	return text
}

// keysOf calls each for the keys of an object.
func keysOf(value []byte, each func(key string)) {
	members(value, func(key, _ []byte) {
		if name := textOf(key); name != "" {
			each(name)
		}
	})
}
