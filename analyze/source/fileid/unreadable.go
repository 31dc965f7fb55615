package fileid

import (
	"errors"
	"io/fs"

	"github.com/tare-oci/tare/analyze/source/usererror"
)

// Unreadable explains why the system would not open a file or directory.
func Unreadable(err error) error {
	what := err
	var at *fs.PathError
	if errors.As(err, &at) {
		what = at.Err // the path is named already
	}
	return &usererror.Error{What: what.Error(), Next: "check its permissions", Cause: err}
}
