package scan

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/scan/inflate"
	"github.com/tare-oci/tare/analyze/source/image"
)

// endless decodes to so many bytes, the same ones over and over.
type endless struct {
	run  []byte
	left int64
}

func (d *endless) Next() ([]byte, error) {
	if d.left == 0 {
		return nil, io.EOF
	}
	p := d.run[:min(d.left, int64(len(d.run)))]
	d.left -= int64(len(p))
	return p, nil
}

func (*endless) Marks() []inflate.Mark { return nil }
func (*endless) Close() error          { return nil }

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// TestLimits reaches every limit of a layer, and passes it: the former is no
// matter of limits, the latter is refused with its name.
func TestLimits(t *testing.T) {
	file := func(name string) header { return header{Name: []byte(name), Type: typeRegular} }
	add := func(b *builder, h header) error { _, err := b.add(&h); return err }
	// in reads a tar that says more than it holds: what follows a header would
	// be the size of the limit.
	in := func(opt Options, headers ...[]byte) error {
		blob := bytes.Join(headers, nil)
		l := image.Layer{Size: int64(len(blob)), Open: func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(blob)), nil
		}}
		_, err := Layer(t.Context(), l, opt)
		return err
	}
	all := Options{Capture: func(string, int64) bool { return true }}
	for _, c := range []struct {
		says string
		try  func(beyond int64) error
	}{
		{"the decompressed layer is over tare's limit of 64 GiB", func(beyond int64) error {
			c := &streamCursor{dec: &endless{make([]byte, 1<<20), MaxLayerBytes + beyond}}
			return c.drain()
		}},
		{"the size of the layer's files is over tare's limit of 64 GiB", func(beyond int64) error {
			b, one, two := newBuilder(), file("a"), file("b")
			one.Size, two.Size = MaxLayerBytes-1, 1+beyond
			return errors.Join(add(b, one), add(b, two))
		}},
		{"the number of entries in the layer is over tare's limit of 10 million", func(beyond int64) error {
			b := newBuilder()
			b.x.Entries = make([]Entry, MaxEntries-1+beyond, MaxEntries+1) // memory that nobody touches
			return add(b, file("a"))
		}},
		{"a file name is over tare's limit of 64 KiB", func(beyond int64) error {
			return add(newBuilder(), file(strings.Repeat("./", MaxNameBytes/2-1)+strings.Repeat("a", 2+int(beyond))))
		}},
		{"a file name is over tare's limit of 64 KiB", func(beyond int64) error {
			return add(newBuilder(), file(strings.Repeat("a", MaxNameBytes-1+int(beyond))))
		}},
		{"a file name is over tare's limit of 64 KiB", func(beyond int64) error {
			return add(newBuilder(), header{Name: []byte("a"), Type: typeSymlink, Link: bytes.Repeat([]byte("a"), MaxNameBytes+int(beyond))})
		}},
		{"the depth of a path is over tare's limit of 4096 directories", func(beyond int64) error {
			return add(newBuilder(), file(strings.Repeat("a/", MaxDepth-1+int(beyond))+"a"))
		}},
		{"the length of all names in the layer is over tare's limit of 128 MiB", func(beyond int64) error {
			b := newBuilder()
			b.kept = MaxNamesBytes - 4 + beyond
			return add(b, file("name"))
		}},
		{"the package database a is over tare's limit of 64 MiB", func(beyond int64) error {
			return in(all, rawHeader("a", typeRegular, MaxCaptured+beyond, "ustar\x0000", nil))
		}},
		{"an extended tar header is over tare's limit of 1 MiB", func(beyond int64) error {
			return in(Options{}, rawHeader("a", typePAX, maxSpecial+beyond, "ustar\x0000", nil))
		}},
		{"an extended tar header is over tare's limit of 1 MiB", func(beyond int64) error {
			return in(Options{}, rawHeader("a", typeGNUName, maxSpecial+beyond, "ustar  \x00", nil))
		}},
		{"an item of the table of contents is over tare's limit of 4 MiB", func(beyond int64) error {
			_, err := io.ReadFull(&itemReader{r: new(zeros), left: maxItem}, make([]byte, maxItem+beyond))
			return err
		}},
	} {
		if err := c.try(0); errors.As(err, new(*LimitError)) {
			t.Errorf("just within %q: %v", c.says, err)
		}
		err := c.try(1)
		if !errors.As(err, new(*LimitError)) || err.Error() != c.says {
			t.Errorf("just beyond %q: %v", c.says, err)
		}
	}
}

// TestLimitsOfTOCs: a table of contents has no other limits than the layer.
func TestLimitsOfTOCs(t *testing.T) {
	for says, toc := range map[string]string{
		"64 GiB":           `{"entries":[{"name":"a","type":"reg","size":68719476737,"offset":1,"endOffset":2,"digest":"` + sum + `"}]}`,
		"64 MiB":           `{"entries":[{"name":"a","type":"reg","size":67108865,"offset":1,"endOffset":2,"digest":"` + sum + `"}]}`,
		"4096 directories": `{"entries":[{"name":"` + strings.Repeat("a/", MaxDepth) + `a","type":"dir"}]}`,
		"64 KiB":           `{"entries":[{"name":"` + strings.Repeat("a", MaxNameBytes+1) + `","type":"dir"}]}`,
		"4 MiB":            `{"entries":[{"name":"a","type":"dir","xattrs":{"a":"` + strings.Repeat("a", 2*maxItem) + `"}}]}`,
	} {
		_, err := TOC(t.Context(), chunkedLayer(t, []byte(toc)), Options{Capture: func(string, int64) bool { return true }})
		var limit *LimitError
		if !errors.As(err, &limit) || limit.Limit != says {
			t.Errorf("beyond %s: %v", says, err)
		}
	}
}

// TestLinksOfManyNames: what a hard link points to counts as a name, too.
func TestLinksOfManyNames(t *testing.T) {
	b := newBuilder()
	b.kept = MaxNamesBytes - 4
	_, err := b.add(&header{Name: []byte("a"), Type: typeLink, Link: []byte("name")})
	if !errors.As(err, new(*LimitError)) {
		t.Errorf("a long target is taken: %v", err)
	}
}
