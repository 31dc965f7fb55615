package report

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/reporttest"
)

// The schema as a whole validator reads it, libxml2's, says what xsd says above,
// which knows only as much of XML Schema as this one needs.
func TestJUnitByXmllint(t *testing.T) {
	program, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("there is no xmllint here; Debian has it in libxml2-utils")
	}
	lint := func(text string) error {
		cmd := exec.Command(program, "--noout", "--nonet", "--schema", "testdata/junit/JUnit.xsd", "-")
		cmd.Stdin = strings.NewReader(text)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	}
	for name, r := range map[string]*model.Report{"sample": reporttest.Sample(), "located": reporttest.Located(), "clean": reporttest.Clean(), "hostile": reporttest.Hostile(), "empty": {}} {
		for _, check := range []*model.Check{nil, reporttest.Judged(), {}} {
			if err := lint(reporttest.Render(t, machines(check)["junit"], r)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	for change, bad := range spoiltJUnit(t) {
		if lint(bad) == nil {
			t.Errorf("the schema takes %s", change)
		}
	}
}
