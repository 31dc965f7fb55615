package rope

import (
	"archive/tar"
	"bytes"
	"fmt"
	"time"
)

// BlockSize is what tar rounds headers and contents up to.
const BlockSize = 512

// Zeros ends a tar.
var Zeros [2 * BlockSize]byte

// Tar is a tar archive made of ropes. End it by adding Zeros.
type Tar struct {
	Rope
	ModTime time.Time // of every file
}

// File appends a regular file.
func (t *Tar) File(name string, content *Rope) error {
	var header bytes.Buffer
	h := tar.Header{Typeflag: tar.TypeReg, Name: name, Size: content.Size(), Mode: 0o644, ModTime: t.ModTime, Format: tar.FormatUSTAR}
	if h.Size >= 8<<30 {
		h.Format = tar.FormatPAX // USTAR has eleven octal digits
	}
	err := tar.NewWriter(&header).WriteHeader(&h)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	t.Add(header.Bytes())
	t.Join(content)
	t.Add(Zeros[:-content.Size()&(BlockSize-1)])
	return nil
}

// Small appends a regular file whose content is at hand.
func (t *Tar) Small(name string, content []byte) error {
	var r Rope
	r.Add(content)
	return t.File(name, &r)
}
