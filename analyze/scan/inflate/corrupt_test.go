package inflate

import (
	"bytes"
	stdgzip "compress/gzip"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"reflect"
	"strings"
	"testing"
)

// chain gives symbols code lengths 1, 2, 3 … 14, 15, 15: the longest there are.
func chain(size int, symbols ...int) []uint8 {
	l := make([]uint8, size)
	for i, s := range symbols {
		l[s] = uint8(min(i+1, 15))
	}
	return l
}

// TestStreams has streams made by hand. What compress/gzip says of them is
// checked too: the two accept the same.
func TestStreams(t *testing.T) {
	fixed := func() *stream { return new(stream).bits(1, 1).bits(typeFixed, 2) }
	fl, fd := fixedLens, fixedDistLens
	end := func(s *stream) *stream { return s.code(fl, endCode) }
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	oneDist := func(n int) *stream { // "a", then a match of length 3 and distance 1
		lit := lens(258, 'a', 1, 256, 2, 257, 2)
		return new(stream).dynamicBlock(1, lit, lens(1, 0, n)).text(lit, "a").code(lit, 257)
	}
	oneDistLit := lens(258, 'a', 1, 256, 2, 257, 2)
	long := chain(286, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 257, 285, 'm', 256)
	longDist := chain(30, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
	justEnd := lens(257, 256, 1)
	pre := func(symbols ...int) *stream { return new(stream).preCode(1, 257, 1, lens(19, symbols...)) }

	tests := []struct {
		name string
		data []byte
		want string
		err  error
	}{
		{"no members", nil, "", nil},
		{"stored", new(stream).storedBlock(1, []byte("hello")).gzip("hello"), "hello", nil},
		{"stored, empty", new(stream).storedBlock(1, nil).gzip(""), "", nil},
		{"stored, longest", new(stream).storedBlock(1, make([]byte, 65535)).gzip(strings.Repeat("\x00", 65535)), strings.Repeat("\x00", 65535), nil},
		{"stored, bad length", new(stream).bits(1, 1).bits(0, 2).raw(1, 0, 0xff, 0xff, 'a').gzip("a"), "", ErrCorrupt},
		{"stored, padding bits set", new(stream).bits(0xf9, 8).raw(1, 0, 0xfe, 0xff, 'a').gzip("a"), "a", nil},
		{"reserved type", new(stream).bits(1, 1).bits(3, 2).gzip(""), "", ErrCorrupt},
		{"several blocks", new(stream).storedBlock(0, []byte("ab")).bits(0, 1).bits(1, 2).code(fl, 257).code(fd, 1).code(fl, 256).storedBlock(1, []byte("c")).gzip("ababac"), "ababac", nil},

		{"fixed, all literals", end(fixed().text(fl, string(all))).gzip(string(all)), string(all), nil},
		{"fixed, empty", end(fixed()).gzip(""), "", nil},
		{"fixed, longest match", end(fixed().text(fl, "a").code(fl, 285).code(fd, 0)).gzip(strings.Repeat("a", 259)), strings.Repeat("a", 259), nil},
		{"fixed, 258 the other way", end(fixed().text(fl, "a").code(fl, 284).bits(31, 5).code(fd, 0)).gzip(strings.Repeat("a", 259)), strings.Repeat("a", 259), nil},
		{"fixed, literal code 286", fixed().text(fl, "a").code(fl, 286).gzip("a"), "a", ErrCorrupt},
		{"fixed, literal code 287", fixed().text(fl, "a").code(fl, 287).gzip("a"), "a", ErrCorrupt},
		{"fixed, distance code 30", fixed().text(fl, "a").code(fl, 257).code(fd, 30).gzip("a"), "a", ErrCorrupt},
		{"fixed, distance code 31", fixed().text(fl, "a").code(fl, 257).code(fd, 31).gzip("a"), "a", ErrCorrupt},
		{"match at the start", fixed().code(fl, 257).code(fd, 0).gzip("aaa"), "", ErrCorrupt},
		{"match just in reach", end(fixed().text(fl, "ab").code(fl, 257).code(fd, 1)).gzip("ababa"), "ababa", nil},
		{"match just out of reach", end(fixed().text(fl, "ab").code(fl, 257).code(fd, 2)).gzip("ababa"), "ab", ErrCorrupt},

		{"dynamic, too many literal codes", new(stream).dynamicBlock(1, lens(287, 256, 1), lens(1)).gzip(""), "", ErrCorrupt},
		{"dynamic, too many distance codes", new(stream).dynamicBlock(1, justEnd, lens(31)).gzip(""), "", ErrCorrupt},
		{"dynamic, all codes there are", new(stream).dynamicBlock(1, lens(286, 256, 1), lens(30)).bits(0, 1).gzip(""), "", nil},
		{"one literal code", new(stream).dynamicBlock(1, justEnd, lens(1)).bits(0, 1).gzip(""), "", nil},
		{"one literal code, the other bit", new(stream).dynamicBlock(1, justEnd, lens(1)).bits(1, 1).gzip(""), "", ErrCorrupt},
		{"one literal code of two bits", new(stream).dynamicBlock(1, lens(257, 256, 2), lens(1)).bits(0, 2).gzip(""), "", ErrCorrupt},
		{"no literal code", new(stream).dynamicBlock(1, lens(257), lens(1)).gzip(""), "", ErrCorrupt},
		{"block without an end", new(stream).dynamicBlock(1, lens(257, 'a', 1, 'b', 1), lens(1)).raw(make([]byte, 100)...).gzip(""), "", ErrCorrupt},
		{"incomplete literal code", new(stream).dynamicBlock(1, lens(257, 'a', 2, 256, 1), lens(1)).bits(0, 1).gzip(""), "", ErrCorrupt},
		{"oversubscribed literal code", new(stream).dynamicBlock(1, lens(257, 'a', 1, 'b', 1, 256, 1), lens(1)).gzip(""), "", ErrCorrupt},
		{"oversubscribed, long", new(stream).dynamicBlock(1, lens(257, 'a', 1, 'b', 1, 'c', 15, 256, 15), lens(1)).gzip(""), "", ErrCorrupt},
		{"one distance code", oneDist(1).bits(0, 1).code(oneDistLit, 256).gzip("aaaa"), "aaaa", nil},
		{"one distance code, the other bit", oneDist(1).bits(1, 1).code(oneDistLit, 256).gzip("aaaa"), "a", ErrCorrupt},
		{"one distance code of two bits", oneDist(2).bits(0, 2).code(oneDistLit, 256).gzip("aaaa"), "", ErrCorrupt},
		{"no distance code, unused", new(stream).dynamicBlock(1, oneDistLit, lens(1)).text(oneDistLit, "a").code(oneDistLit, 256).gzip("a"), "a", nil},
		{"no distance code, used", oneDist(0).bits(0, 9).gzip("aaaa"), "a", ErrCorrupt},
		{"incomplete distance code", new(stream).dynamicBlock(1, oneDistLit, lens(2, 0, 2, 1, 2)).code(oneDistLit, 256).gzip(""), "", ErrCorrupt},
		{"oversubscribed distance code", new(stream).dynamicBlock(1, oneDistLit, lens(3, 0, 1, 1, 1, 2, 1)).code(oneDistLit, 256).gzip(""), "", ErrCorrupt},
		{"longest codes", new(stream).dynamicBlock(1, long, longDist).text(long, "klmabm").code(long, 257).code(longDist, 4).bits(1, 1).
			code(long, 285).code(longDist, 0).code(long, 256).gzip("klmabmklm" + strings.Repeat("m", 258)), "klmabmklm" + strings.Repeat("m", 258), nil},
		{"longest codes, out of reach", new(stream).dynamicBlock(1, long, longDist).text(long, "klmabm").code(long, 257).code(longDist, 15).bits(0, 6).gzip(""), "klmabm", ErrCorrupt},

		{"code length code, incomplete", pre(0, 2, 1, 2).gzip(""), "", ErrCorrupt},
		{"code length code, oversubscribed", pre(0, 1, 1, 1, 2, 1).gzip(""), "", ErrCorrupt},
		{"code length code, empty", pre().gzip(""), "", ErrCorrupt},
		{"code length code, one, all lengths 1", pre(1, 1).raw(make([]byte, 80)...).gzip(""), "", ErrCorrupt},
		{"code length code, one, the other bit", pre(1, 1).raw(bytes.Repeat([]byte{0xff}, 80)...).gzip(""), "", ErrCorrupt},
		{"repeat of nothing", pre(1, 1, 16, 1).code(lens(19, 1, 1, 16, 1), 16).bits(0, 2).gzip(""), "", ErrCorrupt},
		{"repeat too long", pre(1, 1, 18, 1).code(lens(19, 1, 1, 18, 1), 18).bits(127, 7).code(lens(19, 1, 1, 18, 1), 18).bits(127, 7).gzip(""), "", ErrCorrupt},
		{"repeat across the two codes", func() []byte {
			p := lens(19, 1, 2, 16, 2, 18, 1)
			s := new(stream).preCode(1, 257, 3, p)
			s.code(p, 18).bits(127, 7).code(p, 18).bits(255-138-11, 7).code(p, 1).code(p, 1).code(p, 16).bits(0, 2) // 255, 256; dist 0 … 2
			return s.gzip("")
		}(), "", ErrCorrupt}, // three distance codes of one bit
		{"repeat across the two codes, complete", func() []byte {
			p := lens(19, 1, 2, 16, 2, 18, 1)
			s := new(stream).preCode(1, 258, 2, p)
			s.code(p, 18).bits(127, 7).code(p, 18).bits(256-138-11, 7).code(p, 1).code(p, 16).bits(0, 2) // 256, 257; dist 0, 1
			return s.bits(0, 1).gzip("")
		}(), "", nil},

		{"second member reaches into the first", append(new(stream).storedBlock(1, []byte("abc")).gzip("abc"),
			end(fixed().text(fl, "d").code(fl, 257).code(fd, 1)).gzip("dcdc")...), "abcd", ErrCorrupt},
		{"members", append(new(stream).storedBlock(1, []byte("abc")).gzip("abc"), end(fixed().text(fl, "d")).gzip("d")...), "abcd", nil},
		{"trailing garbage", append(new(stream).storedBlock(1, []byte("abc")).gzip("abc"), "garbage that follows"...), "abc", ErrCorrupt},
		{"trailing half header", append(new(stream).storedBlock(1, []byte("abc")).gzip("abc"), 0x1f, 0x8b), "abc", io.ErrUnexpectedEOF},
		{"bad checksum", new(stream).storedBlock(1, []byte("abc")).gzip("abd"), "abc", ErrChecksum},
		{"bad size", func() []byte {
			p := new(stream).storedBlock(1, []byte("abc")).gzip("abc")
			p[len(p)-1]++
			return p
		}(), "abc", ErrChecksum},
		{"zeros only", make([]byte, 100), "", ErrCorrupt},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := check(t, tt.data)
			_, err := inflate(bytes.NewReader(tt.data))
			if string(got.Bytes) != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("got %.40q, %v; want %.40q, %v", got.Bytes, err, tt.want, tt.err)
			}
			if _, err := gunzip(tt.data); (err == nil) != (tt.err == nil) {
				t.Errorf("compress/gzip says %v", err)
			}
			// The same with so much input behind it that only the fast loop runs.
			behind := append(bytes.Clone(tt.data), bytes.Repeat(new(stream).storedBlock(1, nil).gzip(""), 100)...)
			if fast, _ := inflate(bytes.NewReader(behind)); tt.err != io.ErrUnexpectedEOF && tt.data != nil && (!bytes.Equal(fast.Bytes, got.Bytes) || fast.Err != got.Err) {
				t.Errorf("with members behind it: got %.40q, %q; want %.40q, %q", fast.Bytes, fast.Err, got.Bytes, got.Err)
			}
		})
	}
}

