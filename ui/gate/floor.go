package gate

import (
	"errors"
	"strings"

	"github.com/tare-oci/tare/model"
)

// Floor is how many bytes a fix must save, or a growth must have, to count at all: Bytes, or
// Share of the scope's size, whichever is larger.
type Floor struct {
	Bytes int64
	Share float64
}

// of returns the floor in bytes for a scope of that size.
func (f *Floor) of(size int64) int64 {
	if f == nil {
		return model.Floor(size)
	}
	return max(f.Bytes, int64(f.Share*float64(size)))
}

// ParseFloor reads a size, a percentage, or both with a comma between them.
func ParseFloor(text string) (*Floor, error) {
	floor := &Floor{}
	parts := strings.Split(text, ",")
	for i, part := range parts {
		amount, err := ParseAmount(part)
		if err != nil || i > 1 || i == 1 && amount.IsShare == (floor.Share > 0) {
			return nil, errors.New("it takes " + Takes(NameFloor))
		}
		if amount.IsShare {
			floor.Share = amount.Share
		} else {
			floor.Bytes = amount.Bytes
		}
	}
	return floor, nil
}
