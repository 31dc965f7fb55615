// Package analyze goes from an image reference to a finished model.Report:
// source opens the image, scan reads its layers, overlay stacks them and keeps
// the ledger of every byte, history ties layers to instructions, and rules say
// what is waste and which edit removes it. It knows nothing of terminals.
package analyze

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/overlay"
	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/model"
)

// Image analyses the image that a reference names. When the context is
// cancelled it returns within 100 ms: what is known by then with Partial set,
// or, if that is nothing at all, the context's error. Any other error names the
// image or the layer, what is wrong with it, and what to do.
func Image(ctx context.Context, reference string, opt Options) (*model.Report, error) {
	a := &analysis{opt: opt, stack: overlay.New(), budget: budget.New(opt.Memory)}
	a.stack.Limit(a.budget)
	a.progress.send = opt.Progress
	tell := opt.Waiting
	opt.Waiting = func(what string) {
		a.progress.waits()
		if tell != nil {
			tell(what)
		}
	}
	if opt.Dockerfile != "" {
		var err error
		if a.dockerfile, err = readDockerfile(ctx, opt.Dockerfile, opt.Waiting); err != nil {
			return nil, err
		}
	}
	a.progress.phase(Opening)
	img, err := source.Open(ctx, reference, opt.Options)
	if err != nil {
		return nil, err
	}
	defer img.Close()
	defer opt.Shared.done()
	a.img = img
	stop := a.progress.start()
	defer stop()
	err = a.layers(ctx)
	if ctx.Err() != nil {
		if a.report == nil {
			return nil, ctx.Err()
		}
		a.report.Partial = true
	} else if changed := img.Unchanged(); changed != nil {
		// Whatever else is wrong comes of that.
		return nil, fmt.Errorf("%s: %w", img.Reference, changed)
	} else if err != nil {
		return nil, err
	}
	if img.Fetched != nil && opt.Fetched != nil {
		all := int64(0)
		for _, l := range img.Layers {
			all += l.Size
		}
		opt.Fetched(img.Fetched(), all)
	}
	if a.recalled {
		return a.report, nil
	}
	a.progress.phase(Judging)
	if err := a.judge(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", img.Reference, err)
	}
	if err := img.Unchanged(); err != nil { // contents are compared up to now
		return nil, fmt.Errorf("%s: %w", img.Reference, err)
	}
	a.keepReport()
	return a.report, nil
}

// layers learns all there is to know of the layers, or of the whole image.
func (a *analysis) layers(ctx context.Context) error {
	if a.key = a.streamReportKey(a.img); a.recallReport() {
		return nil
	}
	opened := *a.img
	remembered := a.recallImage()
	if a.img.Stream == nil {
		if err := a.describe(ctx); err != nil || a.recallReport() {
			return err
		}
		if !remembered {
			return a.readLayers(ctx)
		}
		if indexes := a.recallLayers(); indexes != nil {
			return a.stackUp(ctx, indexes)
		}
		*a.img, a.report = opened, nil
	}
	return a.readStream(ctx)
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
	mask       redact.Mask         // of the image's secrets
	installed  installed
	// ownedByLink are the versions that a package owns only because it lists one
	// of their hard links.
	ownedByLink map[model.RecordID]bool
	progress    progress
	key         string // what the report is kept under, "" for not at all
	recalled    bool   // the report was kept
	read        int    // layers read, in whatever order
	tables      int    // layers read by their table of contents
	fit         bool   // every layer that an engine sent is the one that config or manifest name
}

// describe starts the report with what manifest and config say, and tells the
// receiver of events.
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
	markInherited(a.report)
	if base.Reference != nil {
		a.report.Image.Base.Reference = model.Ptr(a.mask.Text(*base.Reference))
	}
	a.progress.mask = a.mask
	a.report.Dockerfile = a.listing()
	a.report.Config = configOf(img.Config, a.mask)
	if a.img.Stream == nil && a.img.MemoKey() == "" {
		a.key = a.reportKey()
	}
	a.progress.known(a.report, a.read)
	return nil
}

// add stacks the next layer and writes its figures into the report.
func (a *analysis) add(ctx context.Context, i int, x *scan.Index) error {
	l := &a.img.Layers[i]
	if err := checkDiffID(x, l); err != nil {
		return layerError(a.img, i, err)
	}
	at := l.At
	if x.MediaType != scan.MediaTar {
		at = nil // the stored bytes are not the tar's
	}
	tally, notes, err := a.stack.Add(ctx, x, at)
	if err != nil {
		return layerError(a.img, i, err)
	}
	if err := a.captureLower(ctx); err != nil {
		return err
	}
	if rare := unusual(x); rare != "" {
		notes = append(notes, rare)
	}
	for _, n := range append(x.Notes, notes...) {
		a.report.Notes = append(a.report.Notes, fmt.Sprintf("layer %d: %s", i, n))
	}
	fillLayer(a.report, i, x, tally)
	if x.TOC {
		a.tables++
	}
	a.follow(i)
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
// report it does without what needs more reading.
func (a *analysis) judge(ctx context.Context) error {
	r := a.report
	a.noteTOC()
	stacked := a.stack.Layers()
	a.listPackages()
	if err := a.beyond(); err != nil {
		return err
	}
	ledger, err := a.stack.Finish(ctx)
	if err != nil && !r.Partial {
		return err
	}
	r.Tree = ledger.Tree
	build := &rules.Build{Instructions: r.Instructions, Layers: r.Layers, Base: r.Image.Base, Packages: r.Packages, OwnedByLink: a.ownedByLink, Mask: a.mask, Budget: a.budget}
	build.Captured = a.stack.Captured()
	if c := a.img.Config; c != nil {
		config := &c.Config
		build.Entrypoint, build.Cmd, build.Env, build.WorkingDir, build.User = config.Entrypoint, config.Cmd, config.Env, config.WorkingDir, config.User
		build.Ports, build.Volumes = slices.Sorted(maps.Keys(config.ExposedPorts)), slices.Sorted(maps.Keys(config.Volumes))
		build.Healthcheck = config.Healthcheck != nil && len(config.Healthcheck.Test) > 0 && config.Healthcheck.Test[0] != "NONE"
	}
	for _, torn := range a.stack.TornLinks() {
		build.TornLinks = append(build.TornLinks, rules.TornLink(torn))
	}
	claims := rules.Claim(ledger.Tree, build)
	twins, err := ledger.Duplicates(ctx)
	if err != nil && !r.Partial {
		if ctx.Err() == nil {
			return err
		}
		r.Partial = true
	}
	addUp(r)
	r.Findings = claims.Findings(twins)
	if err := a.beyond(); err != nil {
		return err
	}
	if a.opt.Judged != nil {
		a.opt.Judged(build)
	}
	// Findings needs the instructions as they are; nobody else may see a secret.
	r.Instructions = a.progress.instructions(r.Instructions)
	if r.Partial {
		r.Notes = append(r.Notes, fmt.Sprintf("partial: %d of %d layers were read", stacked, len(r.Layers)))
	}
	return nil
}
