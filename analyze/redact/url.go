package redact

import "strings"

// urls finds passwords and tokens in the userinfo of addresses, and what follows
// in the path of a webhook, whose address is all that it takes to use it.
func urls(text string, found []span) []span {
	for at := 0; ; {
		i := strings.Index(text[at:], "://")
		if i < 0 {
			return found
		}
		at += i + 3
		end := at
		for end < len(text) && !blank(text[end]) && !quote(text[end]) && text[end] != '<' && text[end] != '>' {
			if text[end] == ':' && strings.HasPrefix(text[end:], "://") {
				break // another address in the same word: a,https://b
			}
			end++
		}
		found = address(text, at, end, found)
	}
}

// address looks at what follows "://", up to the end of the word.
func address(text string, start, end int, found []span) []span {
	rest := text[start:end]
	authority := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority = rest[:i]
	}
	if at := userinfo(rest, authority); at > 0 && !endsSed(text[:start], authority[:min(len(authority), at)], rest[at+1:]) {
		found = user(text, start, start+at, found)
		authority = authority[min(len(authority), at+1):]
		rest = rest[at+1:]
	}
	if n := webhook(authority, rest); n >= 0 && len(rest)-n >= 8 {
		found = append(found, span{end - len(rest) + n, end, true})
	}
	return found
}

// endsSed reports whether what looks like a user is the host of an address that ends a command of sed, as in
// s@https://a.example.org@https://b.example.org@g: before is the text up to the host, behind what stands behind its @.
func endsSed(before, host, behind string) bool {
	if strings.Trim(behind, "giIpMe0123456789;") != "" || !isHostName(host) {
		return false
	}
	at := strings.LastIndexByte(before, '@')
	if at < 0 || !isScheme(before[at+1:]) {
		return false
	}
	begin := strings.LastIndexByte(before[:at], '@')
	return begin > 0 && before[begin-1] == 's' && (begin == 1 || strings.ContainsRune(" \t\"';{", rune(before[begin-2])))
}

// isHostName reports whether a text can only be a host: names in small letters with dots between them, none of
// them as long as a token.
func isHostName(text string) bool {
	labels := strings.Split(text, ".")
	for _, label := range labels {
		if label == "" || len(label) > 16 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	top := labels[len(labels)-1]
	return len(labels) > 1 && len(top) > 1 && strings.Trim(top, "abcdefghijklmnopqrstuvwxyz") == ""
}

// isScheme reports whether a text is the beginning of an address, up to its host.
func isScheme(text string) bool {
	name, ok := strings.CutSuffix(text, "://")
	return ok && name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz+") == ""
}

// userinfo is where the @ stands behind a user and a password, 0 where there are
// none. A password may hold a slash that nobody escaped; then what stands before
// the slash is no host with a port.
func userinfo(rest, authority string) int {
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		return at
	}
	_, port, ok := strings.Cut(authority, ":")
	if !ok || strings.Trim(port, "0123456789") == "" || strings.ContainsAny(port, "${}[]()<>%*") {
		return 0
	}
	return max(strings.LastIndexByte(rest, '@'), 0)
}

// emptyPasswords stand where the user is the token.
var emptyPasswords = []string{"", "x-oauth-basic", "x", "X", "oauth2"}

// user masks what of user:password is a secret.
func user(text string, start, end int, found []span) []span {
	name, password, ok := strings.Cut(text[start:end], ":")
	behind := start + len(name) + 1
	alone := !ok
	if ok {
		for _, word := range emptyPasswords {
			alone = alone || password == word
		}
	}
	if alone {
		if literal(name, false) && (len(name) >= 16 || tokenLike(name)) {
			found = append(found, span{start, start + len(name), true})
		}
	} else if literal(password, true) || strings.HasPrefix(password, "/") {
		found = append(found, span{behind, end, true})
	}
	if ok && !alone && randomLike(name) {
		found = append(found, span{start, start + len(name), true})
	}
	return found
}

// webhook is where the secret of a webhook begins in what follows the userinfo of
// an address, -1 where it is none.
func webhook(host, rest string) int {
	path := rest[len(host):]
	host, _, _ = strings.Cut(strings.ToLower(host[:min(len(host), 255)]), ":")
	switch {
	case strings.HasPrefix(host, "hooks."), strings.HasPrefix(host, "webhook"), strings.HasPrefix(host, "maker.ifttt."), strings.Contains(host, ".webhook."):
		if len(path) < 2 {
			return -1
		}
		if i := strings.Index(path, "/services/"); i >= 0 {
			return len(rest) - len(path) + i + len("/services/")
		}
		return len(rest) - len(path) + 1
	case host == "api.telegram.org" && strings.HasPrefix(path, "/bot"):
		return len(rest) - len(path) + len("/bot")
	}
	for _, part := range []string{"/webhooks/", "/hooks/catch/", "/webhookb2/", "/incomingwebhook/", "/hooks/"} {
		if i := strings.Index(path, part); i >= 0 && len(path)-i-len(part) >= 16 {
			return len(rest) - len(path) + i + len(part)
		}
	}
	return -1
}
