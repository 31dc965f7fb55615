package source

import (
	"errors"

	"github.com/tare-oci/tare/analyze/source/engine"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// Absent reports whether an error of opening an image says that there is none of that
// name. Who was asked and did not answer may have it, so that is another error; an
// engine that does not run has nothing. What is there and broken, such as a layout without its
// index.json, is not absent: a gate that took it for that would open.
func Absent(err error) bool {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		absent := false
		for _, one := range many.Unwrap() {
			switch {
			case Absent(one):
				absent = true
			case !engine.NotRunning(one) && !isRefusal(many, one):
				return false
			}
		}
		return absent
	}
	if inner := errors.Unwrap(err); inner != nil {
		return Absent(inner)
	}
	return err == usererror.ErrAbsent
}

// isRefusal reports whether one of several errors only says more about another that is
// ErrAbsent itself, such as the answer of a registry.
func isRefusal(many interface{ Unwrap() []error }, one error) bool {
	for _, other := range many.Unwrap() {
		if other == usererror.ErrAbsent && other != one {
			return true
		}
	}
	return false
}
