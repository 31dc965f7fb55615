package scan

import (
	"bytes"

	"github.com/tare-oci/tare/model"
)

// The names by which a layer hides what lies below (OCI image spec, layer.md, "Whiteouts"),
// and those that AUFS keeps for itself.
const (
	whiteoutPrefix = ".wh."
	metaPrefix     = ".wh..wh."
	opaqueName     = ".wh..wh..opq"
	plnkDir        = ".wh..wh.plnk"
)

// whiteout looks whether an entry hides something of the layers below, by its name or as a
// character device 0/0, and marks it as that. It returns the name that the entry is about,
// "" for an opaque whiteout, and reports false where the entry is none of the filesystem's.
func (b *builder) whiteout(e *Entry, h *header, dir, base []byte) ([]byte, bool) {
	switch {
	case string(base) == opaqueName:
		e.Kind = model.Opaque
		return nil, true
	case len(dir) == 0 && bytes.HasPrefix(base, []byte(metaPrefix)):
		return nil, false // AUFS's own directories and files
	case bytes.HasPrefix(dir, []byte(plnkDir)) && (len(dir) == len(plnkDir) || dir[len(plnkDir)] == '/'):
		e.Flags |= Aside
	case bytes.HasPrefix(dir, []byte(metaPrefix)):
		return nil, false
	case bytes.HasPrefix(base, []byte(whiteoutPrefix)):
		e.Kind, base = model.Whiteout, base[len(whiteoutPrefix):]
		if len(base) == 0 || string(base) == "." || string(base) == ".." {
			b.odd(&b.oddWh, 2, h.Name)
			return nil, false
		}
	case h.Null && e.Kind == model.CharDevice:
		e.Kind, e.Flags = model.Whiteout, Device
	}
	return base, true
}
