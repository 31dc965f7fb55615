package cli

import (
	"cmp"
	"context"
	"errors"
	"strings"

	difference "github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/forge"
	"github.com/tare-oci/tare/ui/gate"
	"github.com/tare-oci/tare/ui/report/load"
)

// judgement is an image, what the gate says of it, and what became of it since the one
// before.
type judgement struct {
	flags      *flags // as the settings have them, for the writers
	report     *model.Report
	check      *model.Check
	comparison *model.Comparison // nil without an image before
	older      *model.Report     // the image before
	before     string            // which one that is, if its name does not say it
	notes      []string          // of images before that are not there
}

// judged loads an image and the first of those that may be the one before, and asks
// the gate, as tare check does. All that is known of tare check's ways is here.
func judged(ctx context.Context, reference string, f *flags, own *checkFlags, job *forge.Job, t terminal) (*judgement, error) {
	given := own.against.names()
	own.against.first = own.against.asked()
	options, project, err := own.options()
	if err != nil {
		return nil, err
	}
	files, wholly := f.files, *f
	wholly.whole = true  // a table of contents can lie, and this is a gate
	wholly.files = false // what is written, not what is read: a report before may have none
	f = &wholly
	if project != nil {
		f = f.under(project, reference)
	}
	if f.severity, err = own.severities(project); err != nil {
		return nil, err
	}
	c, err := candidatesOf(ctx, given, job, f.offline)
	if err != nil {
		return nil, err
	}
	defer c.close()
	writing := *f
	writing.files = files
	j := &judgement{flags: &writing, notes: c.notes}
	var older *model.Report
	for _, name := range c.names {
		if missingFile(name) {
			j.notes = append(j.notes, display.Escape(name)+" is not there")
			continue
		}
		older, j.report, err = loadPair(ctx, name, reference, f, t)
		if err == nil {
			j.before, writing.older = c.what[name], cmp.Or(c.kept[name], name)
			break
		}
		if what := c.what[name]; what != "" && errors.Is(err, load.ErrOlder) {
			// tare was updated since: nobody can write that report again but the next
			// run on the target branch.
			j.notes = append(j.notes, display.Escape(what)+": "+load.ErrOlder.Error()+", so it has to be saved again")
			continue
		}
		if !isAbsent(err) {
			return nil, err
		}
		j.notes = append(j.notes, display.Escape(name)+": "+err.Error())
	}
	if older == nil {
		if j.report, err = loadReport(ctx, reference, f, t); err != nil {
			return nil, err
		}
	}
	if older != nil {
		j.older = older
		j.comparison = difference.Reports(older, j.report)
	}
	if err := own.against.compare(older, j.report, &options); err != nil {
		return nil, err
	}
	j.check, err = gate.Judge(j.report, options)
	return j, err
}

// isAbsent reports whether an error says that there is no image before.
func isAbsent(err error) bool {
	return strings.HasPrefix(err.Error(), "the old image: ") && source.Absent(err)
}
