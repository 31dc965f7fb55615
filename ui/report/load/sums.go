package load

import (
	"math"

	"github.com/tare-oci/tare/model"
)

// checkSums holds the figures to each other, as the ledger's invariants do.
func checkSums(r *model.Report) error {
	img, s := &r.Image, &r.Summary
	var all model.Scope
	files := 0
	for i := range r.Layers {
		l := &r.Layers[i]
		all.Size += l.Size
		all.WastedBytes += l.WastedBytes
		if all.Size > maxBytes {
			return unsound("the layers are larger than any image")
		}
		files += l.Files
	}
	var held int64
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Wasted() {
			held += f.Bytes
		}
	}
	switch {
	case all.Size != img.Size:
		return unsound("the layers have %d bytes, the image %d", all.Size, img.Size)
	case files != img.Files:
		return unsound("the layers have %d files, the image %d", files, img.Files)
	case s.LiveBytes+s.WastedBytes != img.Size:
		return unsound("live and wasted are %d bytes, the image %d", s.LiveBytes+s.WastedBytes, img.Size)
	case s.ShadowedBytes+s.LeftoverBytes != s.WastedBytes:
		return unsound("shadowed and leftover are %d bytes, wasted %d", s.ShadowedBytes+s.LeftoverBytes, s.WastedBytes)
	case s.DuplicateBytes > s.LiveBytes:
		return unsound("%d bytes are duplicates, %d live", s.DuplicateBytes, s.LiveBytes)
	case held != s.WastedBytes:
		return unsound("the findings hold %d wasted bytes, the summary says %d", held, s.WastedBytes)
	case all.WastedBytes != s.WastedBytes:
		return unsound("the layers waste %d bytes, the summary says %d", all.WastedBytes, s.WastedBytes)
	}
	own, inherited := model.Scopes(r.Layers, r.Findings)
	for _, scope := range []struct {
		name      string
		got, want model.Scope
	}{{"own", s.Own, own}, {"inherited", s.Inherited, inherited}, {"efficiency", model.Scope{Size: img.Size, WastedBytes: s.WastedBytes, Efficiency: s.Efficiency}, all}} {
		if scope.got.Size != scope.want.Size || scope.got.WastedBytes != scope.want.WastedBytes {
			return unsound("%s is not what the layers and findings say", scope.name)
		}
		if e := model.Efficiency(scope.want.WastedBytes, scope.want.Size); !(math.Abs(scope.got.Efficiency-e) < 1e-9) {
			return unsound("the efficiency of %s is %v, not %v", scope.name, scope.got.Efficiency, e)
		}
	}
	return checkCompressed(r)
}

// checkCompressed holds what the image says of its compressed size, which is
// unknown where that of a layer is, to the layers.
func checkCompressed(r *model.Report) error {
	of := func(of func(*model.Layer) *int64) *int64 {
		total := int64(0)
		for i := range r.Layers {
			n := of(&r.Layers[i])
			if n == nil {
				return nil
			}
			total += *n
			if total > maxBytes {
				total = math.MaxInt64 / 2 // none that an image can say
			}
		}
		return &total
	}
	for _, figure := range []struct {
		name      string
		got, want *int64
	}{
		{"compressedSize", r.Image.CompressedSize, of(func(l *model.Layer) *int64 { return l.CompressedSize })},
		{"overheadBytes", r.Image.OverheadBytes, of(func(l *model.Layer) *int64 { return l.OverheadBytes })},
	} {
		if figure.got != nil && (figure.want == nil || *figure.got != *figure.want) {
			return unsound("%s of the image is not that of its layers", figure.name)
		}
	}
	if s := &r.Summary; s.WastedCompressedBytes != nil && (r.Image.CompressedSize == nil || *s.WastedCompressedBytes > *r.Image.CompressedSize) {
		return unsound("more is wasted of the pull than is pulled")
	}
	return nil
}
