package source

import (
	"path/filepath"
	"runtime"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
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

// IsNamed reports whether an image comes from where images are asked for by their names: an
// engine or a registry.
func IsNamed(img *Image) bool {
	from, known := originOf(img.Source)
	return known && from.byName
}

// Repository returns the whole name of an image, with its registry and without tag and digest; ""
// for what is no name, as where build arguments stand in it.
func Repository(image string) string {
	image, _, _ = strings.Cut(image, ":$") // a tag that a build argument tells, perhaps none
	reference, err := name.ParseReference(strings.TrimSuffix(image, ":"), name.WeakValidation)
	if err != nil {
		return ""
	}
	return reference.Context().Name()
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
