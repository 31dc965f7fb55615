package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/lists"
	screens "github.com/tare-oci/tare/ui/tui/releases"
)

// showReleases opens the lists of a row of releases: what the manifests tell and, with why,
// again when the layers are read.
func showReleases(ctx context.Context, found []candidate, why bool, f *flags, t terminal) error {
	opens := func(name string) string {
		for i := range found {
			if slices.Contains(found[i].names, name) {
				return found[i].opens
			}
		}
		return ""
	}
	var table *model.Releases
	return browse(ctx, f, t, func(ctx context.Context, tell func(lists.Screen)) error {
		if table == nil && why {
			quick, err := rowOf(ctx, slices.Clone(found), false, f, t)
			if err != nil {
				return err
			}
			tell(screens.Screen(quick, fmt.Sprintf("reading the layers of %d images", len(found)), opens))
		}
		if table == nil {
			row, err := rowOf(ctx, slices.Clone(found), why, f, t)
			if err != nil {
				return err
			}
			table = row
		}
		if err := noRelease(table); err != nil {
			return err
		}
		tell(screens.Screen(table, "", opens))
		return nil
	})
}
