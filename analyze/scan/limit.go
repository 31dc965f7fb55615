package scan

import "fmt"

// What one layer may cost. An image that passes a limit is refused with a
// LimitError that names it, so that no input, however hostile, takes the
// machine with it. There is no ratio limit: a legitimate sparse file is as dense
// as gzip gets.
const (
	MaxLayerBytes = 64 << 30 // decompressed, and the sum of the real sizes of its files
	MaxEntries    = 10_000_000
	MaxNameBytes  = 64 << 10
	MaxDepth      = 4096
	MaxNamesBytes = 128 << 20 // all names of one layer together
	MaxCaptured   = 64 << 20  // one captured file
	maxSpecial    = 1 << 20   // one PAX or GNU long-name header, as archive/tar has it
)

// LimitError says that a layer passes one of the limits above.
type LimitError struct {
	What  string
	Limit string
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%s is over tare's limit of %s", e.What, e.Limit)
}
