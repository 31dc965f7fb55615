package archive

import (
	"bufio"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/compression/xz"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// plainTar returns the tar within a stream: the stream itself, or what it
// decompresses to. done frees the decompressor.
func plainTar(r io.Reader) (plain io.Reader, done func(), err error) {
	none := func() {}
	in := bufio.NewReaderSize(r, 64<<10)
	head, err := in.Peek(headBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, none, err
	}
	switch k := detectContent(head); k {
	case tarContent:
		return in, none, nil
	case gzipContent:
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, none, fmt.Errorf("decompressing it: %w", err)
		}
		return bufio.NewReaderSize(z, 64<<10), none, nil
	case zstdContent:
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(budget.MaxWindow))
		if err != nil {
			return nil, none, fmt.Errorf("decompressing it: %w", err)
		}
		return bufio.NewReaderSize(z, 64<<10), z.Close, nil
	case xzContent:
		return bufio.NewReaderSize(newLimitReader("xz", in, func(r io.Reader) io.Reader { return xz.NewReader(r) }), 64<<10), none, nil
	case bzip2Content:
		return bufio.NewReaderSize(newLimitReader("bzip2", in, bzip2.NewReader), 64<<10), none, nil
	default:
		return nil, none, notAnArchive(k)
	}
}

// What an archive compressed with xz or bzip2 may hold, in bytes: freeUnpacked, and
// maxRatio for each byte read of it. Both pack zeros more than a thousand times as
// densely as gzip does, so that a kilobyte could keep a processor busy for hours.
const (
	freeUnpacked = 4 << 30
	maxRatio     = 32
)

// limitReader reads from a decompressor and fails once that has written more than
// its input allows. It says in our words what others find wrong.
type limitReader struct {
	r    io.Reader
	in   *countReader
	free int64 // bytes that any input may unpack to
	out  int64 // bytes read so far
	from string
}

// countReader counts the bytes that are read.
type countReader struct {
	r io.Reader
	n int64
}

func (c *countReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// newLimitReader bounds what decompress makes of in. from names its format.
func newLimitReader(from string, in io.Reader, decompress func(io.Reader) io.Reader) *limitReader {
	counted := &countReader{r: in}
	return &limitReader{r: decompress(counted), in: counted, free: freeUnpacked, from: from}
}

func (l *limitReader) Read(p []byte) (int, error) {
	if l.out > l.free+maxRatio*l.in.n {
		return 0, &usererror.Error{
			What: fmt.Sprintf("decompressed from %s it is over %d GiB and more than %d times as large", l.from, freeUnpacked>>30, maxRatio),
			Next: "decompress it first, and name the resulting file",
		}
	}
	n, err := l.r.Read(p)
	l.out += int64(n)
	switch {
	case errors.Is(err, xz.ErrDictionary), errors.Is(err, xz.ErrFilter), errors.Is(err, xz.ErrWasteful):
		err = &usererror.Error{What: err.Error(), Next: "decompress it first: xz -d", Cause: err}
	case errors.As(err, new(bzip2.StructuralError)):
		err = fmt.Errorf("damaged bzip2 data (%w)", err)
	}
	return n, err
}

// notAnArchive says what a file is instead of an archive.
func notAnArchive(k content) error {
	next := "make an archive with docker save, or skopeo copy to oci-archive"
	switch k {
	case emptyContent:
		return &usererror.Error{What: "it is empty", Next: next}
	case webContent:
		return &usererror.Error{What: "it is a web page, not an archive", Next: "it may be a login page; download the archive again"}
	case jsonContent:
		return &usererror.Error{What: "it is a JSON document, not an archive", Next: next}
	}
	return &usererror.Error{What: "it is not a tar archive", Next: next}
}
