package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
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

// showFleet opens the lists of a fleet: while registries say what they have, after the manifests, and
// again when the layers are read.
func showFleet(ctx context.Context, want *wanted, own fleetFlags, f *flags, t terminal) error {
	var table *model.Fleet
	var opens func(string) string
	var said warnings
	err := browse(ctx, f, t, func(ctx context.Context, tell func(lists.Screen)) error {
		if table == nil {
			refs, found, err := tellFleet(ctx, want, own, f, terminal{said.instead(t.std)}, tell, &said)
			if err != nil {
				return err
			}
			table, opens = found, opensIn(refs, found)
		}
		tell(screens.Screen(table, "", opens))
		return nil
	})
	said.print(t)
	return err
}

// warnings are lines for standard error that have to wait until the interface is gone. It is safe for
// concurrent use.
type warnings struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (w *warnings) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

// instead are streams whose standard error is kept back.
func (w *warnings) instead(std Streams) Streams {
	std.Err = w
	return std
}

// lines are the warnings, without the program's name.
func (w *warnings) lines() (all []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for line := range strings.Lines(w.text.String()) {
		all = append(all, strings.TrimPrefix(strings.TrimSpace(line), "tare: "))
	}
	return all
}

func (w *warnings) print(t terminal) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, _ = t.std.Err.Write(w.text.Bytes())
}

// opensIn returns what opens an image by the name that is shown of it: at the registry that the fleet has it from, since
// a name alone would be asked for at an engine first.
func opensIn(refs []fleet.Ref, table *model.Fleet) func(string) string {
	opens := make(map[string]string, len(refs))
	for _, ref := range refs {
		opens[fleet.Shown(ref.Name)] = ref.Name
	}
	for i := range table.Images {
		if img := &table.Images[i]; img.Source == "registry" {
			for _, name := range img.References {
				if opens[name] == name {
					opens[name] = "registry:" + name
				}
			}
		}
	}
	return func(name string) string { return opens[name] }
}

// tellFleet reads a fleet and tells what is known meanwhile.
func tellFleet(ctx context.Context, want *wanted, own fleetFlags, f *flags, t terminal, tell func(lists.Screen), said *warnings) ([]fleet.Ref, *model.Fleet, error) {
	teller := newListTeller(tell)
	defer teller.close()
	if where := want.asked(); where != "" {
		teller.say("asking "+where+" what there is", "")
	}
	refs, notes, err := want.find(ctx, own, f, t)
	if err != nil {
		return nil, nil, err
	}
	opt := fleet.Options{
		Described: func(p *fleet.Part) {
			table := fleet.Finish(version(), p)
			teller.show(screens.Screen(table, "", opensIn(refs, table)))
		},
		Progress: func(e fleet.Event) { teller.say(fmt.Sprintf("reading %s, %d of %d", e.Step, e.Done, e.All), e.On) },
	}
	part, err := own.run(ctx, refs, opt, f, t)
	if err != nil {
		return nil, nil, err
	}
	for _, note := range append(notes, said.lines()...) {
		part.Note(note)
	}
	table := fleet.Finish(version(), part)
	return refs, table, noneRead(table)
}
