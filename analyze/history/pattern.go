package history

import (
	"path"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// A history keeps another text than the Dockerfile: variables are expanded,
// quotes and continuation lines gone, flags left out, defaults filled in. To
// compare the two, blanks, quotes, commas and escapes are dropped from both
// (normalize), and a variable of the Dockerfile fits any text (a pattern).

// pattern is the pieces of a normalized text between its variables.
type pattern []string

// normalize drops what builders change about a text without changing its sense.
func normalize(text string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\n', '\r', '\v', '\f', '"', '\'', '\\', '`', ',', '[', ']':
			return -1
		}
		return r
	}, text)
}

// literal is a pattern without variables.
func literal(text string) pattern { return pattern{normalize(text)} }

// expanded is a pattern in which $NAME and ${…} fit anything.
func expanded(text string) pattern {
	var p pattern
	for {
		at := strings.IndexByte(text, '$')
		if at < 0 || at+1 == len(text) {
			return append(p, normalize(text))
		}
		if piece := normalize(text[:at]); piece != "" || len(p) == 0 {
			p = append(p, piece)
		}
		text = text[at+1:]
		end := 0
		if text[0] == '{' {
			for depth := 0; end < len(text); {
				c := text[end]
				end++
				if c == '{' {
					depth++
				} else if c == '}' {
					if depth--; depth == 0 {
						break
					}
				}
			}
		} else {
			for end < len(text) && wordByte(text[end]) {
				end++
			}
		}
		text = text[end:]
	}
}

// matches reports whether a normalized text can be what the pattern became.
func (p pattern) matches(text string) bool {
	if len(p) == 1 {
		return text == p[0]
	}
	last := p[len(p)-1]
	rest, ok := strings.CutPrefix(text, p[0])
	if !ok {
		return false
	}
	for _, piece := range p[1 : len(p)-1] {
		at := strings.Index(rest, piece)
		if at < 0 {
			return false
		}
		rest = rest[at+len(piece):]
	}
	return strings.HasSuffix(rest, last)
}

// operands is what stands behind the keyword and its flags, comments and
// continuation lines taken out.
func operands(l *link) string {
	text := strings.TrimSpace(l.node.Original)
	text = strings.TrimSpace(text[min(len(l.keyword), len(text)):])
	for _, flag := range l.node.Flags {
		text = strings.TrimSpace(strings.TrimPrefix(text, flag))
	}
	return text
}

// look is what a link may look like in a history, behind the keyword.
func (l *link) look() []pattern {
	asWritten := expanded(operands(l))
	parts := words(l.node)
	switch l.keyword {
	case "RUN":
		command := script(l.node, parts)
		// Podman and Buildah record the flags, too.
		all := []pattern{literal(command), literal(strings.Join(l.node.Flags, "") + command)}
		// A list that begins with the shell is recorded as the shell form is, which has the shell
		// in front, too.
		if l.node.Attributes["json"] && len(parts) == 3 && parts[1] == "-c" {
			all = append(all, literal(parts[2]))
		}
		if name := inlineName(l.node, parts); name != "" {
			all = append(all, literal(name))
		}
		return all
	case "CMD", "ENTRYPOINT":
		return []pattern{literal(strings.Join(parts, "")), literal(operands(l))}
	case "ENV", "LABEL":
		// The parser gives a name, a value and what stands between the two; the
		// history has "=" there in any case.
		var pairs strings.Builder
		for i := 0; i+2 < len(parts); i += 3 {
			pairs.WriteString(parts[i] + "=" + parts[i+1])
		}
		return []pattern{expanded(pairs.String()), asWritten}
	case "COPY", "ADD":
		var names strings.Builder
		for _, part := range parts {
			if doc := parser.MustParseHeredoc(part); doc != nil {
				part = "<<" + doc.Name
			}
			names.WriteString(part)
		}
		return []pattern{asWritten, expanded(names.String())}
	case "WORKDIR":
		// Builders write the whole path.
		to := strings.Join(parts, " ")
		clean := expanded(path.Clean(to))
		if strings.Contains(to, "..") {
			clean = pattern{"", ""}
		} else if !path.IsAbs(to) {
			clean = append(pattern{""}, clean...)
			clean[1] = strings.TrimPrefix(clean[1], ".")
		}
		return []pattern{clean, emptied(clean), asWritten}
	}
	return []pattern{asWritten}
}

// emptied is a pattern of a path whose variables may be empty: builders drop the slash
// that stands before one.
func emptied(p pattern) pattern {
	p = slices.Clone(p)
	for i := range p[:len(p)-1] {
		if p[i] != "/" || strings.HasPrefix(p[i+1], "/") { // of "/$U" the root stays
			p[i] = strings.TrimSuffix(p[i], "/")
		}
	}
	return p
}

// script is the command of a RUN with its heredocs, as BuildKit gives it to the
// shell (dockerfile2llb, dispatchRun).
func script(node *parser.Node, parts []string) string {
	text := strings.Join(parts, " ")
	if len(node.Heredocs) == 0 {
		return text
	}
	if parser.MustParseHeredoc(text) != nil {
		return node.Heredocs[0].Content
	}
	var out strings.Builder
	out.WriteString(text)
	for _, doc := range node.Heredocs {
		out.WriteString("\n" + doc.Content + doc.Name)
	}
	return out.String()
}

// inlineName is the path under which BuildKit runs a heredoc that starts with
// "#!", "" for other RUNs.
func inlineName(node *parser.Node, parts []string) string {
	if len(node.Heredocs) != 1 || parser.MustParseHeredoc(strings.Join(parts, " ")) == nil ||
		!strings.HasPrefix(strings.TrimLeft(node.Heredocs[0].Content, "\t"), "#!") {
		return ""
	}
	return "/dev/pipes/" + node.Heredocs[0].Name
}
