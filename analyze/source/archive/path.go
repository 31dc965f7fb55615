package archive

import (
	"io"
	"os"
	"path/filepath"
	"strings"
)

// SplitPath takes PATH[:NAME][@DIGEST] apart; the image is NAME, NAME@DIGEST or
// @DIGEST. A colon may be part of a file's name, so the longest prefix that
// exists is the path; where none does, the first part is.
func SplitPath(text string) (path, image string) {
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

// IsInFile reports whether a reference is a file's path with an image's name or
// digest behind it.
func IsInFile(reference string) bool {
	path, want := SplitPath(reference)
	if want == "" {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// IsLayout reports whether a directory says that it is an OCI layout or a directory
// of skopeo's. A project's directory may have the name of its image, and a
// manifest.json of another kind.
func IsLayout(dir string) bool {
	if _, err := os.Stat(filepath.Join(dir, "oci-layout")); err == nil {
		return true
	}
	version := filepath.Join(dir, "version")
	if info, err := os.Stat(version); err != nil || !info.Mode().IsRegular() {
		return false // opening a pipe would wait for a writer
	}
	f, err := os.Open(version)
	if err != nil {
		return false
	}
	defer f.Close()
	const says = "Directory Transport Version"
	head := make([]byte, len(says))
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == says
}
