package scan

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// row is what both readers say of an entry.
type row struct {
	Name, Link string
	Type       byte
	Size       int64
	Mode       uint16
	UID, GID   int64
}

// ours reads an archive with the reader of this package.
func ours(archive []byte) (rows []row, err error) {
	c := &seekCursor{at: bytes.NewReader(archive), size: int64(len(archive)), mem: make([]byte, seekWindow), tick: func() error { return nil }}
	t := &tarReader{cur: c}
	var h header
	for {
		switch err := t.next(&h); err {
		case nil:
			rows = append(rows, row{string(h.Name), string(h.Link), h.Type, h.Size, h.Mode, h.UID, h.GID})
		case io.EOF:
			return rows, nil
		default:
			return rows, err
		}
	}
}

// theirs reads it with archive/tar.
func theirs(archive []byte) (rows []row, err error) {
	t := tar.NewReader(bytes.NewReader(archive))
	for {
		h, err := t.Next()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return rows, err
		}
		if h.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		kind := h.Typeflag
		if kind == tar.TypeGNUSparse {
			kind = tar.TypeReg
		}
		size := h.Size
		if kind >= tar.TypeLink && kind <= tar.TypeFifo {
			size = 0 // archive/tar keeps what the field says, though nothing follows
		}
		rows = append(rows, row{h.Name, h.Linkname, kind, size, uint16(h.Mode & 0o7777), int64(h.Uid), int64(h.Gid)})
	}
}

func TestTarReadsWhatEnginesRead(t *testing.T) {
	for name, archive := range oddArchives(t) {
		t.Run(name, func(t *testing.T) {
			want, wantErr := theirs(archive)
			got, gotErr := ours(archive)
			if (wantErr == nil) != (gotErr == nil) {
				t.Fatalf("archive/tar says %v, this reader %v", wantErr, gotErr)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-archive/tar +ours):\n%s", diff)
			}
		})
	}
}

// FuzzTar holds the reader to archive/tar: what that accepts, this accepts with
// the same result. Where archive/tar refuses an archive for a sparse map that does
// not stand in an extended header, this reader, which never looks there, may go on.
func FuzzTar(f *testing.F) {
	for _, archive := range oddArchives(f) {
		f.Add(archive)
	}
	f.Fuzz(func(t *testing.T, archive []byte) {
		sameAsEngines(t, archive)
	})
}

// sameAsEngines compares with archive/tar, and reports whether that accepts the
// archive.
func sameAsEngines(t *testing.T, archive []byte) bool {
	t.Helper()
	want, wantErr := theirs(archive)
	got, gotErr := ours(archive)
	switch {
	case wantErr != nil:
		return false
	case gotErr != nil:
		t.Errorf("archive/tar accepts what this reader refuses: %v", gotErr)
	case !slices.Equal(want, got):
		t.Errorf("(-archive/tar +ours):\n%s", cmp.Diff(want, got))
	}
	return true
}

// FuzzTarHeader does the same for one header whose checksum holds, which a
// changed archive hardly ever has.
func FuzzTarHeader(f *testing.F) {
	rest := imagetest.Tar(imagetest.Fill("f", 700))
	for _, archive := range oddArchives(f) {
		if len(archive) >= blockSize {
			f.Add(archive[:blockSize], archive[blockSize:])
		}
	}
	f.Fuzz(func(t *testing.T, start, end []byte) {
		header := make([]byte, blockSize)
		copy(header, start)
		sign(header)
		sameAsEngines(t, bytes.Join([][]byte{header, end, rest}, nil))
	})
}

