package history

import (
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// content is what the classic builder, Podman and Buildah record for a COPY or
// ADD: flags, what kind of content with its digest, and the target. Docker 20.10
// leaves no blank between --chown and the content. What was downloaded (ADD of one
// URL) has a digest of no kind, which is told from a name by its 64 digits.
var content = lazyregexp.New(`^((?:--\S+? ?)*)(?:((?:file|dir|multi):) ?([0-9a-f]{12})[0-9a-f]*|([0-9a-f]{12})[0-9a-f]{52}\b)(?: in (.*))?$`)

// copied is a COPY or ADD of which a builder recorded the content.
type copied struct {
	flags  string
	source string // kind and the digest's first twelve digits
	target string
}

// readCopied reads what a builder recorded for a COPY or ADD; false where that is
// its text.
func readCopied(body string) (copied, bool) {
	found := content.FindStringSubmatch(strings.TrimSpace(body))
	if found == nil {
		return copied{}, false
	}
	return copied{strings.TrimSpace(found[1]), found[2] + found[3] + found[4], strings.TrimSpace(found[5])}, true
}

// copyText writes the body of COPY and ADD. The classic builder does not record
// what was copied but a digest of the content; its first twelve digits stand in
// for the source.
func copyText(body string, form form) string {
	body = strings.TrimSpace(body)
	r, ok := readCopied(body)
	if !ok {
		if form == written {
			return body
		}
		return collapse(body)
	}
	operands := r.source
	switch {
	case strings.ContainsAny(r.target, " \t"):
		operands = execJSON([]string{r.source, r.target})
	case r.target != "":
		operands += " " + r.target
	}
	return strings.TrimSpace(r.flags + " " + operands)
}
