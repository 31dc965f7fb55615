package analyze

import (
	"strings"

	"github.com/tare-oci/tare/analyze/redact"
)

// shownPaths masks secrets in the names of directories of packages: one may be the address that a
// package came from, or a token. Names are few that many paths share, so each is looked at once.
type shownPaths struct {
	names map[string]string
}

// maybeSecret is the length in bytes from which a name may hold a secret.
const maybeSecret = 16

// path is the path as a report may show it.
func (s *shownPaths) path(name string) string {
	if len(name) < maybeSecret {
		return name
	}
	parts := strings.Split(name, "/")
	changed := false
	for i, part := range parts {
		if len(part) < maybeSecret && !strings.Contains(part, ":") {
			continue
		}
		shown, known := s.names[part]
		if !known {
			if shown = redact.Message(part); s.names == nil {
				s.names = make(map[string]string)
			}
			s.names[part] = shown
		}
		parts[i], changed = shown, changed || shown != part
	}
	if !changed {
		return name
	}
	return strings.Join(parts, "/")
}