// TestTarHeaderFields draws every field of a header from values that are right,
// odd or wrong.
func TestTarHeaderFields(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 7))
	numbers := []string{"", "0", "0000644\x00", "  17 ", " \x00 7", "\x007", "7\x007", "\x00x", "x", "777777777777", "9", "-1", "+1", "0x1",
		"\x80\x00\x00\x00\x00\x00\x00\x01", "\xff\xff\xff\xff\xff\xff\xff\xfe", "\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00", "\xc0", "\xbf\xff\xff\xff\xff\xff\xff\xff\xff"}
	names := []string{"", "a", "a/b", "/", "\x00x", "a\x00b", "\xc3\xa4", "./", "d/", string(bytes.Repeat([]byte("n/"), 80))}
	magics := []string{"", "ustar\x0000", "ustar\x00  ", "ustar  \x00", "ustar   ", "ustar ", "ustar00\x00"}
	rest := imagetest.Tar(imagetest.Fill("f", 700))
	draw := func(b []byte, from []string) { copy(b, from[r.IntN(len(from))]) }
	accepted, headers := 0, imagetest.Rounds(5_000, 10_000, 200_000)
	for range headers {
		b := rawHeader("name", '0', 0, magics[r.IntN(len(magics))], nil)
		for _, f := range []struct{ off, length int }{
			{offMode, lenMode}, {offUID, lenUID}, {offGID, lenGID}, {offSize, lenSize}, {136, 12}, {329, 8}, {337, 8},
			{offGNUTimes, 12}, {offGNUTimes + 12, 12}, {476, 12}, {488, 12}, {offGNURealSize, 12},
		} {
			if r.IntN(4) == 0 {
				clear(b[f.off : f.off+f.length])
				draw(b[f.off:f.off+f.length], numbers)
			}
		}
		for _, f := range []struct{ off, length int }{{offName, lenName}, {offLink, lenLink}, {offPrefix, lenPrefix}} {
			if r.IntN(3) == 0 {
				draw(b[f.off:f.off+f.length], names)
			}
		}
		if r.IntN(4) == 0 {
			copy(b[offStarTrailer:], "tar\x00")
		}
		b[offType] = "\x000123456789LKSxgDVMNAX"[r.IntN(22)]
		sign(b)
		if sameAsEngines(t, append(b, rest...)) {
			accepted++
		}
		if t.Failed() {
			t.Fatalf("header: %q", b)
		}
	}
	if accepted < headers/20 {
		t.Errorf("only %d headers were good enough to be compared", accepted)
	}
}

// oddArchives are archives of every format with something odd in each.
func oddArchives(t testing.TB) map[string][]byte {
	plain := imagetest.Tar(imagetest.Dir("d"), imagetest.Fill("d/f", 700), imagetest.Symlink("l", "d/f"), imagetest.HardLink("h", "d/f"))
	long := string(bytes.Repeat([]byte("long/"), 80)) + "name"
	pax := imagetest.Tar(
		imagetest.File{Type: tar.TypeXGlobalHeader, Path: "g", PAX: map[string]string{"comment": "c", "path": "not/for/engines"}},
		imagetest.File{Path: "p", Body: []byte("x"), PAX: map[string]string{"SCHILY.xattr.user.k": "v"}, UID: 3_000_000},
		imagetest.File{Path: long, Body: []byte("y"), Format: tar.FormatPAX},
		imagetest.File{Path: "s", Type: tar.TypeSymlink, Linkname: long, Format: tar.FormatPAX},
	)
	gnu := imagetest.Tar(
		imagetest.File{Path: long, Body: []byte("y"), Format: tar.FormatGNU},
		imagetest.File{Path: "s", Type: tar.TypeSymlink, Linkname: long, Format: tar.FormatGNU},
		imagetest.File{Path: "big id", UID: 1 << 30, GID: -5 & 0xffff, Format: tar.FormatGNU},
	)
	return map[string][]byte{
		"empty":                        {},
		"end marker only":              make([]byte, 1024),
		"one zero block":               make([]byte, 512),
		"plain":                        plain,
		"no end marker":                plain[:len(plain)-1024],
		"pax":                          pax,
		"gnu":                          gnu,
		"gnu sparse":                   append(gnuSparse("sparse", 1<<40, 512), plain...),
		"pax sparse 1.0":               append(paxSparse("1", "0", "real/name", 1<<30), plain...),
		"pax sparse 0.1":               append(paxSparse01("real/name", 1<<30), plain...),
		"pax sparse 0.0":               append(paxSparse00(1<<30), plain...),
		"pax sparse 0.0, two files":    append(append(paxSparse00(1<<30), paxHeader("uid", "7")...), plain...),
		"pax sparse 0.0, length first": append(paxHeader("GNU.sparse.numblocks", "1", "GNU.sparse.numbytes", "5", "GNU.sparse.offset", "5"), plain...),
		"pax sparse 0.0, comma":        append(paxPieces("1,2", "512"), plain...),
		"pax sparse 0.0, one nothing":  append(paxHeader("GNU.sparse.offset", "", "GNU.sparse.size", "7"), plain...),
		"pax last record":              bytes.Join([][]byte{paxHeader("uid", "none", "uid", "7", "GNU.sparse.name", "n", "GNU.sparse.name", ""), plain}, nil),
		"pax bad number":               append(paxHeader("uid", "7", "uid", "none"), plain...),
		"pax sparse, no size":          append(paxHeader("GNU.sparse.major", "0", "GNU.sparse.minor", "1", "GNU.sparse.name", "n", "GNU.sparse.numblocks", "0"), plain[512:]...),
		"gnu's bad time":               append(rawHeader("f", '0', 0, "ustar  \x00", func(b []byte) { copy(b[offGNUTimes:], "a time\x00\x00prefix") }), plain...),
		"gnu's absent time":            append(rawHeader("f", '0', 0, "ustar  \x00", func(b []byte) { copy(b[offGNUTimes:], "\x00a\x00         7") }), plain...),
		"pax twice":                    bytes.Join([][]byte{paxHeader("uid", "7"), paxHeader("gid", "8"), plain}, nil),
		"pax size of nothing":          append(paxHeader("GNU.sparse.realsize", "none"), plain...),
		"truncated in header":          plain[:700],
		"truncated in body":            plain[:1100],
		"wrong checksum":               append(append([]byte{}, plain[:10]...), append([]byte{'!'}, plain[11:]...)...),
		"bytes after the end":          append(append([]byte{}, plain...), "garbage"...),
	}
}

