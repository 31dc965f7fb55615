package replay

import (
	"bytes"
	_ "embed" // the extract of Debian's archive
	"sync"
)

//go:embed testdata/debian.gz
var debianExtract []byte

// Debian is an extract of the archive of Debian bookworm: the packages that people
// install most with what they depend on. `go run ./test/corpus extract` writes it.
var Debian = sync.OnceValue(func() *Archive {
	a, err := ReadArchive(bytes.NewReader(debianExtract))
	if err != nil {
		panic("dockerfile: the extract of Debian's archive: " + err.Error())
	}
	return a
})
