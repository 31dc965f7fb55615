package analyze

import (
	"context"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/model"
)

// LowerPart returns the tree and the packages of an image's lowest layers, as if these were an image of
// their own: of its base, mostly. The tree has verdicts of what the rules claim, but no duplicates. No report is stored, but layers
// are taken from the store. Of an image that is sent only once nothing is returned
// unless the store knows all its layers, so that this is for after Analyze.
func (h *Handle) LowerPart(ctx context.Context, layers int) (*model.Report, error) {
	a := h.begin()
	a.opt.Progress, a.opt.NoTree, a.opt.Base, a.dockerfile = nil, false, "", nil
	a.progress = &progress{}
	a.stack.Limit(a.budget)
	a.stack.Remember(rules.Wants)
	img := h.Image
	if img.Stream != nil {
		known, indexes := a.lookupSent()
		if known == nil || layers > len(indexes) {
			return nil, nil
		}
		a.img = lowerPart(known, layers)
		if err := a.describe(ctx); err != nil {
			return nil, err
		}
		if err := a.stackUp(ctx, indexes[:layers]); err != nil {
			return nil, err
		}
		return a.finishTree(ctx)
	}
	a.img = lowerPart(img, layers)
	if err := a.describe(ctx); err != nil {
		return nil, err
	}
	if err := a.readLayers(ctx); err != nil {
		return nil, err
	}
	return a.finishTree(ctx)
}

// finishTree ends an analysis of which nobody needs findings: the rules only say what is a leftover.
func (a *analysis) finishTree(ctx context.Context) (*model.Report, error) {
	a.listPackages()
	if err := a.beyond(); err != nil {
		return nil, fmt.Errorf("%s: %w", a.img.Reference, err)
	}
	ledger, err := a.stack.Finish(ctx)
	if err != nil {
		return nil, err
	}
	a.report.Tree = ledger.Tree
	rules.Claim(ledger.Tree, a.build(), catalogue.Rules)
	return a.report, nil
}

// lowerPart is an image of the lowest layers of another. It shares what that one holds
// open, and is not closed.
func lowerPart(img *source.Image, layers int) *source.Image {
	part := &source.Image{Reference: img.Reference, Source: img.Source, Platform: img.Platform, Layers: img.Layers[:layers]}
	if img.Config == nil {
		return part
	}
	config := &v1.ConfigFile{Architecture: img.Config.Architecture, OS: img.Config.OS, Variant: img.Config.Variant}
	config.RootFS.Type = img.Config.RootFS.Type
	config.RootFS.DiffIDs = img.Config.RootFS.DiffIDs[:min(layers, len(img.Config.RootFS.DiffIDs))]
	left := layers
	for _, step := range img.Config.History {
		if !step.EmptyLayer {
			if left == 0 {
				break
			}
			left--
		}
		config.History = append(config.History, step)
	}
	part.Config = config
	return part
}
