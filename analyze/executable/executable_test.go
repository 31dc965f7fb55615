package executable_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/executable"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// collect shows a content to a Collector in pieces.
func collect(body []byte, piece int, names bool) (executable.File, bool) {
	var c executable.Collector
	c.Begin(int64(len(body)), wish(names))
	for rest := body; len(rest) > 0; {
		n := min(piece, len(rest))
		c.Write(rest[:n])
		rest = rest[n:]
	}
	return c.End()
}

// wish answers whether names are wanted.
func wish(names bool) func() bool { return func() bool { return names } }

// readAt reads a content that is at hand, in the middle of something else.
func readAt(body []byte, names bool) (executable.File, bool) {
	r := bytes.NewReader(slices.Concat([]byte("before"), body, []byte("behind")))
	var c executable.Collector
	return c.ReadAt(r, 6, int64(len(body)), wish(names))
}

// bigEndian32 is a 32-bit program of a big-endian machine: a header, PT_INTERP and PT_LOAD.
func bigEndian32() []byte {
	b := make([]byte, 52+2*32)
	copy(b, "\x7fELF\x01\x02\x01")
	be := binary.BigEndian
	be.PutUint32(b[28:], 52)
	be.PutUint16(b[42:], 32)
	be.PutUint16(b[44:], 2)
	interpreter := "/lib/ld.so.1\x00"
	for i, kind := range []uint32{3, 1} {
		p := b[52+32*i:]
		be.PutUint32(p, kind)
		be.PutUint32(p[4:], uint32(len(b)))
		be.PutUint32(p[16:], uint32(len(interpreter)))
	}
	return append(b, interpreter...)
}

// TestFile reads programs and scripts in each way, whatever the pieces.
func TestFile(t *testing.T) {
	const loader = "/lib64/ld-linux-x86-64.so.2"
	linked := imagetest.ELF{Interpreter: loader, Needed: []string{"libz.so.1", "libc.so.6"}, Runpath: "$ORIGIN/../lib"}
	library := imagetest.ELF{Soname: "libz.so.1", Needed: []string{"libc.so.6"}, Rpath: "/opt/lib"}
	patched := linked
	patched.NamesLast, patched.Size = true, 200_000
	large := linked // its dynamic section lies behind what is kept of a head
	large.Names = []string{strings.Repeat("some words ", 3000)}
	for name, test := range map[string]struct {
		body []byte
		want *executable.File
	}{
		"a program":                          {linked.Body(), &executable.File{Interpreter: loader, Needed: []string{"libz.so.1", "libc.so.6"}, Runpath: "$ORIGIN/../lib"}},
		"a library":                          {library.Body(), &executable.File{Soname: "libz.so.1", Needed: []string{"libc.so.6"}, Rpath: "/opt/lib"}},
		"names behind the dynamic section":   {patched.Body(), &executable.File{Interpreter: loader, Needed: []string{"libz.so.1", "libc.so.6"}, Runpath: "$ORIGIN/../lib"}},
		"a large program":                    {large.Body(), &executable.File{Interpreter: loader, Needed: []string{"libz.so.1", "libc.so.6"}, Runpath: "$ORIGIN/../lib"}},
		"a static program":                   {imagetest.ELF{}.Body(), &executable.File{}},
		"32 bits, big-endian":                {bigEndian32(), &executable.File{Interpreter: "/lib/ld.so.1"}},
		"a script":                           {[]byte("#! /usr/bin/env  python3\nimport a\n"), &executable.File{Script: "/usr/bin/env  python3"}},
		"a script of one line":               {[]byte("#!/bin/sh"), &executable.File{Script: "/bin/sh"}},
		"no script":                          {[]byte("#!\n"), nil},
		"a first line without end":           {[]byte("#!" + strings.Repeat("a", 5000)), nil},
		"a text":                             {[]byte("hello, world\n"), nil},
		"three bytes":                        {[]byte("\x7fEL"), nil},
		"the name of the format and no more": {[]byte("\x7fELF"), nil},
		"a core of no kind":                  {append([]byte("\x7fELF\x09\x09"), make([]byte, 200)...), nil},
	} {
		t.Run(name, func(t *testing.T) {
			for _, piece := range []int{1, 3, 50, 4096, 10_000, len(test.body)} {
				if got, ok := collect(test.body, piece, false); ok != (test.want != nil) || ok && cmp.Diff(*test.want, got) != "" {
					t.Errorf("in pieces of %d bytes: %+v, %v", piece, got, ok)
				}
			}
			if got, ok := readAt(test.body, false); ok != (test.want != nil) || ok && cmp.Diff(*test.want, got) != "" {
				t.Errorf("at hand: %+v, %v", got, ok)
			}
		})
	}
}