// TestPauses has a corrupt symbol, or none, far into a block, and a reader that
// pauses anywhere around it: the fast loop, which meets it with too little or
// just enough input behind it, must neither stop for good nor miss it.
func TestPauses(t *testing.T) {
	text := strings.Repeat("x", 1000)
	for name, symbol := range map[string]func(*stream){
		"none":               func(*stream) {},
		"literal":            func(s *stream) { s.code(fixedLens, 286) },
		"distance":           func(s *stream) { s.code(fixedLens, 257).code(fixedDistLens, 30) },
		"match out of reach": func(s *stream) { s.match(258, 1001) },
	} {
		s := new(stream).bits(1, 1).bits(typeFixed, 2).text(fixedLens, text)
		symbol(s)
		data := s.code(fixedLens, endCode).gzip(text)
		data = append(data, bytes.Repeat(new(stream).storedBlock(1, nil).gzip(""), 10)...)
		want, err := inflate(bytes.NewReader(data))
		if string(want.Bytes) != text || (err == nil) != (name == "none") {
			t.Fatalf("%s: got %d bytes, %v", name, len(want.Bytes), err)
		}
		for n := 950; n < 1100; n++ {
			r := io.MultiReader(bytes.NewReader(data[:n]), bytes.NewReader(data[n:]))
			if got, _ := inflate(r); !reflect.DeepEqual(got, want) {
				t.Errorf("%s, pause at %d: got %d bytes, %q; want %q", name, n, len(got.Bytes), got.Err, want.Err)
			}
		}
	}
}

