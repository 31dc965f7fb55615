package history

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// commandText writes the body of CMD or ENTRYPOINT. Docker and BuildKit record
// the parsed list as Go's %q prints it, ["/bin/sh" "-c" "curl -f x"]; others
// what was written, which is kept.
func commandText(body string, shells []string) string {
	words, ok := quotedList(body)
	if !ok {
		return body
	}
	// A command in shell form became the shell's words and one more.
	for _, shell := range shells {
		n := strings.Count(shell, " ") + 1
		if len(words) != n+1 || strings.Join(words[:n], " ") != shell {
			continue
		}
		if command := words[n]; command != "" && !strings.Contains(command, "\n") && !strings.HasPrefix(command, "[") {
			return collapse(strings.TrimSpace(command))
		}
	}
	return execJSON(words)
}

// quotedList reads a list of strings as Go's %q prints it, or a JSON array.
func quotedList(text string) ([]string, bool) {
	text = strings.TrimSpace(text)
	if len(text) < 2 || text[0] != '[' || text[len(text)-1] != ']' {
		return nil, false
	}
	var words []string
	if json.Unmarshal([]byte(text), &words) == nil {
		return words, true
	}
	words = nil
	for rest := strings.TrimSpace(text[1 : len(text)-1]); rest != ""; rest = strings.TrimLeft(rest, " ") {
		quoted, err := strconv.QuotedPrefix(rest)
		if err != nil {
			return nil, false
		}
		word, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, false
		}
		words = append(words, word)
		rest = rest[len(quoted):]
	}
	return words, true
}

// execJSON writes words as the JSON array of an exec form.
func execJSON(words []string) string {
	var out bytes.Buffer
	out.WriteByte('[')
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	for i, word := range words {
		if i > 0 {
			out.WriteString(", ")
		}
		// Encoding a string cannot fail; the encoder ends each value with a newline.
		_ = encoder.Encode(word)
		out.Truncate(out.Len() - 1)
	}
	out.WriteByte(']')
	return out.String()
}

// shellWords reads the body of SHELL: a list as %v prints it, [/bin/sh -c],
// or as it was written.
func shellWords(body string) []string {
	if words, ok := quotedList(body); ok {
		return words
	}
	return strings.Fields(strings.TrimSuffix(strings.TrimPrefix(body, "["), "]"))
}
