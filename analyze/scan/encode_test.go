package scan_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/model"
)

func small(_ string, size int64) bool { return size < 1000 }

// TestEncode: an index that was encoded and decoded says what it said before.
func TestEncode(t *testing.T) {
	for name, l := range blobs(t) {
		x, err := scan.Layer(t.Context(), l, scan.Options{Capture: small})
		if err != nil {
			t.Fatal(name, err)
		}
		encoded := x.AppendBinary([]byte("before"))[len("before"):]
		y, err := scan.Decode(encoded)
		if err != nil {
			t.Fatal(name, err)
		}
		if diff := cmp.Diff(plain(x), plain(y)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if again := y.AppendBinary(nil); !bytes.Equal(encoded, again) {
			t.Errorf("%s: encoding it again gives other bytes", name)
		}
		// Nothing may be missing from the end, and nothing follow it.
		for n := range encoded {
			if _, err := scan.Decode(encoded[:n]); err == nil {
				t.Fatalf("%s: %d of %d bytes are enough", name, n, len(encoded))
			}
		}
		if _, err := scan.Decode(append(encoded, 0)); err == nil {
			t.Errorf("%s: a byte too many is taken", name)
		}
	}
}

type plainEntry struct {
	Path, Dir                   string
	Size, Stored, Offset, Share int64
	Hash                        scan.Sum
	Link                        string
	Owner                       model.Attributes
	Kind                        model.Kind
	Flags                       scan.Flags
}

type plainIndex struct {
	Entries                   []plainEntry
	Notes                     []string
	MediaType, Digest, DiffID string
	BlobSize, TarSize         int64
	AsPushed                  bool
}

// plain is an index without its numbering.
func plain(x *scan.Index) plainIndex {
	p := plainIndex{Notes: x.Notes, MediaType: x.MediaType, Digest: x.Digest, DiffID: x.DiffID, BlobSize: x.BlobSize, TarSize: x.TarSize, AsPushed: x.AsPushed}
	for i := range x.Entries {
		e := &x.Entries[i]
		q := plainEntry{Path: x.Path(e), Dir: x.Dirs[e.Dir], Size: e.Size, Stored: e.Stored, Offset: e.Offset, Share: e.Share, Hash: e.Hash,
			Owner: x.Attributes[e.Owner], Kind: e.Kind, Flags: e.Flags}
		switch {
		case e.Kind == model.File && e.Link > 0:
			q.Link = string(x.Captured[e.Link-1])
		case e.Kind == model.Link || e.Kind == model.Symlink:
			q.Link = x.Links[e.Link]
		}
		p.Entries = append(p.Entries, q)
	}
	return p
}

// FuzzDecode: whatever lies in a cache, reading it ends in an error or in an
// index that holds together.
func FuzzDecode(f *testing.F) {
	for _, l := range blobs(f) {
		x, err := scan.Layer(f.Context(), l, scan.Options{Capture: small})
		if err != nil {
			f.Fatal(err)
		}
		if b := x.AppendBinary(nil); len(b) < 64<<10 {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := scan.Decode(b)
		if err != nil {
			return
		}
		first := plain(x) // follows every number
		y, err := scan.Decode(x.AppendBinary(nil))
		if err != nil {
			t.Fatal("what was decoded cannot be encoded:", err)
		}
		if diff := cmp.Diff(first, plain(y)); diff != "" {
			t.Error(diff)
		}
	})
}
