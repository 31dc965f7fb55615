package xz_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"testing"
	"testing/iotest"

	library "github.com/ulikunitz/xz"

	"github.com/tare-oci/tare/analyze/compression/xz"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// packed compresses with the library's writer.
func packed(t testing.TB, content []byte, c library.WriterConfig) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := c.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestRead(t *testing.T) {
	content := append(bytes.Repeat([]byte("a line that comes again\n"), 2_000), imagetest.Noise("noise", 20_000)...)
	// A reader makes a dictionary of the size that the file asks for, 8 MiB where nobody says.
	const dict = 64 << 10
	one := packed(t, content, library.WriterConfig{DictCap: dict})
	zeros := make([]byte, 8)
	for name, c := range map[string]struct{ file, want []byte }{
		"as xz -6":          {packed(t, content, library.WriterConfig{}), content},
		"CRC64":             {one, content},
		"CRC32":             {packed(t, content, library.WriterConfig{DictCap: dict, CheckSum: library.CRC32}), content},
		"SHA-256":           {packed(t, content, library.WriterConfig{DictCap: dict, CheckSum: library.SHA256}), content},
		"no checksum":       {packed(t, content, library.WriterConfig{DictCap: dict, NoCheckSum: true}), content},
		"blocks":            {packed(t, content, library.WriterConfig{DictCap: dict, BlockSize: 10_000}), content},
		"empty":             {packed(t, nil, library.WriterConfig{DictCap: dict}), nil},
		"two streams":       {append(bytes.Clone(one), one...), append(bytes.Clone(content), content...)},
		"padding":           {append(append(append(bytes.Clone(one), zeros...), one...), zeros...), append(bytes.Clone(content), content...)},
		"xz itself, blocks": {fromXZ(t), []byte("tare\ntare\ntare\ntare\ntare\ntare\ntare\ntare\n")},
	} {
		t.Run(name, func(t *testing.T) {
			for how, r := range map[string]io.Reader{"whole": bytes.NewReader(c.file), "by bytes": iotest.OneByteReader(bytes.NewReader(c.file))} {
				got, err := io.ReadAll(xz.NewReader(r))
				if err != nil || !bytes.Equal(got, c.want) {
					t.Errorf("%s: %d bytes, %v; want %d", how, len(got), err, len(c.want))
				}
			}
			// Every cut, and every change of a byte, is an error or changes nothing.
			step := max(1, len(c.file)/imagetest.Rounds(8, 8, 60))
			for n := 1; n < len(c.file); n += step {
				if got, err := io.ReadAll(xz.NewReader(bytes.NewReader(c.file[:n]))); err == nil && !bytes.Equal(got, c.want[:len(got)]) {
					t.Errorf("cut at %d: other content", n)
				} else if err == nil && len(got) == len(c.want) && name != "padding" {
					t.Errorf("cut at %d: no error", n)
				}
				changed := bytes.Clone(c.file)
				changed[n] ^= 0x10
				if got, err := io.ReadAll(xz.NewReader(bytes.NewReader(changed))); err == nil && name != "no checksum" && !bytes.Equal(got, c.want) {
					t.Errorf("changed at %d: other content without an error", n)
				}
			}
		})
	}
}

