// Package redact replaces secrets with ***. It alone decides what a person may see of the texts in
// an image: reports, errors, the cache on disk and the sentences of "tare fix" all go through it.
//
//	mask := redact.New(config.Env)
//	mask.Text("curl -u me:hunter22 example.com") // "curl -u me:*** example.com"
//
// A list of known forms can never be complete. So the package looks at a text in three ways, and
// masks what any of them finds:
//
//   - by value: tokens with a known beginning, JSON web tokens, private keys, addresses of webhooks,
//     hashes of passwords, and long words that look random and are no digest, version, path, package
//     or host (shape.go, random.go);
//   - by place: after a name or option that means a secret, in the userinfo of a URL, after the
//     options and arguments where a command takes a secret, and in what is piped to a program that
//     reads one (scan.go, names.go, commands.go);
//   - by repetition: the value of a variable whose name means a secret, wherever else it appears
//     (known.go).
//
// Text that is known to be harmless stays readable: references such as $TOKEN, paths, switches,
// numbers, placeholders. A false mask costs little, and a secret in the log of a pipeline costs much,
// so what is in doubt is masked.
//
// A span is sure if its place or its beginning shows that it is a secret. What is masked only because
// it looks random is not sure: it is hidden, but it is no finding.
//
// Time is linear in the length of a text, however many variables there are. Masking twice gives the
// same as masking once, and the number of lines does not change.
package redact

import (
	"slices"
	"strings"
)

// Masked stands in the place of a secret.
const Masked = "***"

// Mask masks the texts of one image. The zero value knows no variables, and finds
// secrets by value and place alone. A Mask is not changed once made, so any
// number of goroutines may use one.
type Mask struct{ known *known }

// New makes the mask of an image from variables (NAME=value), those of ENV and of
// ARG. What other forms the variables have does not matter.
func New(variables ...[]string) Mask { return Mask{newKnown(valuesOf(variables))} }

func valuesOf(variables [][]string) (values []string) {
	for _, list := range variables {
		for _, variable := range list {
			name, value, _ := strings.Cut(variable, "=")
			if s := strengthOf(name); repeats(value) && s.holds(value) && (s != keyed || tokenLike(value)) {
				values = append(values, value)
			}
		}
	}
	return values
}

// Hiding makes a mask that hides as well what a store of secrets holds, as NAME=value, such as the
// objects of the kind Secret in Kubernetes' manifests. Such a value is one whatever its name, but
// not every word there: the name of a user or of a database is also in a hundred other places. So
// a value of letters alone needs a name that means a secret. Of a value of several lines each line
// is hidden, too.
func Hiding(secrets []string, variables ...[]string) Mask {
	var values []string
	add := func(value string, named bool) {
		if len(value) >= minKnown && (repeats(value) || named && !strings.ContainsRune(value, ' ')) {
			values = append(values, value)
		}
	}
	for _, secret := range secrets {
		name, value, _ := strings.Cut(secret, "=")
		named := strengthOf(name) != silent
		add(value, named)
		if trimmed := strings.TrimSpace(value); trimmed != value {
			add(trimmed, named)
		}
		if strings.Contains(value, "\n") {
			for line := range strings.Lines(value) {
				if line = strings.TrimSpace(line); len(line) >= 2*minKnown {
					add(line, false)
				}
			}
			for _, inner := range (Mask{}).Values(value) {
				add(inner, true)
			}
		}
	}
	return Mask{newKnown(append(values, valuesOf(variables)...))}
}

// Values returns what is surely a secret in a text, as far as it may be looked for elsewhere.
func (m Mask) Values(text string) (values []string) {
	for _, s := range m.spans(text) {
		if value := text[s.start:s.end]; s.sure && repeats(value) {
			values = append(values, value)
		}
	}
	return values
}

// span is a part of a text that is a secret, in bytes.
type span struct {
	start, end int
	sure       bool // more than its look says so
}

// spans finds the secrets of a text, ordered, without overlaps.
func (m Mask) spans(text string) []span {
	var found []span
	found = m.known.find(text, found)
	found = shapes(text, found)
	found = urls(text, found)
	found = places(text, found)
	if len(found) < 2 {
		return found
	}
	slices.SortStableFunc(found, func(a, b span) int { return a.start - b.start })
	merged := found[:1]
	for _, s := range found[1:] {
		if last := &merged[len(merged)-1]; s.start <= last.end {
			last.end, last.sure = max(last.end, s.end), last.sure || s.sure
		} else {
			merged = append(merged, s)
		}
	}
	return merged
}

// maxPasses bounds how often a text is looked at. What a secret stood before may
// look like another once that is masked.
const maxPasses = 6

// Text returns a text with its secrets masked.
func (m Mask) Text(text string) string {
	for range maxPasses {
		found := m.spans(text)
		if len(found) == 0 {
			return text
		}
		next := cover(text, found)
		if next == text {
			return text
		}
		text = next
	}
	return text
}

// cover writes *** over spans of a text.
func cover(text string, found []span) string {
	var out strings.Builder
	out.Grow(len(text))
	end := 0
	for _, s := range found {
		out.WriteString(text[end:s.start])
		out.WriteString(Masked)
		for i := s.start; i < s.end; i++ {
			if c := text[i]; c == '\n' || c == wordEnd {
				out.WriteByte(c) // lines stay lines
			}
		}
		end = s.end
	}
	out.WriteString(text[end:])
	return out.String()
}

// Holds reports whether a text holds what is surely a secret, not merely a word
// that looks random.
func (m Mask) Holds(text string) bool {
	return slices.ContainsFunc(m.spans(text), func(s span) bool { return s.sure })
}

// HoldsStrong reports whether a text holds what is surely a secret and no default that
// everybody may know, such as the "postgres" of POSTGRES_PASSWORD=postgres: it has
// letters and digits, and eight bytes or more.
func (m Mask) HoldsStrong(text string) bool {
	return slices.ContainsFunc(m.spans(text), func(s span) bool { return s.sure && repeats(text[s.start:s.end]) })
}

// wordEnd parts the words of a command in the text that Words masks.
const wordEnd = '\x1f'

// Words returns the words of a command with their secrets masked, those also that
// the words before make one: --password, then the password.
func (m Mask) Words(words []string) []string {
	const separator = string(wordEnd)
	out := strings.Split(m.Text(strings.Join(words, separator)), separator)
	if len(out) == len(words) {
		return out
	}
	out = make([]string, len(words)) // a word holds the separator itself
	for i, word := range words {
		out[i] = m.Text(word)
	}
	return out
}

// Value returns the value of a variable or a label with its secrets masked, all
// of it where the name says that it is one, and whether it surely is a secret.
func (m Mask) Value(name, value string) (masked string, sure bool) {
	if s := strengthOf(name); s.holds(value) {
		return Masked, s != keyed || tokenLike(value)
	}
	if hexBehind(name, value) {
		return Masked, false
	}
	masked = m.Text(value)
	return masked, masked != value && m.Holds(value)
}