// TestSparseMaps: engines refuse a sparse file whose map does not fit it, and so
// does this reader, where the map stands in the header.
func TestSparseMaps(t *testing.T) {
	for name, test := range map[string]struct {
		records []string
		ok      bool
	}{
		"fits":                 {[]string{"GNU.sparse.size", "5000", "GNU.sparse.numblocks", "1", "GNU.sparse.map", "4000,1000"}, true},
		"nothing stored":       {[]string{"GNU.sparse.size", "5000", "GNU.sparse.numblocks", "0", "GNU.sparse.major", "0", "GNU.sparse.minor", "1"}, true},
		"two pieces":           {[]string{"GNU.sparse.size", "5000", "GNU.sparse.numblocks", "2", "GNU.sparse.map", "0,10,4000,1000"}, true},
		"pieces that touch":    {[]string{"GNU.sparse.size", "5000", "GNU.sparse.numblocks", "2", "GNU.sparse.map", "0,10,10,0"}, true},
		"beyond the end":       {[]string{"GNU.sparse.size", "5000", "GNU.sparse.numblocks", "1", "GNU.sparse.map", "4000,1001"}, false},
		"beyond any end":       {[]string{"GNU.sparse.size", "5000", "GNU.sparse.numblocks", "1", "GNU.sparse.map", "9223372036854775807,1"}, false},
		"longer than the file": {[]string{"GNU.sparse.size", "7", "GNU.sparse.numblocks", "1", "GNU.sparse.map", "0,768"}, false},
		"out of order":         {[]string{"GNU.sparse.size", "5000", "GNU.sparse.numblocks", "2", "GNU.sparse.map", "100,10,0,10"}, false},
		"one over the other":   {[]string{"GNU.sparse.size", "5000", "GNU.sparse.numblocks", "2", "GNU.sparse.map", "0,10,9,10"}, false},
		"negative":             {[]string{"GNU.sparse.size", "5000", "GNU.sparse.numblocks", "1", "GNU.sparse.map", "0,-1"}, false},
		"half a piece":         {[]string{"GNU.sparse.size", "5000", "GNU.sparse.numblocks", "1", "GNU.sparse.map", "0"}, false},
		"a comma more":         {[]string{"GNU.sparse.size", "5000", "GNU.sparse.numblocks", "1", "GNU.sparse.map", "0,1,"}, false},
		"no number":            {[]string{"GNU.sparse.size", "5000", "GNU.sparse.numblocks", "1", "GNU.sparse.map", "0,x"}, false},
		"a piece too few":      {[]string{"GNU.sparse.size", "5000", "GNU.sparse.numblocks", "2", "GNU.sparse.map", "0,1"}, false},
		"not counted":          {[]string{"GNU.sparse.size", "5000", "GNU.sparse.map", "0,1"}, false},
		"0.0, fits":            {[]string{"GNU.sparse.size", "5000", "GNU.sparse.numblocks", "1", "GNU.sparse.offset", "4000", "GNU.sparse.numbytes", "1000"}, true},
		"0.0, longer":          {[]string{"GNU.sparse.size", "7", "GNU.sparse.numblocks", "1", "GNU.sparse.offset", "0", "GNU.sparse.numbytes", "768"}, false},
	} {
		archive := append(paxHeader(test.records...), rawHeader("f", typeRegular, 768, "ustar\x0000", nil)...)
		archive = append(archive, make([]byte, 4*blockSize)...)
		_, theirErr := theirs(archive)
		_, ourErr := ours(archive)
		if (theirErr == nil) != test.ok || (ourErr == nil) != test.ok {
			t.Errorf("%s: archive/tar says %v, this reader %v", name, theirErr, ourErr)
		}
	}
}

