package scan_test

import (
	"bytes"
	"compress/bzip2"
	"encoding/base64"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/scan"
)

// bzipped is a tar of one (600 lines "a") and two (5,000 times "b"), compressed by
// bzip2: Go's library only reads the format.
const bzipped = `QlpoOTFBWSZTWX1xlcwAAtzfoNiQQAB3AAACAAJyAZ6BAIAICCAAlQSVPQjQaHqAAEUoj1DaTQzUyHtUm23Yxg64IXoKFee5kaEGJmQUUIAsAoQMYkE9rCIjsCNSAhiEnru0wJBU0ZkyE8qiIT9NVDDgFfm95sSSXkz0rCMKH8XckU4UJB9cZXMA`

// TestRareCompressions: Docker and Podman read layers in xz and bzip2. The index is
// that of the plain tar, but for the shares of the blob, which add up to it.
func TestRareCompressions(t *testing.T) {
	small, err := base64.StdEncoding.DecodeString(bzipped)
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(bzip2.NewReader(bytes.NewReader(small)))
	if err != nil {
		t.Fatal(err)
	}
	large := imagetest.Tar(imagetest.Dir("d"), imagetest.Fill("d/a", 100_000), imagetest.Fill("d/b", 7), imagetest.Fill("d/c", 30_000))
	for name, c := range map[string]struct {
		tar, blob []byte
		media     string
	}{
		"xz":         {large, imagetest.XZBlocks(large, 0), scan.MediaXZ},
		"xz, blocks": {large, imagetest.XZBlocks(large, 20_000), scan.MediaXZ},
		"bzip2":      {unpacked, small, scan.MediaBZ2},
	} {
		t.Run(name, func(t *testing.T) {
			digest, diffID := imagetest.Digest(c.blob).String(), imagetest.Digest(c.tar).String()
			plain, err := scan.Layer(t.Context(), layer(c.tar, diffID, diffID), scan.Options{Verify: true})
			if err != nil {
				t.Fatal(err)
			}
			x, err := scan.Layer(t.Context(), layer(c.blob, digest, diffID), scan.Options{Verify: true})
			if err != nil {
				t.Fatal(err)
			}
			if x.MediaType != c.media || x.DiffID != diffID || x.BlobSize != int64(len(c.blob)) || x.TarSize != int64(len(c.tar)) || !x.AsPushed {
				t.Errorf("index is %s, %d of %d bytes, Wire %v", x.MediaType, x.BlobSize, x.TarSize, x.AsPushed)
			}
			sum := int64(0)
			for i := range x.Entries {
				sum += x.Entries[i].Share
				if x.Entries[i].Share < 0 || x.Entries[i].Stored > 0 && x.Entries[i].Share == 0 {
					t.Errorf("entry %d has a share of %d bytes", i, x.Entries[i].Share)
				}
				x.Entries[i].Share, plain.Entries[i].Share = 0, 0
			}
			if sum > x.BlobSize {
				t.Errorf("the shares are %d bytes of %d", sum, x.BlobSize)
			}
			if !slices.Equal(plain.Entries, x.Entries) {
				t.Errorf("entries are %+v, of the tar %+v", x.Entries, plain.Entries)
			}
			r, err := scan.File(t.Context(), layer(c.blob, digest, diffID), scan.FileRef{Name: string(x.Name(last(x))), Size: last(x).Stored})
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(r)
			if err := errors.Join(err, r.Close()); err != nil || !bytes.Contains(c.tar, content) || int64(len(content)) != last(x).Stored {
				t.Errorf("content has %d bytes, %v", len(content), err)
			}
			for _, bad := range [][]byte{c.blob[:len(c.blob)/2], append(bytes.Clone(c.blob[:len(c.blob)/2]), make([]byte, len(c.blob)/2)...)} {
				if _, err := scan.Layer(t.Context(), layer(bad, "", ""), scan.Options{}); err == nil {
					t.Error("a damaged layer is read")
				}
			}
		})
	}
}

func last(x *scan.Index) *scan.Entry { return &x.Entries[len(x.Entries)-1] }
