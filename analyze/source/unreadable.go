package source

import (
	"errors"
	"io/fs"
)

// unreadable explains why the system would not open a file or directory.
func unreadable(err error) error {
	what := err
	var at *fs.PathError
	if errors.As(err, &at) {
		what = at.Err // the path is named already
	}
	return &problem{what: what.Error(), next: "check who may read it", cause: err}
}
