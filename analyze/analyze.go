// Package analyze takes an image reference and returns a finished model.Report. It knows
// nothing about terminals or commands.
//
//	report, err := analyze.Image(ctx, "debian:bookworm", analyze.Options{})
//
// [Open] opens the image and [Handle.Analyze] does the rest, one function a step. describe
// reads manifest, config, history and Dockerfile, and finds the base image. Then the layers
// are loaded from the store or scanned, in any order, and stacked in the order of the image;
// that shows which file versions are shadowed. Last, judge lets the rules mark leftovers and
// finds duplicates. The store keeps what one run learns for the next.
//
// Use [Image] if you want only the report, [Analyze] for everything that one analysis finds
// out, and [Open] to read files from the image afterwards.
package analyze

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/changes"
	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/overlay"
	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/model"
)

// Result is what an analysis found out.
type Result struct {
	// Report is what every face shows.
	Report *model.Report
	// Build is what the rules knew when they judged the image, for fixes that are
	// worked out again. Nil where the report comes from the store, which
	// [Options.NeedBuild] prevents. Secrets are not masked in it: it is not for
	// showing.
	Build *Build
	// Transfer is what a registry sent; nil for images from elsewhere.
	Transfer *Transfer
}

// Transfer counts what a registry sent of an image.
type Transfer struct {
	Sent int64 // bytes
	All  int64 // that the image's layers have there, in bytes
}

// Image is [Analyze] for those who want the report alone.
func Image(ctx context.Context, reference string, opt Options) (*model.Report, error) {
	result, err := Analyze(ctx, reference, opt)
	if err != nil {
		return nil, err
	}
	return result.Report, nil
}

// Analyze analyses the image that a reference names. When the context is
// cancelled it returns within 100 ms: what is known by then with Partial set,
// or, if that is nothing at all, the context's error. Any other error names the
// image or the layer, what is wrong with it, and what to do. Analyses may run at
// the same time; each needs options of its own.
func Analyze(ctx context.Context, reference string, opt Options) (*Result, error) {
	h, err := Open(ctx, reference, opt)
	if err != nil {
		return nil, err
	}
	defer h.Close()
	return h.Analyze(ctx)
}

// read learns all there is to know of the layers and stacks them: from the store,
// from where they lie, or from a stream. It returns the finished report instead
// where the store has that.
func (a *analysis) read(ctx context.Context) (stored *model.Report, err error) {
	a.key = a.streamReportKey(a.img)
	if r := a.lookupReport(); r != nil {
		return r, nil
	}
	if img, indexes := a.lookupSent(); img != nil {
		a.img, a.asNamed = img, true
		if err := a.describe(ctx); err != nil {
			return nil, err
		}
		return nil, a.stackUp(ctx, indexes)
	}
	if a.img.Stream != nil {
		return nil, a.readStream(ctx)
	}
	if err := a.describe(ctx); err != nil {
		return nil, err
	}
	if r := a.lookupReport(); r != nil {
		return r, nil
	}
	return nil, a.readLayers(ctx)
}

// transfer tells what a registry sent, nil for other sources.
func (a *analysis) transfer() *Transfer {
	if a.img.Fetched == nil {
		return nil
	}
	t := &Transfer{Sent: a.img.Fetched()}
	seen := make(map[string]bool)
	for _, l := range a.img.Layers {
		if !seen[l.Digest] || l.Digest == "" {
			t.All += l.Size
		}
		seen[l.Digest] = true
	}
	return t
}

// analysis is one image on its way to a report.
type analysis struct {
	opt    Options
	img    *source.Image
	report *model.Report
	stack  *overlay.Builder
	budget *budget.Budget
	origin *history.Origin

	dockerfile *history.Dockerfile // that the user named, nil if none
	ignore     IgnoreFile          // beside it
	neighbours []rules.Neighbour   // in its project
	mask       redact.Mask         // of the image's secrets
	installed  installed
	// ownedByLink are the versions that a package owns only because it lists one
	// of their hard links.
	ownedByLink map[model.RecordID]bool
	// asked are the files that layers were read again for.
	asked    map[model.RecordID]bool
	progress *progress
	key      store.Key // of the report, zero for one that is not stored
	done     int       // layers read, in whatever order
	tables   int       // layers read by their table of contents
	podName  string    // the image's, by which manifests were searched
	parted   bool      // the Dockerfile that the user named is not that of the image
	asNamed  bool      // an engine has sent the image that it had named, or sent it once before
	fit      bool      // every layer that an engine sent has the digest that config or manifest give
}

