package compare_test

import (
	"fmt"

	"github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/model"
)

// Two reports of one image, before and after a RUN that installs something.
func ExampleReports() {
	image := func(layers ...int64) *model.Report {
		r := &model.Report{}
		for i, size := range layers {
			text := fmt.Sprintf("RUN step %d", i)
			r.Layers = append(r.Layers, model.Layer{Index: i, Size: size, Instruction: model.Ptr(i)})
			r.Instructions = append(r.Instructions, model.Instruction{Index: i, Keyword: "RUN", Text: text, Layer: model.Ptr(i), Size: size})
			r.Image.Size += size
		}
		return r
	}
	c := compare.Reports(image(70, 20), image(70, 25, 10))
	fmt.Println("size grew by", c.Totals.Size.Growth)
	for _, change := range c.Instructions {
		fmt.Println(change.Kind, change.New.Text, change.Bytes.Growth)
	}
	// Output:
	// size grew by 15
	// added RUN step 2 10
	// grew RUN step 1 5
}
