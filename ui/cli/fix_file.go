package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/demo"
	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/ui/display"
)

// fixFile is the file to edit and the .dockerignore of its build context.
type fixFile struct {
	path string // as the user named it, or as provenance calls it
	name string // in its directory
	text []byte

	sample string // the built-in sample that the Dockerfile is of; "" where it is none

	ignorePath, ignoreName string
	chosen                 string // the build context that the user named; "" for none
	contextAbove           string // why the .dockerignore cannot be edited from here; "" where it can
	ignore                 []byte // nil: there is none

	// dir is where the Dockerfile lies, seen from the working directory and with slashes:
	// "." for that itself; "" where the file is not below it, or nowhere.
	dir string
}

// analyze reads the files to edit and analyses the image, which it leaves open. The
// caller closes it.
func (d *fixFile) analyze(ctx context.Context, reference string, f *flags, t terminal) (image *analyze.Handle, result *analyze.Result, err error) {
	if err := d.read(reference, f); err != nil {
		return nil, nil, err
	}
	if f.file != "" && isSaved(reference) {
		return nil, nil, f.refuseForSaved(reference)
	}
	options := f.options(t.std.In)
	options.NeedBuild = true // to ask the rules again
	result, err = withProgress(ctx, f, t, options, func(options analyze.Options) (*analyze.Result, error) {
		if d.sample != "" {
			image, err = d.openSample(ctx, options)
		} else {
			image, err = analyze.Open(ctx, reference, options)
		}
		if err != nil {
			return nil, err
		}
		if f.file == "" && d.sample == "" {
			if d.path, d.text, err = fix.Embedded(ctx, image.Image); err != nil {
				return nil, err
			}
			d.name = filepath.Base(d.path)
		}
		return image.Analyze(ctx)
	})
	if err != nil && image != nil {
		image.Close()
	}
	return image, result, err
}

// openSample opens the built-in sample together with its Dockerfile.
func (d *fixFile) openSample(ctx context.Context, options analyze.Options) (*analyze.Handle, error) {
	archive, size, err := demo.Archive(d.sample)
	if err != nil {
		return nil, err
	}
	return analyze.OpenInMemory(ctx, analyze.InMemory{Name: d.sample, Archive: archive, Size: size, Dockerfile: d.text, BuiltIn: true}, options)
}

// read reads both files where -f names the Dockerfile. Without -f the Dockerfile is
// that of the built-in sample, or the one in the image's provenance, and there is
// nothing beside it.
func (d *fixFile) read(reference string, f *flags) (err error) {
	d.ignoreName = ".dockerignore"
	if sample, ok := strings.CutPrefix(reference, "demo:"); ok && f.file == "" {
		found, err := demo.Lookup(sample)
		d.sample, d.path, d.name, d.text = found.Name, "Dockerfile", "Dockerfile", []byte(found.Dockerfile)
		return err
	}
	if f.file == "" {
		return nil
	}
	d.path, d.name, d.dir = f.file, filepath.Base(f.file), below(filepath.Dir(f.file))
	if d.text, err = readSmall(f.file, fix.MaxDockerfile); err != nil {
		return fmt.Errorf("reading the Dockerfile: %w; pass another with -f", err)
	}
	ignore, err := analyze.ReadIgnoreFile(f.file, d.text, d.chosen)
	d.ignoreName, d.ignorePath, d.ignore = ignore.Name, ignore.Path(), ignore.Data
	if errors.Is(err, analyze.ErrContextAbove) {
		d.contextAbove, err = err.Error(), nil
	}
	return err
}

// below is a directory's way from the working directory, with slashes; "" where it does
// not lie in that.
func below(dir string) string {
	if filepath.IsAbs(dir) {
		working, err := os.Getwd()
		if err != nil {
			return ""
		}
		if dir, err = filepath.Rel(working, dir); err != nil {
			return ""
		}
	}
	if !filepath.IsLocal(dir) {
		return ""
	}
	return filepath.ToSlash(dir)
}

// printPlace says what was written, or where patch has to run if that is not the
// working directory.
func (d *fixFile) printPlace(w io.Writer, r *fix.Result, written bool) {
	if line := r.GeneratedLine(); line > 0 && !bytes.Equal(r.Old, r.New) {
		fmt.Fprintf(w, "line %d says that %s is generated; make the change in what it is generated from, too\n", line, display.OneLine(d.path))
	}
	ignores := editsIgnore(r)
	place := d.findPatchPlace(ignores)
	switch {
	case written && !bytes.Equal(r.Old, r.New):
		fmt.Fprintf(w, "wrote %s\n", display.OneLine(d.path))
	case !written && place.dir != "" && ignores && filepath.Dir(d.ignorePath) != filepath.Dir(d.path):
		fmt.Fprintf(w, "apply the diff in the build context: patch -p1 -d %s\n", display.OneLine(place.dir))
	case !written && place.dir != "":
		fmt.Fprintf(w, "apply the diff in the Dockerfile's directory: patch -p1 -d %s\n", display.OneLine(place.dir))
	}
	if !ignores {
		return
	}
	if written {
		fmt.Fprintf(w, "wrote %s\n", display.OneLine(d.ignorePath))
	}
	if dir := filepath.Dir(d.ignorePath); dir != "." && d.ignoreName == ".dockerignore" {
		fmt.Fprintf(w, "%s has an effect only if %s is the build context\n", display.OneLine(d.ignorePath), display.OneLine(dir))
	}
}

// readSmall reads a file of limited size; what it returns is not nil.
func readSmall(name string, limit int64) ([]byte, error) {
	if info, err := os.Stat(name); err == nil && info.Mode()&fs.ModeNamedPipe != 0 {
		return nil, fmt.Errorf("%s is a pipe, but tare reads it more than once; save it to a file", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(f, limit+1))
	if err == nil && n > limit {
		err = fmt.Errorf("%s is larger than %d MiB", name, limit>>20)
	}
	return append([]byte{}, b.Bytes()...), err
}