// gunzip is the stdlib's opinion.
func gunzip(data []byte) ([]byte, error) {
	z, err := stdgzip.NewReader(bytes.NewReader(data))
	if err == io.EOF {
		return nil, nil // no members
	}
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

func TestHeaders(t *testing.T) {
	member := func(flags byte, fields string) []byte {
		h := append([]byte{0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 5, 6}, fields...)
		if flags&flagHeaderCRC != 0 {
			sum := crc32.ChecksumIEEE(h)
			h = append(h, byte(sum), byte(sum>>8))
		}
		return append(append(h, new(stream).storedBlock(1, []byte("x")).data...), trailerOf("x")...)
	}
	name := strings.Repeat("n", maxString-1) + "\x00"
	tests := []struct {
		name string
		data []byte
		err  error
	}{
		{"plain", member(0, ""), nil},
		{"reserved flags", member(0xe1, ""), nil}, // ignored, as by compress/gzip
		{"extra", member(flagExtra, "\x03\x00abc"), nil},
		{"extra, empty", member(flagExtra, "\x00\x00"), nil},
		{"extra, longest", member(flagExtra, "\xff\xff"+strings.Repeat("e", 65535)), nil},
		{"extra, cut", member(flagExtra, "\xff\xff"), io.ErrUnexpectedEOF},
		{"name", member(flagName, "name\x00"), nil},
		{"name, longest", member(flagName, name), nil},
		{"name, too long", member(flagName, "n"+name), ErrCorrupt},
		{"comment", member(flagComment, "comment\x00"), nil},
		{"comment, too long", member(flagComment, "n"+name), ErrCorrupt},
		{"header checksum", member(flagHeaderCRC, ""), nil},
		{"all", member(flagHeaderCRC|flagExtra|flagName|flagComment, "\x02\x00ab"+name+name), nil},
		{"bad header checksum", append([]byte{0x1f, 0x8b, 8, flagHeaderCRC, 0, 0, 0, 0, 0, 0}, make([]byte, 40)...), ErrCorrupt},
		{"bad first byte", append([]byte{0x1e}, member(0, "")[1:]...), ErrCorrupt},
		{"bad second byte", append([]byte{0x1f, 0x8c}, member(0, "")[2:]...), ErrCorrupt},
		{"bad method", append([]byte{0x1f, 0x8b, 7}, member(0, "")[3:]...), ErrCorrupt},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := check(t, tt.data)
			_, err := inflate(bytes.NewReader(tt.data))
			if !errors.Is(err, tt.err) || (err == nil) != (string(got.Bytes) == "x") {
				t.Errorf("got %q, %v, want %v", got.Bytes, err, tt.err)
			}
			if _, err := gunzip(tt.data); (err == nil) != (tt.err == nil) {
				t.Errorf("compress/gzip says %v", err)
			}
		})
	}
}

