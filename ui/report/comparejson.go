package report

import (
	"io"

	"github.com/tare-oci/tare/model"
)

// ComparisonJSON writes the whole comparison for a program, as
// docs/compare.schema.json describes it, under the same promises as JSON.
type ComparisonJSON struct{}

// Write implements ComparisonWriter.
func (ComparisonJSON) Write(w io.Writer, c *model.Comparison) error {
	o := openObject(w)
	o.field("schemaVersion", c.SchemaVersion)
	o.field("tool", c.Tool)
	o.field("notes", notNil(c.Notes))
	o.field("old", jsonSide(c.Old))
	o.field("new", jsonSide(c.New))
	o.field("totals", c.Totals)
	list(o, "instructions", c.Instructions, func(ch model.InstructionChange) model.InstructionChange {
		ch.Old, ch.New = jsonStep(ch.Old), jsonStep(ch.New)
		return ch
	})
	list(o, "packages", c.Packages, jsonPackageChange)
	list(o, "findings", c.Findings, func(ch model.FindingChange) model.FindingChange {
		ch.Paths, ch.Packages = exactNames(ch.Paths), exactNames(ch.Packages)
		ch.Step, ch.HiddenBy = jsonStep(ch.Step), jsonStep(ch.HiddenBy)
		return ch
	})
	if c.Paths == nil {
		o.field("paths", nil)
	} else {
		list(o, "paths", c.Paths, func(ch model.PathChange) model.PathChange {
			ch.Path, ch.Step = exactName(ch.Path), jsonStep(ch.Step)
			return ch
		})
	}
	o.field("rest", c.Rest)
	return o.close()
}

func jsonSide(s model.Side) model.Side {
	s.Image.Created = inUTC(s.Image.Created)
	return s
}

func jsonStep(s *model.Step) *model.Step {
	if s == nil || s.Location == nil {
		return s
	}
	step, at := *s, *s.Location
	at.File = exactName(at.File)
	step.Location = &at
	return &step
}

func jsonPackageChange(ch model.PackageChange) model.PackageChange {
	ch.Name, ch.Arch = exactName(ch.Name), exactName(ch.Arch)
	for _, version := range []**string{&ch.OldVersion, &ch.NewVersion} {
		if *version != nil {
			*version = model.Ptr(exactName(**version))
		}
	}
	ch.RecommendedBy = exactNames(ch.RecommendedBy)
	ch.Step = jsonStep(ch.Step)
	return ch
}
