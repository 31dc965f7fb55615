package redact

import (
	"slices"
	"strings"
)

// scanner walks over a text word by word and finds what stands where secrets
// stand. It looks at each word once; what it knows of the words before is of a
// fixed size, so long texts take no more memory than short ones.
type scanner struct {
	lexer
	extents
	found []span

	text        string
	instruction string // the Dockerfile's, "" where the text begins with none
	before      string // the word before, in small letters
	identified  int    // words since IDENTIFIED, as SQL has it
	setPassword bool   // SET PASSWORD FOR … was read
	login       bool   // machine … login … was read
	machine     bool   // machine was read
	call        call
	starting    bool // the word may be the name of a command
	echo        echo
	here        int // where the last here-document ended that was looked at
}

// places finds secrets by where they stand.
func places(text string, found []span) []span {
	s := scanner{lexer: lexer{text: text}, extents: extents{text: text}, found: found, text: text, identified: 100}
	s.call.begin()
	first := true
	for {
		w, ok := s.next()
		if !ok {
			return s.found
		}
		if first || w.before&gapLine != 0 && isInstruction(s.text[w.start:w.end]) {
			s.instruction = strings.ToUpper(s.text[w.start:min(w.end, w.start+12)])
		}
		first = false
		s.word(w)
	}
}

func isInstruction(word string) bool {
	switch word {
	case "FROM", "RUN", "CMD", "ENV", "ARG", "LABEL", "COPY", "ADD", "ENTRYPOINT", "USER", "WORKDIR", "EXPOSE", "VOLUME", "SHELL", "HEALTHCHECK", "ONBUILD", "STOPSIGNAL", "MAINTAINER":
		return true
	}
	return false
}

// bare reports whether values of the instruction are ended by blanks alone.
func (s *scanner) bare() bool {
	return s.instruction == "ENV" || s.instruction == "LABEL" || s.instruction == "ARG"
}

// word looks at one word.
func (s *scanner) word(w word) {
	text := s.text[w.start:w.end]
	folded := fold(text)
	s.boundaries(w)
	s.starting = s.call.starts
	masked := s.sql(w, folded) || s.replaced(w, text) || s.called(w, text, folded) || s.named(w, text)
	if !masked {
		s.sinks(w, text, folded)
	}
	s.identified++
	switch folded {
	case "identified":
		s.identified = 0
	case "login", "machine", "assword", "password", "assword:", "password:":
		s.machine = s.machine || folded == "machine"
		s.login = s.login || folded == "login" || folded == "machine" || strings.Contains(s.before, "expect")
	}
	s.before = folded
}

// fold makes the ASCII letters of a short word small: all words that it is compared with are of
// these. Long words are none that matter. [strings.ToLower] takes a slow way for other bytes,
// which a file of a program is full of.
func fold(text string) string {
	if len(text) > 40 {
		return ""
	}
	for i := range len(text) {
		if c := text[i]; c >= 'A' && c <= 'Z' {
			small := []byte(text)
			for ; i < len(small); i++ {
				if c := small[i]; c >= 'A' && c <= 'Z' {
					small[i] = c | 0x20
				}
			}
			return string(small)
		}
	}
	return text
}

// boundaries forgets what a new command or a new line ends.
func (s *scanner) boundaries(w word) {
	if w.before&gapEnd != 0 && w.open == 0 {
		s.login, s.machine, s.setPassword = false, false, false
	}
	if w.before&gapNewline != 0 && s.login && !goesOn(fold(s.text[w.start:w.end])) {
		s.login, s.machine = false, false // docker login on the line before says nothing of this one
	}
	if w.before&(gapEnd|gapNewline) != 0 && w.open == 0 && !s.echo.group {
		s.echo = echo{}
	}
	if w.before&(gapEnd|gapPipe|gapLine|gapOpen) != 0 || beginsComment(s.text, w.start) {
		s.call.begin()
		s.setPassword = s.setPassword && w.before&gapLine == 0
	}
	s.echo.pass(w, s.text)
}

