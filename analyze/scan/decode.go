package scan

import (
	"io"

	"github.com/tare-oci/tare/analyze/compression"
	"github.com/tare-oci/tare/analyze/scan/inflate"
)

// Media types of layers by content, as the OCI image spec names them. The last
// two are not in it: Docker and Podman read such layers, containerd does not.
const (
	MediaTar  = "application/vnd.oci.image.layer.v1.tar"
	MediaGzip = "application/vnd.oci.image.layer.v1.tar+gzip"
	MediaZstd = "application/vnd.oci.image.layer.v1.tar+zstd"
	MediaXZ   = "application/vnd.oci.image.layer.v1.tar+xz"
	MediaBZ2  = "application/vnd.oci.image.layer.v1.tar+bzip2"
)

// sniffLen is how many bytes of a blob mediaTypeOf needs to see.
const sniffLen = compression.HeadBytes

// mediaTypeOf tells how a blob is stored, from its first bytes.
func mediaTypeOf(head []byte) string {
	switch compression.Detect(head) {
	case compression.Gzip:
		return MediaGzip
	case compression.Zstd:
		return MediaZstd
	case compression.XZ:
		return MediaXZ
	case compression.Bzip2:
		return MediaBZ2
	}
	return MediaTar
}

// newDecoder returns the decoder for a blob stored as mediaType. A trusted blob
// is one whose bytes the caller compares with a digest. A decoder that may use
// spare processors reads ahead, in goroutines that end before Close returns.
func newDecoder(mediaType string, r io.Reader, trusted, spare bool, reserve func(window int64) error) (decoder, error) {
	switch mediaType {
	case MediaGzip:
		return inflate.NewReader(r), nil
	case MediaZstd:
		return newZstdDecoder(r, trusted, spare, reserve)
	case MediaXZ:
		return newXZDecoder(r), nil
	case MediaBZ2:
		return newBzip2Decoder(r), nil
	}
	return &plainDecoder{r: r, buf: make([]byte, 256<<10)}, nil
}

// plainDecoder passes an uncompressed blob through. It has no marks: a place in
// the tar is the same place in the blob.
type plainDecoder struct {
	r   io.Reader
	buf []byte
}

func (d *plainDecoder) Next() ([]byte, error) {
	for range 100 {
		n, err := d.r.Read(d.buf)
		if n > 0 || err != nil {
			return d.buf[:n], err
		}
	}
	return nil, io.ErrNoProgress
}

func (*plainDecoder) Marks() []inflate.Mark { return nil }
func (*plainDecoder) Close() error          { return nil }
