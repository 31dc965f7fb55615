package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// diveFlags say what to type instead of a flag of dive that tare does not have, by its
// name without dashes.
var diveFlags = map[string]string{
	"ci":                          "tare check IMAGE",
	"ci-config":                   "tare check IMAGE --config FILE; a .dive-ci in this directory is found by itself",
	"json":                        "tare -o json=FILE IMAGE",
	"j":                           "tare -o json=FILE IMAGE",
	"source":                      "tare docker:IMAGE, podman:IMAGE or docker-archive:FILE: write the source before the image",
	"ignore-errors":               "tare IMAGE: what is odd but readable is a note in the report, and what is not has no figures",
	"i":                           "tare IMAGE: what is odd but readable is a note in the report, and what is not has no figures",
	"lowestEfficiency":            "tare check IMAGE --min-efficiency 0.9 --scope all",
	"lowest-efficiency":           "tare check IMAGE --min-efficiency 0.9 --scope all",
	"highestWastedBytes":          "tare check IMAGE --max-wasted 20MB --scope all",
	"highest-wasted-bytes":        "tare check IMAGE --max-wasted 20MB --scope all",
	"highestUserWastedPercent":    "tare check IMAGE --max-wasted 10%",
	"highest-user-wasted-percent": "tare check IMAGE --max-wasted 10%",
}

// flagError says what is wrong with a flag and what to do, for people who come from dive,
// too.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		if instead, ok := diveFlags[unknown.GetSpecifiedName()]; ok {
			dashes := "--"
			if len(unknown.GetSpecifiedName()) == 1 {
				dashes = "-"
			}
			return fmt.Errorf("%s%s is a flag of dive; in tare it is: %s", dashes, unknown.GetSpecifiedName(), instead)
		}
	}
	return fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())
}
