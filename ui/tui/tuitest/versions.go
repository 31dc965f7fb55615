package tuitest

import (
	"context"
	"io"
	"strings"

	"github.com/tare-oci/tare/model"
)

// Versions is an image whose one file has a version in two layers.
func Versions(name string) (*model.Report, model.RecordID) {
	t := model.NewTree()
	n := t.AddNode(model.Root, name)
	for _, r := range []model.Record{
		{Kind: model.File, Node: n, Size: model.SizeOf(4), Gone: 1, HiddenBy: 1},
		{Kind: model.File, Node: n, Size: model.SizeOf(5), Layer: 1, Gone: model.StillThere, HiddenBy: model.StillThere},
	} {
		t.Push(r)
	}
	t.Starts = []int{0, 1, 2}
	return &model.Report{Tree: t}, 1
}

// Opening opens the contents of file versions: each is the text at its index.
func Opening(contents ...string) func(context.Context, *model.Report, model.RecordID) (io.ReadCloser, error) {
	return func(_ context.Context, _ *model.Report, id model.RecordID) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(contents[id])), nil
	}
}
