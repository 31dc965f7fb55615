package history

import (
	"regexp"
	"strings"
)

// content is what the classic builder, Podman and Buildah record for a COPY or
// ADD: flags, what kind of content with its digest, and the target. Docker 20.10
// leaves no blank between --chown and the content.
var content = regexp.MustCompile(`^((?:--\S+? ?)*)((?:file|dir|multi):) ?([0-9a-f]{12})[0-9a-f]*(?: in (.*))?$`)

// copyText writes the body of COPY and ADD. The classic builder does not record
// what was copied but a digest of the content; its first twelve digits stand in
// for the source.
func copyText(body string, form form) string {
	body = strings.TrimSpace(body)
	found := content.FindStringSubmatch(body)
	if found == nil {
		if form == written {
			return body
		}
		return collapse(body)
	}
	flags, source, target := strings.TrimSpace(found[1]), found[2]+found[3], strings.TrimSpace(found[4])
	operands := source
	switch {
	case strings.ContainsAny(target, " \t"):
		operands = execJSON([]string{source, target})
	case target != "":
		operands += " " + target
	}
	return strings.TrimSpace(flags + " " + operands)
}
