package redact

import "strings"

// Message returns an error's text with its secrets masked: what a user typed, what
// a registry, an engine or a helper said. Errors are sentences, so a word behind
// "token:" has to look like one; and what only looks random stays, for it is most
// likely the name of a file or a digest that the user needs.
func Message(text string) string {
	var sure []span
	for _, s := range (Mask{}).spans(text) {
		if s.sure && tokenLike(text[s.start:s.end]) {
			sure = append(sure, s)
		}
	}
	return userinfos(cover(text, sure))
}

// userinfos masks the password of user:password@host, also where no scheme
// stands before it, as in a reference that somebody made of an address. An
// image's tag in front of its digest is none.
func userinfos(text string) string {
	var out strings.Builder
	end := 0
	for at := 0; at < len(text); at++ {
		if text[at] != '@' || strings.HasPrefix(text[at+1:], "sha256:") || strings.HasPrefix(text[at+1:], "sha512:") {
			continue
		}
		colon := at
		for colon > end && !blank(text[colon-1]) && !quote(text[colon-1]) && text[colon-1] != '/' && text[colon-1] != ':' && text[colon-1] != '@' {
			colon--
		}
		if colon > end+1 && colon < at && text[colon-1] == ':' && (alphanumeric(text[colon-2]) || strings.IndexByte("._~%+-", text[colon-2]) >= 0) {
			out.WriteString(text[end:colon] + Masked)
			end = at
		}
	}
	return out.String() + text[end:]
}
