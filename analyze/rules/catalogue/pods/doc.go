// Package pods has the rules about what only a Kubernetes pod and its image show together: a user
// that the kubelet refuses, writes to a read-only filesystem, a port at which nobody listens. They
// are the second part of the chapter on running well there, and ask package kubernetes, the first,
// what the image does. Without a manifest they find nothing.
//
// Each rule is in a file with its texts, its fix as YAML and its fixture, and package catalogue
// lists them. Rules hold no state and are safe for concurrent use.
package pods

import (
	"strings"
)

// joinNames lists names for a sentence: "a, b and c".
func joinNames(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
