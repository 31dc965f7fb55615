package analyze

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/model"
)

// locate gives the instructions the lines of the Dockerfile: the one the user
// named, or the one in the image's provenance. Provenance that cannot be used is
// worth a note, no more: the image can be analysed without.
func (a *analysis) locate(ctx context.Context, steps []model.Instruction, stepOf []int) (*history.Origin, []string, error) {
	img := a.img
	if img.Stream != nil && (img.Config == nil || len(img.Config.History) == 0) && a.done == 0 {
		return &history.Origin{}, nil, nil // a preview; the history comes with the stream's end
	}
	from := history.Sources{Dockerfile: a.dockerfile, Mask: a.mask.Text}
	var notes []string
	if img.Provenance != nil {
		doc, err := img.Provenance(ctx)
		if err == nil && doc != nil {
			from.Provenance, err = history.ParseProvenance(doc)
		}
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		if err != nil {
			notes = append(notes, fmt.Sprintf("the image's provenance is not used: %v", err))
		}
	}
	digests := make([]string, len(img.Layers))
	for i, l := range img.Layers {
		digests[i] = l.Digest
	}
	origin, more, err := history.Locate(img.Config, digests, steps, stepOf, from)
	a.parted = false
	if err != nil && a.dockerfile != nil && a.opt.DockerfileMayDiffer {
		notes = append(notes, fmt.Sprintf("%s seems to have been edited since the image was built, so the report shows no lines from it: %v", a.dockerfile.File, err))
		from.Dockerfile, a.parted = nil, true
		origin, more, err = history.Locate(img.Config, digests, steps, stepOf, from)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", img.Reference, err)
	}
	return origin, append(notes, more...), nil
}

// maskOf is the mask of the image's secrets, with the variables of its config and
// those of its Dockerfile, if there is one.
func (a *analysis) maskOf(d *history.Dockerfile) redact.Mask {
	variables := history.Variables(a.img.Config, d)
	if a.img.Config != nil {
		return redact.New(a.img.Config.Config.Env, variables)
	}
	return redact.New(variables)
}

// listing is the Dockerfile for the report, nil where there is none.
func (a *analysis) listing() *model.Dockerfile {
	if a.origin == nil || a.origin.Dockerfile == nil {
		return nil
	}
	how := model.FromProvenance
	if a.dockerfile != nil && !a.parted {
		how = model.FromDockerfile
	}
	return &model.Dockerfile{File: a.origin.Dockerfile.File, How: how, Lines: a.origin.Dockerfile.Listing(a.mask.Text)}
}

// readDockerfile reads the file that --dockerfile names, which may be a pipe.
func readDockerfile(ctx context.Context, path string, waiting func(what string)) (*history.Dockerfile, error) {
	file, err := source.OpenFile(ctx, path, waiting)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err == nil {
		defer file.Close()
		var data []byte
		if data, err = io.ReadAll(io.LimitReader(file, history.MaxDockerfile+1)); err == nil {
			return history.ParseDockerfile(path, data)
		}
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err // the path is named already
	}
	return nil, fmt.Errorf("--dockerfile %s: %w; check the path", path, err)
}
