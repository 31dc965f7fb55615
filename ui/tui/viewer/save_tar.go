package viewer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/analyze/atomicfile"
	"github.com/tare-oci/tare/analyze/filetar"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// OpenFiles opens the contents of many files of a report's tree, each layer being read
// once. A content is nil where it is stored with holes, which tare does not fill.
type OpenFiles func(ctx context.Context, r *model.Report, ids []model.RecordID, do func(id model.RecordID, content io.Reader) error) error

// Part is the part of an image to save, and the name of the archive.
type Part struct {
	Name string // without its ending
	Dir  string // where the archive goes, "" for the working directory
	filetar.Part
}

// SaveTar is the command that writes a part of the image as a tar into the part's
// directory, readable by its owner alone. Links are saved as links and followed nowhere;
// devices are left out. Nothing is overwritten unless told to, and nothing is left where
// saving fails. What would be too large is refused before anything is read.
func SaveTar(ctx context.Context, open OpenFiles, r *model.Report, part Part, overwrite bool) tea.Cmd {
	return func() tea.Msg {
		msg := Saved{Name: fileName(part.Name) + ".tar", Dir: part.Dir}
		at := filepath.Join(msg.Dir, msg.Name)
		msg.Again = func(ctx context.Context) tea.Cmd { return SaveTar(ctx, open, r, part, true) }
		if _, err := os.Lstat(at); err == nil && !overwrite {
			msg.Exists = true
			return msg
		}
		a, err := filetar.New(ctx, r.Tree, part.Part)
		if errors.Is(err, filetar.ErrTooLarge) {
			err = fmt.Errorf("it has %s in %s, and an archive takes %s in %s at the most; save a directory of it",
				display.Bytes(a.Bytes), display.Plural(a.Paths(), "path"), display.Bytes(filetar.MaxBytes), display.Count(filetar.MaxPaths))
		}
		if msg.err = err; err != nil {
			return msg
		}
		content := func(to *os.File) error {
			return a.Write(to, func(ids []model.RecordID, do func(model.RecordID, io.Reader) error) error {
				return open(ctx, r, ids, do)
			})
		}
		if overwrite {
			msg.err = atomicfile.Write(at, atomicfile.Options{Perm: 0o600}, content)
		} else {
			msg.err = atomicfile.Create(at, 0o600, content)
		}
		msg.n, msg.files, msg.left = a.Bytes, a.Paths(), a.Left
		msg.Exists = errors.Is(msg.err, fs.ErrExist)
		return msg
	}
}
