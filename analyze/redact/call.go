package redact

import (
	"slices"
	"strings"
)

// call is the command that a word belongs to, as far as it was read.
type call struct {
	command    *command
	starts     bool   // no word of it was read, but perhaps sudo
	installs   bool   // its words are packages
	configures bool   // a key and its value may follow
	only       bool   // the word was read that its options wait for
	words      int    // how many were read
	matched    []int  // by argument of the command: words that were seen, then arguments
	options    uint64 // by letter: options that were read
	pending    byte   // an option whose value is the next word: 's' secret, 'p' pair
	reads      lines
	seen       [2]string // the first two words
}

// begin forgets all of it.
func (c *call) begin() {
	*c = call{starts: true, matched: c.matched[:0]}
}

func (c *call) saw(word string) bool { return c.seen[0] == word || c.seen[1] == word }

// prefixes run the command that follows them.
var prefixes = []string{"run", "cmd", "entrypoint", "healthcheck", "sudo", "exec", "env", "time", "nohup", "then", "do", "else", "sh", "bash", "/bin/sh", "/bin/bash", "-c", "if", "!", "&&", "||", "@", "shell", "command", "eval", "nice", "su"}

// called looks at a word as a part of a command, and reports whether it masked
// something.
func (s *scanner) called(w word, text, folded string) bool {
	c := &s.call
	if w.before&gapArgument == 0 && c.words > 0 && w.before&(gapBlank|gapLine|gapComma|gapQuote) == 0 {
		return false // a further piece of the word before
	}
	pending := c.pending
	c.pending = 0
	start := w.start
	if w.quoted {
		start--
	}
	switch {
	case pending == 's' && text[0] != '-':
		return s.maskValue(start, w.open, numeric)
	case pending == 'p' && s.pair(start, w.open):
		return true
	case pending == 'c':
		return s.cookie(start, w.open)
	}
	if text[0] == '-' {
		if (text == "-c" || text == "-lc" || text == "-ec") && w.end+1 < len(s.text) && blank(s.text[w.end]) && quote(s.text[w.end+1]) && c.command == nil {
			c.begin() // sh -c "…"
			return false
		}
		return s.option(w, text, folded)
	}
	if c.command != nil && c.command.slashed && c.words > 0 {
		if user, password, ok := strings.Cut(text, "/"); ok && user != "" && user[0] != '@' && user[0] != '.' {
			password, _, _ = strings.Cut(password, "@")
			return numeric.holds(password) && s.mask(w.start+len(user)+1, w.start+len(user)+1+len(password))
		}
	}
	masked := s.argument(start, w.open, folded)
	s.noteWord(folded)
	return masked
}

// noteWord takes a word of a command that is no option.
func (s *scanner) noteWord(folded string) {
	c := &s.call
	base := folded[strings.LastIndexByte(folded, '/')+1:]
	if c.words < len(c.seen) {
		c.seen[c.words] = base
	}
	c.words++
	var command *command
	if !c.installs && (c.command == nil || c.command.wraps) {
		command = commands[base]
	}
	if command != nil {
		c.command, c.only = command, command.only == ""
		c.matched = append(c.matched[:0], make([]int, len(command.args))...)
	} else if c.command == nil && c.starts && installers[base] {
		c.installs = true
	} else if c.command != nil && c.command.only != "" && containsWord(c.command.only, folded) {
		c.only = true
	}
	if folded == "config" && installers[s.before] {
		c.installs = false // conda config --set, pip config
	}
	c.configures = !c.installs && (c.configures && c.words < 12 || setting(folded))
	c.starts = c.starts && (folded == "" || strings.HasSuffix(folded, "=") || slices.Contains(prefixes, folded))
}

func containsWord(list, word string) bool {
	for one := range strings.FieldsSeq(list) {
		if one == word {
			return true
		}
	}
	return false
}

// option looks at an option of one letter, with its value or before it.
func (s *scanner) option(w word, text, folded string) bool {
	c := &s.call
	if len(text) < 2 || text[1] == '-' {
		if c.command != nil && c.command.assigns && folded == "--from-literal" {
			return s.literals(w)
		}
		return s.userOption(w, folded)
	}
	for i := 1; i < min(len(text), 8); i++ {
		if alphanumeric(text[i]) && text[i] > '9' {
			c.options |= 1 << (text[i] & 63)
		}
	}
	value := byte(0)
	if w.end < len(s.text) {
		value = s.text[w.end]
	}
	if w.quoted && quote(value) {
		value = ' ' // the quotes are around the option
	}
	attached := len(text) > 2 || value == '"' || value == '\'' || value == '='
	letter := text[1]
	command := c.command
	if command != nil && command.long != "" && text == command.long {
		_, start := bridgeFrom(s.text, w.start, w.end)
		return start > 0 && start < len(s.text) && s.maskValue(start, w.open, numeric)
	}
	if command == nil || !c.only {
		return s.unknownOption(w, text, attached)
	}
	if command.doubled != "" && strings.HasPrefix(text[1:], command.doubled) {
		return s.maskValue(w.start+1+len(command.doubled), w.open, numeric)
	}
	at := w.start + 2
	if at < len(s.text) && s.text[at] == '=' {
		at++
	}
	has := func(letters string, l byte) bool { return strings.IndexByte(letters, l) >= 0 }
	last := text[len(text)-1]
	switch {
	case attached && value != '"' && has(command.joined, letter), attached && has(command.joined, letter) && len(text) >= 2, attached && has(command.letters, letter):
		return s.maskValue(at, w.open, numeric)
	case attached && has(command.pairs, letter) && len(text) != 3:
		return s.pair(at, w.open)
	case len(text) <= 4 && !quote(value) && (has(command.letters, last) || len(text) == 2 && has(command.apart, last)):
		c.pending = 's'
	case len(text) <= 8 && has(command.pairs, last):
		c.pending = 'p'
	case len(text) <= 8 && has(command.cookies, last):
		c.pending = 'c'
	case command.between == 0 && command.pairs == "":
		return s.userOption(w, text)
	}
	return false
}