// TestSparseWeighsItsRealSize looks at both sizes of a sparse file.
func TestSparseWeighsItsRealSize(t *testing.T) {
	for name, archive := range map[string][]byte{
		"gnu":     gnuSparse("f", 1<<40, 512),
		"pax 1.0": paxSparse("1", "0", "f", 1<<40),
		"pax 0.1": paxSparse01("f", 1<<40),
		"pax 0.0": paxSparse00(1 << 40),
	} {
		c := newSeekCursor(bytes.NewReader(archive), int64(len(archive)), func() error { return nil })
		r := &tarReader{cur: c}
		var h header
		if err := r.next(&h); err != nil {
			t.Fatal(name, err)
		}
		if string(h.Name) != "f" || h.Size != 1<<40 || h.Stored == h.Size || h.Stored == 0 || !h.Sparse {
			t.Errorf("%s: got %q of %d bytes, %d stored, sparse %v", name, h.Name, h.Size, h.Stored, h.Sparse)
		}
		if at := c.position(); at+roundUp(h.Stored) != int64(len(archive)) {
			t.Errorf("%s: content is thought to be %d bytes from %d of an archive of %d", name, h.Stored, at, len(archive))
		}
	}
}

// rawHeader makes a header block by hand.
func rawHeader(name string, kind byte, size int64, magic string, edit func(b []byte)) []byte {
	b := make([]byte, blockSize)
	copy(b, name)
	copy(b[offMode:], "0000644\x00")
	copy(b[offUID:], "0000000\x00")
	copy(b[offGID:], "0000000\x00")
	copy(b[offSize:], octal(size, 11))
	copy(b[136:], octal(0, 11))
	b[offType] = kind
	copy(b[offMagic:], magic)
	if edit != nil {
		edit(b)
	}
	sign(b)
	return b
}

// sign writes the checksum of a header into it.
func sign(b []byte) {
	copy(b[offChecksum:], "        ")
	sum := int64(0)
	for _, c := range b {
		sum += int64(c)
	}
	copy(b[offChecksum:], octal(sum, 6)+"\x00 ")
}

func octal(n int64, digits int) string {
	b := make([]byte, digits)
	for i := range b {
		b[digits-1-i] = '0' + byte(n>>(3*i)&7)
	}
	return string(b)
}

// gnuSparse is an old GNU sparse file: a hole, then stored bytes at its end.
func gnuSparse(name string, real, stored int64) []byte {
	h := rawHeader(name, typeGNUSparse, stored, "ustar  \x00", func(b []byte) {
		base256 := func(at int, n int64) {
			for i := range 12 {
				b[at+11-i] = byte(n >> min(8*i, 63))
			}
			b[at] |= 0x80
		}
		base256(386, real-stored)
		base256(398, stored)
		base256(offGNURealSize, real)
	})
	return append(h, make([]byte, roundUp(stored))...)
}

// paxSparse is a sparse file in GNU's PAX format 1.0, whose map stands before
// the stored bytes: a hole, then 512 bytes.
func paxSparse(major, minor, name string, real int64) []byte {
	out := paxHeader("GNU.sparse.major", major, "GNU.sparse.minor", minor,
		"GNU.sparse.name", name, "GNU.sparse.realsize", strconv.FormatInt(real, 10))
	out = append(out, rawHeader("GNUSparseFile.0/x", typeRegular, 1024, "ustar\x0000", nil)...)
	sparseMap := make([]byte, blockSize)
	copy(sparseMap, "1\n"+strconv.FormatInt(real-512, 10)+"\n512\n")
	return append(append(out, sparseMap...), make([]byte, blockSize)...)
}

