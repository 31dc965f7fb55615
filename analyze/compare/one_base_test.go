package compare

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
)

// standing is a report of three layers, whose base ends after so many.
func standing(base int, how string) *model.Report {
	r := &model.Report{Image: model.Image{Base: model.Base{Layers: base, How: how}}}
	for i, id := range []string{"sha256:a", "sha256:b", "sha256:c"} {
		r.Layers = append(r.Layers, model.Layer{Index: i, DiffID: &id, Size: 100, WastedBytes: 10, Instruction: model.Ptr(i)})
		r.Instructions = append(r.Instructions, model.Instruction{Index: i, Keyword: "RUN", Layer: model.Ptr(i)})
		verdict := model.Leftover
		r.Findings = append(r.Findings, model.Finding{ID: id, Rule: "logs", Layer: model.Ptr(i), Instruction: model.Ptr(i), Bytes: 10, Verdict: &verdict, Inherited: i < base})
		if i >= base {
			r.Changes = append(r.Changes, model.Change{ID: id, Bytes: 10, Findings: []string{id}})
			r.Summary.AvoidableBytes += 10
		}
	}
	r.Summary.WastedBytes = 30
	r.MarkInherited()
	r.Summary.Own, r.Summary.Inherited = model.Scopes(r.Layers, r.Findings)
	return r
}

// TestOneBase compares two reports that end one base differently: the one that knows
// better decides for both.
func TestOneBase(t *testing.T) {
	other := standing(2, model.BaseByFlag)
	moved := "sha256:moved"
	other.Layers[1].DiffID = &moved
	for name, c := range map[string]struct {
		from, to       *model.Report
		wasOwn, isOwn  int64
		wasted, before int64 // avoidable, before
		noted          bool
	}{
		"a guess before":           {standing(1, model.BaseByHistory), standing(2, model.BaseByFlag), 100, 100, 10, 10, true},
		"a guess now":              {standing(2, model.BaseByProvenance), standing(1, model.BaseByHistory), 100, 100, 10, 10, true},
		"nothing known now":        {standing(2, model.BaseByHistory), standing(0, model.BaseNone), 100, 100, 10, 10, true},
		"nothing known before":     {standing(0, model.BaseNone), standing(2, model.BaseByHistory), 100, 100, 10, 10, true},
		"two guesses":              {standing(1, model.BaseByHistory), standing(2, model.BaseByHistory), 100, 100, 10, 10, true},
		"the same":                 {standing(2, model.BaseByHistory), standing(2, model.BaseByFlag), 100, 100, 10, 10, false},
		"another base, which grew": {standing(1, model.BaseByFlag), other, 200, 100, 10, 20, false},
	} {
		t.Run(name, func(t *testing.T) {
			before := c.from.Image.Base.Layers
			got := Reports(c.from, c.to)
			if own := got.Totals.Own.Size; own.Old != c.wasOwn || own.New != c.isOwn {
				t.Errorf("own: %+v, want %d and %d", own, c.wasOwn, c.isOwn)
			}
			if avoidable := got.Totals.AvoidableBytes; avoidable.Old != c.before || avoidable.New != c.wasted {
				t.Errorf("avoidable: %+v, want %d and %d", avoidable, c.before, c.wasted)
			}
			if noted := strings.Contains(strings.Join(got.Notes, "\n"), "both images stand on one base"); noted != c.noted {
				t.Errorf("notes: %q", got.Notes)
			}
			if c.from.Image.Base.Layers != before || c.from.Layers[0].Inherited != (before > 0) {
				t.Error("the report was changed")
			}
		})
	}
}