// userOption takes --user name:password and -u name:password, which most programs
// understand alike; engines take a user and a group there.
func (s *scanner) userOption(w word, folded string) bool {
	c := &s.call
	switch folded {
	case "-u", "--user", "--username", "--proxy-user", "--userpwd", "--auth", "--basic-auth", "--login", "--creds", "--cert", "--rpc-login", "--credential", "--proxyauth":
	default:
		if !strings.HasSuffix(folded, "creds") && !strings.HasSuffix(folded, "-user") {
			return false
		}
	}
	if c.command != nil && c.command.wraps {
		return false
	}
	if strings.HasPrefix(s.text[w.end:], "=") {
		return s.pair(w.end+1, w.open)
	}
	c.pending = 'p'
	return false
}

// unknownOption masks what looks random behind an option that is a password's in
// many programs, and something else in many others.
func (s *scanner) unknownOption(w word, text string, attached bool) bool {
	kind := seeming
	if gnupg[s.call.seen[0]] || gnupg[s.call.seen[1]] {
		kind = weak
	}
	switch text[1] {
	case 'u':
		if len(text) == 2 {
			return s.userOption(w, "-u")
		}
	case 'p', 'P', 'k', 'a', 'w', 't', 'T', 'K', 'x', 's', 'S':
		if text == "-p" && s.call.options>>('u'&63)&1 == 1 {
			kind = middling // -u me -p x
		}
		if attached {
			return len(text) > 8 && s.maskValue(w.start+2, w.open, kind)
		}
		if bridge, start := bridgeFrom(s.text, w.start, w.end); bridge == separated && len(text) == 2 {
			return s.maskValue(start, w.open, kind)
		}
	}
	return false
}

// literals masks the value of kubectl's --from-literal=name=value.
func (s *scanner) literals(w word) bool {
	rest := s.text[w.end:min(len(s.text), w.end+judged)]
	i := strings.IndexByte(strings.TrimLeft(rest, "= "), '=')
	if i < 0 {
		return false
	}
	i += len(rest) - len(strings.TrimLeft(rest, "= "))
	if strings.ContainsAny(strings.TrimLeft(rest[:i], "= "), " \n") {
		return false
	}
	return s.maskValue(w.end+i+1, w.open, numeric)
}

// pair masks the password of user:password, or the user where the password is
// empty.
func (s *scanner) pair(start int, open byte) bool {
	between := byte(':')
	if c := s.call.command; c != nil && c.between != 0 {
		between = c.between
	}
	value := s.judge(start, open, false)
	i := strings.IndexByte(withoutEmptyDefaults(value), between)
	switch {
	case i < 0:
		return !gnupg[s.call.seen[0]] && !gnupg[s.call.seen[1]] && seeming.holds(value) && s.mask(s.extents.value(start, open, false))
	case i == 0 || strings.Contains(value, "://"):
		return false
	}
	user, password := value[:i], value[i+1:]
	known := s.call.command != nil && len(s.call.command.pairs) > 0
	from, end := s.extents.value(start, open, false)
	token := literal(user, false) && (seemsRandom(user) || known && slices.Contains(emptyPasswords, password) && tokenLike(user) || password == "x-oauth-basic")
	switch {
	case token && password != "":
		return s.mask(from, from+i) && s.mask(from+i+1, end)
	case token:
		return s.mask(from, from+i)
	case password == "" && known && literal(user, false) && tokenLike(user):
		return s.mask(from, from+i)
	case password == "" || !literal(password, known) || user == password && !known:
		return false
	}
	return s.mask(from+i+1, end)
}

// withoutEmptyDefaults is a text in which ${NAME:-} is as long but has no colon: the colon is
// the shell's, and nothing stands behind it.
func withoutEmptyDefaults(text string) string {
	for _, end := range []string{":-}", ":+}", ":=}", ":?}"} {
		text = strings.ReplaceAll(text, end, "_-}")
	}
	return text
}

// argument counts the arguments of a command, and masks the one that is a secret.
func (s *scanner) argument(start int, open byte, folded string) bool {
	c := &s.call
	if c.command == nil {
		return false
	}
	masked := false
	for i := range c.command.args {
		a := &c.command.args[i]
		switch n := c.matched[i]; {
		case n < len(a.words):
			if a.reads(n, folded) {
				c.matched[i]++
			} else if n > 0 && !a.reads(0, folded) {
				c.matched[i] = 0
			}
		default:
			skip := a.skip
			if a.nameless != 0 && c.options>>(a.nameless&63)&1 == 1 {
				skip--
			}
			if n > 0 && len(a.words) > 0 && a.words[0][0] == '+' && s.text[start] == '+' {
				c.matched[i] = 0 // steamcmd's next command
				continue
			}
			if n-len(a.words) >= skip && !masked {
				kind := numeric
				if a.seeming {
					kind = seeming
				}
				masked = s.maskValue(start, open, kind)
			}
			c.matched[i]++
		}
	}
	return masked
}