// TestFarNames reads what a program needs where the names of that lie neither at its
// beginning nor in a small segment: behind the dynamic section, as patchelf puts them, or
// before it, as Go's linker does, whose section headers come first.
func TestFarNames(t *testing.T) {
	patched := imagetest.ELF{Interpreter: "/lib/ld", NamesLast: true}
	for i := range 500 {
		patched.Needed = append(patched.Needed, fmt.Sprintf("lib%s%d.so", strings.Repeat("long", 40), i))
	}
	table := []byte("\x00libfar.so.9\x00")
	body := imagetest.ELF{Interpreter: "/lib/ld\x00" + strings.Repeat("section header", 10), Needed: []string{"libnear.so"}, Names: []string{strings.Repeat("filler ", 20_000), string(table)}}.Body()
	le, at := binary.LittleEndian, bytes.Index(body, table)
	const base = 0x400000
	entry := bytes.LastIndex(body, le.AppendUint64(nil, 5)) // DT_STRTAB
	le.PutUint64(body[entry+8:], uint64(base+at))
	far := func(sections bool) []byte {
		out := bytes.Clone(body)
		if first := bytes.Index(out, []byte("section header")); sections {
			le.PutUint64(out[40:], uint64(first))
			le.PutUint16(out[58:], 64)
			le.PutUint16(out[60:], 2)
			clear(out[first : first+128])
			second := out[first+64:]
			le.PutUint32(second[4:], 3) // SHT_STRTAB
			le.PutUint64(second[8:], 2) // SHF_ALLOC
			le.PutUint64(second[24:], uint64(at))
			le.PutUint64(second[32:], uint64(len(table)))
		}
		return out
	}
	for name, test := range map[string]struct {
		body []byte
		want executable.File
	}{
		"behind":             {patched.Body(), executable.File{Interpreter: "/lib/ld", Needed: patched.Needed}},
		"before":             {far(true), executable.File{Interpreter: "/lib/ld", Needed: []string{"libfar.so.9"}}},
		"before, and untold": {far(false), executable.File{Interpreter: "/lib/ld", Unread: true}},
	} {
		for _, piece := range []int{1000, 128 << 10, len(test.body)} {
			if got, _ := collect(test.body, piece, false); cmp.Diff(test.want, got) != "" {
				t.Errorf("%s, in pieces of %d bytes: (-want +got)\n%s", name, piece, cmp.Diff(test.want, got))
			}
		}
		if got, _ := readAt(test.body, false); cmp.Diff(test.want, got) != "" {
			t.Errorf("%s, at hand: (-want +got)\n%s", name, cmp.Diff(test.want, got))
		}
	}
}