// paxSparse01 is a sparse file in GNU's PAX format 0.1, whose map is a record: a
// hole, then 512 bytes.
func paxSparse01(name string, real int64) []byte {
	out := paxHeader("GNU.sparse.size", strconv.FormatInt(real, 10), "GNU.sparse.numblocks", "1",
		"GNU.sparse.name", name, "GNU.sparse.map", strconv.FormatInt(real-512, 10)+",512")
	out = append(out, rawHeader("GNUSparseFile.0/x", typeRegular, 512, "ustar\x0000", nil)...)
	return append(out, make([]byte, blockSize)...)
}

// paxSparse00 is a sparse file in GNU's PAX format 0.0, with a record for each
// offset and each length: 512 bytes, a hole, 256 bytes.
func paxSparse00(real int64) []byte {
	out := paxHeader("GNU.sparse.size", strconv.FormatInt(real, 10), "GNU.sparse.numblocks", "2", "GNU.sparse.offset", "0", "GNU.sparse.numbytes", "512",
		"GNU.sparse.offset", strconv.FormatInt(real-256, 10), "GNU.sparse.numbytes", "256")
	out = append(out, rawHeader("f", typeRegular, 768, "ustar\x0000", nil)...)
	return append(out, make([]byte, 2*blockSize)...)
}

// paxPieces begins an extended header of format 0.0 with one piece.
func paxPieces(offset, length string, more ...string) []byte {
	return paxHeader(append([]string{"GNU.sparse.size", "5000", "GNU.sparse.numblocks", "1", "GNU.sparse.offset", offset, "GNU.sparse.numbytes", length}, more...)...)
}

// paxHeader is an extended header with these keys and values.
func paxHeader(records ...string) []byte {
	var text string
	for i := 0; i < len(records); i += 2 {
		text += paxText(records[i], records[i+1])
	}
	out := rawHeader("PaxHeaders/x", typePAX, int64(len(text)), "ustar\x0000", nil)
	out = append(out, text...)
	return append(out, make([]byte, roundUp(int64(len(text)))-int64(len(text)))...)
}

func roundUp(n int64) int64 { return (n + blockSize - 1) / blockSize * blockSize }

func paxText(key, value string) string {
	n := len(key) + len(value) + 3
	for len(strconv.Itoa(n))+len(key)+len(value)+3 != n {
		n = len(strconv.Itoa(n)) + len(key) + len(value) + 3
	}
	return strconv.Itoa(n) + " " + key + "=" + value + "\n"
}

// TestChecksum compares with the sum as the standard words it, byte by byte.
func TestChecksum(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range imagetest.Rounds(3_000, 3_000, 10_000) {
		b := make([]byte, blockSize)
		for i := range b {
			if r.IntN(3) > 0 {
				b[i] = byte(r.IntN(256))
			}
		}
		var unsigned, signed int64
		for i, c := range b {
			if i >= offChecksum && i < offChecksum+lenChecksum {
				c = ' '
			}
			unsigned += int64(c)
			signed += int64(int8(c))
		}
		for sum, want := range map[int64]bool{unsigned: true, signed: true, unsigned + 1: unsigned+1 == signed, signed - 1: signed-1 == unsigned} {
			if sum < 0 {
				continue
			}
			copy(b[offChecksum:], fmt.Sprintf("%06o\x00 ", sum))
			if got := checksumHolds(b); got != want {
				t.Fatalf("%d: %t; the sums are %d and %d", sum, got, unsigned, signed)
			}
		}
	}
	b := bytes.Repeat([]byte{0xff}, blockSize)
	copy(b[offChecksum:], fmt.Sprintf("%06o\x00 ", 504*255+8*' '))
	if !checksumHolds(b) {
		t.Error("the largest sum does not hold")
	}
}

func BenchmarkChecksum(b *testing.B) {
	block := imagetest.Tar(imagetest.Text("a", "b"))[:blockSize]
	b.SetBytes(blockSize)
	for b.Loop() {
		if !checksumHolds(block) {
			b.Fatal("it does not hold")
		}
	}
}
