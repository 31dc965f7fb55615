package packages_test

import (
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestFixtures tries each rule on the two images that it carries.
func TestFixtures(t *testing.T) { rulestest.Fixtures(t, rules.Packages) }

// TestFix tries the fixes of the rules that are of no family.
func TestFix(t *testing.T) {
	rulestest.Fixes(t, rules.Packages, fixes, func(r *rules.Rule) bool { return r.ID != "build-tools" })
}

var fix = rulestest.Case

var fixes = []rulestest.FixCase{
	fix("unpacked by a RUN", "build-tools", rulestest.Build("RUN curl x | tar -xC /usr/local"), rulestest.Leftover(0, "usr/local/go/bin/go"), model.MultiStage, "", ""),
	fix("copied in", "build-tools", rulestest.Build("COPY --from=go /usr/local/go /usr/local/go"), rulestest.Leftover(0, "usr/local/go/bin/go"), model.MultiStage, "", ""),
	fix("the base's", "build-tools", rulestest.Build("RUN x", "--"), rulestest.OfBase(rulestest.Leftover(0, "usr/local/go/bin/go")), model.MultiStage, "", ""),
}
