package report

import (
	"io"
	"slices"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/jsontext"
	"github.com/tare-oci/tare/ui/report/view"
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

// NeedsTree reports whether the files are listed.
func (j JSON) NeedsTree() bool { return j.Files }

// Write implements Writer.
func (j JSON) Write(w io.Writer, r *model.Report) error {
	o := jsontext.OpenObject(w)
	o.Field("schemaVersion", r.SchemaVersion)
	o.Field("tool", r.Tool)
	o.Field("partial", r.Partial)
	o.Field("notes", jsontext.NotNil(r.Notes))
	image := r.Image
	image.Created = view.UTC(image.Created)
	o.Field("image", image)
	o.Field("summary", r.Summary)
	o.Field("layers", jsontext.NotNil(r.Layers))
	jsontext.List(o, "instructions", r.Instructions, jsonInstruction)
	o.Field("dockerfile", jsonDockerfile(r.Dockerfile))
	o.Field("config", jsonConfig(r.Config))
	jsontext.List(o, "packages", r.Packages, jsonPackage)
	jsontext.List(o, "findings", r.Findings, jsonFinding)
	jsontext.List(o, "changes", r.Changes, jsonChange)
	o.Field("risks", jsontext.NotNil(r.Risks))
	o.Field("plan", r.Plan)
	if len(r.Pods) > 0 {
		jsontext.List(o, "pods", r.Pods, jsonPod)
	}
	if j.Check != nil {
		o.Field("check", jsonCheck(*j.Check))
	}
	if j.Files {
		jsontext.Rows(o, "files", jsontext.FileRows(r))
		jsontext.Rows(o, "entries", jsontext.EntryRows(r))
	}
	return o.Close()
}

func jsonInstruction(in model.Instruction) model.Instruction {
	in.Created = view.UTC(in.Created)
	if in.Location != nil {
		at := *in.Location
		at.File = jsontext.ExactName(at.File)
		in.Location = &at
	}
	return in
}

func jsonDockerfile(d *model.Dockerfile) *model.Dockerfile {
	if d == nil {
		return nil
	}
	return &model.Dockerfile{File: jsontext.ExactName(d.File), How: d.How, Lines: jsontext.NotNil(d.Lines)}
}

func jsonPackage(p model.Package) model.Package {
	p.Name, p.Version, p.Arch = jsontext.ExactName(p.Name), jsontext.ExactName(p.Version), jsontext.ExactName(p.Arch)
	p.Location, p.PartOf = jsontext.ExactName(p.Location), jsontext.ExactName(p.PartOf)
	p.RecommendedBy = jsontext.ExactNames(p.RecommendedBy)
	return p
}

func jsonFinding(f model.Finding) model.Finding {
	if f.Manifest != nil {
		at := jsonPlace(*f.Manifest)
		f.Manifest = &at
	}
	f.Paths, f.Packages = jsontext.ExactNames(f.Paths), jsontext.ExactNames(f.Packages)
	return f
}

func jsonPlace(at model.ManifestPlace) model.ManifestPlace {
	at.File, at.Also = jsontext.ExactName(at.File), slices.Clone(at.Also)
	for i := range at.Also {
		at.Also[i].File = jsontext.ExactName(at.Also[i].File)
	}
	return at
}

func jsonPod(p model.Pod) model.Pod {
	p.ManifestPlace, p.Settles, p.Findings = jsonPlace(p.ManifestPlace), jsontext.NotNil(p.Settles), jsontext.NotNil(p.Findings)
	return p
}

func jsonChange(c model.Change) model.Change {
	c.Findings, c.Instructions, c.Files, c.Keeps = jsontext.NotNil(c.Findings), jsontext.NotNil(c.Instructions), jsontext.NotNil(c.Files), jsontext.ExactNames(c.Keeps)
	if c.Location != nil {
		at := *c.Location
		at.File = jsontext.ExactName(at.File)
		c.Location = &at
	}
	return c
}

// jsonCheck is a copy in which no list is null.
func jsonCheck(c model.Check) model.Check {
	c.Thresholds, c.Ignored, c.Notes = jsontext.NotNil(slices.Clone(c.Thresholds)), jsontext.NotNil(slices.Clone(c.Ignored)), jsontext.NotNil(c.Notes)
	for i := range c.Thresholds {
		c.Thresholds[i].Findings = jsontext.NotNil(c.Thresholds[i].Findings)
	}
	for i := range c.Ignored {
		c.Ignored[i].Findings = jsontext.NotNil(c.Ignored[i].Findings)
	}
	return c
}

// jsonConfig is the config without lists that are null.
func jsonConfig(c *model.Config) *model.Config {
	if c == nil {
		return nil
	}
	out := *c
	out.Entrypoint, out.Cmd = jsontext.NotNil(c.Entrypoint), jsontext.NotNil(c.Cmd)
	out.ExposedPorts, out.Volumes = jsontext.NotNil(c.ExposedPorts), jsontext.NotNil(c.Volumes)
	out.Env, out.Labels = jsontext.NotNil(c.Env), jsontext.NotNil(c.Labels)
	return &out
}