// fromXZ was written by xz 5.4 with --block-size=16 --check=sha256.
func fromXZ(t *testing.T) []byte {
	t.Helper()
	file, err := base64.StdEncoding.DecodeString(xzFile)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestMarks(t *testing.T) {
	content := imagetest.Noise("noise", 250_000)
	file := packed(t, content, library.WriterConfig{BlockSize: 100_000})
	r := xz.NewReader(bytes.NewReader(file))
	if _, err := io.Copy(io.Discard, r); err != nil {
		t.Fatal(err)
	}
	marks := r.Marks()
	if len(marks) != 3 || marks[0].Out != 100_000 || marks[1].Out != 200_000 || marks[2].Out != 250_000 {
		t.Fatalf("marks are %v", marks)
	}
	for n := 1; n < len(marks); n++ {
		if marks[n].In <= marks[n-1].In || marks[n].In > int64(len(file)) {
			t.Errorf("mark %d is %v after %v", n, marks[n], marks[n-1])
		}
	}
	if again := r.Marks(); len(again) > 0 {
		t.Errorf("marks come twice: %v", again)
	}
}

// header is a stream with the header of one block that asks for a dictionary.
func header(properties byte, filter byte) []byte {
	file := []byte(xz.Magic + "\x00\x01")
	file = binary.LittleEndian.AppendUint32(file, crc32.ChecksumIEEE(file[6:]))
	return append(file, blockHeader(properties, filter)...)
}

func blockHeader(properties, filter byte) []byte {
	block := []byte{2, 0, filter, 1, properties, 0, 0, 0}
	return binary.LittleEndian.AppendUint32(block, crc32.ChecksumIEEE(block))
}

func TestLimits(t *testing.T) {
	// LZMA2's end of content, padding and CRC32 of nothing.
	empty := append([]byte{0, 0, 0, 0}, 0, 0, 0, 0)
	wasteful := header(28, 0x21)
	for range 10_000 {
		wasteful = append(append(wasteful, empty...), blockHeader(28, 0x21)...)
	}
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"64 MiB":             {append(header(28, 0x21), empty...), io.ErrUnexpectedEOF},
		"96 MiB":             {header(29, 0x21), xz.ErrDictionary},
		"4 GiB":              {header(40, 0x21), xz.ErrDictionary},
		"more than there is": {header(41, 0x21), xz.ErrCorrupt},
		"a filter":           {header(0, 0x04), xz.ErrFilter},
		"dictionaries alone": {wasteful, xz.ErrWasteful},
		"no xz":              {[]byte("hello, hello, hello"), xz.ErrCorrupt},
		"nothing":            {nil, io.ErrUnexpectedEOF},
	} {
		if _, err := io.ReadAll(xz.NewReader(bytes.NewReader(c.file))); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// FuzzRead holds the reader against the library's own, where neither refuses the
// dictionary or filter.
func FuzzRead(f *testing.F) {
	for _, c := range []library.WriterConfig{{}, {BlockSize: 100}, {CheckSum: library.SHA256}, {NoCheckSum: true}} {
		c.DictCap = 1 << 16
		f.Add(packed(f, imagetest.Noise("seed", 1000), c))
	}
	f.Add(header(0, 0x21))
	f.Fuzz(func(t *testing.T, file []byte) {
		const most = 1 << 20
		got, err := io.ReadAll(io.LimitReader(xz.NewReader(bytes.NewReader(file)), most))
		if err != nil || len(file) > 1<<16 {
			return
		}
		r, err := library.NewReader(bytes.NewReader(file))
		if err != nil {
			t.Fatalf("the library refuses what was read: %v", err)
		}
		want, err := io.ReadAll(io.LimitReader(r, most))
		if err != nil || sha256.Sum256(got) != sha256.Sum256(want) {
			t.Fatal(fmt.Errorf("%d bytes, the library has %d (%w)", len(got), len(want), err))
		}
	})
}

// xzFile is eight lines "tare".
const xzFile = `/Td6WFoAAArh+wyhAgAhARYAAAB0L+Wj4AAPAAtdADoYSqrsNXn7oAAAAADqWQUt3+W+VGZciUAtXjX87huIk0JRX2UzLkPQWqfDnwIAIQEWAAAAdC/lo+AADwALXQAwnIjHoGkxaJgAAAAA/7VlspkQBkLGSmuae0i9irqfYwme8Enmm/E05bn0jeUCACEBFgAAAHQv5aMBAAdyZQp0YXJlCgA9sphvTAu1H439onqkrk1HPJEFBaT1JKizAbUVvV7MMQADPxA/EDgIQJgsbLbp3xwCAAAAAApZWg==`
