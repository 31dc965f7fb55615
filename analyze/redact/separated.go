package redact

import "strings"

// separated masks the value of a name that only blanks part from it. In most
// texts that is no more than two words, so it takes more than a name.
func (s *scanner) separated(w word, text, name string, strength strength, start int) bool {
	lower := strings.ToLower(name)
	switch c := s.text[start]; {
	case option(text) && strings.HasPrefix(s.text[start:], "<("):
		return s.value(w, lower, strength, start)
	case c == '\n' || c == '|' || c == ';' || c == '&' || c == '>' || c == '<' || c == ']' || c == ')' || c == '}':
		return false
	case option(text):
		if c == '-' {
			return false
		}
		return s.value(w, lower, strength, start)
	case s.environment(w):
		return s.rest(start, strength)
	case s.call.configures && !strings.HasPrefix(s.text[start:], "set "):
		if strings.Contains(lower, "basic.") { // user and password follow
			return false
		}
		if shortPass(name) {
			strength = numeric
		}
		return s.maskValue(start, w.open, strength)
	case strings.HasSuffix(lower, "cookie"):
		return false
	case lower == "bearer" || lower == "basic":
		return s.maskValue(start, w.open, min(strength, middling))
	case strength < strong:
		return lower == "pass" && s.login && s.maskValue(start, w.open, numeric)
	case quote(c) && !quote(s.text[w.end]) && !strings.Contains(text, "/"):
		return s.maskValue(start, w.open, strength) // PASSWORD 'x'
	case s.call.saw("sed") && strings.HasSuffix(text, "/"+name):
		return s.replacement(start, strength)
	case strings.Contains(text, "/") && !strings.HasSuffix(s.text[:w.start], "/"):
		return false
	case s.login, strings.HasSuffix(s.before, "password"), strings.HasSuffix(s.before, "password_again"), strings.HasSuffix(s.before, "-pass"):
		return s.maskValue(start, w.open, numeric)
	case w.start == 0 || w.before&gapLine != 0 || w.quoted || s.before == "echo":
		// A line of a file of settings: requirepass x.
		if end := start + len(s.judge(start, w.open, false)); lineEnds(s.text[end:]) {
			return s.maskValue(start, w.open, strength)
		}
	}
	return !s.call.installs && s.maskValue(start, w.open, middling)
}

// lineEnds reports whether a line, or the quote that holds it, ends here.
func lineEnds(rest string) bool {
	rest = strings.TrimLeft(rest[:min(len(rest), 8)], " \t\r")
	return rest == "" || quote(rest[0]) || rest[0] == '>' || rest[0] == '|' || rest[0] == '\n' || strings.HasPrefix(rest, `\n`)
}

// environment reports whether a word is the name in the old form ENV NAME value.
func (s *scanner) environment(w word) bool {
	if s.instruction != "ENV" && s.instruction != "LABEL" || s.before != "env" && s.before != "label" {
		return false
	}
	return w.before&(gapEqual|gapColon|gapQuote) == 0
}

// rest masks a value that goes on to the end of its line.
func (s *scanner) rest(start int, strength strength) bool {
	end := len(s.text)
	if i := strings.IndexByte(s.text[start:], '\n'); i >= 0 {
		end = start + i
	}
	value := strings.TrimRight(s.text[start:end], " \t\r")
	if !strength.holds(value) {
		return false
	}
	return s.mask(start, start+len(value))
}

// replacement masks the value in what sed writes: s/name .*/name value/.
func (s *scanner) replacement(start int, strength strength) bool {
	value, _, ok := strings.Cut(s.text[start:min(len(s.text), start+judged)], "/")
	return ok && !strings.ContainsAny(value, " \t\n'\"") && strength.holds(value) && s.mask(start, start+len(value))
}
