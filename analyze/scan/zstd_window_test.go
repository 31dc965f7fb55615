package scan

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/imagetest/quick"
	"github.com/tare-oci/tare/analyze/source/image"
)

// zstdZeros is a frame of so many zeros (a multiple of 128 KiB), in blocks of one
// repeated byte, that asks for a window: 2 to the power of log, or with single the
// size of the content. Far, where not 0, adds three bytes that are copied from as
// far back.
func zstdZeros(n int64, log int, single bool, far uint32) []byte {
	const size = 128 << 10
	frame := []byte{0x28, 0xb5, 0x2f, 0xfd}
	if single {
		frame = append(frame, 0xe0) // single segment, a size of eight bytes
		if far > 0 {
			n += 3
		}
		frame = binary.LittleEndian.AppendUint64(frame, uint64(n))
	} else {
		frame = append(frame, 0, byte(log-10)<<3)
	}
	block := func(last bool, kind, size uint32) {
		header := size<<3 | kind<<1
		if last {
			header |= 1
		}
		frame = append(frame, byte(header), byte(header>>8), byte(header>>16))
	}
	for range n / size {
		block(false, 1, size)
		frame = append(frame, 0)
	}
	if far == 0 {
		block(true, 0, 0)
		return frame
	}
	block(true, 2, 10)
	// No literals; one sequence, whose three codes are each the only one there is:
	// no literals, an offset of 2^27 and more, a length of 3. Its bits are read
	// from the end, behind a 1.
	frame = append(frame, 0, 1, 0x54, 0, 27, 0)
	return binary.LittleEndian.AppendUint32(frame, 1<<27|(far+3-(1<<27)))
}

func TestZstdWindows(t *testing.T) {
	const mib = 1 << 20
	for i, c := range []struct {
		name   string
		frame  []byte
		size   int64
		refuse bool
	}{
		{"of 2 GiB, as --long=31 asks for", zstdZeros(mib, 31, false, 0), mib, false},
		{"of 3.75 TB, the largest that the format has", zstdZeros(mib, 41, false, 0), mib, false},
		{"of the content, which is known", zstdZeros(140*mib, 0, true, 0), 140 * mib, false},
		{"of 2 GiB, and used up to 128 MiB", zstdZeros(140*mib, 31, false, 128*mib), 140*mib + 3, false},
		{"of 2 GiB, and used beyond 128 MiB", zstdZeros(140*mib, 31, false, 128*mib+1), 0, true},
		{"of the content, and used beyond 128 MiB", zstdZeros(140*mib, 0, true, 128*mib+1), 0, true},
	} {
		for _, spare := range []bool{false, true} {
			if (spare != (i%2 > 0) || i == 2 || i == 4) && quick.Rounds(0, 0, 1) == 0 {
				continue // what takes longest is tried once within 128 MiB and once beyond
			}
			var asked int64
			d, err := newZstdDecoder(bytes.NewReader(c.frame), false, spare, func(n int64) error { asked = n; return nil })
			if err != nil {
				t.Fatal(err)
			}
			size := int64(0)
			for err == nil {
				var run []byte
				run, err = d.Next()
				size += int64(len(run))
			}
			d.Close()
			var limit *LimitError
			switch {
			case asked > budget.MaxWindow:
				t.Errorf("a window %s: the decoder asks for %d bytes", c.name, asked)
			case c.refuse && (!errors.As(err, &limit) || limit.Limit != "128 MiB"):
				t.Errorf("a window %s: %v", c.name, err)
			case !c.refuse && (err != io.EOF || size != c.size):
				t.Errorf("a window %s: %d bytes and %v, want %d", c.name, size, err, c.size)
			}
		}
	}
}

// TestZstdHeadersAnywhere cuts a stream with all kinds of headers into reads of
// every length: the header of a frame may begin anywhere in one.
func TestZstdHeadersAnywhere(t *testing.T) {
	skippable := []byte{0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3}
	stream := bytes.Join([][]byte{zstdZeros(256<<10, 31, false, 0), skippable, zstdZeros(128<<10, 20, false, 0), zstdZeros(128<<10, 0, true, 0)}, nil)
	for most := 1; most < 40; most++ {
		z := newZstdBlocks(&dribble{stream, most})
		var out []byte
		buf := make([]byte, 7)
		for {
			n, err := z.Read(buf)
			out = append(out, buf[:n]...)
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		want := bytes.Clone(stream)
		want[5] = zstdWindowCut
		if !bytes.Equal(out, want) {
			t.Fatalf("in reads of %d bytes the stream comes out as another", most)
		}
		if z.at != int64(len(stream)) {
			t.Errorf("in reads of %d bytes %d of %d bytes are passed", most, z.at, len(stream))
		}
	}
}

// dribble gives most bytes at a time.
type dribble struct {
	left []byte
	most int
}

func (d *dribble) Read(p []byte) (int, error) {
	if len(d.left) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), d.most)], d.left)
	d.left = d.left[n:]
	return n, nil
}

// TestBudgetOfLayers: scans draw on the image's budget, and one that fails gives
// back what its index took.
func TestBudgetOfLayers(t *testing.T) {
	blob := bytes.Join([][]byte{rawHeader("a", typeRegular, 0, "ustar\x0000", nil), rawHeader("b", typeDirectory, 0, "ustar\x0000", nil), make([]byte, 1024)}, nil)
	b := budget.New(nil)
	layer := func(blob []byte) (*Index, error) {
		return Layer(t.Context(), image.Layer{Size: int64(len(blob)), At: bytes.NewReader(blob)}, Options{Budget: b})
	}
	x, err := layer(blob)
	if err != nil {
		t.Fatal(err)
	}
	if taken := b.Taken(budget.Memory); taken != x.Memory() || taken < 2*entryCost {
		t.Errorf("an index of %d bytes takes %d", x.Memory(), taken)
	}
	if _, err := layer(blob[:700]); err == nil {
		t.Error("a layer that ends in a header is read")
	}
	if taken := b.Taken(budget.Memory); taken != x.Memory() {
		t.Errorf("after a scan that failed %d bytes are taken, want %d", taken, x.Memory())
	}
	if most := b.Allowed(budget.Memory); most <= budget.New(nil).Allowed(budget.Memory) {
		t.Error("what was read of the layers does not count")
	}
}
