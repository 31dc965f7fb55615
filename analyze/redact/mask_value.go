package redact

import "strings"

// schemes stand between Authorization and the secret.
var schemes = []string{"bearer", "basic", "token", "digest", "negotiate", "apikey", "oauth", "jwt", "ssws", "splunk", "bot", "key", "apitoken", "genie", "genielogin", "deploy", "private"}

// value masks the value of a name, and reports whether it did.
func (s *scanner) value(w word, name string, strength strength, start int) bool {
	open := w.open
	if strings.HasSuffix(name, "authorization") || strings.HasSuffix(name, "extraheader") || strength >= middling && strings.HasSuffix(name, "auth") {
		from, n := start, 0
		if quote(s.text[from]) {
			open, from = s.text[from], from+1
		}
		if n = s.scheme(from); n > 0 {
			start, strength = from+n, strong
		}
	}
	if strings.HasSuffix(name, "cookie") || strings.HasSuffix(name, "cookies") {
		return s.cookie(start, open)
	}
	if name == "--secret" || name == "secret" || name == "-secret" {
		if rest := s.text[start:min(len(s.text), start+8)]; strings.HasPrefix(rest, "id=") || strings.HasPrefix(rest, "type=") || strings.HasPrefix(rest, "src=") {
			return false
		}
	}
	if substituted := s.substituted(start); substituted > 0 {
		start = substituted
	}
	return s.maskValue(start, open, strength)
}

// lastArgument is where the second argument of a function begins, the first where
// it has one alone: PASSWORD('x'), auth('user', 'x').
func (s *scanner) lastArgument(start int) int {
	for range maxArguments {
		value := s.judge(start, 0, false)
		b := bridgeReader{text: s.text[:min(len(s.text), start+judged+maxBridge)], at: start + 1 + len(value)}
		if b.at >= len(b.text) || !b.closing() || b.peek() != ',' {
			return start
		}
		b.at++
		if b.blanks(); !quote(b.peek()) {
			return start
		}
		start = b.at
	}
	return start
}

// maxArguments is how many arguments of a call are passed over.
const maxArguments = 4

// scheme is the length of a scheme's name and the blanks behind it.
func (s *scanner) scheme(at int) int {
	end := at
	for end < len(s.text) && end < at+16 && (alphanumeric(s.text[end]) || s.text[end] == '-') {
		end++
	}
	word := strings.ToLower(s.text[at:end])
	for _, scheme := range schemes {
		if word == scheme {
			b := bridgeReader{text: s.text, at: end}
			if b.blanks() {
				return b.at - at
			}
		}
	}
	return 0
}

// substituted is where the secret begins in $(echo secret), 0 for no such.
func (s *scanner) substituted(start int) int {
	rest := s.text[start:min(len(s.text), start+32)]
	at := len(rest) - len(strings.TrimLeft(rest, `"'`))
	rest = rest[at:]
	for _, begin := range []string{"<(echo -n ", "<(echo ", "<(printf ", "$(echo -n ", "$(echo ", "$(printf ", "`echo -n ", "`echo "} {
		if strings.HasPrefix(rest, begin) {
			return start + at + len(begin)
		}
	}
	return 0
}

// cookie masks the values of cookies: name=value; name=value.
func (s *scanner) cookie(start int, open byte) bool {
	value := s.judge(start, open, true)
	if strings.Contains(value, "accept-securebackup-cookie") || strings.HasPrefix(value, "gpw_e24=http") {
		return false // Oracle's licence, and the page that asks for it
	}
	_, secret, ok := strings.Cut(value, "=")
	if !(ok && literal(secret, true) || literal(value, false) && tokenLike(value) && !strings.Contains(value, ".")) {
		return false
	}
	from, end := s.extents.value(start, open, true)
	if open != 0 && from == start {
		end = s.quoted(from, open, false) // cookies follow each other with blanks
	}
	if ok {
		from = end - len(s.text[from:end]) + strings.IndexByte(s.text[from:end], '=') + 1
	}
	return s.mask(from, end)
}

// maskValue masks the value that begins at start if it can be a secret, and reports
// whether it did.
func (s *scanner) maskValue(start int, open byte, strength strength) bool {
	if value := s.judge(start, open, s.bare()); value == "" || !strength.holds(value) {
		return false
	}
	from, end := s.extents.value(start, open, s.bare())
	masked := s.mask(from, end)
	if strength == keyed && masked {
		s.found[len(s.found)-1].sure = tokenLike(s.text[from:min(end, from+judged)])
	}
	if from == start+1 && start > 0 && s.text[start-1] == '=' { // NAME="a b" becomes NAME=***
		last := &s.found[len(s.found)-1]
		last.start = start
		if end < len(s.text) && s.text[end] == s.text[start] {
			last.end++
		}
	}
	return masked
}

// mask masks a part of the text, and goes on behind it.
func (s *scanner) mask(from, end int) bool {
	if from >= end {
		return false
	}
	s.found = append(s.found, span{from, end, true})
	if end > s.at {
		s.at = end
		if end < len(s.text) && from > 0 && quote(s.text[end]) && s.text[from-1] == s.text[end] {
			s.at++ // both quotes of the value were passed
		}
	}
	return true
}
