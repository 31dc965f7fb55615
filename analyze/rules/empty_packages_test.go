package rules_test

import (
	"slices"
	"testing"

	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestPackagesWithoutBytes: a package that holds nothing and only depends on others
// is in the list of the finding that settles it, behind those with bytes, and in
// that one only.
func TestPackagesWithoutBytes(t *testing.T) {
	for name, test := range map[string]struct {
		image, rule string
		want        []string
	}{
		"recommended": {`
			RUN apt-get update && apt-get install -y pip
			+ opt/pip
			+ opt/libdev
			+ dpkg pip manual Recommends: dev
			+ dpkg dev auto Depends: libdev
			+ dpkg libdev auto
			config {"Cmd": ["/app"]}`, "apt-recommends", []string{"libdev", "dev"}},
		"in another layer": {`
			RUN apt-get update && apt-get install -y pip
			+ opt/pip
			+ opt/libdev
			+ dpkg pip manual Recommends: dev
			+ dpkg dev auto Depends: libdev
			+ dpkg libdev auto
			RUN apt-get update && apt-get install -y pup
			+ opt/pup
			+ opt/cow
			+ dpkg pip manual Recommends: dev
			+ dpkg dev auto Depends: libdev
			+ dpkg libdev auto
			+ dpkg pup manual Recommends: moo
			+ dpkg moo auto Depends: cow
			+ dpkg cow auto
			config {"Cmd": ["/app"]}`, "apt-recommends", []string{"cow", "moo"}},
		"asked for": {`
			RUN apt-get update && apt-get install -y pip dev
			+ opt/pip
			+ opt/other
			+ dpkg pip manual Recommends: other
			+ dpkg dev manual
			+ dpkg other auto
			config {"Cmd": ["/app"]}`, "apt-recommends", []string{"other"}},
		"an orphan": {`
			RUN apt-get update && apt-get remove -y other
			+ opt/pip
			+ opt/gcc
			+ dpkg pip manual
			+ dpkg meta auto Depends: gcc
			+ dpkg gcc auto
			config {"Cmd": ["/app"]}`, "orphaned-packages", []string{"gcc", "meta"}},
		"a compiler's": {`
			RUN apt-get update && apt-get install -y build-essential
			+ opt/gcc
			+ dpkg build-essential manual Depends: gcc
			+ dpkg gcc auto
			config {"Cmd": ["/app"]}`, "build-tools", []string{"gcc", "build-essential"}},
		"nothing with bytes": {`
			RUN apt-get update && apt-get install -y pip
			+ opt/pip
			+ dpkg pip manual Recommends: dev
			+ dpkg dev auto
			config {"Cmd": ["/app"]}`, "apt-recommends", nil},
	} {
		t.Run(name, func(t *testing.T) {
			found := rulestest.Parse(t, test.image).Findings(t, test.rule)
			if len(found) == 0 != (test.want == nil) {
				t.Fatalf("%d findings", len(found))
			}
			if len(found) > 0 && !slices.Equal(found[len(found)-1].Packages, test.want) && !slices.Equal(found[0].Packages, test.want) {
				t.Errorf("packages are %v, want %v", found[0].Packages, test.want)
			}
		})
	}
}
