package source

import (
	"path/filepath"
	"runtime"
	"strings"
)

// splitTransport takes a leading transport off a reference; "" where none is
// written. A transport wins over an image of the same name: the tag dind of the
// image docker is docker:docker:dind.
func splitTransport(reference string) (transport, rest string) {
	head, tail, found := strings.Cut(reference, ":")
	if _, known := originOf(head); found && known {
		return head, tail
	}
	return "", reference
}

// isPath reports whether a reference can only mean a file or directory.
func isPath(reference string) bool {
	if reference == "." || reference == ".." || filepath.IsAbs(reference) {
		return true
	}
	for _, start := range []string{"./", "../", "/"} {
		if strings.HasPrefix(reference, start) {
			return true
		}
	}
	return runtime.GOOS == "windows" && strings.Contains(reference, `\`)
}
