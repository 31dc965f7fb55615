package analyze

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tare-oci/tare/analyze/changes"
	"github.com/tare-oci/tare/analyze/checkout"
)

// IgnoreFile is the file that keeps paths out of a Dockerfile's build context.
type IgnoreFile struct {
	Dir     string // where it lies: the Dockerfile's directory, or the build context
	Name    string // without directory; that of a file to be made where there is none
	Data    []byte // nil where there is none
	Unknown bool   // there is one, and it cannot be read
}

// MaxIgnoreFile is how large such a file may be, in bytes.
const MaxIgnoreFile = 1 << 20

// Path is where the file is, or is to be made.
func (f IgnoreFile) Path() string { return filepath.Join(f.Dir, f.Name) }

// ReadIgnoreFile reads the file that BuildKit uses with the Dockerfile at a path, whose text
// is given: that of the Dockerfile's own name beside it, else .dockerignore in the build
// context, which is that of [BuildContext] where context is "". The error names the file; with
// [ErrContextAbove] there is none that could be read.
func ReadIgnoreFile(dockerfile string, text []byte, context string) (IgnoreFile, error) {
	beside := filepath.Dir(dockerfile)
	var above error
	if context == "" {
		context, above = BuildContext(dockerfile, text)
	}
	var file IgnoreFile
	for _, file = range []IgnoreFile{{Dir: beside, Name: filepath.Base(dockerfile) + ".dockerignore"}, {Dir: context, Name: ".dockerignore"}} {
		if above != nil && file.Name == ".dockerignore" {
			file.Unknown = true
			return file, above
		}
		data, err := readSmall(file.Path())
		if err == nil {
			err = staysInside(file.Path())
		}
		if err == nil {
			file.Data = data
			return file, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			file.Unknown = true
			return file, fmt.Errorf("reading the Dockerfile's ignore file: %w", err)
		}
	}
	return file, nil
}

// staysInside returns an error where a file is a link that leads out of the project. A diff shows the
// lines around an edit, and a link in a pull request could lead to anybody's secrets.
func staysInside(name string) error {
	if info, err := os.Lstat(name); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return err
	}
	_, err := checkout.Follow(name)
	var link *checkout.LinkError
	if errors.As(err, &link) {
		return fmt.Errorf("%w; put the file itself there", err)
	}
	return err
}

// readSmall reads a regular file of limited size; what it returns is not nil.
func readSmall(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, MaxIgnoreFile+1))
	if err == nil && len(data) > MaxIgnoreFile {
		err = fmt.Errorf("%s is larger than %d MiB", path, MaxIgnoreFile>>20)
	}
	return data, err
}

// changeOptions says what the report's changes are worked out from.
func (a *analysis) changeOptions(build *Build) changes.Options {
	opt := changes.Options{Build: build, Mask: a.mask, IgnoreUnknown: true}
	if a.origin != nil && a.origin.Dockerfile != nil {
		opt.Dockerfile = a.origin.Dockerfile.Bytes()
		if a.origin.Dockerfile == a.dockerfile {
			opt.Ignore, opt.IgnoreUnknown = a.ignore.Data, a.ignore.Unknown
		}
	}
	return opt
}
