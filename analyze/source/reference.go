package source

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
)

// The places an image can come from. They are the transports a user may write
// before a reference, but for stdin, which is written "-".
const (
	viaRegistry      = "registry"
	viaDocker        = "docker"
	viaPodman        = "podman"
	viaDockerArchive = "docker-archive"
	viaOCIArchive    = "oci-archive"
	viaOCIDir        = "oci-dir"
	viaDir           = "dir"
	viaDemo          = "demo"
	viaStdin         = "stdin"
)

var transports = []string{viaRegistry, viaDocker, viaPodman, viaDockerArchive, viaOCIArchive, viaOCIDir, viaDir, viaDemo}

// splitTransport takes a leading transport off a reference; "" where none is
// written. A transport wins over an image of the same name: the tag dind of the
// image docker is docker:docker:dind.
func splitTransport(reference string) (transport, rest string) {
	head, tail, found := strings.Cut(reference, ":")
	if found && slices.Contains(transports, head) {
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

// splitPath takes PATH[:NAME][@DIGEST] apart; the image is NAME, NAME@DIGEST or
// @DIGEST. A colon may be part of a file's name, so the longest prefix that
// exists is the path; where none does, the first part is.
func splitPath(text string) (path, image string) {
	if _, err := os.Stat(text); err == nil {
		return text, ""
	}
	if at := strings.LastIndex(text, "@sha256:"); at > 0 {
		if _, err := os.Stat(text[:at]); err == nil {
			return text[:at], text[at:]
		}
	}
	for end := strings.LastIndexByte(text, ':'); end > 0; end = strings.LastIndexByte(text[:end], ':') {
		if _, err := os.Stat(text[:end]); err == nil {
			return text[:end], text[end+1:]
		}
	}
	volume := len(filepath.VolumeName(text))
	path, image, _ = strings.Cut(text[volume:], ":")
	return text[:volume] + path, image
}

// validName reports whether an engine or a registry could know an image by this
// name. It keeps odd text out of the paths of requests.
func validName(text string) bool {
	for part := range strings.SplitSeq(text, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	if isID(text) {
		return true
	}
	_, err := name.ParseReference(text, name.WeakValidation)
	return err == nil
}

var hexDigits = regexp.MustCompile(`^(sha256:)?[0-9a-f]{7,64}$`)

// isID reports whether text looks like a digest of an image or the start of one.
func isID(text string) bool { return hexDigits.MatchString(text) }

// sameDigest reports whether want is a digest or its first digits, twelve at
// least, as engines print them.
func sameDigest(have, want string) bool {
	digits := strings.TrimPrefix(want, "sha256:")
	return len(digits) >= 12 && isID(want) && strings.HasPrefix(strings.TrimPrefix(have, "sha256:"), digits)
}

// sameName reports whether two image names mean the same image, whether or not
// they spell out the default host, directory and tag.
func sameName(have, want string) bool {
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