// describe starts the report with what manifest and config say, and sends the
// first event with a report.
func (a *analysis) describe(ctx context.Context) error {
	img := a.img
	steps, stepOf, notes := history.Instructions(img.Config, len(img.Layers))
	a.mask = a.maskOf(a.dockerfile)
	origin, more, err := a.locate(ctx, steps, stepOf)
	if err != nil {
		return err
	}
	a.origin = origin
	if origin.Dockerfile != a.dockerfile {
		a.mask = a.maskOf(origin.Dockerfile)
	}
	notes = append(notes, more...)
	a.report = newReport(img, a.opt.Version)
	a.report.Instructions = append([]model.Instruction{}, steps...)
	a.report.Notes = append(a.report.Notes, img.Notes...)
	a.report.Notes = append(a.report.Notes, notes...)
	for i, l := range img.Layers {
		layer := model.Layer{Index: i, Digest: orNil(l.Digest), DiffID: orNil(l.DiffID), MediaType: l.MediaType, Blob: l.Blob}
		if stepOf[i] >= 0 {
			layer.Instruction = model.Ptr(stepOf[i])
		}
		a.report.Layers = append(a.report.Layers, layer)
	}
	base, err := findBase(ctx, img, a.opt, steps, origin.Base)
	if err != nil {
		return err
	}
	a.report.Image.Base = base
	a.report.MarkInherited()
	if base.Reference != nil {
		a.report.Image.Base.Reference = model.Ptr(a.mask.Text(*base.Reference))
	}
	a.progress.mask = a.mask
	a.report.Dockerfile = a.listing()
	a.report.Config = configOf(img.Config, a.mask)
	if a.img.Stream == nil && a.img.SnapshotKey() == "" {
		a.key = a.reportKey()
	}
	a.progress.known(a.report, a.done)
	return nil
}

// add stacks the next layer and writes its figures into the report.
func (a *analysis) add(ctx context.Context, i int, x *scan.Index) error {
	l := &a.img.Layers[i]
	if err := x.CheckDiffID(l); err != nil {
		return layerError(a.img, i, err)
	}
	at := l.At
	if x.MediaType != scan.MediaTar {
		at = nil // the stored bytes are not the tar's
	}
	if a.opt.Contents && at != nil {
		var err error
		if x, err = x.HashAll(ctx, at); err != nil {
			return layerError(a.img, i, err)
		}
	}
	tally, notes, err := a.stack.Add(ctx, x, at)
	if err != nil {
		return layerError(a.img, i, err)
	}
	if err := a.captureLower(ctx); err != nil {
		return err
	}
	if err := a.captureBehind(ctx); err != nil {
		return layerError(a.img, i, err)
	}
	if rare := unusual(x); rare != "" {
		notes = append(notes, rare)
	}
	for _, n := range append(x.Notes, notes...) {
		a.report.Notes = append(a.report.Notes, fmt.Sprintf("layer %d: %s", i, n))
	}
	fillLayer(a.report, i, x, tally)
	a.report.Layers[i].Content = a.stack.Content()
	if x.TOC {
		a.tables++
	}
	if err := a.follow(i); err != nil {
		return layerError(a.img, i, err)
	}
	return nil
}

// beyond is the error of an image that passes a limit, nil for others.
func (a *analysis) beyond() error {
	if err := a.budget.Broken(); err != nil {
		return fmt.Errorf("%w; %s", err, beyondLimit)
	}
	return nil
}