// TestPadding differs from compress/gzip: zeros after the last member are fine.
func TestPadding(t *testing.T) {
	member := new(stream).storedBlock(1, []byte("x")).gzip("x")
	for _, n := range []int{1, 7, 8, 512, 300_000} {
		padded := append(bytes.Clone(member), make([]byte, n)...)
		got := check(t, padded)
		if !got.ok() || string(got.Bytes) != "x" {
			t.Errorf("%d zeros: got %q, %q", n, got.Bytes, got.Err)
		}
		_, err := inflate(bytes.NewReader(append(padded, member...)))
		if !errors.Is(err, ErrCorrupt) {
			t.Errorf("a member after %d zeros: got %v", n, err)
		}
	}
}

// TestMatches copies with all short distances, at all lengths, and with
// distances around the longest, at all places of the window.
func TestMatches(t *testing.T) {
	seed := sample(historySize + 3)
	distances := []int{historySize, historySize - 1, historySize - 258}
	for d := 1; d <= 40; d++ {
		distances = append(distances, d)
	}
	s, want := new(stream), bytes.Clone(seed)
	s.storedBlock(0, seed).bits(1, 1).bits(typeFixed, 2)
	for _, d := range distances {
		for length := 3; length <= 258; length++ {
			s.match(length, d)
			for range length {
				want = append(want, want[len(want)-d])
			}
			// A literal tells where a copy went too far.
			s.code(fixedLens, length%256)
			want = append(want, byte(length))
		}
	}
	s.code(fixedLens, endCode)
	got := check(t, s.gzip(string(want)))
	if !got.ok() || !bytes.Equal(got.Bytes, want) {
		t.Errorf("got %d bytes, %q; want %d bytes", len(got.Bytes), got.Err, len(want))
	}
	for _, back := range []int{0, 1} {
		s := new(stream).storedBlock(0, seed[:historySize-back]).bits(1, 1).bits(typeFixed, 2).match(3, historySize)
		s.code(fixedLens, endCode)
		text := string(seed[:historySize-back]) + string(seed[:3])
		if got := check(t, s.gzip(text)); got.ok() != (back == 0) {
			t.Errorf("distance 32768 after %d bytes: %q", historySize-back, got.Err)
		}
	}
}

// match appends a match with the fixed codes, found by trying all symbols.
func (s *stream) match(length, distance int) *stream {
	for i := endCode + 1; i < maxLit; i++ {
		e := litSymbols[i]
		if d := length - int(e>>valueShift); d >= 0 && d < 1<<(e&lenMask) {
			s.code(fixedLens, i).bits(d, int(e&lenMask))
			break
		}
	}
	for i := range maxDist {
		e := distSymbols[i]
		if d := distance - int(e>>valueShift); d >= 0 && d < 1<<(e&lenMask) {
			return s.code(fixedDistLens, i).bits(d, int(e&lenMask))
		}
	}
	panic(fmt.Sprint("no code for distance ", distance))
}