// beginsComment reports whether a word is the first of a comment behind a command. No command has it among
// its arguments, so it is looked at like a line of its own.
func beginsComment(text string, at int) bool {
	if at < len(text) && text[at] == '#' {
		return at > 0 && (text[at-1] == ' ' || text[at-1] == '\t')
	}
	before := at
	for before > 0 && at-before < 8 && (text[before-1] == ' ' || text[before-1] == '\t') {
		before--
	}
	return before > 1 && text[before-1] == '#' && (text[before-2] == ' ' || text[before-2] == '\t')
}

// goesOn reports whether a line that begins with a word may belong to the login of the lines before, as in
// .netrc and in scripts of expect.
func goesOn(word string) bool {
	switch word {
	case "login", "password", "passwd", "account", "machine", "default", "macdef", "expect", "send", "spawn", "user", "pass", "username":
		return true
	}
	return false
}

// sql finds IDENTIFIED BY 'x' and SET PASSWORD FOR a@b = 'x'.
func (s *scanner) sql(w word, folded string) bool {
	if s.setPassword && w.before&gapEqual != 0 && w.quoted {
		s.setPassword = false
		return s.maskValue(w.start-1, w.open, numeric)
	}
	if s.before == "set" && folded == "password" && strings.HasPrefix(strings.ToLower(s.text[w.end:min(len(s.text), w.end+5)]), " for ") {
		s.setPassword = true
	}
	if (folded == "by" || folded == "as") && s.identified <= 3 {
		kind, start := bridgeFrom(s.text, w.start, w.end)
		if kind == separated && !strings.HasPrefix(strings.ToLower(s.text[start:min(len(s.text), start+9)]), "password ") {
			return s.maskValue(start, w.open, numeric)
		}
	}
	return false
}

// replaced finds the secret that sed puts in the place of a name, s/PASSWORD/x/,
// and the one that expect sends when it is asked for a password.
func (s *scanner) replaced(w word, text string) bool {
	switch {
	case text == "send":
		kind := seeming
		if s.login {
			kind = numeric
		}
		_, start := bridgeFrom(s.text, w.start, w.end)
		return start > 0 && start < len(s.text) && quote(s.text[start]) && s.maskValue(start, 0, kind)
	case text == "login" && s.machine:
		kind, start := bridgeFrom(s.text, w.start, w.end)
		said := seeming
		if strings.Contains(s.text[start:min(len(s.text), start+judged)], "x-oauth-basic") {
			said = middling // what GitHub wants as the password where the user is the token
		}
		return kind == separated && start < len(s.text) && s.maskValue(start, w.open, said)
	case (text == "echo" || text == "printf") && (strings.HasSuffix(s.text[:w.start], "<(") || w.quoted && strings.HasPrefix(s.before, "--pass")):
		kind, start := bridgeFrom(s.text, w.start, w.end)
		return kind == separated && start < len(s.text) && s.maskValue(start, w.open, middling)
	}
	if len(text) < 6 || len(text) > judged || text[0] != 's' || text[1] != '/' {
		return false
	}
	name, rest, _ := strings.Cut(text[2:], "/")
	value, _, ok := strings.Cut(rest, "/")
	if !ok || !strengthOf(name).holds(value) {
		return false
	}
	return s.mask(w.start+3+len(name), w.start+3+len(name)+len(value))
}

