package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/ui/display"
)

// outputsBeside reads the outputs of -o, as parseOutputs does, and refuses those that would be
// written over what the command reads: inputs are images, saved reports and files by the names
// that the user wrote, to which the Dockerfile and the base are added.
func (f *flags) outputsBeside(formats []string, inputs ...string) ([]output, error) {
	outputs, err := parseOutputs(f.outputs, formats)
	if err != nil {
		return nil, err
	}
	inputs = append(append(inputs[:len(inputs):len(inputs)], f.file, f.base), f.manifestNames...)
	for _, o := range outputs {
		if o.file == "" {
			continue
		}
		to := destinationOf(o.file)
		if to.info == nil {
			continue // a new file is written over nothing
		}
		for _, name := range inputs {
			if overwrites(to, name) {
				return nil, fmt.Errorf("-o %s=%s would be written over %s, which this command reads; name another file", o.format, display.OneLine(o.file), display.OneLine(name))
			}
		}
	}
	return outputs, nil
}

// overwrites reports whether an output that is there is the file that an input's name means,
// or lies in its directory, if that is one of an image.
func overwrites(to destination, name string) bool {
	file, info := inputFile(name)
	switch {
	case info == nil:
		return false
	case info.Mode().IsRegular():
		return os.SameFile(info, to.info)
	case !info.IsDir() || !source.IsImageDirectory(file):
		return false
	}
	// The links of a directory may lead to the output, or the output's to the directory.
	for dir := filepath.Dir(to.name); ; dir = filepath.Dir(dir) {
		if at, err := os.Stat(dir); err == nil && os.SameFile(at, info) {
			return true
		}
		if dir == filepath.Dir(dir) {
			return false
		}
	}
}

// inputFile finds the file or directory that a name of an image begins with, without a
// transport before it and the name of an image in it behind. info is nil where there is none.
func inputFile(name string) (file string, info os.FileInfo) {
	for _, transport := range []string{"docker-archive:", "oci-archive:", "oci-dir:", "dir:"} {
		if rest, ok := strings.CutPrefix(name, transport); ok {
			name = rest
			break
		}
	}
	for end := len(name); end > 0; end = strings.LastIndexAny(name[:end], ":@") {
		if info, err := os.Stat(name[:end]); err == nil {
			return name[:end], info
		}
	}
	return "", nil
}
