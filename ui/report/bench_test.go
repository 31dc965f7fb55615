package report

import (
	"fmt"
	"io"
	"testing"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/reporttest"
)

// BenchmarkJSONFiles writes 100,000 file versions in 1,000 directories.
func BenchmarkJSONFiles(b *testing.B) {
	r := reporttest.Sample()
	t := model.NewTree()
	owner := t.Intern(model.Attributes{Mode: 0o644})
	for d := range 1000 {
		dir := t.AddNode(model.Root, fmt.Sprintf("folder-%d", d))
		for f := range 100 {
			n := t.AddNode(dir, fmt.Sprintf("file-%d.txt", f))
			t.Push(model.Record{
				Kind: model.File, Size: model.SizeOf(100), Compressed: model.SizeOf(50), Node: n,
				Gone: model.StillThere, HiddenBy: model.StillThere, Ref: model.NoFinding, Owner: owner,
			})
		}
	}
	t.Starts = []int{0, len(t.Records)}
	r.Tree = t
	b.ReportAllocs()
	for b.Loop() {
		if err := (JSON{Files: true}).Write(io.Discard, r); err != nil {
			b.Fatal(err)
		}
	}
}
