package load

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/tare-oci/tare/model"
)

const (
	// maxLayers is how many layers a report can have: a tree counts them in
	// sixteen bits.
	maxLayers = 1<<16 - 2
	// maxBytes bounds a size, so that sums and differences of a few never overflow.
	maxBytes = 1 << 58
)

// checkReport holds a report that another program may have written to what the faces rely on:
// every index leads somewhere, nothing is negative, and the figures add up as
// those of a real report do.
func checkReport(r *model.Report) error {
	for _, check := range []func(*model.Report) error{checkImage, checkLayers, checkInstructions, checkPackages, checkFindings, checkChanges, checkSums} {
		if err := check(r); err != nil {
			return err
		}
	}
	return nil
}

// unsound says that figures do not go together.
func unsound(format string, args ...any) error {
	return fmt.Errorf("it does not add up: "+format, args...)
}

func checkBytes(what string, sizes ...*int64) error {
	for _, n := range sizes {
		if n != nil && (*n < 0 || *n > maxBytes) {
			return fmt.Errorf("%s has a figure of %d bytes", what, *n)
		}
	}
	return nil
}

func checkCounts(what string, counts ...int) error {
	for _, n := range counts {
		if n < 0 || int64(n) > maxBytes {
			return fmt.Errorf("%s has a count of %d", what, n)
		}
	}
	return nil
}

// checkIndex refuses an index that leads nowhere; nil leads nowhere rightfully.
func checkIndex(what string, i *int, length int) error {
	if i != nil && (*i < 0 || *i >= length) {
		return fmt.Errorf("%s is %d, and there are %d", what, *i, length)
	}
	return nil
}

func checkWord(what, word string, known ...string) error {
	if !slices.Contains(known, word) {
		return fmt.Errorf("%s is %q, which tare does not write", what, brief(word))
	}
	return nil
}

func checkImage(r *model.Report) error {
	img, s := &r.Image, &r.Summary
	if err := checkBytes("image", &img.Size, img.CompressedSize, img.OverheadBytes, img.CompressedOverheadBytes); err != nil {
		return err
	}
	if err := checkCounts("image", img.Layers, img.Files, img.Base.Layers); err != nil {
		return err
	}
	if err := checkWord("image.base.how", img.Base.How, model.BaseByFlag, model.BaseByProvenance, model.BaseByAnnotation, model.BaseByHistory, model.BaseNone); err != nil {
		return err
	}
	if img.Layers != len(r.Layers) {
		return unsound("the image has %d layers, and %d are listed", img.Layers, len(r.Layers))
	}
	if img.Base.Layers > len(r.Layers) || img.Base.How == model.BaseNone && img.Base.Layers > 0 {
		return unsound("the base has %d layers of %d", img.Base.Layers, len(r.Layers))
	}
	return checkBytes("summary", &s.LiveBytes, &s.WastedBytes, &s.ShadowedBytes, &s.LeftoverBytes, &s.DuplicateBytes, s.WastedCompressedBytes,
		&s.Own.Size, &s.Own.WastedBytes, &s.Inherited.Size, &s.Inherited.WastedBytes)
}

func checkLayers(r *model.Report) error {
	for i := range r.Layers {
		l := &r.Layers[i]
		what := fmt.Sprintf("layer %d", i)
		if l.Index != i {
			return fmt.Errorf("%s says that it is layer %d", what, l.Index)
		}
		if err := checkBytes(what, &l.Size, l.CompressedSize, l.OverheadBytes, l.CompressedOverheadBytes, &l.WastedBytes); err != nil {
			return err
		}
		if err := checkCounts(what, l.Files, l.Added, l.Modified, l.Deleted); err != nil {
			return err
		}
		if err := checkIndex(what+"'s instruction", l.Instruction, len(r.Instructions)); err != nil {
			return err
		}
		if l.WastedBytes > l.Size {
			return unsound("%s wastes %d bytes of %d", what, l.WastedBytes, l.Size)
		}
		if l.Inherited != (i < r.Image.Base.Layers) {
			return unsound("%s is in the base or not, and the base has %d layers", what, r.Image.Base.Layers)
		}
		if by := l.Instruction; by != nil && (r.Instructions[*by].Layer == nil || *r.Instructions[*by].Layer != i) {
			return unsound("%s names instruction %d, which does not name it", what, *by)
		}
	}
	return nil
}

