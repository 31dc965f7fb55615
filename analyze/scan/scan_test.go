package scan_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/model"
)

var sample = []imagetest.File{
	imagetest.Dir("d"),
	imagetest.Fill("d/noise", 300_000),
	imagetest.Text("d/text", strings.Repeat("all work and no play makes a dull image\n", 20_000)),
	imagetest.Text("empty", ""),
	imagetest.Fill("small", 100),
	imagetest.HardLink("hard", "small"),
	imagetest.Symlink("soft", "d/text"),
	imagetest.Whiteout("gone"),
	imagetest.Opaque("d"),
	imagetest.Fill("last", 70_000),
}

// blobs are the sample layer in every way it can be stored.
func blobs(t testing.TB) map[string]image.Layer {
	t.Helper()
	all := make(map[string]image.Layer)
	for _, c := range imagetest.Compressions() {
		archive := imagetest.Image{Layers: []imagetest.Layer{{Files: sample, Compression: c}}}
		layers, err := archive.V1().Layers()
		if err != nil {
			t.Fatal(err)
		}
		r, err := layers[0].Compressed()
		if err != nil {
			t.Fatal(err)
		}
		blob, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		digest, _ := layers[0].Digest()
		diffID, _ := layers[0].DiffID()
		all[c.String()] = layer(blob, digest.String(), diffID.String())
	}
	return all
}

func layer(blob []byte, digest, diffID string) image.Layer {
	return image.Layer{
		Digest: digest, DiffID: diffID, Size: int64(len(blob)), AsPushed: true, At: bytes.NewReader(blob),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(blob)), nil },
	}
}

func bytesOf(t testing.TB, l image.Layer) []byte {
	b := make([]byte, l.Size)
	if _, err := l.At.ReadAt(b, 0); err != nil && err != io.EOF {
		t.Fatal(err)
	}
	return b
}

// TestSharesAddUp checks what must hold however a layer is stored: the same
// entries, every digest right, and shares that add up to the blob.
func TestSharesAddUp(t *testing.T) {
	var plain *scan.Index
	for name, l := range blobs(t) {
		t.Run(name, func(t *testing.T) {
			x, err := scan.Layer(t.Context(), l, scan.Options{Verify: true})
			if err != nil {
				t.Fatal(err)
			}
			if x.Digest != l.Digest || x.DiffID != l.DiffID {
				t.Errorf("digest %s and diff ID %s, want %s and %s", x.Digest, x.DiffID, l.Digest, l.DiffID)
			}
			files, size, overhead, compressedOverhead := x.Totals()
			if files != 5 || size != 300_000+800_000+100+70_000 {
				t.Errorf("%d files of %d bytes", files, size)
			}
			if size+overhead != x.TarSize {
				t.Errorf("%d content + %d overhead is not the tar's %d", size, overhead, x.TarSize)
			}
			shares := int64(0)
			for i := range x.Entries {
				if e := &x.Entries[i]; e.Kind == model.File {
					if e.Share < 0 {
						t.Errorf("%s has a share of %d", x.Path(e), e.Share)
					}
					shares += e.Share
				}
			}
			if shares+compressedOverhead != l.Size || compressedOverhead < 0 {
				t.Errorf("shares of %d and overhead of %d do not make the blob's %d", shares, compressedOverhead, l.Size)
			}
			// Noise does not compress, so its share is its size, nearly.
			for i := range x.Entries {
				if e := &x.Entries[i]; x.Path(e) == "d/noise" && name != "zstd:chunked" && (e.Share < 260_000 || e.Share > 345_000) {
					t.Errorf("300,000 bytes of noise have a share of %d", e.Share)
				}
			}
			if plain == nil {
				plain = x
			} else if diff := cmp.Diff(paths(plain), paths(x)); diff != "" {
				t.Errorf("entries (-one +other):\n%s", diff)
			}
		})
	}
}

func paths(x *scan.Index) (out []string) {
	for i := range x.Entries {
		out = append(out, x.Path(&x.Entries[i]))
	}
	return out
}

