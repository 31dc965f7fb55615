// Package secrets looks into the contents of files for what nobody but its owner should have:
// private keys, tokens, passwords in files that exist for them. It says what it finds, never
// the value, and keeps nothing of a content.
//
// A scan asks of each file, as its content passes: by its name, which files are looked into
// ([Wants]); by its first bytes, whether another one is ([Resembles]). Look then reads the
// content. The image's own texts ([IsText], and not [Aside]) are searched for private keys and for
// tokens of a shape that is theirs alone ([Search]). Names alone never make a secret: an .npmrc that names a registry is none, and a
// private key is one under any name.
package secrets

import (
	"bytes"
	"strings"

	"github.com/tare-oci/tare/analyze/redact"
)

const (
	// MaxSize is the size in bytes up to which a file is looked into.
	MaxSize = 64 << 10
	// HeadLen is how many bytes [Resembles] gets to see.
	HeadLen = 16
)

// Found is what a content holds.
type Found struct {
	// Kind is in a few words what the surest secret is, "a private key"; "" where the
	// content was looked at because of its name and holds none.
	Kind string
	// Sure is true where it can be nothing but a real secret.
	Sure bool
}

// Resembles reports whether a content that begins so may be a private key, whatever its
// file is called.
func Resembles(head []byte) bool {
	switch {
	case len(head) < HeadLen:
		return false
	case head[0] == '-':
		return bytes.HasPrefix(head, []byte("-----BEGIN "))
	case head[0] == 'P':
		return bytes.HasPrefix(head, []byte("PuTTY-User-Key-F"))
	case head[0] == 'A':
		return bytes.HasPrefix(head, []byte("AGE-SECRET-KEY-1"))
	case head[0] == 'B': // what openssl writes before a key
		return bytes.HasPrefix(head, []byte("Bag Attributes"))
	}
	return false
}

// textLen is how much of a content's beginning has to be without a NUL byte in a text. Programs,
// pictures and archives have one in it.
const textLen = 4 << 10

// IsText reports whether a content that begins so can be text. Nothing is found in any other.
func IsText(beginning []byte) bool {
	return bytes.IndexByte(beginning[:min(len(beginning), textLen)], 0) < 0
}

// Search finds a private key or a token within a content that neither its name nor its first bytes
// give away: one of the image's own texts, such as a program with a key or a token in it. Most have
// none, so what settles that comes first, and is quick.
func Search(content []byte) (Found, bool) {
	if !IsText(content) {
		return Found{}, false
	}
	f := marked(content)
	if f.Kind == "" && !holdsMark(content, pemMark, rarestOfPEM) || bytes.IndexByte(content, 0) >= 0 {
		return Found{}, false
	}
	if key := keys(string(content)); key.Kind != "" {
		f = key
	}
	return f, f.Kind != ""
}

// Look says what secret the content of a file holds, by its path without leading slash. It
// reports false for a file that needs no mention.
func Look(name string, content []byte) (f Found, ok bool) {
	if bytes.IndexByte(content, 0) >= 0 {
		return f, false // no text: its name is all there is to go by
	}
	named := namedBy(name)
	if mayHoldKey(content) {
		f = keys(string(content))
	}
	f.better(tokens(content, named != nil))
	if named != nil && !f.Sure {
		f.better(named.look(string(content)))
	}
	return f, f.Kind != "" || named != nil
}

// LookCost is what [Look] takes for each byte of a file, by its path without leading slash, beside
// decompressing a byte.
func LookCost(name string) int64 {
	if namedBy(name) == settings {
		return 256 // all forms of secrets are looked for
	}
	return 16
}

// better takes another finding where there is none yet, or a surer one.
func (f *Found) better(other Found) {
	if f.Kind == "" || other.Sure && !f.Sure {
		*f = other
	}
}

// tokens finds words that their makers mark so that they are recognised. Marks that also stand
// in what is meant to be public, such as keys of a web page, count in files for secrets alone.
func tokens(text []byte, named bool) (f Found) {
	for kind, word := range redact.Tokens(text) {
		switch {
		case isExample(word):
		case kind == "a JSON web token":
			if strings.Count(word, ".") >= 2 && len(word) > 60 {
				f.better(Found{Kind: kind})
			}
		case public(word):
			if named {
				f.better(Found{Kind: kind})
			}
		default:
			f.better(Found{Kind: kind, Sure: true})
		}
		if f.Sure {
			break
		}
	}
	return f
}

// public reports whether a marked word is one that test accounts and web pages show.
func public(word string) bool {
	for _, mark := range []string{"AIza", "sk_test_", "rk_test_", "xoxe."} {
		if strings.HasPrefix(word, mark) {
			return true
		}
	}
	return false
}

// isExample reports whether a word stands for a secret in an explanation.
func isExample(word string) bool {
	lower := strings.ToLower(word)
	for _, part := range []string{"example", "xxxx", "your", "....", "0000000", "12345678", "abcdefgh", "placeholder", "changeme", "redacted"} {
		if strings.Contains(lower, part) {
			return true
		}
	}
	seen, different := [256]bool{}, 0
	for i := range len(word) {
		if !seen[word[i]] {
			seen[word[i]] = true
			different++
		}
	}
	return different < 10
}
