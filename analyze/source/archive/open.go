// Package archive opens images in files: archives of docker save, old and new; OCI layouts
// (image-layout.md of the OCI image spec), as an archive or a directory; and what skopeo
// writes to dir:.
//
//	err := archive.Opener(archive.OCI)(ctx, "app.tar", img, opt) // fills in img
//
// A tar in a file is read in place. Its headers are read once, skipping the contents, and each
// layer is a section of the file that can be read at any time by any goroutine. A compressed
// archive, a pipe, or the output of an engine can be read only once, front to back. It becomes
// a Stream, which hands out possible layers as they pass and puts the image together at the
// end. In a directory, each layer's file is opened with the image and stays open until the
// image is closed.
//
// detect.go recognizes the format by the files inside, never by the name of the archive. Limits:
// 100,000 files of 64 GiB each, and documents as in package manifest. An archive in xz or bzip2
// may unpack to 4 GiB and 32 times its size.
package archive

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/tare-oci/tare/analyze/source/fileid"
	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/pipe"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// Opener returns what opens the images of one transport, or with "" whatever
// lies at the path. It takes a path as a user writes it, PATH[:NAME][@DIGEST].
func Opener(transport string) func(context.Context, string, *image.Image, image.Options) error {
	return func(ctx context.Context, text string, img *image.Image, opt image.Options) error {
		path, want := SplitPath(text)
		return openPath(ctx, path, want, transport, img, opt)
	}
}

// openPath opens an archive or a directory. want is the image's name or digest in
// it, "" for the only one.
func openPath(ctx context.Context, path, want, transport string, img *image.Image, opt image.Options) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &usererror.Error{What: "there is no such file or directory", Next: "check the path", Cause: errors.Join(usererror.ErrAbsent, fs.ErrNotExist)}
	}
	if err != nil {
		return fileid.Unreadable(err)
	}
	switch {
	case info.IsDir() && (transport == OCI || transport == Docker):
		return &usererror.Error{What: "it is a directory, not an archive", Next: "write oci-dir: before it"}
	case !info.IsDir() && (transport == OCIDir || transport == Dir):
		return &usererror.Error{What: "it is a file, not a directory", Next: "write oci-archive: before it"}
	}
	as := expected{transport: transport, directory: info.IsDir(), where: path}
	if info.IsDir() {
		f, err := newDirectory(path, img)
		if err != nil {
			return fileid.Unreadable(err)
		}
		return fill(ctx, f, as, want, img, opt)
	}
	file, err := pipe.Open(ctx, path, opt.Waiting)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fileid.Unreadable(err)
	}
	img.OnClose(file.Close)
	if !info.Mode().IsRegular() {
		// A pipe, as the shell's <(docker save …) makes one.
		startStream(pipe.NewReader(ctx, file, path, opt.Waiting), as, want, img, opt, 0).pipe = true
		return nil
	}
	if info, err = file.Stat(); err != nil { // of what was opened, which may be another file by now
		return fileid.Unreadable(err)
	}
	check, err := fileid.Watch(file, "the archive")
	if err != nil {
		return fileid.Unreadable(err)
	}
	img.File = file
	img.OnVerify(check)
	return openFile(ctx, file, info.Size(), as, want, img, opt)
}

// openFile opens an archive: in place, or as a stream where it is compressed.
func openFile(ctx context.Context, at io.ReaderAt, size int64, as expected, want string, img *image.Image, opt image.Options) error {
	head := make([]byte, headBytes)
	n, err := at.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch k := detectContent(head[:n]); {
	case k == tarContent:
		f, err := indexTar(ctx, at, size)
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

// OpenAt opens an archive that lies in memory.
func OpenAt(ctx context.Context, at io.ReaderAt, size int64, transport string, img *image.Image, opt image.Options) error {
	return openFile(ctx, at, size, expected{transport: transport}, "", img, opt)
}

// OpenStream makes an image of what an engine saves. size is a guess, for a
// progress bar.
func OpenStream(r io.Reader, img *image.Image, opt image.Options, size int64) {
	startStream(r, expected{transport: Docker}, "", img, opt, size)
}

// OpenPipe makes an image of an archive that comes through a pipe. what names the
// pipe in errors.
func OpenPipe(r io.Reader, what string, img *image.Image, opt image.Options) {
	s := startStream(r, expected{where: "FILE"}, "", img, opt, 0)
	s.act, s.pipe = "reading "+what, true
}

// startStream makes an image of an archive that can be read only once. Which
// format it is in is seen at its end; until then the source is what it probably is.
func startStream(r io.Reader, as expected, want string, img *image.Image, opt image.Options, guess int64) *Stream {
	if img.Source == "" {
		img.Source = Docker
		if as.transport != "" {
			img.Source = as.transport
		}
	}
	s := &Stream{img: img, raw: r, act: "reading " + img.Reference, as: as, want: want, asked: opt.Platform, guess: guess}
	img.Stream = s
	return s
}

// fill completes an image from files that can be read in any order.
func fill(ctx context.Context, f files, as expected, want string, img *image.Image, opt image.Options) error {
	found, source, err := detect(ctx, f, as)
	if err != nil {
		return err
	}
	if img.Source == "" {
		img.Source = source
	}
	if err := found.open(ctx, img, want, opt.Platform); err != nil {
		return err
	}
	img.LayersOf = within(found, img)
	return nil
}

// within looks for other images where an image came from, for the
// same platform.
func within(found format, img *image.Image) func(context.Context, string) ([]string, error) {
	return func(ctx context.Context, reference string) ([]string, error) {
		ids, err := found.layersOf(ctx, reference, img.Platform)
		if err != nil {
			return nil, &usererror.OpError{Act: "looking for " + reference, Err: err}
		}
		return ids, nil
	}
}