// TestNames finds names among constants, and no sources.
func TestNames(t *testing.T) {
	body := imagetest.ELF{Interpreter: "/lib/ld", Needed: []string{"libc.so.6"}, Names: []string{"/etc/app/app.conf", "/src/main.c", "libyaml-0.so.2", "see /usr/share/zoneinfo/", "so", "/app/server/etc/x"}}.Body()
	want := []string{"/app/app.conf", "/app/server/etc/x", "/etc/app/app.conf", "/etc/x", "/lib/ld", "/usr/share/zoneinfo", "libc.so.6", "libyaml-0.so.2"}
	for _, piece := range []int{1, len(body)} {
		got, _ := collect(body, piece, true)
		if diff := cmp.Diff(want, sorted(got.Names)); diff != "" || got.Incomplete {
			t.Errorf("(-want +got):\n%s incomplete %v", diff, got.Incomplete)
		}
	}
	got, ok := readAt(body, true)
	if diff := cmp.Diff(want, sorted(got.Names)); diff != "" || !ok {
		t.Errorf("at hand (-want +got):\n%s", diff)
	}
	var many []string
	for i := range 600 {
		many = append(many, "/etc/"+strings.Repeat("a", i%40+1)+strings.Repeat("b", i/40))
	}
	if got, _ := collect(imagetest.ELF{Soname: "a", Names: many}.Body(), 4096, true); !got.Incomplete || len(got.Names) != 512 {
		t.Errorf("%d names, incomplete %v", len(got.Names), got.Incomplete)
	}
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// TestDamaged reads a program that is cut short or changed at any place: it says so, or
// something else, and ends.
func TestDamaged(t *testing.T) {
	body := imagetest.ELF{Interpreter: "/lib/ld", Needed: []string{"liba.so", "libb.so"}, NamesLast: true}.Body()
	for n := range len(body) {
		f, ok := collect(body[:n], 512, true)
		if ok && !f.Unread && len(f.Needed) != 2 && n > 500 {
			t.Errorf("%d of %d bytes: %+v", n, len(body), f)
		}
		if at, known := readAt(body[:n], true); known != ok || cmp.Diff(f, at) != "" {
			t.Errorf("%d of %d bytes: %+v in pieces, %+v at hand", n, len(body), f, at)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range imagetest.Rounds(1_000, 1_000, 4_000) {
		changed := bytes.Clone(body)
		for range 1 + random.IntN(4) {
			changed[random.IntN(600)] = byte(random.IntN(256))
		}
		f, ok := collect(changed, 1000, true)
		if at, known := readAt(changed, true); known != ok || cmp.Diff(f, at) != "" {
			t.Errorf("changed: %+v in pieces, %+v at hand", f, at)
		}
		if again, known := executable.FromTexts(f.Texts()); ok && (!known || f.Memory() != again.Memory()) {
			t.Fatalf("%+v is %+v", f, again)
		}
	}
}

// TestTexts holds what FromTexts reads.
func TestTexts(t *testing.T) {
	for _, f := range []executable.File{{}, {Script: "/bin/sh"}, {Interpreter: "a", Needed: []string{"b", "c"}, Soname: "d", Runpath: "e", Rpath: "f", Names: []string{"g"}, Incomplete: true, Unread: true}, {Incomplete: true, Names: []string{"a"}}, {Unread: true}} {
		if got, ok := executable.FromTexts(f.Texts()); !ok || cmp.Diff(f, got) != "" {
			t.Errorf("%+v: %+v, %v", f, got, ok)
		}
	}
	for _, texts := range [][]string{nil, {"", "", "", "", "", ""}, {"x", "", "", "", "", "", ""}, {"", "", "", "", "", "", "a"}, {"", "", "", "", "", "", "", ""}} {
		if f, ok := executable.FromTexts(texts); ok {
			t.Errorf("%q: %+v", texts, f)
		}
	}
}

// BenchmarkCollector passes programs of 4 MB, with their names and without.
func BenchmarkCollector(b *testing.B) {
	body := imagetest.ELF{Interpreter: "/lib/ld", Needed: []string{"libc.so.6"}, Names: []string{strings.Repeat("net/http.(*Server).Serve ", 80_000)}, Size: 4_000_000}.Body()
	for name, names := range map[string]bool{"needs": false, "names": true} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			var c executable.Collector
			for b.Loop() {
				c.Begin(int64(len(body)), wish(names))
				for rest := body; len(rest) > 0; {
					n := min(32<<10, len(rest))
					c.Write(rest[:n])
					rest = rest[n:]
				}
				c.End()
			}
		})
	}
}
