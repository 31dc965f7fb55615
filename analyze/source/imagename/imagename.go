// Package imagename compares the names and digests that people use for images. A name may leave
// out the host, the directory library and the tag, as Docker's names do, and a digest may be
// just its first digits.
//
//	imagename.Same("docker.io/library/debian:latest", "debian") // true
package imagename

import (
	"strings"

	"github.com/google/go-containerregistry/pkg/name"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// Valid reports whether an engine or a registry could know an image by this
// name. It keeps odd text out of the paths of requests.
func Valid(text string) bool {
	for part := range strings.SplitSeq(text, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	if IsID(text) {
		return true
	}
	_, err := name.ParseReference(text, name.WeakValidation)
	return err == nil
}

var hexDigits = lazyregexp.New(`^(sha256:)?[0-9a-f]{7,64}$`)

// IsID reports whether text looks like a digest of an image or the start of one.
func IsID(text string) bool { return hexDigits.MatchString(text) }

// SameDigest reports whether want is a digest or its first digits, twelve at
// least, as engines print them.
func SameDigest(have, want string) bool {
	digits := strings.TrimPrefix(want, "sha256:")
	return len(digits) >= 12 && IsID(want) && strings.HasPrefix(strings.TrimPrefix(have, "sha256:"), digits)
}

// Same reports whether two image names mean the same image, whether or not
// they spell out the default host, directory and tag.
func Same(have, want string) bool {
	if have == want {
		return true
	}
	h, err := name.ParseReference(strings.TrimPrefix(have, "localhost/"), name.WeakValidation)
	if err != nil {
		return false
	}
	w, err := name.ParseReference(strings.TrimPrefix(want, "localhost/"), name.WeakValidation)
	return err == nil && h.Name() == w.Name()
}

// Normal spells a name out, with host, directory, and tag or digest, so that names of
// the same image are equal. What is no name stays as it is.
func Normal(text string) string {
	ref, err := name.ParseReference(text, name.WeakValidation)
	if err != nil {
		return text
	}
	return ref.Name()
}

// Repository is a name spelled out, without tag and digest; "" for what is no name.
func Repository(text string) string {
	ref, err := name.ParseReference(text, name.WeakValidation)
	if err != nil {
		return ""
	}
	return ref.Context().Name()
}

// Split takes a name apart into the repository as it is written, the tag, "latest" where the
// name has none, and the digest, "" for none.
func Split(text string) (repository, tag, digest string) {
	repository, digest, _ = strings.Cut(text, "@")
	slash := strings.LastIndexByte(repository, '/')
	if colon := strings.LastIndexByte(repository, ':'); colon > slash {
		repository, tag = repository[:colon], repository[colon+1:]
	}
	if tag == "" {
		tag = "latest"
	}
	return repository, tag, digest
}
