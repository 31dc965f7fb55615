package fix

import (
	"archive/tar"
	"io"
	"path"
	"strings"
)

// filter copies a tar without some of its files. drop says by path for each entry of that path,
// in order, whether to leave it out; filter uses it up. Headers, padding and the end of the
// archive are copied byte for byte: an entry is what the tar reader consumes to read it.
func filter(to io.Writer, from io.Reader, drop map[string][]bool) error {
	raw := &recorder{r: from}
	archive := tar.NewReader(raw)
	copies := true
	for {
		raw.buffered = raw.buffered[:0]
		h, err := archive.Next()
		if err != nil && err != io.EOF {
			return err
		}
		// The buffer begins with the padding of the entry before, up to a whole block.
		padding := min(raw.padding, len(raw.buffered))
		if copies {
			if _, err := to.Write(raw.buffered[:padding]); err != nil {
				return err
			}
		}
		if copies = err == io.EOF || !isDropped(h, drop); copies {
			if _, err := to.Write(raw.buffered[padding:]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			_, err := io.Copy(to, from)
			return err
		}
		raw.pass = io.Discard
		if copies {
			raw.pass = to
		}
		if _, err := io.Copy(io.Discard, archive); err != nil { //nolint:gosec // thrown away, and the layer passed the limits when it was scanned
			return err
		}
		raw.padding = int(-raw.n & 511)
		raw.pass = nil
	}
}

// isDropped reports whether an entry is to be left out, and takes the answer off drop.
func isDropped(h *tar.Header, drop map[string][]bool) bool {
	if h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeGNUSparse && h.Typeflag != tar.TypeCont && h.Typeflag != '\x00' {
		return false
	}
	name := strings.TrimPrefix(path.Clean("/"+h.Name), "/")
	entries := drop[name]
	if len(entries) == 0 {
		return false
	}
	drop[name] = entries[1:]
	return entries[0]
}

// recorder is a reader that buffers what is read through it, or passes it on.
type recorder struct {
	r        io.Reader
	n        int64 // bytes so far
	buffered []byte
	pass     io.Writer // nil: into buffered
	padding  int       // bytes that are missing to a whole block
}

func (r *recorder) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	r.n += int64(n)
	if r.pass == nil {
		r.buffered = append(r.buffered, p[:n]...)
		return n, err
	}
	if _, e := r.pass.Write(p[:n]); e != nil {
		return n, e
	}
	return n, err
}
