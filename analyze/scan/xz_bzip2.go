package scan

import (
	"compress/bzip2"
	"errors"
	"fmt"
	"io"

	"github.com/tare-oci/tare/analyze/compression/xz"
	"github.com/tare-oci/tare/analyze/scan/inflate"
)

// rareWeight is how many times longer xz and bzip2 take for a decoded byte than
// gzip and zstd do, so that many bytes it costs of the image's budget.
const rareWeight = 8

// rareDecoder decodes what few layers are compressed with: xz and bzip2.
type rareDecoder struct {
	r     io.Reader
	buf   []byte
	marks func(end bool) []inflate.Mark
	ended bool
}

// newXZDecoder notes where each block ends; most files have one.
func newXZDecoder(r io.Reader) *rareDecoder {
	in := xz.NewReader(r)
	return &rareDecoder{r: in, buf: make([]byte, 64<<10), marks: func(bool) []inflate.Mark {
		var marks []inflate.Mark
		for _, m := range in.Marks() {
			marks = append(marks, inflate.Mark(m))
		}
		return marks
	}}
}

// newBzip2Decoder notes where the file ends, and nothing else: the standard
// library does not tell of blocks, which end in the middle of a byte.
func newBzip2Decoder(r io.Reader) *rareDecoder {
	in := &counted{r: r}
	out := &counted{r: bzip2.NewReader(in)}
	return &rareDecoder{r: out, buf: make([]byte, 64<<10), marks: func(end bool) []inflate.Mark {
		if !end {
			return nil
		}
		return []inflate.Mark{{In: in.n, Out: out.n}}
	}}
}

func (d *rareDecoder) Next() ([]byte, error) {
	for range 100 {
		n, err := d.r.Read(d.buf)
		if n > 0 || err != nil {
			d.ended = d.ended || err == io.EOF
			if errors.As(err, new(bzip2.StructuralError)) {
				err = fmt.Errorf("damaged bzip2 data (%w)", err)
			}
			if errors.Is(err, xz.ErrDictionary) || errors.Is(err, xz.ErrWasteful) {
				err = &LimitError{What: "what an xz layer wants to hold in memory", Limit: fmt.Sprintf("%d MiB", xz.MaxDictionary>>20)}
			}
			return d.buf[:n], err
		}
	}
	return nil, io.ErrNoProgress
}

func (d *rareDecoder) Marks() []inflate.Mark {
	end := d.ended
	d.ended = false
	return d.marks(end)
}

func (*rareDecoder) Close() error { return nil }

// counted counts what was read.
type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
