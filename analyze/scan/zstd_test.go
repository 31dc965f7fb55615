package scan

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/scan/inflate"
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
		for _, spare := range []bool{false, true} {
			holdMarks(t, fmt.Sprintf("%s, spare %v", name, spare), blob.Bytes(), spare, ends, int64(2*len(text)+2*len(noise)+500_000))
		}
	}
}

// holdMarks decodes a blob and holds the marks against where its blocks end.
func holdMarks(t *testing.T, name string, blob []byte, spare bool, ends []int64, want int64) {
	d, err := newZstdDecoder(bytes.NewReader(blob), false, spare, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	marks, out := 0, int64(0)
	for {
		run, err := d.Next()
		out += int64(len(run))
		for _, m := range d.Marks() {
			if m.Out != out {
				t.Errorf("%s: mark at %d of the content, after %d bytes", name, m.Out, out)
			}
			// The last block of a frame comes with the checksum behind it.
			if !slices.Contains(ends, m.In) && !slices.Contains(ends, m.In-4) {
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
	if out != want {
		t.Errorf("%s: %d bytes decoded, want %d", name, out, want)
	}
	if marks < 20 {
		t.Errorf("%s: only %d marks", name, marks)
	}
}

// FuzzZstdMarks: whatever a stream is, a decoder that reads ahead says what one
// says that does not; and of a stream without fault the marks are where the
// library, which then reads one block at a time, stood when it wrote it.
func FuzzZstdMarks(f *testing.F) {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		f.Fatal(err)
	}
	frame := w.EncodeAll([]byte(strings.Repeat("tare ", 40_000)+string(imagetest.Noise("zstd", 140_000))), nil)
	// A frame with a window of 1 KiB and no checksum; its blocks are: compressed
	// ones without content (raw literals, and repeated ones), a raw one without, one
	// byte repeated, a raw one, and the last, compressed, of raw literals alone.
	empty := []byte{0x28, 0xb5, 0x2f, 0xfd, 0, 0,
		2<<3 | 2<<1, 0, 0, 0, 0,
		3<<3 | 2<<1, 0, 0, 1, 'x', 0,
		3<<3 | 2<<1, 0, 0, 0, 128, 0,
		7<<3 | 2<<1, 0, 0, 4, 0, 128, 0, 1, 2, 3, // literals of no length, in two bytes
		0, 0, 0,
		5<<3 | 1<<1, 0, 0, 'r',
		3 << 3, 0, 0, 'r', 'a', 'w',
		5<<3 | 2<<1 | 1, 0, 0, 3 << 3, 'e', 'n', 'd', 0,
	}
	skippable := []byte{0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3}
	f.Add(frame)
	f.Add(empty)
	f.Add(slices.Concat(skippable, empty, frame, skippable, empty, skippable))
	f.Add(frame[:len(frame)-9])
	f.Fuzz(func(t *testing.T, blob []byte) {
		content, marks, stood, fault := decodeZstd(t, blob, false)
		if fault == nil {
			for i, m := range marks {
				if m.In != stood[i] {
					t.Errorf("mark %d at byte %d of the blob, the library stood at %d", i, m.In, stood[i])
				}
			}
		}
		ahead, also, _, ahFault := decodeZstd(t, blob, true)
		if (fault == nil) != (ahFault == nil) {
			t.Fatalf("reading ahead: %v, else %v", ahFault, fault)
		}
		if fault == nil && (!bytes.Equal(content, ahead) || !slices.Equal(marks, also)) {
			t.Errorf("%d bytes, marks %v; reading ahead %d bytes, marks %v", len(content), marks, len(ahead), also)
		}
	})
}

// decodeZstd decodes the first megabytes of a blob, and says where in it the
// library stood at each mark, unless it reads ahead.
func decodeZstd(t *testing.T, blob []byte, spare bool) (content []byte, marks []inflate.Mark, stood []int64, fault error) {
	d, err := newZstdDecoder(bytes.NewReader(blob), false, spare, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for len(content) < 4<<20 {
		run, err := d.Next()
		content = append(content, run...)
		for _, m := range d.Marks() {
			marks = append(marks, m)
			if !spare {
				stood = append(stood, d.blocks.at)
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, nil, nil, err
		}
	}
	return content, marks, stood, nil
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
