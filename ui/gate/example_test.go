package gate_test

import (
	"fmt"
	"log"
	"time"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/gate"
)

// A gate holds a report against thresholds; what an ignore names does not count
// until its date.
func ExampleJudge() {
	report := &model.Report{Image: model.Image{Size: 1000, Base: model.Base{How: model.BaseNone}}}
	report.Summary.Own.Size = 1000
	report.Findings = []model.Finding{
		{ID: "a", Rule: "apt-lists", Bytes: 200, Confidence: model.Certain},
		{ID: "b", Rule: "logs", Bytes: 50, Confidence: model.Likely},
	}
	report.Changes = []model.Change{
		{ID: "a", Bytes: 200, Confidence: model.Certain, Findings: []string{"a"}},
		{ID: "b", Bytes: 50, Confidence: model.Likely, Findings: []string{"b"}},
	}
	check, err := gate.Judge(report, gate.Options{
		Limits:  []gate.Limit{{Bound: gate.MinEfficiency(0.9)}},
		Floor:   &gate.Floor{Bytes: 10}, // a change that saves less does not count
		Ignores: []gate.Ignore{{Rule: "apt-lists", Reason: "needed at start", Expires: "2030-12-31"}},
		Today:   time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, t := range check.Thresholds {
		fmt.Println(t.Name, t.Figure, "passed:", t.Passed)
	}
	// Output:
	// min-efficiency 5 % counted passed: true
}
