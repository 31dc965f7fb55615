package archive

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/manifest"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// tarIndex is an uncompressed tar of images that is read in place: its headers
// were read once, seeking over the content, and every file is a section of it.
type tarIndex struct {
	contents
	at io.ReaderAt
}

// indexTar reads the headers of a tar of size bytes.
func indexTar(ctx context.Context, at io.ReaderAt, size int64) (*tarIndex, error) {
	a := &tarIndex{at: at}
	// archive/tar seeks where its reader can, and reads headers without looking
	// ahead, so after Next the section stands at the content.
	section := io.NewSectionReader(at, 0, size)
	headers := tar.NewReader(section)
	last := ""
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		header, err := headers.Next()
		if errors.Is(err, io.EOF) {
			return a, nil
		}
		if err != nil {
			return nil, brokenTar(last, err)
		}
		offset, err := section.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil, err
		}
		sparse := isSparse(header)
		if !sparse && header.Size > size-offset {
			return nil, brokenTar(header.Name, io.ErrUnexpectedEOF)
		}
		if err := a.add(header, entry{offset: offset, size: header.Size, sparse: sparse}); err != nil {
			return nil, err
		}
		last = header.Name
	}
}

// brokenTar explains why a tar could not be read to its end.
func brokenTar(after string, err error) error {
	var said *usererror.Error
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &said) {
		return err
	}
	where := "at its start"
	if after != "" {
		where = "at " + cleanName(after)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return &usererror.Error{What: "the archive ends early, " + where, Next: "it was cut off; save or download it again", Cause: err}
	}
	return &usererror.Error{What: fmt.Sprintf("the archive is damaged %s (%v)", where, err), Next: "save or download it again", Cause: err}
}

func (a *tarIndex) document(_ context.Context, name string) ([]byte, error) {
	e, _, ok := a.find(name)
	switch {
	case !ok:
		return nil, missing(name)
	case e.size > manifest.MaxDocument:
		return nil, manifest.TooLarge(name)
	case e.sparse:
		return nil, holes(name)
	}
	doc := make([]byte, e.size)
	if _, err := a.at.ReadAt(doc, e.offset); err != nil && !(errors.Is(err, io.EOF) && e.size == 0) {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return doc, nil
}

func (a *tarIndex) layer(name string) (image.Layer, error) {
	e, _, ok := a.find(name)
	if !ok {
		return image.Layer{}, missing(name)
	}
	if e.sparse {
		return image.Layer{}, holes(name)
	}
	return image.Layer{Size: e.size, Open: sectionOpener(a.at, e.offset, e.size), At: io.NewSectionReader(a.at, e.offset, e.size)}, nil
}

func holes(name string) error {
	return &usererror.Error{What: name + " is stored with holes, as tar --sparse does", Next: "pack the archive without --sparse", Cause: fs.ErrInvalid}
}

// sectionOpener reads a part of something that stays open until the image is closed.
func sectionOpener(at io.ReaderAt, offset, size int64) func(context.Context) (io.ReadCloser, error) {
	return func(ctx context.Context) (io.ReadCloser, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return io.NopCloser(io.NewSectionReader(at, offset, size)), nil
	}
}
