package load

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/jsontext"
)

// value reads the value of a key. Unknown keys are passed over: a
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
	case "changes":
		return readRows(in, maxFindings, func() model.Change { return model.Change{} }, in.change)
	case "risks":
		return readRows(in, maxFindings, func() string { return "" }, func(id string) error { return push(&r.Risks, id) })
	case "plan":
		return in.decode(&r.Plan)
	case "pods":
		return readRows(in, maxFindings, func() model.Pod { return model.Pod{} }, func(p model.Pod) error { return push(&r.Pods, p) })
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

func (in *loader) change(c model.Change) (err error) {
	if c.Location != nil {
		if c.Location.File, err = jsontext.RealName(c.Location.File); err != nil {
			return err
		}
	}
	if err = jsontext.RealNames(c.Keeps); err != nil {
		return err
	}
	if err := in.count(c.Findings, c.Keeps); err != nil {
		return err
	}
	return push(&in.report.Changes, c)
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
	for _, name := range []*string{&p.Name, &p.Version, &p.Arch, &p.Location, &p.PartOf} {
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
