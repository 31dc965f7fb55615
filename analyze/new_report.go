package analyze

import (
	"github.com/tare-oci/tare/analyze/overlay"
	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/model"
)

// newReport starts a report with what needs no layer to be read.
func newReport(img *source.Image, version string) *model.Report {
	r := &model.Report{
		SchemaVersion: model.SchemaVersion,
		Tool:          model.Tool{Name: "tare", Version: version},
		Notes:         []string{},
		Layers:        []model.Layer{},
		Instructions:  []model.Instruction{},
		Packages:      []model.Package{},
		Findings:      []model.Finding{},
		Image: model.Image{
			Reference: img.Reference, Source: img.Source, Digest: orNil(img.Digest), ID: orNil(img.ID),
			Platform: img.Platform, Layers: len(img.Layers), Base: model.Base{How: model.BaseNone},
		},
	}
	if c := img.Config; c != nil && !c.Created.IsZero() {
		r.Image.Created = model.Ptr(c.Created.UTC())
	}
	return r
}

func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// fillLayer writes a layer's figures into the report, and its instruction's.
func fillLayer(r *model.Report, i int, x *scan.Index, tally overlay.Tally) {
	l := &r.Layers[i]
	files, size, overhead, compressedOverhead := x.Totals()
	l.Files, l.Size = files, size
	if !x.TOC {
		l.OverheadBytes = &overhead
	}
	if x.AsPushed {
		l.CompressedSize, l.CompressedOverheadBytes = model.Ptr(x.BlobSize), &compressedOverhead
	}
	if l.MediaType == "" {
		l.MediaType = x.MediaType
	}
	l.Added, l.Modified, l.Deleted = tally.Added, tally.Modified, tally.Deleted
	if l.Instruction != nil {
		r.Instructions[*l.Instruction].Size = size
	}
}

// addUp sums the verdicts of all versions into layers, instructions and summary.
func addUp(r *model.Report) {
	t := r.Tree
	s := &r.Summary
	compressed, known := int64(0), true
	for i := range r.Layers {
		r.Layers[i].WastedBytes = 0
	}
	blame(r)
	for i := range t.Records {
		v := &t.Records[i]
		if v.Kind != model.File {
			continue
		}
		switch v.Verdict {
		case model.Shadowed:
			s.ShadowedBytes += v.Size.Bytes()
		case model.Leftover:
			s.LeftoverBytes += v.Size.Bytes()
		case model.Duplicate:
			s.DuplicateBytes += v.Size.Bytes()
			s.LiveBytes += v.Size.Bytes()
			continue
		default:
			s.LiveBytes += v.Size.Bytes()
			continue
		}
		r.Layers[v.Layer].WastedBytes += v.Size.Bytes()
		if v.Compressed.Bytes() < 0 {
			known = false
		}
		compressed += v.Compressed.Bytes()
	}
	s.WastedBytes = s.ShadowedBytes + s.LeftoverBytes
	img := &r.Image
	pull := int64(0)
	var overhead, compressedOverhead int64
	allPulled, allRead := true, true
	for i := range r.Layers {
		l := &r.Layers[i]
		img.Files += l.Files
		img.Size += l.Size
		if l.Instruction != nil {
			r.Instructions[*l.Instruction].WastedBytes += l.WastedBytes
		}
		if l.OverheadBytes == nil {
			allRead = false
		} else {
			overhead += *l.OverheadBytes
		}
		if l.CompressedSize == nil {
			allPulled = false
		} else {
			pull += *l.CompressedSize
			compressedOverhead += *l.CompressedOverheadBytes
		}
	}
	if allRead {
		img.OverheadBytes = &overhead
	}
	if allPulled {
		img.CompressedSize, img.CompressedOverheadBytes = &pull, &compressedOverhead
	}
	if known && allPulled {
		s.WastedCompressedBytes = &compressed
	}
	s.Efficiency = model.Efficiency(s.WastedBytes, img.Size)
}
