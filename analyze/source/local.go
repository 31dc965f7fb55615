package source

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/tare-oci/tare/analyze/ctxio"
)

// openerOf returns what opens the images of one transport, or with "" whatever
// lies at the path. It takes a path as a user writes it, PATH[:NAME][@DIGEST].
func openerOf(transport string) func(context.Context, string, *Image, Options) error {
	return func(ctx context.Context, text string, img *Image, opt Options) error {
		path, want := splitPath(text)
		return openPath(ctx, path, want, transport, img, opt)
	}
}

// openPath opens an archive or a directory. want is the image's name or digest in
// it, "" for the only one.
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
	img.onClose(file.Close)
	if !info.Mode().IsRegular() {
		// A pipe, as the shell's <(docker save …) makes one.
		startStream(ctxio.Interruptible(ctx, file, silence, silent(opt.Waiting, path)), as, want, img, opt, 0).pipe = true
		return nil
	}
	if info, err = file.Stat(); err != nil { // of what was opened, which may be another file by now
		return unreadable(err)
	}
	check, err := unchanged(file, "the archive")
	if err != nil {
		return unreadable(err)
	}
	img.File = file
	img.onVerify(check)
	return openFile(ctx, file, info.Size(), as, want, img, opt)
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

// openAt opens an archive that lies in memory.
func openAt(ctx context.Context, at io.ReaderAt, size int64, transport string, img *Image, opt Options) error {
	return openFile(ctx, at, size, formats{transport: transport}, "", img, opt)
}

// openStream makes an image of what an engine saves. size is a guess, for a
// progress bar.
func openStream(r io.Reader, img *Image, opt Options, size int64) {
	startStream(r, formats{transport: viaDockerArchive}, "", img, opt, size)
}

// openPipe makes an image of an archive that comes through a pipe. what names the
// pipe in errors.
func openPipe(r io.Reader, what string, img *Image, opt Options) {
	s := startStream(r, formats{where: "FILE"}, "", img, opt, 0)
	s.act, s.pipe = "reading "+what, true
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
	s := &tarStream{img: img, raw: r, act: "reading " + img.Reference, as: as, want: want, asked: opt.Platform, guess: guess}
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
