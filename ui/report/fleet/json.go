package fleet

import (
	"io"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/jsontext"
	"github.com/tare-oci/tare/ui/report/view"
)

// JSON writes a fleet for a program, as docs/fleet.schema.json describes it.
type JSON struct{}

// Write implements Writer.
func (JSON) Write(w io.Writer, f *model.Fleet) error {
	o := jsontext.OpenObject(w)
	o.Field("schemaVersion", f.SchemaVersion)
	o.Field("tool", f.Tool)
	o.Field("notes", jsontext.NotNil(f.Notes))
	o.Field("read", f.Read)
	o.Field("by", f.By)
	o.Field("totals", readyTotals(f.Totals))
	jsontext.List(o, "images", f.Images, readyImage)
	jsontext.List(o, "layers", f.Layers, same)
	jsontext.List(o, "bases", f.Bases, readyBase)
	jsontext.List(o, "outOfStep", f.OutOfStep, readyDrift)
	jsontext.List(o, "parents", f.Parents, same)
	jsontext.List(o, "rules", f.Rules, same)
	jsontext.List(o, "instructions", f.Instructions, same)
	jsontext.List(o, "changes", f.Changes, readyChange)
	jsontext.List(o, "teams", f.Teams, same)
	return o.Close()
}

func same[T any](value T) T { return value }

func readyTotals(t model.FleetTotals) model.FleetTotals {
	t.Registries = jsontext.NotNil(t.Registries)
	return t
}

func readyImage(img model.FleetImage) model.FleetImage {
	img.Created = view.UTC(img.Created)
	return img
}

func readyBase(b model.FleetBase) model.FleetBase {
	b.Created = view.UTC(b.Created)
	return b
}

func readyDrift(d model.FleetDrift) model.FleetDrift {
	versions := make([]model.FleetDriftVersion, len(d.Versions))
	for i, v := range d.Versions {
		v.Created = view.UTC(v.Created)
		versions[i] = v
	}
	d.Versions = versions
	return d
}

func readyChange(c model.FleetChange) model.FleetChange {
	c.Layers = jsontext.NotNil(c.Layers)
	return c
}

// NDJSON writes one JSON object a line: the fleet without its lists, then each item of each
// list as in JSON, with what it is in the key "type" ("image", "layer", …) and its place
// in the list in "index".
type NDJSON struct{}

// Write implements Writer.
func (NDJSON) Write(w io.Writer, f *model.Fleet) error {
	l := jsontext.OpenLines(w)
	l.Add("fleet", 0, struct {
		SchemaVersion int               `json:"schemaVersion"`
		Tool          model.Tool        `json:"tool"`
		Notes         []string          `json:"notes"`
		Read          bool              `json:"read"`
		By            string            `json:"by"`
		Totals        model.FleetTotals `json:"totals"`
	}{f.SchemaVersion, f.Tool, jsontext.NotNil(f.Notes), f.Read, f.By, readyTotals(f.Totals)})
	addAll(l, "image", f.Images, readyImage)
	addAll(l, "layer", f.Layers, same)
	addAll(l, "base", f.Bases, readyBase)
	addAll(l, "outOfStep", f.OutOfStep, readyDrift)
	addAll(l, "parent", f.Parents, same)
	addAll(l, "rule", f.Rules, same)
	addAll(l, "instruction", f.Instructions, same)
	addAll(l, "change", f.Changes, readyChange)
	addAll(l, "team", f.Teams, same)
	return l.Close()
}

func addAll[T any](l *jsontext.Lines, kind string, items []T, ready func(T) T) {
	for i, item := range items {
		l.Add(kind, i, ready(item))
	}
}
