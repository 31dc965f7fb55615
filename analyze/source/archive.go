package source

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// archive is an uncompressed tar of images that is read in place: its headers
// were read once, seeking over the content, and every file is a section of it.
type archive struct {
	contents
	at io.ReaderAt
}

// indexArchive reads the headers of a tar of size bytes.
func indexArchive(ctx context.Context, at io.ReaderAt, size int64) (*archive, error) {
	a := &archive{at: at}
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
	var said *problem
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &said) {
		return err
	}
	where := "at its start"
	if after != "" {
		where = "at " + cleanName(after)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return &problem{what: "the archive ends early, " + where, next: "it was cut off; save or download it again", cause: err}
	}
	return &problem{what: fmt.Sprintf("the archive is damaged %s (%v)", where, err), next: "save or download it again", cause: err}
}

func (a *archive) document(_ context.Context, name string) ([]byte, error) {
	e, _, ok := a.find(name)
	switch {
	case !ok:
		return nil, missing(name)
	case e.size > maxDocument:
		return nil, tooLarge(name)
	case e.sparse:
		return nil, holes(name)
	}
	doc := make([]byte, e.size)
	if _, err := a.at.ReadAt(doc, e.offset); err != nil && !(errors.Is(err, io.EOF) && e.size == 0) {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return doc, nil
}

func (a *archive) layer(name string) (Layer, error) {
	e, _, ok := a.find(name)
	if !ok {
		return Layer{}, missing(name)
	}
	if e.sparse {
		return Layer{}, holes(name)
	}
	return Layer{Size: e.size, Open: sectionOpener(a.at, e.offset, e.size), At: io.NewSectionReader(a.at, e.offset, e.size)}, nil
}

func holes(name string) error {
	return &problem{what: name + " is stored with holes, as tar --sparse does", next: "pack the archive without --sparse", cause: fs.ErrInvalid}
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
