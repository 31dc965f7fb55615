package report_test

import (
	"fmt"
	"os"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report"
)

// A report is written in a format that is chosen by its name. Here it is one of
// two layers, of which the second removes the package lists of the first too
// late; an analysis (analyze.Image) makes such a report of a real image.
func Example() {
	line := func(n int) *model.Location { return &model.Location{File: "Dockerfile", Line: n, EndLine: n} }
	first, second := 0, 1
	r := &model.Report{
		Image: model.Image{Reference: "shop/api:2.4", Platform: "linux/amd64", Source: "docker", Layers: 2, Size: 60_000_000, Base: model.Base{How: model.BaseNone}},
		Summary: model.Summary{
			LiveBytes: 39_000_000, WastedBytes: 21_000_000, AvoidableBytes: 21_000_000, ShadowedBytes: 21_000_000, Efficiency: model.Efficiency(21_000_000, 60_000_000),
			Own: model.Scope{Size: 60_000_000, WastedBytes: 21_000_000},
		},
		Layers: []model.Layer{{Index: 0, Size: 60_000_000, WastedBytes: 21_000_000, Instruction: &first}, {Index: 1, Instruction: &second}},
		Instructions: []model.Instruction{
			{Index: 0, Keyword: "RUN", Text: "RUN apt-get update && apt-get install -y git", Layer: &first, Location: line(2)},
			{Index: 1, Keyword: "RUN", Text: "RUN rm -rf /var/lib/apt/lists/*", Layer: &second, Location: line(3)},
		},
		Findings: []model.Finding{{
			ID: "apt-lists@0", Rule: "apt-lists", Title: "apt package lists", Confidence: model.Certain, Bytes: 21_000_000, Layer: &first, Instruction: &first, HiddenBy: &second,
			Fix: &model.Fix{Strategy: model.SameRunCleanup, Summary: "Remove the lists in the RUN that fetches them."},
		}},
		Changes: []model.Change{{
			ID: "apt-lists@0", Title: "remove apt package lists in the same RUN", Summary: "Remove the lists in the RUN that fetches them.",
			Kind: model.EditChange, Confidence: model.Certain, Bytes: 21_000_000, Findings: []string{"apt-lists@0"}, Instructions: []int{0, 1},
			Flags: model.Ptr(""),
		}},
		Plan: model.Plan{SizeAfter: 39_000_000, Changes: 1},
	}
	for _, name := range []string{"text", "github"} {
		w, err := report.New(name, report.Options{Width: 60, ASCII: true})
		if err != nil {
			fmt.Println(err)
			return
		}
		if err := w.Write(os.Stdout, r); err != nil {
			fmt.Println(err)
		}
		fmt.Println()
	}
	// Output:
	// shop/api:2.4 - linux/amd64 - from docker
	// 60 MB in 2 layers - pull size unknown - no base image found
	//
	// 60 MB -> 39 MB with 1 change
	// 35 % wasted: 21 MB of 60 MB - efficiency 65 %
	// ##########################==============
	// without a known base, all of it counts as own
	// avoidable: 21 MB, 35 % of all
	//
	//  21 MB  lines 2 and 3: remove apt package lists in the same
	//         RUN
	//         certain
	//         RUN apt-get update && apt-get install -y git
	//         Remove the lists in the RUN that fetches them.
	// tare fix shop/api:2.4 -f Dockerfile writes the edits
	//
	// ::warning file=Dockerfile,line=2,endLine=2,title=21 MB%3A lines 2 and 3%3A remove apt package lists in the same RUN::Remove the lists in the RUN that fetches them.%0AWrite the edit: tare fix shop/api:2.4 -f Dockerfile
}

// The formats, in the order in which they are listed to people.
func ExampleNames() {
	fmt.Println(report.Names()[:4])
	_, err := report.New("yaml", report.Options{})
	fmt.Println(err)
	// Output:
	// [text json markdown sarif]
	// there is no format "yaml"
}
