package pane

import "strings"

// shellCommands splits a script at && and ; and line ends, but not within quotes or $(…), and
// leaves comments out. Only its start is looked at: no row shows more.
func shellCommands(text string) (commands []string) {
	const most = 4 << 10
	text = strings.ReplaceAll(text[:min(len(text), most)], "\\\n", " ")
	start := 0
	end := func(at, skip int) {
		if c := strings.TrimSpace(text[start:at]); c != "" && c[0] != '#' {
			commands = append(commands, c)
		}
		start = at + skip
	}
	var at nesting
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case at.within(text, i):
		case b == ';' || b == '\n':
			end(i, 1)
		case b == '&' && strings.HasPrefix(text[i:], "&&"):
			end(i, 2)
			i++
		}
	}
	end(len(text), 0)
	return commands
}

// nesting tells what of a script is within quotes or $(…).
type nesting struct {
	quote byte
	depth int // of parentheses, from the first $( on
}

// within takes the next byte in, and reports whether it belongs to such a part. Text is given from
// its start to its end.
func (n *nesting) within(text string, i int) bool {
	switch b := text[i]; {
	case n.quote != 0:
		if b == n.quote {
			n.quote = 0
		}
		return true
	case b == '\'' || b == '"' || b == '`':
		n.quote = b
		return true
	case b == '(' && (n.depth > 0 || i > 0 && text[i-1] == '$'):
		n.depth++
	case b == ')' && n.depth > 0:
		n.depth--
		return true
	}
	return n.depth > 0
}

// cutAssignments parts a command from the assignments before it, such as
// DEBIAN_FRONTEND=noninteractive, or KEY=$(head -c 20 key).
func cutAssignments(command string) (assignments, rest string) {
	rest = command
	for {
		name, _, ok := strings.Cut(rest, "=")
		if !ok || !isVariable(name) {
			break
		}
		var at nesting
		end := len(name)
		for end < len(rest) && (at.within(rest, end) || rest[end] != ' ' && rest[end] != '\t' && rest[end] != '\n') {
			end++
		}
		rest = strings.TrimLeft(rest[end:], " \t\n")
	}
	return strings.TrimSpace(command[:len(command)-len(rest)]), rest
}

func isVariable(name string) bool {
	for i := range len(name) {
		b := name[i] | 0x20
		if b < 'a' || b > 'z' {
			if name[i] != '_' && (i == 0 || name[i] < '0' || name[i] > '9') {
				return false
			}
		}
	}
	return name != ""
}
