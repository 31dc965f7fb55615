package report

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/tare-oci/tare/ui/report/reporttest"
)

// FuzzFormats writes reports full of hostile texts: every format stays what it
// is, fits its limits, follows its schema, and says the same thing twice.
func FuzzFormats(f *testing.F) {
	for i, word := range reporttest.HostileWords {
		f.Add(uint64(i), word)
	}
	sarif, junit := published(f), antSchema(f)
	f.Fuzz(func(t *testing.T, seed uint64, given string) {
		random := rand.New(rand.NewPCG(seed, 1))
		r, c := reporttest.Located(), reporttest.Judged()
		reporttest.Scramble(r, c, random, given)
		for name, w := range machines(c) {
			var out, again bytes.Buffer
			if err := w.Write(&out, r); err != nil {
				t.Fatal(err)
			}
			if err := w.Write(&again, r); err != nil {
				t.Fatal(err)
			}
			text := out.String()
			if text != again.String() {
				t.Errorf("%s: the same report gives other bytes", name)
			}
			wellFormed(t, name, text)
			var err error
			switch name {
			case "sarif":
				err = reporttest.Validate(sarif, text)
			case "junit":
				err = junit.validate(text)
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if t.Failed() {
				t.Fatalf("%s wrote\n%s", name, text)
			}
		}
	})
}
