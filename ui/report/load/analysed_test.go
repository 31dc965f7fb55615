package load

import (
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/model"
)

// analysed is the report of a sample, analysed once for all tests. Nobody may change it.
func analysed(t testing.TB, reference string) *model.Report {
	t.Helper()
	if r, ok := analyses[reference]; ok {
		return r
	}
	r, err := analyze.Image(t.Context(), reference, analyze.Options{Version: "1.0.0"})
	if err != nil {
		t.Fatal(err)
	}
	analyses[reference] = r
	return r
}

var analyses = make(map[string]*model.Report)
