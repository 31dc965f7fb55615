package load

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/reporttest"
)

// A report that is read back is written the same, whatever its texts hold.
func TestReadGivesTheSameTexts(t *testing.T) {
	sample := saved(t, analysed(t, "demo:deleted-later"), false)
	for _, word := range append([]string{"\xff\xfe", "a\xc3", "\ufffd", `\xff`, `\ufffd`, "##[x]", "\xed\xa0\x80", "\u2028"}, reporttest.HostileWords...) {
		r, err := Read(bytes.NewReader(sample))
		if err != nil {
			t.Fatal(err)
		}
		want := saved(t, reporttest.Fill(r, word), false)
		got, err := Read(bytes.NewReader(want))
		if err != nil {
			t.Errorf("%q: %v", word, err)
			continue
		}
		if again := saved(t, got, false); !bytes.Equal(again, want) {
			t.Errorf("%q: written\n%s\nand, when it was read back,\n%s", word, want, again)
		}
	}
}

// More packages than distributions have come back, too.
func TestReadGivesManyPackages(t *testing.T) {
	r := reporttest.Clean()
	for i := range imagetest.Rounds(20_000, 20_000, 140_000) {
		r.Packages = append(r.Packages, model.Package{Manager: "dpkg", Name: fmt.Sprint("p", i), Version: "1", Arch: "amd64", Reason: "manual"})
	}
	want := saved(t, r, false)
	got, err := Read(bytes.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(saved(t, got, false), want) {
		t.Error("the report is other than the one that was written")
	}
}