func checkInstructions(r *model.Report) error {
	var wasted int64
	for i := range r.Instructions {
		in := &r.Instructions[i]
		what := fmt.Sprintf("instruction %d", i)
		if in.Index != i {
			return fmt.Errorf("%s says that it is instruction %d", what, in.Index)
		}
		if err := checkIndex(what+"'s layer", in.Layer, len(r.Layers)); err != nil {
			return err
		}
		if err := checkWord(what+"'s how", in.How, model.FromProvenance, model.FromDockerfile, model.FromHistory); err != nil {
			return err
		}
		var made model.Layer
		if in.Layer != nil {
			made = r.Layers[*in.Layer]
			if made.Instruction == nil || *made.Instruction != i {
				return unsound("%s names layer %d, which does not name it", what, *in.Layer)
			}
		}
		if in.Size != made.Size {
			return unsound("%s and its layer have two sizes", what)
		}
		// Copies count at the instruction that made them, so the figures of one differ.
		if wasted += in.WastedBytes - made.WastedBytes; in.WastedBytes < 0 {
			return unsound("%s wastes %d bytes", what, in.WastedBytes)
		}
		if at := in.Location; at != nil && (at.Line < 1 || at.EndLine < at.Line || at.EndLine > math.MaxInt32) {
			return fmt.Errorf("%s stands on lines %d to %d", what, at.Line, at.EndLine)
		}
	}
	if wasted != 0 {
		return unsound("the instructions and their layers waste different sums")
	}
	if d := r.Dockerfile; d != nil {
		return checkWord("dockerfile's how", d.How, model.FromProvenance, model.FromDockerfile)
	}
	return nil
}

func checkPackages(r *model.Report) error {
	left := r.Image.Size
	for i := range r.Packages {
		p := &r.Packages[i]
		what := fmt.Sprintf("package %d", i)
		if err := checkIndex(what+"'s layer", &p.Layer, len(r.Layers)); err != nil {
			return err
		}
		if err := checkBytes(what, &p.Bytes); err != nil {
			return err
		}
		if err := checkWord(what+"'s reason", p.Reason, "manual", "dependency", "recommended", "suggested", "orphan", "essential", "dev", "unknown"); err != nil {
			return err
		}
		if left -= p.Bytes; left < 0 {
			return unsound("the packages have more bytes than the image")
		}
	}
	return nil
}

var strategies = []string{
	string(model.SameRunCleanup), string(model.Flag), string(model.CacheMount), string(model.MultiStage), string(model.CopyChown),
	string(model.Reorder), string(model.Dockerignore), string(model.ChangeBase), string(model.Manual),
}

func checkFindings(r *model.Report) error {
	left := r.Image.Size
	for i := range r.Findings {
		f := &r.Findings[i]
		what := fmt.Sprintf("finding %d", i)
		if f.Rule == "" {
			return fmt.Errorf("%s has no rule", what)
		}
		if err := checkWord(what+"'s confidence", string(f.Confidence), string(model.Certain), string(model.Likely), string(model.Possible)); err != nil {
			return err
		}
		if err := checkBytes(what, &f.Bytes, f.CompressedBytes); err != nil {
			return err
		}
		if err := checkCounts(what, f.FileCount); err != nil {
			return err
		}
		for _, at := range []struct {
			what   string
			i      *int
			length int
		}{
			{"'s layer", f.Layer, len(r.Layers)},
			{"'s instruction", f.Instruction, len(r.Instructions)},
			{"'s hiddenBy", f.HiddenBy, len(r.Layers)},
		} {
			if err := checkIndex(what+at.what, at.i, at.length); err != nil {
				return err
			}
		}
		if f.Fix != nil {
			if err := checkWord(what+"'s fix.strategy", string(f.Fix.Strategy), strategies...); err != nil {
				return err
			}
		}
		if f.Manifest != nil {
			if err := checkCounts(what, f.Manifest.Line, f.Manifest.Others); err != nil {
				return err
			}
		}
		if wasted := f.Verdict != nil && (*f.Verdict == model.Shadowed || *f.Verdict == model.Leftover); f.Bytes > 0 && wasted != f.Wasted() {
			return unsound("%s is %s, and its verdict says otherwise", what, f.Confidence)
		}
		if left -= f.Bytes; left < 0 {
			return unsound("the findings have more bytes than the image")
		}
	}
	return nil
}

var errRow = errors.New("the row lacks a key, or a value makes no sense")
