package load_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report"
	"github.com/tare-oci/tare/ui/report/load"
)

// A report that JSON wrote is read again, and other JSON is refused.
func ExampleRead() {
	r := &model.Report{
		SchemaVersion: model.SchemaVersion,
		Tool:          model.Tool{Name: "tare", Version: "1.0.0"},
		Image:         model.Image{Reference: "shop/api:2.4", Platform: "linux/amd64", Source: "docker", Layers: 1, Size: 39_000_000, Base: model.Base{How: model.BaseNone}},
		Summary:       model.Summary{LiveBytes: 39_000_000, Efficiency: 1, Own: model.Scope{Size: 39_000_000, Efficiency: 1}, Inherited: model.Scope{Efficiency: 1}},
		Layers:        []model.Layer{{Size: 39_000_000}},
	}
	var saved bytes.Buffer
	if err := (report.JSON{}).Write(&saved, r); err != nil {
		fmt.Println(err)
	}
	again, err := load.Read(&saved)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(again.Image.Reference, again.Image.Size, again.Tree == nil)
	_, err = load.Read(strings.NewReader(`{"bomFormat": "CycloneDX"}`))
	fmt.Println(errors.Is(err, load.ErrForeign), err)
	// Output:
	// shop/api:2.4 39000000 true
	// true it has no "schemaVersion": it is no report of tare's
}
