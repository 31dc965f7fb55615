package viewer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tare-oci/tare/analyze/atomicfile"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/tui/draw"
)

// Saved ends the saving of a file, or of an archive of files.
type Saved struct {
	Name   string
	Dir    string                            // where it is, "" for the working directory
	Exists bool                              // there is a file of that name, and nothing was written
	Again  func(ctx context.Context) tea.Cmd // saves it in that file's place
	n      int64
	files  int // of an archive
	left   int // things that an archive leaves out
	err    error
}

// Save is the command that writes a file of the image into the working directory,
// under its base name, readable only by its owner. It does not follow links. It replaces an existing
// file only if told to, and only once the new file is complete. If saving fails, no file is left
// behind.
func Save(ctx context.Context, open OpenFile, r *model.Report, id model.RecordID, overwrite bool) tea.Cmd {
	return func() tea.Msg {
		msg := Saved{Name: fileName(r.Tree.Name(r.Tree.Records[id].Node))}
		msg.Again = func(ctx context.Context) tea.Cmd { return Save(ctx, open, r, id, true) }
		if _, err := os.Lstat(msg.Name); err == nil && !overwrite {
			msg.Exists = true
			return msg
		}
		from, err := open(ctx, r, id)
		if err != nil {
			msg.err = err
			return msg
		}
		defer from.Close()
		msg.n, msg.err = write(msg.Name, from, overwrite)
		msg.Exists = errors.Is(msg.err, fs.ErrExist)
		return msg
	}
}

// write makes the file.
func write(name string, from io.Reader, overwrite bool) (n int64, err error) {
	content := func(to *os.File) error {
		n, err = io.Copy(to, from)
		return err
	}
	if overwrite {
		err = atomicfile.Write(name, atomicfile.Options{Perm: 0o600}, content)
	} else {
		err = atomicfile.Create(name, 0o600, content)
	}
	return n, err
}

// fileName is the base name of a path as a file system takes it: characters that
// one of them gives a meaning, or a terminal would obey, become underscores.
func fileName(base string) string {
	name := strings.Map(func(r rune) rune {
		if r == utf8Error || strings.ContainsRune(`/\:*?"<>|`, r) || !display.Printable(r) {
			return '_'
		}
		return r
	}, path.Base("/"+base))
	const most = 200 // bytes; file systems take 255
	if len(name) > most {
		name = strings.ToValidUTF8(name[:most], "")
	}
	if stem, _, _ := strings.Cut(strings.ToUpper(name), "."); reserved[stem] || strings.Trim(name, ". ") == "" {
		name = "_" + name
	}
	return name
}

const utf8Error = '\uFFFD'

// reserved are names that Windows keeps for devices.
var reserved = map[string]bool{
	"CON": true, "PRN": true, "AUX": true, "NUL": true,
	"COM1": true, "COM2": true, "COM3": true, "COM4": true, "LPT1": true, "LPT2": true, "LPT3": true,
}

// Place is where the file is, for the user.
func (msg Saved) Place(th *draw.Theme) string { return Place(th, msg.Dir, msg.Name) }

// Place is how a file in a directory is named to the user, "" being the working directory.
func Place(th *draw.Theme, dir, name string) string {
	if dir == "" {
		return "./" + th.Charset.Escape(name)
	}
	return th.Charset.Escape(filepath.Join(dir, name))
}

// Told returns the sentence for the footer: where the file was saved, or why not.
func (msg Saved) Told(th *draw.Theme) string {
	name := th.Charset.Escape(msg.Name)
	switch {
	case errors.Is(msg.err, context.Canceled):
		return "saving was cancelled; no file was left behind"
	case msg.err != nil:
		return th.Charset.OneLine(fmt.Sprintf("%s was not saved: %v", name, msg.err))
	}
	told := fmt.Sprintf("saved %s as %s", display.Bytes(msg.n), msg.Place(th))
	if msg.files > 0 {
		told += ", " + display.Plural(msg.files, "path")
	}
	if msg.left > 0 {
		told += "; " + display.Count(msg.left) + " left out: devices, or files stored with holes"
	}
	return told
}
