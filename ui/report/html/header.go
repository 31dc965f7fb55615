package html

import (
	"strings"
	"time"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

// header says which image this is, what it weighs, and the verdict.
type header struct {
	Name    string
	Facts   []string
	Digest  string
	Verdict string
	Partial bool
	Figures []figure
	Meter   []segment
}

// figure is one number with its name and what to know of it.
type figure struct {
	Name, Value, Note string
	Waste             bool
}

// segment is a part of the image on the bar below the verdict.
type segment struct {
	Kind         string // own, base or waste: how it is drawn
	Name, Size   string
	Start, Width string // percent
}

func (h *builder) header() header {
	image, sum := &h.report.Image, &h.report.Summary
	v := header{Name: h.take(image.Reference, nameCells), Partial: h.report.Partial, Verdict: verdict(h.report)}
	v.Facts = append(v.Facts, h.take(image.Platform, nameCells), "from "+h.take(image.Source, nameCells))
	for _, fact := range h.text.Base() {
		v.Facts = append(v.Facts, h.fit(fact, nameCells))
	}
	if at := view.UTC(image.Created); at != nil && at.Year() >= 1980 { // reproducible builds name a time that says nothing
		v.Facts = append(v.Facts, "created "+at.Format(time.DateOnly))
	}
	if image.Digest != nil {
		v.Digest = h.take(*image.Digest, nameCells)
	}
	pull := figure{Name: "To pull", Value: "unknown", Note: "the source has no compressed layers"}
	if image.CompressedSize != nil {
		pull.Value, pull.Note = display.Total(*image.CompressedSize), "compressed, as a registry sends it"
	}
	wasted := figure{Name: "Wasted", Value: display.Total(sum.WastedBytes), Waste: sum.WastedBytes > 0, Note: "nothing to change"}
	if sum.WastedBytes > 0 {
		wasted.Note = display.Percent(sum.WastedBytes, image.Size) + " of the size"
		if sum.WastedCompressedBytes != nil {
			wasted.Note += ", " + display.Total(*sum.WastedCompressedBytes) + " to pull"
		}
		wasted.Note += "; avoidable: " + view.Avoidable(h.report)
	}
	v.Figures = []figure{
		{Name: "Size", Value: display.Total(image.Size), Note: display.Plural(image.Files, "file") + " in " + display.Plural(image.Layers, "layer")},
		pull,
		{Name: "Efficiency", Value: display.Efficiency(sum.Efficiency), Note: "own: " + display.Efficiency(sum.Own.Efficiency)},
		wasted,
	}
	if image.Base.How == model.BaseNone {
		v.Figures[2].Note = "without a known base, all is own"
	}
	v.Meter = meter(h.report)
	return v
}

func verdict(r *model.Report) string {
	if risks := len(view.Settle(r).Risks); risks > 0 {
		rest := verdictOfBytes(r)
		return display.Plural(risks, "risk") + ", " + strings.ToLower(rest[:1]) + rest[1:]
	}
	return verdictOfBytes(r)
}

func verdictOfBytes(r *model.Report) string {
	sum, size := &r.Summary, r.Image.Size
	switch {
	case size == 0:
		return "Nothing wasted: the image holds no file content."
	case sum.WastedBytes == 0:
		return "Nothing wasted: a container can use all " + display.Total(size) + " of it."
	}
	return display.Percent(sum.WastedBytes, size) + " wasted: no container needs " + display.Total(sum.WastedBytes) + " of " + display.Total(size) + "."
}

// meter lays the image out as one bar.
func meter(r *model.Report) []segment {
	own, base := &r.Summary.Own, &r.Summary.Inherited
	var segments []segment
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
		segments = append(segments, segment{
			Kind: s.kind, Name: s.name, Size: display.Bytes(s.bytes),
			Start: percent(at, r.Image.Size), Width: percent(s.bytes, r.Image.Size),
		})
		at += s.bytes
	}
	return segments
}

// notes repeats what the sources and the scan found worth saying.
func (h *builder) notes() []string {
	h.room(otherRoom)
	var out []string
	for _, note := range h.report.Notes[:min(len(h.report.Notes), maxNotes)] {
		out = append(out, h.take(h.paths.Within(note, h.report), lineCells))
	}
	if more := len(h.report.Notes) - len(out); more > 0 {
		out = append(out, "and "+display.Plural(more, "more note"))
	}
	return out
}
