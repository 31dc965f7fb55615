package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/load"
)

// loadReport returns the report of what a reference names: of an image, which it
// analyses, with progress on standard error as analyzeWithProgress has it, or of
// one that was analysed before, saved by -o json.
func loadReport(ctx context.Context, reference string, f *flags, t terminal) (*model.Report, error) {
	result, err := analyzeWithProgress(ctx, reference, f, t, f.options(t.std.In))
	if err != nil {
		return nil, err
	}
	return result.Report, nil
}

// analyzeOrLoad analyses an image, or reads its saved report.
func analyzeOrLoad(ctx context.Context, reference string, f *flags, options analyze.Options) (*analyze.Result, error) {
	if !isSaved(reference) {
		return analyze.Analyze(ctx, reference, options)
	}
	r, err := f.loadSaved(ctx, reference)
	if err != nil {
		return nil, err
	}
	return &analyze.Result{Report: r}, nil
}

// loadSaved reads a saved report, if no flag says how to analyse an image.
func (f *flags) loadSaved(ctx context.Context, reference string) (*model.Report, error) {
	if err := f.refuseForSaved(reference); err != nil {
		return nil, err
	}
	return loadSaved(ctx, reference, f)
}

// isSaved reports whether a reference is a file that holds JSON. No image does: an
// archive is a tar, a layout a directory. What its name ends in says nothing.
func isSaved(reference string) bool {
	info, err := os.Stat(reference)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	file, err := os.Open(reference)
	if err != nil {
		return false // opening it as an image says why
	}
	defer file.Close()
	head := make([]byte, 4096)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false
	}
	head = bytes.TrimPrefix(head[:n], utf8Mark)
	return bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("{"))
}

// utf8Mark is what some editors and shells put before a text.
var utf8Mark = []byte("\xef\xbb\xbf")

// refuseForSaved refuses flags that say how to analyse an image.
func (f *flags) refuseForSaved(name string) error {
	for _, flag := range []struct {
		name string
		set  bool
	}{{"--base", f.base != ""}, {"--dockerfile", f.file != ""}, {"--verify", f.verify}, {"--manifests", f.manifests != nil}} {
		if flag.set {
			return fmt.Errorf("%s is a saved report, and %s has no effect on it; leave it out, or name the image", name, flag.name)
		}
	}
	return nil
}

// loadSaved reads a saved report.
func loadSaved(ctx context.Context, name string, f *flags) (*model.Report, error) {
	file, err := os.Open(name)
	if err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err // the path is named already
		}
		return nil, fmt.Errorf("opening %s: %w; check its permissions", name, err)
	}
	defer file.Close()
	r, err := load.Read(skipMark(&until{ctx, file}))
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, load.ErrForeign):
		return nil, fmt.Errorf("opening %s: it is JSON, but %w; tare -o json=FILE IMAGE writes one", name, err)
	case errors.Is(err, load.ErrNewer):
		return nil, fmt.Errorf("opening %s: %w; use that one", name, err)
	case err != nil:
		return nil, fmt.Errorf("opening %s: %w; write it again with tare -o json=FILE IMAGE", name, err)
	}
	if f.platform != "" && !source.PlatformMatches(r.Image.Platform, f.platform) {
		return nil, fmt.Errorf("%s is a saved report of an image for %s, not for %s; leave --platform out, or name the image", name, r.Image.Platform, f.platform)
	}
	if f.files && r.Tree == nil {
		return nil, fmt.Errorf("%s was saved without its files; save it with --files, or name the image", name)
	}
	return r, nil
}

// until ends reading when its context does.
type until struct {
	ctx  context.Context
	from io.Reader
}

func (u *until) Read(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.from.Read(b)
}

// skipMark leaves out a UTF-8 mark at the start.
func skipMark(from io.Reader) io.Reader {
	head := make([]byte, len(utf8Mark))
	n, err := io.ReadFull(from, head)
	if err == nil && bytes.Equal(head, utf8Mark) {
		return from
	}
	return io.MultiReader(bytes.NewReader(head[:n]), from)
}
