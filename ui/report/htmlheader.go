package report

import (
	"time"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// htmlHeader says which image this is, what it weighs, and the verdict.
type htmlHeader struct {
	Name    string
	Facts   []string
	Digest  string
	Verdict string
	Partial bool
	Figures []htmlFigure
	Meter   []htmlSegment
}

// htmlFigure is one number with its name and what to know of it.
type htmlFigure struct {
	Name, Value, Note string
	Waste             bool
}

// htmlSegment is a part of the image on the bar below the verdict.
type htmlSegment struct {
	Kind         string // own, base or waste: how it is drawn
	Name, Size   string
	Start, Width string // percent
}

func (h *htmlPage) header() htmlHeader {
	image, sum := &h.report.Image, &h.report.Summary
	v := htmlHeader{Name: h.take(image.Reference, htmlName), Partial: h.report.Partial, Verdict: htmlVerdict(h.report)}
	v.Facts = append(v.Facts, h.take(image.Platform, htmlName), "from "+h.take(image.Source, htmlName))
	for _, fact := range h.text.base() {
		v.Facts = append(v.Facts, h.fit(fact, htmlName))
	}
	if at := inUTC(image.Created); at != nil && at.Year() >= 1980 { // reproducible builds name a time that says nothing
		v.Facts = append(v.Facts, "created "+at.Format(time.DateOnly))
	}
	if image.Digest != nil {
		v.Digest = h.take(*image.Digest, htmlName)
	}
	pull := htmlFigure{Name: "To pull", Value: "unknown", Note: "the source has no compressed layers"}
	if image.CompressedSize != nil {
		pull.Value, pull.Note = display.Bytes(*image.CompressedSize), "compressed, as a registry sends it"
	}
	wasted := htmlFigure{Name: "Wasted", Value: display.Bytes(sum.WastedBytes), Waste: sum.WastedBytes > 0, Note: "nothing to mend"}
	if sum.WastedBytes > 0 {
		wasted.Note = display.Percent(sum.WastedBytes, image.Size) + " of the size"
		if sum.WastedCompressedBytes != nil {
			wasted.Note += ", " + display.Bytes(*sum.WastedCompressedBytes) + " to pull"
		}
	}
	v.Figures = []htmlFigure{
		{Name: "Size", Value: display.Bytes(image.Size), Note: display.Plural(image.Files, "file") + " in " + display.Plural(image.Layers, "layer")},
		pull,
		{Name: "Efficiency", Value: display.Efficiency(sum.Efficiency), Note: "own: " + display.Efficiency(sum.Own.Efficiency)},
		wasted,
	}
	if image.Base.How == model.BaseNone {
		v.Figures[2].Note = "without a known base, all is own"
	}
	v.Meter = htmlMeter(h.report)
	return v
}

func htmlVerdict(r *model.Report) string {
	sum, size := &r.Summary, r.Image.Size
	switch {
	case size == 0:
		return "Nothing wasted: the image holds no file content."
	case sum.WastedBytes == 0:
		return "Nothing wasted: a container can use all " + display.Bytes(size) + " of it."
	}
	return display.Percent(sum.WastedBytes, size) + " wasted: no container needs " + display.Bytes(sum.WastedBytes) + " of " + display.Bytes(size) + "."
}

// htmlMeter lays the image out as one bar.
func htmlMeter(r *model.Report) []htmlSegment {
	own, base := &r.Summary.Own, &r.Summary.Inherited
	var segments []htmlSegment
	var at int64
	for _, s := range []struct {
		kind, name string
		bytes      int64
	}{
		{"base", "base image, in use", base.Size - base.WastedBytes},
		{"own", "own, in use", own.Size - own.WastedBytes},
		{"waste", "wasted", r.Summary.WastedBytes},
	} {
		if s.bytes <= 0 {
			continue
		}
		segments = append(segments, htmlSegment{
			Kind: s.kind, Name: s.name, Size: display.Bytes(s.bytes),
			Start: htmlShare(at, r.Image.Size), Width: htmlShare(s.bytes, r.Image.Size),
		})
		at += s.bytes
	}
	return segments
}

// notes repeats what the sources and the scan found worth saying.
func (h *htmlPage) notes() []string {
	h.room(htmlOtherRoom)
	var out []string
	for _, note := range h.report.Notes[:min(len(h.report.Notes), htmlMaxNotes)] {
		out = append(out, h.take(h.paths.within(note, h.report), htmlLine))
	}
	if more := len(h.report.Notes) - len(out); more > 0 {
		out = append(out, "and "+display.Plural(more, "more note"))
	}
	return out
}
