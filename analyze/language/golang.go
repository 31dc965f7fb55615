package language

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"maps"
	"path"
	"runtime/debug"
	"slices"
)

// What Go's linker leaves in a program (debug/buildinfo of the standard library): at an address
// that is a multiple of 16, in the segment of data, the 14 bytes "\xff Go buildinf:", the length of
// a pointer and flags. Since Go 1.18 there follow, behind 32 bytes, the compiler's version and the
// module information, each with its length as a varint before it; before that, pointers to them
// that lead all over the program.

const (
	goMagic      = "\xff Go buildinf:"
	goHeader     = 32
	goInline     = 2 // the flag that says that texts follow
	goMarkers    = 16
	maxGoVersion = 1 << 10
	maxGoModules = 4 << 20
)

var goData = searchKind{
	find:    func(p []byte) int { return bytes.Index(p, []byte(goMagic)) },
	overlap: len(goMagic) - 1,
	align:   16,
	read:    readGo,
	first:   goHeader,
	limit:   goHeader + 2*binary.MaxVarintLen64 + maxGoVersion + maxGoModules,
}

func readGo(_ *search, p []byte) (f Found, need int, ok bool) {
	if len(p) < goHeader {
		return f, goHeader, false
	}
	switch size, flags := p[len(goMagic)], p[len(goMagic)+1]; {
	case flags&goInline == 0 && (size == 4 || size == 8) && flags <= 1:
		return Found{Go, []Row{{Unknown: "old-go"}}}, 0, true
	case flags&goInline == 0:
		return f, 0, false
	}
	version, at, need := goText(p, goHeader, maxGoVersion)
	if need != 0 || !bytes.HasPrefix(version, []byte("go")) && !bytes.HasPrefix(version, []byte("devel")) {
		return f, max(need, 0), false
	}
	modules, _, need := goText(p, at, maxGoModules)
	if need != 0 {
		return f, max(need, 0), false
	}
	if len(modules) < 2*goMarkers+1 || modules[len(modules)-goMarkers-1] != '\n' {
		return Found{Go, []Row{{Unknown: "no-modules"}}}, 0, true
	}
	info, err := debug.ParseBuildInfo(string(modules[goMarkers : len(modules)-goMarkers]))
	if err != nil {
		return Found{Go, []Row{{Unknown: "no-modules"}}}, 0, true
	}
	return Found{Go, goModules(info)}, 0, true
}

// goText reads a text with its length before it, and returns the position behind it. It returns
// how many bytes of p it needs if there are too few, -1 for a text that is too long.
func goText(p []byte, at, limit int) (text []byte, end, need int) {
	n, size := binary.Uvarint(p[at:])
	switch {
	case size == 0:
		return nil, 0, len(p) + 1
	case size < 0 || n > uint64(limit):
		return nil, 0, -1
	}
	if at += size; len(p) < at+int(n) {
		return nil, 0, at + int(n)
	}
	return p[at : at+int(n)], at + int(n), 0
}

// goModules are the modules of a program, the main one first.
func goModules(info *debug.BuildInfo) []Row {
	rows := []Row{{Name: cmp.Or(info.Main.Path, info.Path), Version: info.Main.Version}}
	for _, m := range info.Deps {
		row := Row{Name: m.Path, Version: m.Version}
		if r := m.Replace; r != nil {
			// A directory that replaces a module has no name and no version of its own.
			if row.Version = r.Version; r.Version != "" && r.Version != "(devel)" {
				row.Name = r.Path
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func listGo(all files, _ *Image) []Package {
	return inPrograms(Go, all)
}

// inPrograms lists what programs are made of: the program itself, which owns its file, and what is
// in it.
func inPrograms(manager string, all files) []Package {
	var packages []Package
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for i, row := range all[name].Rows {
			p := Package{Manager: manager, Name: row.Name, Version: row.Version, At: name, Location: name, Asked: row.Asked, Inside: i > 0}
			if row.Unknown == "packed" || row.Name == "" && i > 0 {
				continue // it may be of any language, or is not understood
			}
			p.Name = cmp.Or(p.Name, path.Base(name))
			if i == 0 {
				p.Files = func(yield func(string) bool) { yield(name) }
			} else {
				p.NeededBy = all[name].Rows[0].Name
			}
			packages = append(packages, p)
		}
	}
	return packages
}
