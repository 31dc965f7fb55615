package cli

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/ui/workspace"
)

// write puts what changed into the files.
func (d *fixFile) write(r *fix.Result) error {
	var edits []workspace.Rewrite
	if !bytes.Equal(r.Old, r.New) {
		edits = append(edits, workspace.Rewrite{Name: d.path, Old: r.Old, New: r.New})
	}
	if editsIgnore(r) {
		edits = append(edits, workspace.Rewrite{Name: d.ignorePath, Old: r.OldIgnore, New: r.NewIgnore})
	}
	err := workspace.Write(edits)
	if errors.Is(err, workspace.ErrChanged) {
		return fmt.Errorf("%w; run tare fix again", err)
	}
	return err
}
