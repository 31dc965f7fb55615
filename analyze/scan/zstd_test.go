package scan

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestZstdMarks holds the decoder's marks against the block headers of the
// frames, read independently: a mark stands where a block ends.
func TestZstdMarks(t *testing.T) {
	text := strings.Repeat("the tare of a container is what it weighs empty. ", 20_000)
	noise := string(imagetest.Noise("zstd", 700_000))
	for name, level := range map[string]zstd.EncoderLevel{"fastest": zstd.SpeedFastest, "default": zstd.SpeedDefault, "best": zstd.SpeedBestCompression} {
		var blob bytes.Buffer
		for _, content := range []string{text, noise, "", text + noise + strings.Repeat("\x00", 500_000)} {
			w, err := zstd.NewWriter(&blob, zstd.WithEncoderLevel(level))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(w, content); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			// A skippable frame, as zstd:chunked puts its table of contents in.
			blob.Write([]byte{0x50, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5})
		}
		ends := blockEnds(t, blob.Bytes())
		d, err := newZstdDecoder(&blob, false)
		if err != nil {
			t.Fatal(err)
		}
		marks, out := 0, int64(0)
		for {
			run, err := d.Next()
			out += int64(len(run))
			for _, m := range d.Marks() {
				if m.Out != out {
					t.Errorf("%s: mark at %d of the content, after %d bytes", name, m.Out, out)
				}
				// The last block of a frame may come with the checksum behind it.
				if !slices.Contains(ends, m.In) && !slices.Contains(ends, m.In-4) && err == nil {
					t.Errorf("%s: mark at byte %d of the blob, where no block ends", name, m.In)
				}
				marks++
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if want := int64(2*len(text) + 2*len(noise) + 500_000); out != want {
			t.Errorf("%s: %d bytes decoded, want %d", name, out, want)
		}
		if marks < 20 {
			t.Errorf("%s: only %d marks", name, marks)
		}
		d.Close()
	}
}

// blockEnds walks zstd frames (RFC 8878, 3.1.1) and returns where each block
// ends.
func blockEnds(t *testing.T, b []byte) (ends []int64) {
	at := 0
	for at < len(b) {
		magic := binary.LittleEndian.Uint32(b[at:])
		if magic&0xfffffff0 == 0x184d2a50 {
			at += 8 + int(binary.LittleEndian.Uint32(b[at+4:]))
			continue
		}
		if magic != 0xfd2fb528 {
			t.Fatalf("no frame at %d", at)
		}
		descriptor := b[at+4]
		at += 5
		single := descriptor&0x20 != 0
		if !single {
			at++ // window descriptor
		}
		at += []int{0, 1, 2, 4}[descriptor&3] // dictionary ID
		size := []int{0, 2, 4, 8}[descriptor>>6]
		if single && size == 0 {
			size = 1
		}
		at += size
		for last := false; !last; {
			header := int(b[at]) | int(b[at+1])<<8 | int(b[at+2])<<16
			last = header&1 != 0
			n := header >> 3
			if header>>1&3 == 1 {
				n = 1 // RLE: one byte for all
			}
			at += 3 + n
			ends = append(ends, int64(at))
		}
		if descriptor&4 != 0 {
			at += 4 // content checksum
		}
	}
	return ends
}
