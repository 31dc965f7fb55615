package archive

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/imagename"
	"github.com/tare-oci/tare/analyze/source/manifest"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

const (
	// maxOddDocument is how large a small file may be that does not look like
	// JSON and is kept all the same, so that errors can tell what is wrong with it.
	maxOddDocument = 4 << 10
	// maxTrailer is how much may follow a tar's end. It is read so that whoever
	// writes into the pipe does not find it closed.
	maxTrailer = 1 << 20
)

// Stream reads an archive of images front to back. Documents are kept, blobs
// that may be layers are handed out as they pass, and when the archive has
// ended the image is put together from what was kept.
type Stream struct {
	contents
	img    *image.Image
	raw    io.Reader // the archive as it comes
	plain  io.Reader // decompressed; nil before the first call of Next
	tar    *tar.Reader
	act    string // what is being done, for errors
	last   string // entry before, for errors
	as     expected
	want   string // which image, "" for the only one
	asked  string // which platform
	pipe   bool   // the archive has no name of its own
	guess  int64
	kept   int64 // bytes of documents
	turn   int   // counts calls of Next, to find readers that are out of date
	sticky error
}

// begin looks at the first bytes of the archive, which may be as it is or
// compressed. An engine may take seconds to send them, so this waits until
// somebody wants a blob.
func (s *Stream) begin() error {
	plain, free, err := plainTar(s.raw)
	if err != nil {
		return err
	}
	s.img.OnClose(func() error { free(); return nil })
	s.plain, s.tar = plain, tar.NewReader(plain)
	return nil
}

// Size is a guess at the length of the stream, 0 when unknown.
func (s *Stream) Size() int64 { return s.guess }

// Next returns the next blob that may be a layer.
func (s *Stream) Next(ctx context.Context) (*image.Blob, error) {
	if s.sticky != nil {
		return nil, s.sticky
	}
	s.turn++
	blob, err := s.next(ctx)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &usererror.OpError{Act: s.act, Err: err}
	}
	s.sticky = err
	return blob, err
}

func (s *Stream) next(ctx context.Context) (*image.Blob, error) {
	if s.plain == nil {
		if err := s.begin(); err != nil {
			return nil, err
		}
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		header, err := s.tar.Next()
		if errors.Is(err, io.EOF) {
			return nil, s.finish(ctx)
		}
		if err != nil {
			return nil, brokenTar(s.last, err)
		}
		s.last = header.Name
		blob, err := s.entry(header)
		if blob != nil || err != nil {
			return blob, err
		}
	}
}

// entry keeps a document or returns a blob.
func (s *Stream) entry(header *tar.Header) (*image.Blob, error) {
	if isSparse(header) {
		return nil, holes(header.Name)
	}
	e := entry{size: header.Size}
	var head []byte
	if header.FileInfo().Mode().IsRegular() {
		head = make([]byte, min(headBytes, header.Size))
		if _, err := io.ReadFull(s.tar, head); err != nil {
			return nil, brokenTar(header.Name, cutShort(err))
		}
		e.kind = detectContent(head)
		if !e.kind.maybeLayer() {
			return nil, s.keep(header, e, head)
		}
	}
	if err := s.add(header, e); err != nil {
		return nil, err
	}
	name := cleanName(header.Name)
	if _, ok := s.entries[name]; !ok || head == nil {
		return nil, nil
	}
	return &image.Blob{
		Name: name, Digest: manifest.PromisedDigest(name), Size: e.size,
		Reader: &blobReader{s: s, head: head, name: name, turn: s.turn},
	}, nil
}

// keep reads a document, if it is one and there is room.
func (s *Stream) keep(header *tar.Header, e entry, head []byte) error {
	limit := int64(maxOddDocument)
	if e.kind == jsonContent {
		limit = manifest.MaxDocument
	}
	if e.size > limit || s.kept+e.size > manifest.MaxDocuments {
		e.gone = true
		return s.add(header, e)
	}
	s.kept += e.size
	e.data = make([]byte, e.size)
	n := copy(e.data, head)
	if _, err := io.ReadFull(s.tar, e.data[n:]); err != nil && e.size > int64(n) {
		return brokenTar(header.Name, cutShort(err))
	}
	return s.add(header, e)
}

// cutShort turns the end of a file where there should be more into the error for that.
func cutShort(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// finish completes the image once everything was read.
func (s *Stream) finish(ctx context.Context) error {
	if _, err := io.CopyN(io.Discard, s.plain, maxTrailer); err != nil && !errors.Is(err, io.EOF) {
		return brokenTar(s.last, err)
	}
	found, source, err := detect(ctx, s, s.as)
	if err != nil {
		return err
	}
	if err := found.open(ctx, s.img, s.want, s.asked); err != nil {
		return err
	}
	if s.img.LayersOf == nil {
		s.img.LayersOf = within(found, s.img)
	}
	// What is not an image's name, an archive may have made up to be printed.
	if s.pipe && imagename.Valid(s.img.Name) {
		s.img.Reference = s.img.Name
	}
	switch s.img.Source {
	case Docker, OCI:
		s.img.Source = source // it was a guess
	}
	return io.EOF
}

func (s *Stream) document(_ context.Context, name string) ([]byte, error) {
	e, _, ok := s.find(name)
	switch {
	case !ok:
		return nil, missing(name)
	case e.gone && e.size > manifest.MaxDocument:
		return nil, manifest.TooLarge(name)
	case e.gone && e.kind == jsonContent:
		return nil, manifest.TooMuch()
	case e.gone || e.kind.maybeLayer() && e.size > 0:
		return nil, &usererror.Error{What: name + " is not JSON", Next: "save the image again"}
	}
	return e.data, nil
}

func (s *Stream) layer(name string) (image.Layer, error) {
	e, real, ok := s.find(name)
	if !ok {
		return image.Layer{}, missing(name)
	}
	if !e.kind.maybeLayer() {
		return image.Layer{}, &usererror.Error{What: fmt.Sprintf("%s is neither a tar nor compressed in a way that engines support", name), Next: "build or pull the image again"}
	}
	return image.Layer{Blob: real, Size: e.size}, nil
}

// blobReader reads the current blob of a stream.
type blobReader struct {
	s    *Stream
	head []byte
	name string
	turn int
}

func (b *blobReader) Read(p []byte) (int, error) {
	if b.turn != b.s.turn {
		return 0, fmt.Errorf("reading %s: the stream has moved on", b.name)
	}
	if len(b.head) > 0 {
		n := copy(p, b.head)
		b.head = b.head[n:]
		return n, nil
	}
	n, err := b.s.tar.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &usererror.OpError{Act: b.s.act, Err: brokenTar(b.name, err)}
	}
	return n, err
}
