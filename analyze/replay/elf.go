package replay

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// Interpreters of programs, and the C libraries that belong to them.
const (
	glibcLoader = "/lib64/ld-linux-x86-64.so.2"
	glibc       = "libc.so.6"
	muslLoader  = "/lib/ld-musl-x86_64.so.1"
	musl        = "libc.musl-x86_64.so.1"
)

// elfHead is the beginning of an ELF file: headers, the interpreter, and a dynamic
// section that names the libraries it needs. It is as small as programs that read
// NEEDED entries accept; nothing runs it.
func elfHead(interpreter, soname string, needed []string) []byte {
	const headers, programHeader = 64, 56
	names := bytes.NewBufferString("\x00")
	offset := func(s string) uint64 {
		at := names.Len()
		names.WriteString(s + "\x00")
		return uint64(at)
	}
	var dynamic []elf.Dyn64
	for _, n := range needed {
		dynamic = append(dynamic, elf.Dyn64{Tag: int64(elf.DT_NEEDED), Val: offset(n)})
	}
	if soname != "" {
		dynamic = append(dynamic, elf.Dyn64{Tag: int64(elf.DT_SONAME), Val: offset(soname)})
	}
	interp := append([]byte(interpreter), 0)
	at := uint64(headers + 3*programHeader)
	strtab := at + uint64(len(interp))
	table := (strtab + uint64(names.Len()) + 7) &^ 7
	dynamic = append(dynamic, elf.Dyn64{Tag: int64(elf.DT_STRTAB), Val: strtab}, elf.Dyn64{Tag: int64(elf.DT_STRSZ), Val: uint64(names.Len())}, elf.Dyn64{Tag: int64(elf.DT_NULL)})
	end := table + uint64(16*len(dynamic))
	h := elf.Header64{Type: uint16(elf.ET_DYN), Machine: uint16(elf.EM_X86_64), Version: 1, Phoff: headers, Ehsize: headers, Phentsize: programHeader, Phnum: 3, Shentsize: 64}
	copy(h.Ident[:], "\x7fELF\x02\x01\x01")
	segment := func(kind elf.ProgType, off, size uint64) elf.Prog64 {
		return elf.Prog64{Type: uint32(kind), Flags: uint32(elf.PF_R | elf.PF_X), Off: off, Vaddr: off, Paddr: off, Filesz: size, Memsz: size, Align: 8}
	}
	first := segment(elf.PT_INTERP, at, uint64(len(interp)))
	if interpreter == "" {
		first = segment(elf.PT_NULL, 0, 0)
	}
	var b bytes.Buffer
	for _, v := range []any{h, first, segment(elf.PT_LOAD, 0, end), segment(elf.PT_DYNAMIC, table, uint64(16*len(dynamic)))} {
		_ = binary.Write(&b, binary.LittleEndian, v) // a buffer never fails
	}
	b.Write(interp)
	b.Write(names.Bytes())
	b.Write(make([]byte, int(table)-b.Len()))
	_ = binary.Write(&b, binary.LittleEndian, dynamic)
	return b.Bytes()
}

// staticHead is the beginning of a program without a dynamic section.
func staticHead() []byte {
	h := elf.Header64{Type: uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: 1, Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: 1, Shentsize: 64}
	copy(h.Ident[:], "\x7fELF\x02\x01\x01")
	var b bytes.Buffer
	_ = binary.Write(&b, binary.LittleEndian, h) // a buffer never fails
	_ = binary.Write(&b, binary.LittleEndian, elf.Prog64{Type: uint32(elf.PT_LOAD), Flags: 5, Filesz: 120, Memsz: 120, Align: 8})
	return b.Bytes()
}

var libraryName = lazyregexp.New(`^(lib[a-z0-9+.-]*?)-?([0-9]+)(t64|v5|c2a)?$`)

// sonames are the libraries in a package of Debian.
func sonames(name string) []string {
	switch name {
	case "libc6":
		return []string{glibc, "libm.so.6", "libpthread.so.0", "ld-linux-x86-64.so.2"}
	case "libssl3":
		return []string{"libssl.so.3", "libcrypto.so.3"}
	case "zlib1g":
		return []string{"libz.so.1"}
	case "libgcc-s1":
		return []string{"libgcc_s.so.1"}
	case "libxml2":
		return []string{"libxml2.so.2"}
	case "libncursesw6", "libtinfo6":
		return []string{strings.TrimSuffix(name, "6") + ".so.6"}
	}
	if m := libraryName.FindStringSubmatch(name); m != nil {
		return []string{m[1] + ".so." + m[2]}
	}
	if strings.HasPrefix(name, "lib") && !strings.HasSuffix(name, "-dev") && !strings.HasSuffix(name, "-bin") && !strings.HasSuffix(name, "-perl") && !strings.HasSuffix(name, "-common") && !strings.HasSuffix(name, "-data") {
		return []string{name + ".so.1"}
	}
	return nil
}

// dependsOn are the libraries of the packages that a package depends on.
func (p *Package) dependsOn() []string {
	list := []string{glibc}
	for _, clause := range relations(p.Depends) {
		if names := sonames(clause[0]); len(names) > 0 && clause[0] != p.Name && clause[0] != "libc6" && strings.HasPrefix(names[0], "lib") {
			list = append(list, names[0])
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// linked are the libraries that a program built here is linked with: those of the
// development packages that somebody asked for.
func (m *machine) linked() []string {
	if m.apk != nil {
		return []string{musl}
	}
	list := []string{glibc}
	if m.dpkg == nil {
		return list
	}
	for name, p := range m.dpkg.installed {
		if m.dpkg.auto[name] || !strings.HasSuffix(name, "-dev") {
			continue
		}
		var all, own []string
		for _, clause := range relations(p.Depends) {
			if names := sonames(clause[0]); len(names) > 0 && m.dpkg.installed[clause[0]] != nil {
				all = append(all, names[0])
				if stem(clause[0]) == stem(strings.TrimSuffix(name, "-dev")) {
					own = append(own, names[0])
				}
			}
		}
		if len(own) == 0 {
			own = all
		}
		list = append(list, own...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// stem is the name of a package of a library without its version: headers are for the library
// of the same name, and bring others for those who ask for them.
func stem(name string) string { return versionOfName.ReplaceAllString(name, "") }

// versionOfName matches the version at the end of a library's name.
var versionOfName = lazyregexp.New(`-?[0-9.]+$`)

// loader is the interpreter of programs built here.
func (m *machine) loader() string {
	if m.apk != nil {
		return muslLoader
	}
	return glibcLoader
}
