package source

import (
	"regexp"
	"strings"
)

// password matches what may be a user and a password in front of a host: in a
// URL, or in a reference that somebody made of one.
var password = regexp.MustCompile(`([A-Za-z0-9._~%+-]+:)([^\s/@:'"]+)@`)

// withoutPasswords puts *** in the place of passwords in front of hosts, since
// messages end up in the logs of pipelines. An image's tag in front of its digest
// is none.
func withoutPasswords(text string) string {
	var b strings.Builder
	end := 0
	for _, at := range password.FindAllStringSubmatchIndex(text, -1) {
		if rest := text[at[1]:]; strings.HasPrefix(rest, "sha256:") || strings.HasPrefix(rest, "sha512:") {
			continue
		}
		b.WriteString(text[end:at[4]] + "***")
		end = at[5]
	}
	return b.String() + text[end:]
}
