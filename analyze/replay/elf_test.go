package replay

import (
	"bytes"
	"debug/elf"
	"slices"
	"testing"
)

func TestELFHead(t *testing.T) {
	f, err := elf.NewFile(bytes.NewReader(elfHead(glibcLoader, "libx.so.1", []string{glibc, "libssl.so.3"})))
	if err != nil {
		t.Fatal(err)
	}
	if needed := neededBySegment(t, f); !slices.Equal(needed, []string{glibc, "libssl.so.3"}) {
		t.Errorf("it needs %q", needed)
	}
	if _, err := elf.NewFile(bytes.NewReader(staticHead())); err != nil {
		t.Error(err)
	}
}

// neededBySegment reads the NEEDED entries as a loader does, without sections.
func neededBySegment(t *testing.T, f *elf.File) []string {
	t.Helper()
	var table, names []byte
	for _, p := range f.Progs {
		b := make([]byte, p.Filesz)
		if _, err := p.ReadAt(b, 0); err != nil {
			t.Fatal(err)
		}
		switch p.Type {
		case elf.PT_DYNAMIC:
			table = b
		case elf.PT_LOAD:
			names = b
		}
	}
	var offsets []uint64
	strtab := uint64(0)
	for at := 0; at+16 <= len(table); at += 16 {
		tag, val := f.ByteOrder.Uint64(table[at:]), f.ByteOrder.Uint64(table[at+8:])
		switch elf.DynTag(tag) {
		case elf.DT_NEEDED:
			offsets = append(offsets, val)
		case elf.DT_STRTAB:
			strtab = val
		}
	}
	var list []string
	for _, o := range offsets {
		s := names[strtab+o:]
		list = append(list, string(s[:bytes.IndexByte(s, 0)]))
	}
	return list
}