// named finds the value behind a name.
func (s *scanner) named(w word, text string) bool {
	from := len(text)
	for from > 0 && nameByte(text[from-1]) {
		from--
	}
	name := text[from:]
	if len(name) < 2 {
		return false
	}
	strength := s.strength(w, text, name)
	if strength < middling && s.hexValue(w, text, name, strength) {
		return true
	}
	if strength == silent {
		return false
	}
	if (strength == weak || strength == keyed) && s.queried(w, name) && !digestName(name) {
		strength = middling // ?key=, &code=
	}
	kind, start := bridgeFrom(s.text, w.start, w.end)
	if strength == keyed && option(text) {
		if start < len(s.text) && fingerprint(s.judge(start, w.open, false)) {
			return false
		}
		strength = middling // --tls-key server
	}
	if strength == middling && (option(text) || kind == tagged) && shortPass(name) {
		strength = numeric // --pass x, pass:x
	}
	if kind == noBridge || start >= len(s.text) {
		return false
	}
	if kind == assigned && start+1 < len(s.text) && strings.IndexByte("bruBRU", s.text[start]) >= 0 && quote(s.text[start+1]) {
		start++ // Python's b"…"
	}
	if strings.HasPrefix(text, "$") && kind != fallback && (kind != assigned || quote(s.text[w.end]) || !quote(s.text[start])) {
		return false // a variable that is compared, not one of PHP's that is set
	}
	if kind == assigned && (s.text[w.end] == '=' && strings.EqualFold(name, "pass") || strings.EqualFold(name, "pw")) {
		strength = numeric
	}
	switch kind {
	case assigned:
		if s.call.installs && !option(text) {
			return false // a package and its version
		}
		if c := s.text[start]; c == w.open && quote(c) && blank(s.text[start-1]) && start+1 < len(s.text) && blank(s.text[start+1]) {
			return false // a question, and the end of its quotes
		}
		if w.open == 0 && s.text[w.end] == '=' && blank(s.text[w.end+1]) {
			return false // NAME= is empty
		}
	case tagged:
		if strength == keyed {
			strength = seeming
		}
		if strings.Contains(text, "/") && !strings.Contains(text, "//") || s.instruction == "FROM" || s.instruction == "COPY" {
			return false
		}
	case fallback:
		if s.text[start] == '}' {
			return false
		}
	case compared:
		if !quote(s.text[start]) {
			return false
		}
	case listed:
		if !option(text) && w.before&gapOpen == 0 {
			return false
		}
	case called:
		if !strings.HasSuffix(strings.ToLower(name), "crypt") { // crypt("password", "salt")
			start = s.lastArgument(start)
		}
	case told:
		if !quote(s.text[start]) {
			strength = min(strength, middling)
		}
		if strength == keyed {
			strength = weak
		}
	case separated:
		return s.separated(w, text, name, strength, start)
	}
	return s.value(w, strings.ToLower(name), strength, start)
}

// option reports whether a word is an option with more than one letter.
func option(text string) bool { return len(text) > 2 && text[0] == '-' }

func shortPass(name string) bool {
	name = strings.ToLower(strings.TrimLeft(name, "-"))
	return name == "pass" || name == "pwd" || name == "pw"
}

func nameByte(c byte) bool {
	return alphanumeric(c) || c == '_' || c == '-' || c == '.' || c >= 0x80
}

// strength is how much a name says where it stands.
func (s *scanner) strength(w word, text, name string) strength {
	if name == "_auth" || strings.HasPrefix(name, "BUNDLE_") && strings.Contains(name, "__") {
		return strong // npm's user and password, and those of Bundler for a host
	}
	if strings.HasSuffix(name, "user.signingkey") {
		return silent // git's: the identity of a key
	}
	if strings.HasPrefix(s.text[w.end:], "(") {
		if said := calls[strings.ToLower(name)]; said != silent {
			return said
		}
	}
	strength := strengthOf(name)
	if s.call.saw("vault") && s.call.saw("kv") && strings.HasPrefix(s.text[w.end:], "=") {
		return strong // whatever vault keeps
	}
	if s.call.configures && name == "api" {
		return strong // snyk config set api=…
	}
	if s.call.configures && strength < strong {
		// A key of a tool's settings may name the host behind the noun.
		strength = max(strength, strengthOfParts(name))
	}
	return strength
}

// ordinary are the last parts of keys that hold no secret, whatever stands before.
var ordinary = []string{"helper", "user", "username", "path", "enabled", "type", "name", "timeout", "url", "store"}

// calls are functions whose last argument is a password, by their names in small letters; of crypt
// it is the first.
var calls = map[string]strength{
	"crypt": numeric, "crypt.crypt": numeric, "user.objects.create_superuser": numeric, "user.objects.create_user": numeric, "objects.create_superuser": numeric,
	"create_superuser": numeric, "createaccount": numeric, "login": numeric,
}

// strengthOfParts is the most that a part of a dotted name says.
func strengthOfParts(name string) (most strength) {
	if slices.Contains(ordinary, name[strings.LastIndexByte(name, '.')+1:]) {
		return silent
	}
	for part := range strings.SplitSeq(name[:min(len(name), 80)], ".") {
		most = max(most, strengthOf(part))
	}
	return most
}
