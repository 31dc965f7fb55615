package imagetest

import (
	"encoding/binary"
	"strings"
)

// GoProgram is a program that holds a list of modules as Go's linker leaves it.
func GoProgram(modules string) []byte {
	b := make([]byte, 256)
	copy(b, "\x7fELF\x02\x01\x01")
	le := binary.LittleEndian
	le.PutUint64(b[32:], 64)
	le.PutUint16(b[54:], 56)
	le.PutUint16(b[56:], 1)
	info := "\xff Go buildinf:\x08\x02" + strings.Repeat("\x00", 16) + "\x08go1.22.1"
	if modules != "" {
		modules = strings.Repeat("<", 16) + modules + strings.Repeat(">", 16)
	}
	info += string(binary.AppendUvarint(nil, uint64(len(modules)))) + modules
	p := b[64:]
	le.PutUint32(p, 1)
	le.PutUint32(p[4:], 6)
	le.PutUint64(p[8:], 256)
	le.PutUint64(p[16:], 0x400100)
	le.PutUint64(p[32:], uint64(len(info)))
	return append(b, info...)
}
