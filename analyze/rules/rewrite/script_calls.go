package rewrite

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// ScriptCalls is Script, and the commands that it hands to others: the text of su -c, what
// gosu and the like run, and here-documents that a shell or su reads.
func ScriptCalls(text string) []Command { return scriptCalls(text, 0) }

func scriptCalls(text string, nesting int) []Command {
	f, err := parseShell(text)
	if err != nil || nesting > maxNesting {
		return nil
	}
	list := commandsOf(f)
	for _, c := range slices.Clone(list) {
		inner := c
		for range maxNesting {
			if inner.Words = stripPrefixes(handedOn(inner)); len(inner.Words) == 0 {
				break
			}
			list = append(list, Command{Words: inner.Words, Conditional: true, Subshell: true})
		}
		if text := shellText(c); text != "" {
			list = append(list, scriptCalls(text, nesting+1)...)
		}
	}
	syntax.Walk(f, func(n syntax.Node) bool {
		s, ok := n.(*syntax.Stmt)
		if !ok || !readsCommands(s) {
			return true
		}
		syntax.Walk(s, func(n syntax.Node) bool {
			if r, ok := n.(*syntax.Redirect); ok && r.Hdoc != nil {
				list = append(list, scriptCalls(literalText(r.Hdoc), nesting+1)...)
			}
			return true
		})
		return false
	})
	return list
}

// hands are programs that run another, by how many of their operands come in front of it.
// What else sudo and the like run is a command without them already; see prefixes.
var hands = map[string]int{"gosu": 1, "su-exec": 1, "setpriv": 0, "chroot": 1, "runuser": 0, "s6-setuidgid": 1, "setuidgid": 1, "chpst": 0, "tini": 0, "dumb-init": 0, "catatonit": 0,
	"timeout": 1, "xvfb-run": 0, "dbus-run-session": 0, "setsid": 0, "unbuffer": 0, "xargs": 0, "start-stop-daemon": 0, "flock": 1}

// valuedHands are their options that take a word.
var valuedHands = strings.Fields("-u -g -G -s -k -n -U --user --group --signal --kill-after --chuid --exec --startas --pidfile --reuid --regid -a -e -w")

// handedOn returns the words of the command that another runs, nil for none.
func handedOn(c Command) []Word {
	skip, ok := hands[c.Name()]
	if !ok {
		return nil
	}
	args := c.Args()
	for i := 0; i < len(args); i++ {
		switch text := args[i].Text; {
		case text == "--exec" || text == "--startas":
			return args[min(i+1, len(args)):]
		case slices.Contains(valuedHands, text):
			i++
		case strings.HasPrefix(text, "-"):
		case skip > 0:
			skip--
		default:
			return args[i:]
		}
	}
	return nil
}

// shellText is the text that su or a shell of another name is given with -c, as far as the
// words tell; "" for none. That of sh and bash is among a script's commands already, unless
// variables stand in it.
func shellText(c Command) string {
	if name := c.Name(); !slices.Contains([]string{"su", "runuser", "sh", "bash", "dash", "ash", "ksh", "zsh", "flock", "script"}, name) {
		return ""
	}
	args := c.Args()
	for i, w := range args {
		if text, ok := strings.CutPrefix(w.Text, "--command="); ok {
			return unquoted(text)
		}
		if (strings.HasPrefix(w.Text, "-") && !strings.HasPrefix(w.Text, "--") && strings.HasSuffix(w.Text, "c") || w.Text == "--command") && i+1 < len(args) {
			return unquoted(args[i+1].Text)
		}
	}
	return ""
}

// unquoted takes the double quotes off a word that has variables in it.
func unquoted(text string) string {
	if inner, ok := strings.CutPrefix(text, `"`); ok && strings.HasSuffix(inner, `"`) {
		return strings.ReplaceAll(inner[:len(inner)-1], `\"`, `"`)
	}
	return text
}

// readsCommands reports whether a statement is a shell or su, or something that is piped to
// one, so that its here-document holds commands.
func readsCommands(s *syntax.Stmt) bool {
	if list, ok := s.Cmd.(*syntax.BinaryCmd); ok && list.Op != syntax.Pipe {
		return false
	} else if _, call := s.Cmd.(*syntax.CallExpr); !ok && !call {
		return false
	}
	reads := false
	syntax.Walk(s, func(n syntax.Node) bool {
		if call, ok := n.(*syntax.CallExpr); ok {
			for _, arg := range call.Args {
				reads = reads || slices.Contains([]string{"sh", "bash", "dash", "ash", "ksh", "zsh", "su", "runuser"}, path.Base(wordOf(arg).Text))
			}
		}
		return !reads
	})
	return reads
}

// literalText is the text of a word without what only a shell can tell.
func literalText(w *syntax.Word) string {
	var b strings.Builder
	for _, part := range w.Parts {
		if lit, ok := part.(*syntax.Lit); ok {
			b.WriteString(lit.Value)
		} else {
			b.WriteString("X")
		}
	}
	return b.String()
}
