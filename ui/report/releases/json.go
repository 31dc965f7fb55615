package releases

import (
	"io"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/jsontext"
	"github.com/tare-oci/tare/ui/report/view"
)

// JSON writes a row of releases for a program, as docs/releases.schema.json describes it.
type JSON struct{}

// Write implements Writer.
func (JSON) Write(w io.Writer, r *model.Releases) error {
	o := jsontext.OpenObject(w)
	o.Field("schemaVersion", r.SchemaVersion)
	o.Field("tool", r.Tool)
	o.Field("notes", jsontext.NotNil(r.Notes))
	o.Field("read", r.Read)
	jsontext.List(o, "releases", r.Releases, func(release model.Release) model.Release {
		release.Created = view.UTC(release.Created)
		return release
	})
	jsontext.List(o, "lines", r.Lines, func(l model.ReleasedLine) model.ReleasedLine {
		l.Step = ready(l.Step)
		if l.RebuiltBy != nil {
			l.RebuiltBy = model.Ptr(ready(*l.RebuiltBy))
		}
		return l
	})
	o.Field("totals", r.Totals)
	o.Field("order", r.Order)
	return o.Close()
}

// ready is a step as JSON has it.
func ready(s model.Step) model.Step {
	if at := s.Location; at != nil {
		place := *at
		place.File = jsontext.ExactName(place.File)
		s.Location = &place
	}
	return s
}
