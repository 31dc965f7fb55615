package analyze

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"strconv"
	"sync"

	"github.com/tare-oci/tare/analyze/cache"
	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/model"
)

// keptReport is a finished report as the cache holds it: the report as JSON has
// it, with what JSON leaves out, but without the tree.
type keptReport struct {
	Report *model.Report
	Blobs  []string    // of the layers
	Needs  [][2]string // of the packages: Via and NeededBy
}

// keepsReports reports whether the question is one whose answer may be kept.
func (a *analysis) keepsReports() bool {
	opt := &a.opt
	return opt.NoTree && opt.Cache != nil && !opt.Verify && opt.Shared == nil && opt.Judged == nil && program() != ""
}

// reportKey is what this image's report is kept under, "" where it is not. It
// names all that a report follows from: the program, what the user asked for,
// manifest, config, Dockerfile and provenance as [analysis.describe] found them,
// and the layers by what their own indexes are kept under. It is called at
// describe's end, when the report says no more than that.
func (a *analysis) reportKey() string {
	if !a.keepsReports() {
		return ""
	}
	var layers []any
	for i := range a.img.Layers {
		l := &a.img.Layers[i]
		key := keyOf(*l)
		if key == "" || l.TOC != nil && l.Range != nil {
			return "" // what is learnt of the latter depends on what else is known
		}
		layers = append(layers, key, l.Blob, l.Digest, l.DiffID, l.MediaType, l.Size, l.Wire)
	}
	var dockerfile *history.Dockerfile
	if a.origin != nil {
		dockerfile = a.origin.Dockerfile
	}
	return keyOfAll("report", a.opt.Base, a.opt.Dockerfile, a.opt.Whole, a.report, a.img.Config, a.origin, dockerfile, layers)
}

// streamReportKey is the same for an image that is about to be streamed. An
// engine's ID of it is a digest of all that it holds, be it of the config or,
// where images lie in containerd, of the manifest or index; a compressed archive
// has its file's identity. So the report is known before anything is read.
func (a *analysis) streamReportKey(img *source.Image) string {
	image := img.MemoKey()
	if image == "" {
		image = fileKey(img.File)
	}
	if image == "" || img.Stream == nil || !a.keepsReports() {
		return ""
	}
	if _, err := strconv.Atoi(a.opt.Base); a.opt.Base != "" && err != nil {
		return "" // another image, which may be another one by now
	}
	return keyOfAll("stream", a.opt.Base, a.opt.Dockerfile, a.dockerfile, a.opt.Whole, a.opt.Version, a.opt.Platform,
		image, img.Reference, img.Source, img.Platform, img.Notes, img.Config)
}

// confirm sees to it that what an engine has sent is kept under its own name. The
// name was asked for before the image came, and a tag may have moved in between.
// Then the engine is asked for the name again. Where that is not what came
// either, nothing is kept of the image as a whole, and the report says so.
func (a *analysis) confirm(ctx context.Context) {
	if !a.fit {
		a.key = "" // a layer may be another one than the ID stands for
	}
	if a.img.AsNamed() {
		return
	}
	now := a.img.NameAgain(ctx)
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

// keyOfAll is a key for the answer to a question.
func keyOfAll(question ...any) string {
	all, err := json.Marshal(append(question, program()))
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(all)
	return "report " + hex.EncodeToString(sum[:])
}

// program tells this build of tare from every other: what another one found out
// does not count. "" where the system does not say.
var program = sync.OnceValue(func() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	return fileKey(file)
})

// fileKey is the identity of an open file, "" where it has none.
func fileKey(file *os.File) string {
	if file == nil {
		return ""
	}
	info, err := file.Stat()
	if err != nil {
		return ""
	}
	return cache.FileKey(file, 0, info.Size())
}

// recallReport takes the report from the cache, if it is there.
func (a *analysis) recallReport() bool {
	var kept keptReport
	doc := a.opt.Cache.Document(a.key)
	if doc == nil || json.Unmarshal(doc, &kept) != nil {
		return false
	}
	r := kept.Report
	if r == nil || r.SchemaVersion != model.SchemaVersion || len(r.Layers) != len(kept.Blobs) || len(r.Packages) != len(kept.Needs) {
		return false
	}
	for i := range r.Layers {
		r.Layers[i].Blob = kept.Blobs[i]
	}
	for i := range r.Packages {
		r.Packages[i].Via, r.Packages[i].NeededBy = kept.Needs[i][0], kept.Needs[i][1]
	}
	for _, l := range a.img.Layers {
		a.progress.expect(l.Size)
		a.progress.add(l.Size)
	}
	a.report, a.recalled = r, true
	return true
}

// keepReport keeps a finished report, unless JSON cannot hold all of it: names
// need not be UTF-8.
func (a *analysis) keepReport() {
	if a.key == "" || a.report.Partial {
		return
	}
	if a.img.MemoKey() != "" && namesBase(a.img) && a.report.Image.Base.How != model.BaseByProvenance {
		return // whether the base is at hand in the engine may change
	}
	kept := keptReport{Report: a.report, Blobs: []string{}, Needs: [][2]string{}}
	for i := range a.report.Layers {
		kept.Blobs = append(kept.Blobs, a.report.Layers[i].Blob)
	}
	for i := range a.report.Packages {
		kept.Needs = append(kept.Needs, [2]string{a.report.Packages[i].Via, a.report.Packages[i].NeededBy})
	}
	doc, err := json.Marshal(kept)
	if err != nil || bytes.Contains(doc, []byte(`\ufffd`)) {
		return
	}
	a.opt.Cache.PutDocument(a.key, doc)
}
