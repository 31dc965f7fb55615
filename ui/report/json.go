package report

import (
	"io"
	"slices"
	"time"

	"github.com/tare-oci/tare/model"
)

// JSON writes the whole report for a program, as docs/report.schema.json
// describes it: keys in a fixed order, two spaces of indent, sizes in bytes,
// times in UTC, null for what is unknown, lists never null. The same report
// gives the same bytes.
//
// With Files, two lists follow that can be very long: every file version and
// every other visible entry. They have one row a line, and are written as they
// are found, never held in memory.
//
// With a Check, "check" follows the findings: what the gate said of the report.
type JSON struct {
	Files bool
	Check *model.Check
}

// Write implements Writer.
func (j JSON) Write(w io.Writer, r *model.Report) error {
	o := openObject(w)
	o.field("schemaVersion", r.SchemaVersion)
	o.field("tool", r.Tool)
	o.field("partial", r.Partial)
	o.field("notes", notNil(r.Notes))
	image := r.Image
	image.Created = inUTC(image.Created)
	o.field("image", image)
	o.field("summary", r.Summary)
	o.field("layers", notNil(r.Layers))
	list(o, "instructions", r.Instructions, jsonInstruction)
	o.field("dockerfile", jsonDockerfile(r.Dockerfile))
	o.field("config", jsonConfig(r.Config))
	list(o, "packages", r.Packages, jsonPackage)
	list(o, "findings", r.Findings, jsonFinding)
	if j.Check != nil {
		o.field("check", jsonCheck(*j.Check))
	}
	if j.Files {
		rows(o, "files", fileRows(r))
		rows(o, "entries", entryRows(r))
	}
	return o.close()
}

func jsonInstruction(in model.Instruction) model.Instruction {
	in.Created = inUTC(in.Created)
	if in.Location != nil {
		at := *in.Location
		at.File = exactName(at.File)
		in.Location = &at
	}
	return in
}

func jsonDockerfile(d *model.Dockerfile) *model.Dockerfile {
	if d == nil {
		return nil
	}
	return &model.Dockerfile{File: exactName(d.File), How: d.How, Lines: notNil(d.Lines)}
}

func jsonPackage(p model.Package) model.Package {
	p.Name, p.Version, p.Arch = exactName(p.Name), exactName(p.Version), exactName(p.Arch)
	p.RecommendedBy = exactNames(p.RecommendedBy)
	return p
}

func jsonFinding(f model.Finding) model.Finding {
	f.Paths, f.Packages = exactNames(f.Paths), exactNames(f.Packages)
	return f
}

// jsonCheck is a copy in which no list is null.
func jsonCheck(c model.Check) model.Check {
	c.Thresholds, c.Ignored, c.Notes = notNil(slices.Clone(c.Thresholds)), notNil(slices.Clone(c.Ignored)), notNil(c.Notes)
	for i := range c.Thresholds {
		c.Thresholds[i].Findings = notNil(c.Thresholds[i].Findings)
	}
	for i := range c.Ignored {
		c.Ignored[i].Findings = notNil(c.Ignored[i].Findings)
	}
	return c
}

// inUTC returns the time in UTC, or nil for one that RFC 3339 cannot write: its
// years have four digits (section 5.6), and a hostile config can name a time
// that only leaves them when its offset is taken away.
func inUTC(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	utc := t.UTC()
	if utc.Year() < 0 || utc.Year() > 9999 {
		return nil
	}
	return &utc
}

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
