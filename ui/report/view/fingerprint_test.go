package view

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/reporttest"
)

// A finding keeps its name while bytes, layers and other findings change, and no
// two have the same.
func TestFingerprints(t *testing.T) {
	prints := func(r *model.Report) map[string]string {
		out := map[string]string{}
		for i, p := range NewFindings(r, Paths{}).Fingerprints() {
			out[r.Findings[i].Rule] = p
		}
		return out
	}
	want := prints(reporttest.Located())
	r := reporttest.Located()
	slices.Reverse(r.Findings)
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Bytes, f.CompressedBytes, f.FileCount, f.ID = f.Bytes*2+1, nil, f.FileCount+3, "x"
		f.Paths = nil
	}
	r.Image.Reference, r.Tool.Version = "shop/api:2.5", "2"
	if diff := cmp.Diff(want, prints(r)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	r = reporttest.Located()
	r.Instructions[2].Text += " curl"
	if got := prints(r); got["apt-recommends"] == want["apt-recommends"] || got["metadata-copy"] != want["metadata-copy"] {
		t.Error("another instruction gives no other fingerprint, or gives one to the rest")
	}
	// One instruction twice: the build's order tells them apart, not the sizes'.
	r.Instructions[3].Text = r.Instructions[2].Text
	duplicate := r.Findings[0]
	duplicate.Instruction, duplicate.Layer = model.Ptr(3), model.Ptr(2)
	r.Findings = append([]model.Finding{duplicate}, r.Findings...)
	first := NewFindings(r, Paths{}).Fingerprints()
	r.Findings[0], r.Findings[1] = r.Findings[1], r.Findings[0]
	if got := NewFindings(r, Paths{}).Fingerprints(); got[0] != first[1] || got[1] != first[0] || got[0] == got[1] {
		t.Error("the fingerprints of an instruction that is there twice go by the order of the report")
	}
	for i := range r.Instructions {
		r.Instructions[i].Location.File = "images/web/Dockerfile"
	}
	if got := NewFindings(r, Paths{}).Fingerprints(); got[0] == first[1] {
		t.Error("the same in another Dockerfile has the same fingerprint")
	}
	r.Findings = append(r.Findings, r.Findings...)
	all := NewFindings(r, Paths{}).Fingerprints()
	slices.Sort(all)
	if len(slices.Compact(all)) != len(r.Findings) {
		t.Error("two findings have the same fingerprint")
	}
}
