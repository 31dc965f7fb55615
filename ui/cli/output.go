package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report"
)

// output is one -o: a format and where it goes; "" is standard output.
type output struct {
	format, file string
}

// parseOutputs reads FORMAT[=FILE]; a file of "-" is standard output.
func parseOutputs(values []string) ([]output, error) {
	var outputs []output
	toStdout := ""
	for _, v := range values {
		format, file, _ := strings.Cut(v, "=")
		switch format {
		case "text", "json":
		default:
			return nil, fmt.Errorf("-o %s: there is no format %q; there are text and json", v, format)
		}
		if file == "-" {
			file = ""
		}
		if file == "" {
			if toStdout != "" {
				return nil, fmt.Errorf("-o %s: standard output carries %s already; give one of them a file: -o %s=FILE", v, toStdout, format)
			}
			toStdout = format
		}
		outputs = append(outputs, output{format, file})
	}
	return outputs, nil
}

// write writes a report to one output.
func (o output) write(r *model.Report, f *flags, t terminal) error {
	if o.file == "" {
		return o.writeTo(t.std.Out, r, f, t)
	}
	return replaceFile(o.file, func(w io.Writer) error { return o.writeTo(w, r, f, t) })
}

func (o output) writeTo(w io.Writer, r *model.Report, f *flags, t terminal) error {
	var writer report.Writer = report.JSON{Files: f.files}
	if o.format == "text" {
		writer = report.Text{Width: t.width(w), Color: t.color(w, f.color), ASCII: t.ascii(f.ascii), Verbose: f.verbose}
	}
	buffered := bufio.NewWriter(w)
	if err := writer.Write(buffered, r); err != nil {
		return fmt.Errorf("writing the %s report: %w", o.format, err)
	}
	if err := buffered.Flush(); err != nil {
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
		return fmt.Errorf("writing %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return os.Rename(f.Name(), name)
}
