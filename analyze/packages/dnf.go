package packages

import "strings"

// readDNFReasons reads the system state of dnf 5, which says why each package was
// installed:
//
//	[packages]
//	"bash-completion.noarch" = {reason="Weak Dependency"}
//
// or, as TOML also allows, reason on a line of its own below a heading
// [packages."bash-completion.noarch"]. Instead of all of TOML it reads names,
// strings and signs in a row: a reason belongs to the last name.arch before it.
func readDNFReasons(toml string) map[string]Reason {
	reasons := make(map[string]Reason)
	name, last, value := "", "", false
	for toml != "" && len(reasons) < maxPackages {
		var token string
		var quoted bool
		token, quoted, toml = cutToken(toml)
		switch {
		case !quoted && token == "=":
			value = true
			continue
		case value && last == "reason":
			if r := dnfReason(token); name != "" {
				reasons[name] = r
			}
		case quoted && !value && strings.Contains(token, "."):
			name = token
		}
		last, value = token, false
	}
	return reasons
}

// cutToken takes the next string, bare word, or "=" off the text.
func cutToken(s string) (token string, quoted bool, rest string) {
	s = strings.TrimLeft(s, " \t\r\n[]{},.")
	if s == "" {
		return "", false, ""
	}
	switch s[0] {
	case '#':
		_, rest, _ = strings.Cut(s, "\n")
		return "", false, rest
	case '"', '\'':
		if end := strings.IndexByte(s[1:], s[0]); end >= 0 {
			return s[1 : 1+end], true, s[2+end:]
		}
		return "", true, ""
	case '=':
		return "=", false, s[1:]
	}
	end := strings.IndexAny(s, " \t\r\n[]{},.\"'=#")
	if end < 0 {
		end = len(s)
	}
	return s[:end], false, s[end:]
}

// dnfReason translates libdnf5's transaction item reasons.
func dnfReason(text string) Reason {
	switch text {
	case "User", "Group":
		return Manual
	case "Dependency":
		return Dependency
	case "Weak Dependency":
		return Recommended
	case "Clean":
		return Orphan
	}
	return Unknown // None, External User: some other tool put it there
}
