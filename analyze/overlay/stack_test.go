package overlay_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/overlay"
	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/model"
)

// way is how a test layer is read.
type way string

const (
	inPlace  way = "in place" // headers only, contents hashed later
	streamed way = "streamed" // front to back, contents hashed on the way
)

func index(t testing.TB, tar []byte, how way) (*scan.Index, io.ReaderAt) {
	t.Helper()
	l := image.Layer{Size: int64(len(tar)), Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(tar)), nil
	}}
	if how == inPlace {
		l.At = bytes.NewReader(tar)
	}
	x, err := scan.Layer(t.Context(), l, scan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return x, l.At
}

// stack stacks layers and returns the ledger with duplicates found, the tallies
// and the notes.
func stack(t testing.TB, how way, layers ...[]imagetest.File) (*overlay.Ledger, []overlay.Tally, []string) {
	t.Helper()
	b := overlay.New()
	var tallies []overlay.Tally
	var notes []string
	for _, files := range layers {
		x, at := index(t, imagetest.Tar(files...), how)
		tally, said, err := b.Add(t.Context(), x, at)
		if err != nil {
			t.Fatal(err)
		}
		tallies = append(tallies, tally)
		notes = append(append(notes, x.Notes...), said...)
	}
	l, err := b.Finish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Duplicates(t.Context()); err != nil {
		t.Fatal(err)
	}
	return l, tallies, notes
}

// versions writes the ledger down, one file version a line:
// "L<layer> <path> <size> <verdict>[ <cause> by L<layer>][ = other names]".
func versions(l *overlay.Ledger) []string {
	t := l.Tree
	names := t.VisibleNames()
	var out []string
	for i := range t.Records {
		r := &t.Records[i]
		if r.Kind != model.File {
			continue
		}
		line := fmt.Sprintf("L%d %s %d %s", r.Layer, t.Path(names.First(model.RecordID(i))), r.Size.Bytes(), r.Verdict)
		if r.Verdict == model.Shadowed {
			line += fmt.Sprintf(" %s by L%d", r.Cause, r.HiddenBy)
		}
		if all := names.Of(model.RecordID(i)); len(all) > 1 {
			var other []string
			for _, n := range all[1:] {
				other = append(other, t.Path(n))
			}
			line += " = " + strings.Join(other, " ")
		}
		out = append(out, line)
	}
	return out
}

// visible writes the merged tree down, one path a line in byte order, directories
// with a slash (two where no layer names them), links with an arrow.
func visible(t *model.Tree, layer int) []string {
	var out []string
	var walk func(n model.NodeID)
	walk = func(n model.NodeID) {
		for c := range t.Children(n) {
			if id, ok := t.At(c, layer); ok {
				line := t.Path(c)
				switch r := &t.Records[t.Content(id)]; r.Kind {
				case model.Directory:
					line += "/"
				case model.Implied:
					line += "//"
				case model.Symlink:
					line += " -> " + t.LinkText(r)
				}
				out = append(out, line)
			}
			walk(c)
		}
	}
	walk(model.Root)
	slices.Sort(out)
	return out
}
