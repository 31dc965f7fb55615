package redact

import "strings"

// bridge is what stands between a name and the value that may be its.
type bridge uint8

const (
	noBridge  bridge = iota
	assigned         // name=value, name: value, "name" => "value", <name>value
	tagged           // name:value without a blank, which may be an image's tag
	compared         // name==value
	separated        // name value
	listed           // "name", "value"
	called           // name("value")
	fallback         // ${name:-value}
	told             // name is value
)

// maxBridge is how many bytes may stand between a name and its value.
const maxBridge = 64

// bridgeFrom looks at what follows a name, and says where the value begins.
func bridgeFrom(text string, nameStart, nameEnd int) (kind bridge, start int) {
	b := bridgeReader{text: text[:min(len(text), nameEnd+maxBridge)], at: nameEnd}
	enclosed := b.closing()
	blanks := b.blanks()
	c := b.peek()
	switch {
	case c == '=':
		b.at++
		kind = assigned
		switch b.peek() {
		case '=':
			b.at++
			kind = compared
		case '>', '~':
			b.at++
		}
	case c == ':':
		b.at++
		kind = b.colon(nameStart, enclosed || blanks)
	case c == '-' && b.peekAt(1) == '>':
		b.at += 2
		kind = assigned
	case c == ',' && enclosed:
		b.at++
		kind = listed
	case c == '>' && !blanks && !enclosed && nameStart > 0 && (text[nameStart-1] == '<' || text[nameStart-1] == ':'):
		b.at++
		return assigned, b.at
	case c == '>' && !blanks && enclosed && strings.Contains(text[max(0, nameStart-8):nameStart], "key="):
		b.at++
		return assigned, b.at
	case c == '(' && (b.peekAt(1) == '"' || b.peekAt(1) == '\''):
		b.at++
		return called, b.at
	case blanks:
		if at, ok := b.valueWord(); ok {
			return assigned, at
		}
		if n := b.verb(); n > 0 {
			b.at += n
			b.blanks()
			return told, b.at
		}
		return separated, b.at
	default:
		if at, ok := b.valueWord(); ok {
			return assigned, at
		}
		return noBridge, 0
	}
	if kind == listed {
		if at, ok := b.valueWord(); ok {
			return assigned, at
		}
	}
	b.blanks()
	return kind, b.at
}

// bridgeReader reads what follows a name.
type bridgeReader struct {
	text string
	at   int
}

func (b *bridgeReader) peek() byte { return b.peekAt(0) }

func (b *bridgeReader) peekAt(n int) byte {
	if b.at+n < len(b.text) {
		return b.text[b.at+n]
	}
	return 0
}

// closing passes the quotes and brackets that close around a name.
func (b *bridgeReader) closing() (found bool) {
	for {
		switch c := b.peek(); {
		case quote(c) || c == ']' || c == ')':
			b.at++
		case c == '\\' && quote(b.peekAt(1)):
			b.at += 2
		default:
			return found
		}
		found = true
	}
}

// blanks passes blanks, with or without a backslash, and ends of lines that a
// backslash continues.
func (b *bridgeReader) blanks() (found bool) {
	for {
		switch c := b.peek(); {
		case c == ' ' || c == '\t' || c == '\r' || c == wordEnd:
			b.at++
		case c == '\\' && (b.peekAt(1) == ' ' || b.peekAt(1) == '\n' || b.peekAt(1) == 't'):
			b.at += 2
		case c == '\\' && b.peekAt(1) == '\r' && b.peekAt(2) == '\n':
			b.at += 3
		default:
			return found
		}
		found = true
	}
}

// colon is what a colon means that was just passed.
func (b *bridgeReader) colon(nameStart int, apart bool) bridge {
	switch c := b.peek(); {
	case c == '=':
		b.at++
		return assigned
	case nameStart > 1 && b.text[nameStart-1] == '{' && (c == '-' || c == '+' || c == '?'):
		b.at++
		return fallback
	case blank(c) || quote(c) || c == '\\' || apart:
		return assigned
	}
	return tagged
}

// valueWord passes what leads from a name to the value in <add key="name"
// value="…"/> and in the environment of a pod, {"name": "…", "value": "…"}.
func (b *bridgeReader) valueWord() (at int, ok bool) {
	rest := b.text[b.at:]
	n := strings.IndexFunc(rest, func(c rune) bool { return !strings.ContainsRune("\"'\\ \t\r\n,-", c) })
	if n < 0 || n > 40 {
		return 0, false
	}
	if rest[n] == 'n' && n > 0 && rest[n-1] == '\\' {
		n++
		n += len(rest[n:]) - len(strings.TrimLeft(rest[n:], " \t-\"'"))
	}
	rest, ok = strings.CutPrefix(rest[n:], "value")
	if !ok {
		return 0, false
	}
	b.at = len(b.text) - len(rest)
	b.closing()
	b.blanks()
	if c := b.peek(); c != '=' && c != ':' {
		return 0, false
	}
	b.at++
	b.blanks()
	return b.at, true
}

// verbs lead from a name to a value in a sentence.
var verbs = []string{"is ", "is: ", "to ", "was ", "= ", "with ", "as "}

func (b *bridgeReader) verb() int {
	for _, v := range verbs {
		if strings.HasPrefix(b.text[b.at:], v) {
			return len(v)
		}
	}
	return 0
}
