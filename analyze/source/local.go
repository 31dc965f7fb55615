package source

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
)

// openPath opens an archive or a directory.
func openPath(ctx context.Context, path, want, transport string, img *Image, opt Options) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &problem{what: "there is no such file or folder", next: "check the path", cause: fs.ErrNotExist}
	}
	if err != nil {
		return unreadable(err)
	}
	switch {
	case info.IsDir() && (transport == viaOCIArchive || transport == viaDockerArchive):
		return &problem{what: "it is a folder, not an archive", next: "write oci-dir: before it"}
	case !info.IsDir() && (transport == viaOCIDir || transport == viaDir):
		return &problem{what: "it is a file, not a folder", next: "write oci-archive: before it"}
	}
	as := formats{transport: transport, folder: info.IsDir(), where: path}
	if info.IsDir() {
		f, err := openFolder(path, img)
		if err != nil {
			return unreadable(err)
		}
		return fill(ctx, f, as, want, img, opt)
	}
	file, err := OpenFile(ctx, path, opt.Waiting)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return unreadable(err)
	}
	img.close = append(img.close, file.Close)
	if !info.Mode().IsRegular() {
		// A pipe, as the shell's <(docker save …) makes one.
		startStream(interruptible(ctx, file, opt.silent(path)), as, want, img, opt, 0).pipe = true
		return nil
	}
	if info, err = file.Stat(); err != nil { // of what was opened, which may be another file by now
		return unreadable(err)
	}
	check, err := unchanged(file, "the archive")
	if err != nil {
		return unreadable(err)
	}
	img.File, img.checks = file, append(img.checks, check)
	return openFile(ctx, file, info.Size(), as, want, img, opt)
}

// unreadable explains why the system would not open a file or directory.
func unreadable(err error) error {
	what := err
	var at *fs.PathError
	if errors.As(err, &at) {
		what = at.Err // the path is named already
	}
	return &problem{what: what.Error(), next: "check who may read it", cause: err}
}

// openFile opens an archive: in place, or as a stream where it is compressed.
func openFile(ctx context.Context, at io.ReaderAt, size int64, as formats, want string, img *Image, opt Options) error {
	head := make([]byte, sniffBytes)
	n, err := at.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch k := kindOf(head[:n]); {
	case k == tarKind:
		f, err := indexArchive(ctx, at, size)
		if err != nil {
			return err
		}
		return fill(ctx, f, as, want, img, opt)
	case k.compressed():
		startStream(io.NewSectionReader(at, 0, size), as, want, img, opt, size)
		return nil
	default:
		return notAnArchive(k)
	}
}

// startStream makes an image of an archive that can be read only once. Which
// format it is in is seen at its end; until then the source is what it probably is.
func startStream(r io.Reader, as formats, want string, img *Image, opt Options, guess int64) *tarStream {
	if img.Source == "" {
		img.Source = viaDockerArchive
		if as.transport != "" {
			img.Source = as.transport
		}
	}
	act := "reading " + img.Reference
	if img.Source == viaStdin {
		act = "reading standard input"
	}
	s := &tarStream{img: img, raw: r, act: act, as: as, want: want, asked: opt.Platform, guess: guess}
	img.Stream = s
	return s
}

// fill completes an image from files that can be read in any order.
func fill(ctx context.Context, f files, as formats, want string, img *Image, opt Options) error {
	place, source, err := recognise(ctx, f, as)
	if err != nil {
		return err
	}
	if img.Source == "" {
		img.Source = source
	}
	if err := place.open(ctx, img, want, opt.Platform); err != nil {
		return err
	}
	img.LayersOf = within(place, img)
	return nil
}

// within looks for other images on the shelf that an image came from, for the
// same platform.
func within(place shelf, img *Image) func(context.Context, string) ([]string, error) {
	return func(ctx context.Context, reference string) ([]string, error) {
		ids, err := place.layersOf(ctx, reference, img.Platform)
		if err != nil {
			return nil, &failure{act: "looking for " + reference, err: err}
		}
		return ids, nil
	}
}