// TestHowItIsReadDoesNotMatter reads each blob in large pieces, byte by byte and
// in halves: the index is the same to the last share.
func TestHowItIsReadDoesNotMatter(t *testing.T) {
	for name, l := range blobs(t) {
		want, err := scan.Layer(t.Context(), l, scan.Options{Verify: true})
		if err != nil {
			t.Fatal(err)
		}
		for how, wrap := range map[string]func(io.Reader) io.Reader{"half": iotest.HalfReader, "one byte": iotest.OneByteReader, "data and error": iotest.DataErrReader} {
			odd := l
			odd.Open = func(ctx context.Context) (io.ReadCloser, error) {
				r, err := l.Open(ctx)
				return io.NopCloser(wrap(r)), err
			}
			got, err := scan.Layer(t.Context(), odd, scan.Options{Verify: true})
			if err != nil {
				t.Fatal(name, how, err)
			}
			if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(scan.Index{}), cmpopts.IgnoreFields(scan.Index{}, "Key"), cmpopts.IgnoreUnexported(scan.Entry{})); diff != "" {
				t.Errorf("%s, %s:\n%s", name, how, diff)
			}
		}
	}
}

// TestInPlace compares a layer read in place with the same one streamed: the
// same, but for the content hashes, which HashAt gives later.
func TestInPlace(t *testing.T) {
	l := blobs(t)["none"]
	streamed, err := scan.Layer(t.Context(), l, scan.Options{Verify: true})
	if err != nil {
		t.Fatal(err)
	}
	inPlace, err := scan.Layer(t.Context(), l, scan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	buf, byHead := make([]byte, 1000), 0
	for i := range inPlace.Entries {
		if e := &inPlace.Entries[i]; e.Kind == model.File {
			if e.Flags&scan.Hashed != 0 {
				t.Errorf("%s was read although nobody asked", inPlace.Path(e))
			}
			if e.Flags&scan.HashedPrefix != 0 {
				byHead++
				head, err := inPlace.Key.HashAt(t.Context(), l.At, e.Offset, scan.HeadBytes, buf)
				if err != nil || head != e.Hash || e.Stored <= scan.HeadBytes {
					t.Errorf("%s of %d bytes begins with %x (%v), the scan says %x", inPlace.Path(e), e.Stored, head, err, e.Hash)
				}
			}
			if e.Hash, err = inPlace.Key.HashAt(t.Context(), l.At, e.Offset, e.Stored, buf); err != nil {
				t.Fatal(err)
			}
			e.Flags = e.Flags&^scan.HashedPrefix | scan.Hashed
		}
	}
	if byHead == 0 {
		t.Error("no beginning was seen on the way")
	}
	if diff := cmp.Diff(streamed.Entries, inPlace.Entries, cmpopts.IgnoreUnexported(scan.Entry{})); diff != "" {
		t.Errorf("(-streamed +in place):\n%s", diff)
	}
}

// TestDamage breaks each blob in the ways blobs break; each must be an error.
func TestDamage(t *testing.T) {
	for name, l := range blobs(t) {
		blob := bytesOf(t, l)
		cut := layer(blob[:len(blob)*2/3], l.Digest, l.DiffID)
		flipped := bytes.Clone(blob)
		flipped[len(blob)/2] ^= 1
		for how, c := range map[string]struct {
			layer image.Layer
			also  error
		}{
			"cut":              {layer: cut},
			"a bit flipped":    {layer: layer(flipped, l.Digest, l.DiffID)},
			"another's digest": {layer(blob, "sha256:"+strings.Repeat("0", 64), l.DiffID), scan.ErrDigest},
			"another's diff":   {layer(blob, l.Digest, "sha256:"+strings.Repeat("0", 64)), scan.ErrDigest},
			"longer":           {layer(append(bytes.Clone(blob), 0, 0, 0, 0), l.Digest, l.DiffID), nil},
			"empty":            {layer(nil, l.Digest, l.DiffID), nil},
		} {
			_, err := scan.Layer(t.Context(), c.layer, scan.Options{Verify: true})
			if err == nil || c.also != nil && !errors.Is(err, c.also) {
				t.Errorf("%s, %s: error %v", name, how, err)
			}
		}
	}
}

// TestCancel: a layer that goes on and on ends with its context, and so do the
// goroutines that decode it.
func TestCancel(t *testing.T) {
	var tape bytes.Buffer
	if err := tar.NewWriter(&tape).WriteHeader(&tar.Header{Name: "endless", Size: 60 << 30, Mode: 0o644, Format: tar.FormatGNU}); err != nil {
		t.Fatal(err)
	}
	zstdBlock := func(kind, size int) []byte { return []byte{byte(size<<3 | kind<<1), byte(size >> 5), byte(size >> 13)} }
	for name, test := range map[string]struct {
		head, rest []byte
		spare      bool
	}{
		"plain":             {tape.Bytes(), []byte("x"), false},
		"gzip":              {slices.Concat([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 0, 0, 2, 0xff, 0xfd}, tape.Bytes()), slices.Concat([]byte{0, 4, 0, 0xfb, 0xff}, []byte("body")), false},
		"zstd":              {slices.Concat([]byte{0x28, 0xb5, 0x2f, 0xfd, 0, 0x38}, zstdBlock(0, tape.Len()), tape.Bytes()), append(zstdBlock(1, 1000), 'x'), false},
		"zstd, spare":       {slices.Concat([]byte{0x28, 0xb5, 0x2f, 0xfd, 0, 0x38}, zstdBlock(0, tape.Len()), tape.Bytes()), append(zstdBlock(1, 1000), 'x'), true},
		"zstd, spare, slow": {slices.Concat([]byte{0x28, 0xb5, 0x2f, 0xfd, 0, 0x38}, zstdBlock(0, tape.Len()), tape.Bytes()), nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			ctx, cancel := context.WithCancel(t.Context())
			l := image.Layer{Size: -1, Open: func(context.Context) (io.ReadCloser, error) {
				return io.NopCloser(io.MultiReader(bytes.NewReader(test.head), &endless{ctx, test.rest, 0})), nil
			}}
			time.AfterFunc(20*time.Millisecond, cancel)
			if _, err := scan.Layer(ctx, l, scan.Options{Parallel: test.spare}); !errors.Is(err, context.Canceled) {
				t.Errorf("an endless layer: %v", err)
			}
			for range 100 {
				if runtime.NumGoroutine() <= before {
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
			t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		})
	}
}

// TestAbandon: what is no layer is refused at once, though a decoder that reads
// ahead waits for bytes that never come.
func TestAbandon(t *testing.T) {
	block := func(last int, text string) []byte {
		return append([]byte{byte(len(text)<<3 | last), byte(len(text) >> 5), 0}, text...)
	}
	blob := slices.Concat([]byte{0x28, 0xb5, 0x2f, 0xfd, 0, 0x38}, block(0, strings.Repeat("x", 5000)))
	l := image.Layer{Size: -1, Open: func(ctx context.Context) (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(bytes.NewReader(blob), &endless{ctx: ctx})), nil
	}}
	done := make(chan error, 1)
	go func() {
		_, err := scan.Layer(t.Context(), l, scan.Options{Parallel: true})
		done <- err
	}()
	select {
	case err := <-done:
		if err == nil || errors.Is(err, context.Canceled) {
			t.Errorf("it is %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Error("it waits for what never comes")
	}
}

// endless repeats a text for ever; of none, it is a connection on which nothing
// comes.
type endless struct {
	ctx  context.Context
	text []byte
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.text) == 0 {
		<-e.ctx.Done()
		return 0, e.ctx.Err()
	}
	for i := range p {
		p[i] = e.text[e.at]
		e.at = (e.at + 1) % len(e.text)
	}
	return len(p), nil
}
