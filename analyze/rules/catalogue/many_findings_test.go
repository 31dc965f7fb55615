package catalogue_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestManyFindings goes through an image with a finding in each of thousands of
// layers, a thousand by default: work that grows with their cube would not end here.
func TestManyFindings(t *testing.T) {
	for rule, path := range map[string]string{"cargo build": "usr/local/cargo/registry/cache/", "pip install x": "root/.cache/pip/http/", "make tmp": "tmp/f", "apt-get update": "var/lib/apt/lists/"} {
		texts := make([]string, imagetest.Rounds(300, 300, 2000))
		for i := range texts {
			texts[i] = "RUN " + rule
		}
		b := rulestest.Build(texts...)
		s := rulestest.NewTree()
		for i := range texts {
			s.Add(path+strings.Repeat("x", i%7)+string(rune('a'+i%26)), model.Record{Kind: model.File, Size: model.SizeOf(100), Layer: uint16(i)})
		}
		if found := rules.Claim(s.Tree, b, catalogue.Rules).Findings(nil); len(found) < 100 {
			t.Errorf("%s: %d findings", rule, len(found))
		}
	}
}
