package pane

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/ui/display"
)

// Gist is what tells an instruction from others, for rows that are too short for all of
// it: of a RUN the first command that does something, without the options of package
// managers; of a COPY what is copied and where to. more stands for further commands.
func Gist(keyword, text, more string) string {
	switch strings.ToUpper(keyword) {
	case "RUN":
		if strings.HasPrefix(text, "[") {
			return text
		}
		return runGist(text, more)
	case "COPY", "ADD":
		words := slices.DeleteFunc(strings.Fields(text), func(word string) bool {
			return strings.HasPrefix(word, "--") && !strings.HasPrefix(word, "--from=")
		})
		return strings.Join(words, " ")
	}
	return text
}

// GistWithin is an instruction's text where so many columns have room for it, else its gist,
// at last without the name of the package manager: what is installed tells steps apart.
func GistWithin(keyword, text string, c display.Charset, columns int) string {
	if fits(c, text, columns) {
		return text
	}
	gist := Gist(keyword, text, c.Ellipsis)
	if fits(c, gist, columns) || !strings.EqualFold(keyword, "RUN") {
		return gist
	}
	words := strings.Fields(gist)
	if len(words) > 2 && slices.Contains(installers, words[0]) && (words[1] == "install" || words[1] == "add") {
		return strings.Join(words[1:], " ")
	}
	return gist
}

// fits reports whether a text takes no more columns than there are on one line. No more of
// it is looked at than could fit.
func fits(c display.Charset, text string, columns int) bool {
	return len(text) <= 4*columns+16 && display.Width(c.OneLine(text)) <= columns
}

func runGist(text, more string) string {
	text = withoutFlags(text)
	chosen, telling := "", 0
	commands := shellCommands(text)
	for _, c := range commands {
		if preparing(c) {
			continue
		}
		if telling++; chosen == "" {
			chosen = c
		}
	}
	if chosen == "" && len(commands) > 0 {
		chosen = commands[0]
	}
	if _, runs := cutAssignments(chosen); runs != "" {
		chosen = runs
	}
	short := strings.Join(withoutOptions(strings.Fields(chosen)), " ")
	if short == "" {
		return text
	}
	if telling > 1 {
		short += " " + more
	}
	return short
}

// withoutFlags takes RUN's own flags off, such as --mount.
func withoutFlags(text string) string {
	for strings.HasPrefix(text, "--") {
		_, rest, more := strings.Cut(text, " ")
		if !more {
			return text
		}
		text = strings.TrimLeft(rest, " \t\\\n")
	}
	return text
}

// preparing reports whether a command only makes ready for others: it sets the shell up,
// fetches package lists, goes to a directory or makes one.
func preparing(command string) bool {
	_, command = cutAssignments(command)
	words := strings.Fields(command)
	if len(words) == 0 || strings.HasPrefix(words[0], "<<") { // variables alone, or the start of a here-document
		return true
	}
	switch words[0] {
	case "set", "cd", "export", "true", ":", "mkdir", "umask":
		return true
	case "apt-get", "apt", "apk", "yum", "dnf", "zypper":
		return slices.ContainsFunc(words[1:], func(w string) bool { return w == "update" || w == "clean" || w == "makecache" || w == "refresh" })
	case "rm":
		return len(words) > 1 && strings.Contains(command, "/var/") // the clean-up after an install
	}
	return false
}

// installers are the programs whose options say nothing of what they install.
var installers = []string{"apt-get", "apt", "apk", "yum", "dnf", "microdnf", "zypper", "pip", "pip3", "npm", "yarn", "pnpm", "gem", "conda", "mamba", "cargo", "go"}

func withoutOptions(words []string) []string {
	if len(words) == 0 || !slices.Contains(installers, words[0]) {
		return words
	}
	return slices.DeleteFunc(words, func(word string) bool { return strings.HasPrefix(word, "-") })
}

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
