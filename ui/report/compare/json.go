package compare

import (
	"io"
	"slices"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/jsontext"
	"github.com/tare-oci/tare/ui/report/view"
)

// JSON writes the whole comparison for a program, as
// docs/compare.schema.json describes it, under the same promises as JSON.
type JSON struct{}

// Write implements ComparisonWriter.
func (JSON) Write(w io.Writer, c *model.Comparison) error {
	o := jsontext.OpenObject(w)
	o.Field("schemaVersion", c.SchemaVersion)
	o.Field("tool", c.Tool)
	o.Field("notes", jsontext.NotNil(c.Notes))
	o.Field("old", jsonSide(c.Old))
	o.Field("new", jsonSide(c.New))
	o.Field("totals", c.Totals)
	jsontext.List(o, "instructions", c.Instructions, func(ch model.InstructionChange) model.InstructionChange {
		ch.Old, ch.New = jsonStep(ch.Old), jsonStep(ch.New)
		return ch
	})
	jsontext.List(o, "packages", c.Packages, jsonPackageChange)
	jsontext.List(o, "findings", c.Findings, func(ch model.FindingChange) model.FindingChange {
		ch.Paths, ch.Packages = jsontext.ExactNames(ch.Paths), jsontext.ExactNames(ch.Packages)
		ch.Step, ch.HiddenBy = jsonStep(ch.Step), jsonStep(ch.HiddenBy)
		return ch
	})
	if c.Paths == nil {
		o.Field("paths", nil)
	} else {
		jsontext.List(o, "paths", c.Paths, func(ch model.PathChange) model.PathChange {
			ch.Path, ch.Step = jsontext.ExactName(ch.Path), jsonStep(ch.Step)
			return ch
		})
	}
	if c.PulledAgain == nil {
		o.Field("pulledAgain", nil)
	} else {
		jsontext.List(o, "pulledAgain", c.PulledAgain, jsonPulledAgain)
	}
	o.Field("rest", c.Rest)
	return o.Close()
}

func jsonSide(s model.Side) model.Side {
	s.Image.Created = view.UTC(s.Image.Created)
	return s
}

func jsonStep(s *model.Step) *model.Step {
	if s == nil || s.Location == nil {
		return s
	}
	step, at := *s, *s.Location
	at.File = jsontext.ExactName(at.File)
	step.Location = &at
	return &step
}

func jsonPulledAgain(p model.PulledAgain) model.PulledAgain {
	p.Step, p.RebuiltBy = jsonStep(p.Step), jsonStep(p.RebuiltBy)
	p.Files = slices.Clone(p.Files)
	for i := range p.Files {
		p.Files[i].Path = jsontext.ExactName(p.Files[i].Path)
	}
	return p
}

func jsonPackageChange(ch model.PackageChange) model.PackageChange {
	ch.Name, ch.Arch = jsontext.ExactName(ch.Name), jsontext.ExactName(ch.Arch)
	for _, version := range []**string{&ch.OldVersion, &ch.NewVersion} {
		if *version != nil {
			*version = model.Ptr(jsontext.ExactName(**version))
		}
	}
	ch.RecommendedBy = jsontext.ExactNames(ch.RecommendedBy)
	ch.Step = jsonStep(ch.Step)
	return ch
}
