package cli

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/nearest"
)

// output is one -o: a format and where it goes; "" is standard output.
type output struct {
	format, file string
}

// parseOutputs reads FORMAT[=FILE], where the format is one of names; a file of
// "-" is standard output.
func parseOutputs(values, names []string) ([]output, error) {
	var outputs []output
	written := map[string]string{} // by file: the format
	for _, v := range values {
		format, file, _ := strings.Cut(v, "=")
		if !slices.Contains(names, format) {
			hint := ""
			if near := nearest.Name(strings.ToLower(format), names); near != "" {
				hint = " (did you mean " + near + "?)"
			}
			return nil, fmt.Errorf("-o %s: there is no format %q%s; there are %s", v, format, hint, listed(names))
		}
		if file == "-" {
			file = ""
		}
		if file != "" {
			file = filepath.Clean(file)
		}
		if other, ok := written[file]; ok {
			where := cmp.Or(file, "standard output")
			return nil, fmt.Errorf("-o %s: %s carries %s already; give one of them another file: -o %s=FILE", v, where, other, format)
		}
		written[file] = format
		outputs = append(outputs, output{format, file})
	}
	return outputs, nil
}

// write writes a report to one output, with what the gate said of it; c is nil
// where nobody asked the gate.
func (o output) write(r *model.Report, c *model.Check, f *flags, t terminal) error {
	at := slices.IndexFunc(formats, func(known format) bool { return known.name == o.format })
	return o.send(t, func(w, to io.Writer) error { return formats[at].writer(to, c, f, t).Write(w, r) })
}

// send lets write say something to one output. w is buffered; to is where it
// goes in the end, to be asked whether it is a terminal.
func (o output) send(t terminal, write func(w, to io.Writer) error) error {
	if o.file == "" {
		return o.buffer(t.std.Out, write)
	}
	return replaceFile(o.file, func(to io.Writer) error { return o.buffer(to, write) })
}

func (o output) buffer(to io.Writer, write func(w, to io.Writer) error) error {
	w := bufio.NewWriter(to)
	if err := write(w, to); err != nil {
		return fmt.Errorf("writing the %s report: %w", o.format, err)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("writing the %s report: %w", o.format, err)
	}
	return nil
}

// replaceFile writes a file such that nobody ever sees half of it: beside it
// first, then under its name. What is not a regular file (a pipe, a device) is
// written to as it is.
func replaceFile(name string, write func(io.Writer) error) (err error) {
	if info, e := os.Stat(name); e == nil && !info.Mode().IsRegular() {
		if info.IsDir() {
			return fmt.Errorf("writing %s: it is a folder; name a file in it", name)
		}
		f, e := os.OpenFile(name, os.O_WRONLY, 0)
		if e != nil {
			return fmt.Errorf("writing: %w", e)
		}
		defer f.Close()
		return write(f)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".tare-*")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("writing %s: the folder %s does not exist; make it first", name, filepath.Dir(name))
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("writing %s: permission denied; choose another folder", name)
	case err != nil:
		return notWritten(name, err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return notWritten(name, err)
	}
	if err := f.Chmod(0o644); err != nil {
		return notWritten(name, err)
	}
	if err := f.Close(); err != nil {
		return notWritten(name, err)
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return notWritten(name, err)
	}
	return nil
}

// notWritten is an error with the name that the user gave, not with that of the
// file beside it.
func notWritten(name string, err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return fmt.Errorf("writing %s: %w; make room, or write elsewhere", name, err)
}
