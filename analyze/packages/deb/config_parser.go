package deb

import "strings"

// configParser reads one file in the syntax of apt.conf(5):
//
//	APT::Get::Assume-Yes "true";
//	APT { NeverAutoRemove { "^firmware-.*"; }; };
//	#clear APT::NeverAutoRemove;
//
// Statements end with ; { or }. Text after // or # is a comment, and so is what
// stands between /* and */.
type configParser struct {
	config *Config
	left   *int
	scope  []string        // the names of the open blocks
	words  strings.Builder // a statement that is not complete yet
}

// Bounds for hostile files: how deep blocks and names nest, and how many bytes a
// statement and the name of an option have.
const (
	maxScope     = 32
	maxStatement = 64 << 10
	maxPath      = 1 << 10
)

// read returns what is wrong, "" if nothing.
func (p *configParser) read(text string) (problem string) {
	comment := false
	for line := range strings.SplitSeq(text, "\n") {
		line, comment = stripComments(trim(line), comment)
		if problem := p.line(line); problem != "" {
			return problem
		}
		if p.words.Len() > maxStatement {
			return "a statement is too long"
		}
	}
	if p.words.Len() > 0 {
		return "the last statement has no end"
	}
	return ""
}

// stripComments removes comments from a line; open says that the line begins,
// and more that it ends, inside of one that goes over lines.
func stripComments(line string, open bool) (code string, more bool) {
	var out strings.Builder
	quoted := false
	for i := 0; i < len(line); i++ {
		switch rest := line[i:]; {
		case open:
			if strings.HasPrefix(rest, "*/") {
				open = false
				i++
			}
			continue
		case rest[0] == '"':
			quoted = !quoted
		case quoted:
		case strings.HasPrefix(rest, "//"), rest[0] == '#' && !directive(rest):
			return out.String(), false
		case strings.HasPrefix(rest, "/*"):
			open = true
			i++
			continue
		}
		out.WriteByte(line[i])
	}
	return out.String(), open
}

func directive(s string) bool {
	return strings.HasPrefix(s, "#clear") || strings.HasPrefix(s, "#include") || strings.HasPrefix(s, "#x-apt-configure-index")
}

// line cuts a line without comments into statements.
func (p *configParser) line(line string) (problem string) {
	quoted, start := false, 0
	for i := range len(line) {
		if line[i] == '"' {
			quoted = !quoted
		}
		if quoted || line[i] != '{' && line[i] != '}' && line[i] != ';' {
			continue
		}
		p.add(line[start:i])
		start = i + 1
		if problem := p.statement(line[i]); problem != "" {
			return problem
		}
	}
	p.add(line[start:])
	return ""
}

func (p *configParser) add(text string) {
	if text = trim(text); text != "" && p.words.Len() > 0 {
		p.words.WriteByte(' ')
	}
	p.words.WriteString(text)
}

// statement carries out what has been gathered up to the character end.
func (p *configParser) statement(end byte) (problem string) {
	words := p.words.String()
	tag, value, hasValue := cutStatement(words)
	empty := words == ""
	p.words.Reset()
	switch {
	case end == '{' && empty:
		return "a block has no name"
	case end == '{' && len(p.scope) >= maxScope:
		return "blocks nest too deep"
	case end == '{':
		p.scope = append(p.scope, tag)
		if hasValue {
			problem = p.set("", false, value)
		}
		return problem
	case !empty && !hasValue:
		problem = p.set("", true, tag)
	case !empty && strings.HasPrefix(tag, "#"):
		if tag == "#clear" && len(p.scope) == 0 {
			p.config.clear(value)
		}
	case !empty:
		problem = p.set(tag, true, value)
	}
	if end == '}' && len(p.scope) > 0 {
		p.scope = p.scope[:len(p.scope)-1]
	}
	return problem
}

// set sets an option below the open blocks, or with item false the block's own.
func (p *configParser) set(tag string, item bool, value string) (problem string) {
	if *p.left--; *p.left < 0 {
		return "too many options"
	}
	path := strings.Join(p.scope, "::")
	switch {
	case path == "":
		path = tag
	case item:
		path += "::" + tag
	}
	if len(path) > maxPath || strings.Count(path, "::") > maxScope {
		return "the name of an option is too long"
	}
	if path != "" {
		p.config.set(path, value)
	}
	return ""
}

// cutStatement splits name and value and takes their quotes off.
func cutStatement(s string) (tag, value string, hasValue bool) {
	quoted := false
	for i := range len(s) {
		if s[i] == '"' {
			quoted = !quoted
		}
		if !quoted && s[i] == ' ' {
			return unquote(s[:i]), unquote(trim(s[i:])), true
		}
	}
	return unquote(s), "", false
}

func unquote(s string) string { return strings.ReplaceAll(s, `"`, "") }
