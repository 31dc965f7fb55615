package indexstore

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/klauspost/compress/zstd"

	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source"
)

const (
	// magic is the first line of a document.
	magic = "tare layer index 1\n"
	// maxHead is how many bytes the lines in front of the index have.
	maxHead = 8 << 10
	// maxPacked and maxIndex are how many bytes an index has, compressed and as it is.
	maxPacked = 128 << 20
	maxIndex  = 512 << 20
	// maxWindow is what a compressed index refers back to at most, whatever its size.
	maxWindow = 8 << 20
	// MaxDocument is how many bytes a document has.
	MaxDocument = maxHead + maxPacked
)

// statement is what is signed: which layer an index is of, and which bytes it has.
type statement struct {
	Layer      string `json:"layer"`  // digest of the blob
	DiffID     string `json:"diffId"` // of the tar
	Size       int64  `json:"size"`   // of the blob
	Generation string `json:"generation"`
	Hash       string `json:"hash"`  // [scan.Key.ID] of the secret
	Bytes      int64  `json:"bytes"` // of the compressed index that follows
	Index      int64  `json:"index"` // bytes of the index itself
	SHA256     string `json:"sha256"`
}

// signature is the line behind the statement.
type signature struct {
	Key       []byte `json:"key"`
	Signature []byte `json:"signature"` // of the lines before
}

// subject is what of an index is asked for.
type subject struct {
	layer      source.Layer
	generation string
	hash       string
}

var packer, _ = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1)) // no option that fails

// seal makes a document.
func seal(x *scan.Index, of subject, keys *Keys) ([]byte, error) {
	plain := x.AppendBinary(nil)
	packed := packer.EncodeAll(plain, nil)
	if len(packed) > maxPacked || len(plain) > maxIndex {
		return nil, errors.New("it is too large to be kept")
	}
	sum := sha256.Sum256(packed)
	head, err := json.Marshal(statement{
		Layer: x.Digest, DiffID: x.DiffID, Size: x.BlobSize, Generation: of.generation, Hash: of.hash,
		Bytes: int64(len(packed)), Index: int64(len(plain)), SHA256: hex.EncodeToString(sum[:]),
	})
	if err != nil {
		return nil, err
	}
	doc := append([]byte(magic), head...)
	doc = append(doc, '\n')
	signed, err := json.Marshal(signature{keys.Trust[0], ed25519.Sign(keys.Sign, doc)})
	if err != nil {
		return nil, err
	}
	doc = append(append(doc, signed...), '\n')
	return append(doc, packed...), nil
}

// Why a document is refused.
var (
	errForeign  = errors.New("it is no index of a layer")
	errUnsigned = errors.New("it is not signed by a key that you trust")
	errForged   = errors.New("its signature is wrong")
	errLength   = errors.New("it does not have the length that its signer says")
	errSum      = errors.New("its checksum is wrong")
	errDamaged  = errors.New("what it holds is no index")
)

// open reads a document and returns the index in it, if all that the package comment lists
// is right. It reads no more than it has to.
func open(r io.Reader, of subject, keys *Keys) (*scan.Index, error) {
	in := bufio.NewReaderSize(r, maxHead)
	said, err := readHead(in, keys)
	if err != nil {
		return nil, err
	}
	if err := said.fits(of); err != nil {
		return nil, err
	}
	packed := make([]byte, said.Bytes)
	if _, err := io.ReadFull(in, packed); err != nil {
		return nil, errCut(err)
	}
	if _, err := in.ReadByte(); err != io.EOF {
		return nil, errLength
	}
	if sum := sha256.Sum256(packed); hex.EncodeToString(sum[:]) != said.SHA256 {
		return nil, errSum
	}
	x, err := unpack(packed, said.Index)
	if err != nil {
		return nil, err
	}
	if x.Digest != said.Layer || x.DiffID != said.DiffID || x.BlobSize != said.Size || x.TOC {
		return nil, errors.New("it names another layer inside than outside")
	}
	return x, nil
}

// errCut is the error of a document that ends early, or of its connection.
func errCut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errLength
	}
	return err
}

// readHead reads the lines in front of an index, and checks the signature.
func readHead(in *bufio.Reader, keys *Keys) (*statement, error) {
	first, err := in.Peek(len(magic))
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, err
	case string(first) != magic:
		return nil, errForeign
	}
	// Both lines and what lies before them fit into the reader's buffer, so that a line
	// without an end is no reason to read on.
	signed := []byte(magic)
	_, _ = in.Discard(len(magic))
	head, err := in.ReadSlice('\n')
	if err != nil {
		return nil, headError(err)
	}
	signed = append(signed, head...)
	last, err := in.ReadSlice('\n')
	if err != nil {
		return nil, headError(err)
	}
	var by signature
	if json.Unmarshal(last, &by) != nil {
		return nil, errForeign
	}
	if !slices.ContainsFunc(keys.Trust, func(t ed25519.PublicKey) bool { return bytes.Equal(t, by.Key) }) {
		return nil, errUnsigned
	}
	if !ed25519.Verify(by.Key, signed, by.Signature) {
		return nil, errForged
	}
	said := &statement{}
	if json.Unmarshal(signed[len(magic):], said) != nil {
		return nil, errForeign
	}
	return said, nil
}

func headError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, bufio.ErrBufferFull) {
		return errForeign
	}
	return err
}

// fits says why an index is not what is asked for.
func (s *statement) fits(of subject) error {
	l := of.layer
	switch {
	case s.Layer != l.Digest:
		return errors.New("it is of another layer")
	case s.DiffID == "" || l.DiffID != "" && s.DiffID != l.DiffID:
		return errors.New("it is of another diff ID")
	case l.Size >= 0 && s.Size != l.Size:
		return errors.New("it is of a layer of another size")
	case s.Generation != of.generation:
		return errors.New("it was made by another version of tare")
	case s.Hash != of.hash:
		return errors.New("its contents were hashed with another secret")
	case s.Bytes < 0 || s.Bytes > maxPacked || s.Index < 0 || s.Index > maxIndex:
		return errors.New("it is too large")
	}
	return nil
}

// unpack decompresses and decodes an index of size bytes.
func unpack(packed []byte, size int64) (*scan.Index, error) {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(uint64(max(size, maxWindow))))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	plain, err := d.DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", errDamaged, err)
	}
	if int64(len(plain)) != size {
		return nil, errLength
	}
	x, err := scan.Decode(plain)
	if err != nil {
		return nil, errDamaged
	}
	return x, nil
}
