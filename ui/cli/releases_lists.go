package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/lists"
	screens "github.com/tare-oci/tare/ui/tui/releases"
)

// shownReleases is what is known of a row of releases.
type shownReleases struct {
	found []candidate
	table *model.Releases
}

// opens is what opens an image by the name that is shown of it, "" for nothing.
func (s *shownReleases) opens(name string) string {
	for i := range s.found {
		if slices.Contains(s.found[i].names, name) {
			return s.found[i].opens
		}
	}
	return ""
}

// showReleases opens the lists of a row of releases: while the registry says what it has, what the manifests
// tell and, with why, again when the layers are read.
func showReleases(ctx context.Context, args []string, own releasesFlags, f *flags, t terminal) error {
	var row shownReleases
	return browse(ctx, f, t, func(ctx context.Context, tell func(lists.Screen)) error {
		if row.table == nil {
			if err := row.read(ctx, args, own, f, t, tell); err != nil {
				return err
			}
		}
		if err := noRelease(row.table); err != nil {
			return err
		}
		tell(screens.Screen(row.table, "", row.opens))
		return nil
	})
}

// read finds out what there is to show, and tells what is known meanwhile.
func (s *shownReleases) read(ctx context.Context, args []string, own releasesFlags, f *flags, t terminal, tell func(lists.Screen)) error {
	teller := newListTeller(tell)
	defer teller.close()
	found, notes, err := findReleases(ctx, args, own, f, t, teller.say)
	if err != nil {
		return err
	}
	s.found = found
	quick, err := rowOf(ctx, slices.Clone(found), false, f, t)
	if err != nil {
		return err
	}
	table := quick
	if own.why {
		teller.show(screens.Screen(quick, "", s.opens))
		teller.say(fmt.Sprintf("reading the layers of %d images", len(found)), "")
		if table, err = rowOf(ctx, slices.Clone(found), true, f, t); err != nil {
			return err
		}
	}
	table.Notes = append(table.Notes, notes...)
	s.table = table
	return nil
}
