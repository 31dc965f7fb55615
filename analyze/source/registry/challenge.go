package registry

import (
	"net/http"
	"strings"
)

// challenge is one way that a server asks for credentials in (RFC 9110, section
// 11.6.1): a scheme and its parameters, both keys in lower case.
type challenge struct {
	scheme     string
	parameters map[string]string
}

// challenges reads the headers WWW-Authenticate of an answer. One header may hold
// several challenges; what cannot be read is passed over.
func challenges(header http.Header) []challenge {
	var all []challenge
	for _, line := range header.Values("WWW-Authenticate") {
		all = append(all, parseChallenges(line)...)
	}
	return all
}

// findChallenge returns the first challenge of a scheme.
func findChallenge(all []challenge, scheme string) (challenge, bool) {
	for _, c := range all {
		if c.scheme == scheme {
			return c, true
		}
	}
	return challenge{}, false
}

func parseChallenges(line string) []challenge {
	var all []challenge
	for {
		line = strings.TrimLeft(line, " \t,")
		end := strings.IndexAny(line, " \t,=")
		if end < 0 {
			end = len(line)
		}
		if end == 0 {
			return all // the end, or something that is no word
		}
		word, rest := strings.ToLower(line[:end]), strings.TrimLeft(line[end:], " \t")
		value, isParameter := strings.CutPrefix(rest, "=")
		if !isParameter {
			all = append(all, challenge{scheme: word, parameters: make(map[string]string)})
			line = rest
			continue
		}
		value, line = parameterValue(strings.TrimLeft(value, " \t"))
		if len(all) > 0 {
			if _, twice := all[len(all)-1].parameters[word]; !twice {
				all[len(all)-1].parameters[word] = value
			}
		}
	}
}

// parameterValue reads a word or a quoted string, and returns what follows it.
func parameterValue(text string) (value, rest string) {
	quoted, ok := strings.CutPrefix(text, `"`)
	if !ok {
		end := strings.IndexAny(text, " \t,")
		if end < 0 {
			return text, ""
		}
		return text[:end], text[end:]
	}
	var b strings.Builder
	for i := 0; i < len(quoted); i++ {
		switch quoted[i] {
		case '"':
			return b.String(), quoted[i+1:]
		case '\\':
			if i++; i == len(quoted) {
				return b.String(), ""
			}
		}
		b.WriteByte(quoted[i])
	}
	return b.String(), ""
}
