// Package load reads a report that was written as JSON back into a model.Report, so that an image
// need not be analysed again to be shown, checked or compared.
//
//	report, err := load.Read(file)
//
// The text is hostile until it has been checked: memory is bounded whatever it contains, every
// index is checked against the list it points into, and the figures are checked against each
// other like the ledger's invariants (docs/ledger.md). A long list of files is read row by row
// into a model.Tree and is never held as text.
package load

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/tare-oci/tare/model"
)

// Limits of a saved report. They bound what a hostile one costs; none is near
// what an image that tare reads can bring about.
const (
	maxValue = 32 << 20  // bytes of one value, such as an instruction or a file's row
	maxProse = 256 << 20 // bytes of everything but files and entries
	maxItems = 1 << 17   // rows of a list but those below
	// A package database of 64 MiB can list a million packages, a few bytes each;
	// what one package can waste in each layer is a finding.
	maxPackages = 1 << 20
	maxFindings = 1 << 19
	maxStrings  = 4 << 20 // items of all lists within rows
	maxRows     = 8 << 20 // files, their links, and entries
)

var (
	// ErrForeign is what Read returns, wrapped, of JSON that is no report of tare's.
	ErrForeign = errors.New("it is no report of tare's")
	// ErrNewer is what it returns of a report that only a later tare can read.
	ErrNewer = errors.New("a newer tare wrote it")
	// ErrOlder is what it returns of a report of a format that is read no more.
	ErrOlder = errors.New("an older tare wrote it")
)

// Read reads a report that JSON wrote. What it returns is as good as the report
// that was written: every index leads somewhere and all figures add up, or else
// it is an error that says what does not.
//
// Where the report was written with Files, Tree is rebuilt as far as the rows
// tell: each version and each visible entry at its path, but of names that a
// lower layer had only what hid them. Otherwise Tree is nil. What the gate said
// is passed over.
func Read(from io.Reader) (*model.Report, error) {
	in := newLoader(from)
	if err := in.read(); err != nil {
		return nil, err
	}
	r := in.report
	if err := checkReport(r); err != nil {
		return nil, err
	}
	if in.seen["files"] || in.seen["entries"] {
		if !in.seen["files"] || !in.seen["entries"] {
			return nil, errors.New("it has one of files and entries without the other")
		}
		tree, err := in.tree.finish(r)
		if err != nil {
			return nil, err
		}
		r.Tree = tree
	}
	return r, nil
}

// loader is a report being read back, value by value, so that a long list of
// files never lies in memory as text.
type loader struct {
	meter   *meter
	decoder *json.Decoder
	report  *model.Report
	tree    *treeReader
	seen    map[string]bool
	text    int64 // bytes of everything but files and entries so far
	strings int   // items of lists so far
}

// meter ends a value that is too long.
type meter struct {
	from io.Reader
	left int64
}

var errLong = errors.New("a value in it is longer than any that tare writes")

func (m *meter) Read(b []byte) (int, error) {
	if m.left <= 0 {
		return 0, errLong
	}
	n, err := m.from.Read(b[:min(int64(len(b)), m.left)])
	m.left -= int64(n)
	return n, err
}

func newLoader(from io.Reader) *loader {
	in := &loader{meter: &meter{from: bufio.NewReaderSize(from, 64<<10)}, report: &model.Report{}, tree: newTreeReader(), seen: make(map[string]bool)}
	in.decoder = json.NewDecoder(in.meter)
	return in
}

// read reads the object. The version comes first wherever tare wrote it; where
// another program sorted the keys, it is checked when it comes.
func (in *loader) read() error {
	if err := in.delim('{'); err != nil {
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("it is empty: %w", ErrForeign)
		}
		return in.broken("", err)
	}
	for {
		in.meter.left = maxValue
		token, err := in.decoder.Token()
		if err != nil {
			return in.broken("", err)
		}
		key, ok := token.(string)
		if !ok {
			break // the object's end
		}
		if in.seen[key] {
			return fmt.Errorf("it has %q twice", brief(key))
		}
		if len(in.seen) > 1000 {
			return ErrForeign
		}
		in.seen[key] = true
		before := in.decoder.InputOffset()
		if err := in.value(key); err != nil {
			return in.broken(key, err)
		}
		if key != "files" && key != "entries" {
			if in.text += in.decoder.InputOffset() - before; in.text > maxProse {
				return errLong
			}
		}
	}
	for _, key := range []string{"schemaVersion", "tool", "image", "summary", "layers", "instructions", "packages", "findings"} {
		if !in.seen[key] {
			return fmt.Errorf("it has no %q: %w", key, ErrForeign)
		}
	}
	if v := in.report.SchemaVersion; v < model.SchemaVersion {
		return fmt.Errorf("its schemaVersion is %d, and this one reads %d: %w (%s)", v, model.SchemaVersion, ErrOlder, brief(in.report.Tool.Version))
	}
	for _, key := range []string{"changes", "risks", "plan"} {
		if !in.seen[key] {
			return fmt.Errorf("it has no %q: %w", key, ErrForeign)
		}
	}
	in.meter.left = maxValue
	if _, err := in.decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows after its end")
	}
	return nil
}

func (in *loader) delim(want json.Delim) error {
	in.meter.left = maxValue
	token, err := in.decoder.Token()
	if err == nil && token != want {
		return ErrForeign
	}
	return err
}
