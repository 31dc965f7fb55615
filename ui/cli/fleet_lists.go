package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tare-oci/tare/analyze/fleet"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui"
	screens "github.com/tare-oci/tare/ui/tui/fleet"
	"github.com/tare-oci/tare/ui/tui/lists"
)

// retold is how often the lists are made anew while images are read, at most.
const retold = 250 * time.Millisecond

// browse opens lists on the terminal. An image that is chosen opens as it does by itself, and
// leaving it leads back; work is called again then. errNoOffer says that the user's settings want no
// interface.
func browse(ctx context.Context, f *flags, t terminal, work func(ctx context.Context, tell func(lists.Screen)) error) error {
	settings, err := tui.ReadSettings(settingsFile(t.std))
	if err != nil {
		return err
	}
	if settings.Accessible {
		return errNoOffer
	}
	opt := lists.Options{Theme: cmp.Or(f.theme, settings.Theme), ASCII: t.ascii(f.ascii), NoColor: !t.color(t.std.Out, f.color), Work: work}
	for {
		opens, place, err := lists.Run(ctx, t.std.In, t.std.Out, opt)
		if err != nil && !errors.Is(err, context.Canceled) || opens == "" {
			return err
		}
		opt.At = place
		alone := *f
		alone.file = "" // -f named the list
		if err := show(ctx, opens, &alone, t.std); err != nil {
			return err
		}
	}
}

// browsable reports whether a command about many images may open lists: a person sits at a
// terminal and has asked for no text.
func browsable(f *flags, t terminal) bool { return offers(f, t) && !f.verbose && !f.quiet }

// showFleet opens the lists of a fleet: after the manifests, and again when the layers are
// read.
func showFleet(ctx context.Context, refs []fleet.Ref, notes []string, own fleetFlags, f *flags, t terminal) error {
	var table *model.Fleet
	return browse(ctx, f, t, func(ctx context.Context, tell func(lists.Screen)) error {
		if table == nil {
			found, err := tellFleet(ctx, refs, notes, own, f, t, tell)
			if err != nil {
				return err
			}
			table = found
		}
		tell(screens.Screen(table, "", opensIn(refs)))
		return nil
	})
}

// opensIn returns what opens an image by the name that is shown of it.
func opensIn(refs []fleet.Ref) func(string) string {
	opens := make(map[string]string, len(refs))
	for _, ref := range refs {
		opens[fleet.Shown(ref.Name)] = ref.Name
	}
	return func(name string) string { return opens[name] }
}

// tellFleet reads a fleet and tells what is known meanwhile.
func tellFleet(ctx context.Context, refs []fleet.Ref, notes []string, own fleetFlags, f *flags, t terminal, tell func(lists.Screen)) (*model.Fleet, error) {
	opens := opensIn(refs)
	var mu sync.Mutex
	known := &model.Fleet{}
	var last time.Time
	opt := fleet.Options{
		Described: func(p *fleet.Part) {
			mu.Lock()
			defer mu.Unlock()
			known, last = fleet.Finish(version(), p), time.Time{}
		},
		Progress: func(e fleet.Event) {
			mu.Lock()
			defer mu.Unlock()
			if now := time.Now(); now.Sub(last) >= retold {
				last = now
				tell(screens.Screen(known, fmt.Sprintf("reading %s, %d of %d", e.Step, e.Done, e.All), opens))
			}
		},
	}
	part, err := own.run(ctx, refs, opt, f, t)
	if err != nil {
		return nil, err
	}
	for _, note := range notes {
		part.Note(note)
	}
	table := fleet.Finish(version(), part)
	return table, noneRead(table)
}