// judge gives every version its verdict and finishes the report. On a partial
// report it does without what needs more reading. It returns what the rules knew.
func (a *analysis) judge(ctx context.Context) (*Build, error) {
	r := a.report
	a.noteTOC()
	a.countBlobsOnce()
	stacked := a.stack.Layers()
	a.listPackages()
	system := len(r.Packages)
	if err := a.listLibraries(); err != nil {
		return nil, err
	}
	if err := a.beyond(); err != nil {
		return nil, err
	}
	ledger, err := a.stack.Finish(ctx)
	if err != nil && !r.Partial {
		return nil, err
	}
	r.Tree = ledger.Tree
	if a.opt.Contents {
		ledger.FillSums()
	}
	build := a.build()
	build.Packages, build.Libraries = r.Packages[:system:system], r.Packages[system:]
	if err := a.addPods(build); err != nil {
		return nil, err
	}
	if r.Config != nil { // a copy, since listeners hold the one without it
		config := *r.Config
		config.Root = build.RunsAsRoot()
		r.Config = &config
	}
	claims := rules.Claim(ledger.Tree, build, catalogue.Rules)
	for _, note := range build.KeptFor(ledger.Tree) {
		r.Notes = append(r.Notes, build.SecretMask().Text(note))
	}
	duplicateOf, err := ledger.Duplicates(ctx)
	if err != nil && !r.Partial {
		if ctx.Err() == nil {
			return nil, err
		}
		r.Partial = true
	}
	addUp(r)
	r.Findings = claims.Findings(duplicateOf)
	a.tellPods(build, claims)
	r.Summary.Own, r.Summary.Inherited = model.Scopes(r.Layers, r.Findings)
	if note := ownBaseNote(r, a.dockerfile, build.OwnBase()); note != "" {
		r.Notes = append(r.Notes, build.SecretMask().Text(note))
	}
	if err := a.beyond(); err != nil {
		return nil, err
	}
	// Findings needs the instructions as they are; nobody else may see a secret.
	r.Instructions = a.progress.instructions(r.Instructions)
	if r.Partial {
		r.Notes = append(r.Notes, fmt.Sprintf("partial: %d of %d layers were read", stacked, len(r.Layers)))
	}
	changes.Fill(r, a.changeOptions(build))
	return build, nil
}

// needsBuildKit reports whether a Dockerfile, which may be nil, names its frontend or
// has in any stage what only BuildKit understands.
func needsBuildKit(d *history.Dockerfile) bool {
	if d == nil || d.HasSyntax() {
		return d != nil
	}
	for i := range d.Stages {
		for j := range d.Stages[i].Steps {
			if rewrite.NeedsBuildKit(d.Stages[i].Steps[j].Text) {
				return true
			}
		}
	}
	return false
}

// build is what the rules may know of the image.
func (a *analysis) build() *Build {
	r := a.report
	build := &rules.Build{
		Instructions: r.Instructions, Layers: r.Layers, Base: r.Image.Base, Packages: r.Packages,
		OwnedByLink: a.ownedByLink, Captured: a.stack.Captured(), Contents: a.stack.Contents(), Executables: a.stack.Executables(), Secrets: a.stack.Secrets(), Mask: a.mask, Budget: a.budget, Model: a.img.Model, Neighbours: a.neighbours,
	}
	if c := a.img.Config; c != nil {
		config := &c.Config
		build.Entrypoint, build.Cmd, build.Env, build.WorkingDir, build.User = config.Entrypoint, config.Cmd, config.Env, config.WorkingDir, config.User
		build.Ports, build.Volumes = slices.Sorted(maps.Keys(config.ExposedPorts)), slices.Sorted(maps.Keys(config.Volumes))
		build.StopSignal = config.StopSignal
		if config.Healthcheck != nil {
			build.Check = config.Healthcheck.Test
		}
		build.Healthcheck = config.Healthcheck != nil && len(config.Healthcheck.Test) > 0 && config.Healthcheck.Test[0] != "NONE"
	}
	var file *history.Dockerfile
	if a.origin != nil {
		file = a.origin.Dockerfile
	}
	build.Variables, build.Frontend = history.Variables(a.img.Config, file), needsBuildKit(file)
	for _, torn := range a.stack.TornLinks() {
		build.TornLinks = append(build.TornLinks, rules.TornLink(torn))
	}
	return build
}
