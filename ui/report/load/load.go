package load

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/jsontext"
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

// value reads the value of a key. Keys that nobody knows are passed over: a
// later tare of the same version of the format may have added them.
func (in *loader) value(key string) error {
	r := in.report
	switch key {
	case "schemaVersion":
		if err := in.decode(&r.SchemaVersion); err != nil {
			return err
		}
		return in.version()
	case "tool":
		if err := in.decode(&r.Tool); err != nil {
			return err
		}
		if r.Tool.Name != "tare" {
			return ErrForeign
		}
		return in.version()
	case "partial":
		return in.decode(&r.Partial)
	case "notes":
		return readRows(in, maxItems, func() string { return "" }, func(note string) error { return push(&r.Notes, note) })
	case "image":
		return in.decode(&r.Image)
	case "summary":
		return in.decode(&r.Summary)
	case "layers":
		return readRows(in, maxLayers, func() model.Layer { return model.Layer{Index: -1} }, func(l model.Layer) error { return push(&r.Layers, l) })
	case "instructions":
		return readRows(in, maxItems, func() model.Instruction { return model.Instruction{Index: -1} }, in.instruction)
	case "dockerfile":
		return in.dockerfile()
	case "config":
		return in.decode(&r.Config)
	case "packages":
		return readRows(in, maxPackages, func() model.Package { return model.Package{Layer: -1} }, in.pack)
	case "findings":
		return readRows(in, maxFindings, func() model.Finding { return model.Finding{} }, in.finding)
	case "files":
		return readRows(in, maxRows, func() jsontext.FileRow { return jsontext.FileRow{Layer: -1, Size: -1} }, in.tree.file)
	case "entries":
		return readRows(in, maxRows, func() jsontext.EntryRow { return jsontext.EntryRow{Layer: -1} }, in.tree.entry)
	}
	var skipped json.RawMessage
	return in.decode(&skipped)
}

// version refuses what a later tare wrote, once it is sure that tare wrote it.
func (in *loader) version() error {
	if !in.seen["schemaVersion"] || in.report.Tool.Name == "" {
		return nil
	}
	switch v := in.report.SchemaVersion; {
	case v > model.SchemaVersion:
		return fmt.Errorf("its schemaVersion is %d, and this one reads up to %d: %w (%s)", v, model.SchemaVersion, ErrNewer, brief(in.report.Tool.Version))
	case v < 1:
		return fmt.Errorf("its schemaVersion is %d: %w", v, ErrForeign)
	}
	return nil
}

func (in *loader) decode(to any) error {
	in.meter.left = maxValue
	return in.decoder.Decode(to)
}

// readRows reads a list of at most so many rows, one at a time.
func readRows[T any](in *loader, most int, blank func() T, take func(T) error) error {
	if err := in.delim('['); err != nil {
		return err
	}
	for n := 0; ; n++ {
		in.meter.left = maxValue
		if !in.decoder.More() {
			break
		}
		if n >= most {
			return fmt.Errorf("there are more than %d", most)
		}
		row := blank()
		err := in.decode(&row)
		if err == nil {
			err = take(row)
		}
		if err != nil {
			return fmt.Errorf("number %d: %w", n, err)
		}
	}
	return in.delim(']')
}

func push[T any](list *[]T, item T) error {
	*list = append(*list, item)
	return nil
}

// count counts what lists within rows hold.
func (in *loader) count(lists ...[]string) error {
	for _, list := range lists {
		in.strings += len(list)
	}
	if in.strings > maxStrings {
		return errors.New("its lists are longer than any that tare writes")
	}
	return nil
}

func (in *loader) instruction(step model.Instruction) (err error) {
	if step.Location != nil {
		if step.Location.File, err = jsontext.RealName(step.Location.File); err != nil {
			return err
		}
	}
	return push(&in.report.Instructions, step)
}

func (in *loader) dockerfile() (err error) {
	d := &in.report.Dockerfile
	if err := in.decode(d); err != nil || *d == nil {
		return err
	}
	if (*d).File, err = jsontext.RealName((*d).File); err != nil {
		return err
	}
	return in.count((*d).Lines)
}

func (in *loader) pack(p model.Package) error {
	if err := in.count(p.RecommendedBy); err != nil {
		return err
	}
	for _, name := range []*string{&p.Name, &p.Version, &p.Arch} {
		exact, err := jsontext.RealName(*name)
		if err != nil {
			return err
		}
		*name = exact
	}
	if err := jsontext.RealNames(p.RecommendedBy); err != nil {
		return err
	}
	return push(&in.report.Packages, p)
}

func (in *loader) finding(f model.Finding) error {
	if err := in.count(f.Paths, f.Packages); err != nil {
		return err
	}
	if len(f.Paths) > model.MaxFindingPaths {
		return fmt.Errorf("it lists more than %d paths", model.MaxFindingPaths)
	}
	if err := jsontext.RealNames(f.Paths, f.Packages); err != nil {
		return err
	}
	return push(&in.report.Findings, f)
}

// broken says in a person's words what is wrong with the JSON, and where.
func (in *loader) broken(key string, err error) error {
	where := ""
	if key != "" {
		where = brief(key) + ": "
	}
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	var moment *time.ParseError
	switch {
	case errors.Is(err, errLong):
		return fmt.Errorf("%s%w", where, errLong)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it ends too early")
	case errors.As(err, &syntax):
		return fmt.Errorf("%sit is broken JSON (%w, near byte %d)", where, syntax, syntax.Offset)
	case errors.As(err, &typ):
		return fmt.Errorf("%s%s cannot be a JSON %s", where, brief(typ.Field), brief(typ.Value))
	case errors.As(err, &moment):
		return fmt.Errorf("%sit has %s where a time should be", where, brief(moment.Value))
	}
	return fmt.Errorf("%s%w", where, err)
}

// brief cuts a text that an error quotes.
func brief(text string) string {
	const most = 100
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "..."
	}
	return text
}
