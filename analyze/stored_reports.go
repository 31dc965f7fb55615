package analyze

import (
	"context"
	"strconv"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/model"
)

// storesReports reports whether the question is one whose answer may be stored.
func (a *analysis) storesReports() bool {
	opt := &a.opt
	return opt.NoTree && opt.Store != nil && !opt.Verify && !opt.NeedBuild && opt.Manifests == nil
}

// reportKey is what this image's report is stored under, zero where it is not. It
// names all that a report follows from: what the user asked for, manifest, config,
// Dockerfile and provenance as [analysis.describe] found them, and the layers by
// what their own indexes are stored under. It is called at describe's end, when
// the report says no more than that.
func (a *analysis) reportKey() store.Key {
	if !a.storesReports() {
		return ""
	}
	var layers []any
	for i := range a.img.Layers {
		l := &a.img.Layers[i]
		key := store.LayerKey(*l)
		if key == "" || l.TOC != nil && l.Range != nil {
			return "" // what is learnt of the latter depends on what else is known
		}
		layers = append(layers, key, l.Blob, l.Digest, l.DiffID, l.MediaType, l.Size, l.AsPushed)
	}
	var dockerfile *history.Dockerfile
	if a.origin != nil {
		dockerfile = a.origin.Dockerfile
	}
	return store.ReportKey("report", a.opt.Base, a.opt.Dockerfile, a.opt.DockerfileMayDiffer, a.ignore, a.neighbours, a.opt.IgnoreTOC, a.opt.Contents, a.report, a.img.Config, a.origin, dockerfile, layers)
}

// streamReportKey is the same for an image that is about to be streamed. An
// engine's ID of it is a digest of all that it holds, be it of the config or,
// where images lie in containerd, of the manifest or index; a compressed archive
// has its file's identity. So the report is known before anything is read.
func (a *analysis) streamReportKey(img *source.Image) store.Key {
	image := store.SnapshotKey(img.SnapshotKey())
	if image == "" {
		image = store.WholeFileKey(img.File)
	}
	if image == "" || img.Stream == nil || !a.storesReports() {
		return ""
	}
	if _, err := strconv.Atoi(a.opt.Base); a.opt.Base != "" && err != nil {
		return "" // another image, which may be another one by now
	}
	return store.ReportKey("stream", a.opt.Base, a.opt.BaseMayDiffer, a.opt.Dockerfile, a.opt.DockerfileMayDiffer, a.dockerfile, a.ignore, a.neighbours, a.opt.IgnoreTOC, a.opt.Contents, a.opt.Version, a.opt.Platform,
		image, img.Reference, img.Source, img.Platform, img.Notes, img.Config)
}

// confirm makes sure that what an engine has sent is stored under its own name. The
// name was asked for before the image came, and a tag may have moved in between.
// Then the engine is asked for the name again. Where that is not what came
// either, nothing is stored of the image as a whole, and the report says so.
func (a *analysis) confirm(ctx context.Context) {
	if !a.fit {
		a.key = "" // a layer may be another one than the ID stands for
	}
	if a.img.AsInspected() {
		return
	}
	now := a.img.InspectAgain(ctx)
	switch {
	case now != nil:
		defer now.Close()
		if a.key != "" {
			a.key = a.streamReportKey(now)
		}
		return
	case ctx.Err() == nil:
		a.report.Notes = append(a.report.Notes, "the engine sent another image than it had named, since the tag moved meanwhile; the report is of the image that it sent")
	}
	a.key = ""
}

// lookupReport returns the report of the very same question, nil where none is
// stored. It counts the bytes of the layers as read, for the receiver of events.
func (a *analysis) lookupReport() *model.Report {
	r := a.opt.Store.Report(a.key)
	if r == nil {
		return nil
	}
	history.FillValues(r.Instructions, a.img.Config)
	for _, l := range a.img.Layers {
		a.progress.expect(l.Size)
		a.progress.add(l.Size)
	}
	return r
}

// storeReport stores a finished report.
func (a *analysis) storeReport() {
	if a.report.Partial || a.img.SnapshotKey() != "" && namesBase(a.img) && a.report.Image.Base.How != model.BaseByProvenance {
		return // whether the base is at hand in the engine may change
	}
	a.opt.Store.PutReport(a.key, a.report)
}
