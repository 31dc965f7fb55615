package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tare-oci/tare/analyze/demo"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/learn/course"
	"github.com/tare-oci/tare/ui/tui"
	"github.com/tare-oci/tare/ui/tui/start"
)

// offers reports whether tare without an image can offer the images there are: a person
// sits at a terminal and has asked for nothing else.
func offers(f *flags, t terminal) bool {
	_, in := fd(t.std.In)
	return in && t.interactive() && len(f.outputs) == 0 && !f.accessible
}

// offer shows the images there are, and opens the one that is chosen. errNoOffer says
// that the user's settings want no interface.
func offer(ctx context.Context, f *flags, std Streams) error {
	t := terminal{std}
	if err := f.check(); err != nil {
		return err
	}
	settings, err := tui.ReadSettings(settingsFile(std))
	if err != nil {
		return err
	}
	if settings.Accessible {
		return errNoOffer
	}
	reference, err := start.Run(ctx, std.In, std.Out, start.Options{
		Parts: parts(f, std), Theme: cmp.Or(f.theme, settings.Theme), ASCII: t.ascii(f.ascii), NoColor: !t.color(std.Out, f.color),
	})
	switch {
	case err != nil || reference == "":
		return err
	case reference == theCourse:
		learn := learnFlags{global: f, dir: learnDir}
		return learn.learn(ctx, std, nil)
	}
	return show(ctx, reference, f, std)
}

// theCourse is what the row of the course stands for; it is no reference of an image.
const theCourse = "learn:"

var errNoOffer = errors.New("the settings ask for plain lines")

// lately is how many images that were looked at are offered.
const lately = 5

// parts are the places that images are offered from.
func parts(f *flags, std Streams) []start.Part {
	all := []start.Part{{Title: "Recently opened", Find: func(context.Context) ([]start.Item, string, error) {
		var items []start.Item
		cache := f.cache(std)
		for _, r := range cache.Recent() {
			if len(items) < lately {
				items = append(items, start.Item{Reference: r.Reference, Name: r.Reference, Size: r.Size, About: display.Ago(r.At, time.Now())})
			}
		}
		return items, "", nil
	}}}
	for i, transport := range source.Engines() {
		all = append(all, start.Part{Title: engineTitle(transport), Find: func(ctx context.Context) ([]start.Item, string, error) {
			return engineImages(ctx, transport, i == 0)
		}})
	}
	return append(all, start.Part{Title: "In this directory", Find: imagesHere}, start.Part{Title: "Samples", Find: samples}, start.Part{Title: "Learn", Find: courseRow})
}

func courseRow(context.Context) ([]start.Item, string, error) {
	about := display.Plural(len(course.Lessons()), "lesson") + ", and no engine needed"
	return []start.Item{{Reference: theCourse, Name: "the course", About: about}}, "", nil
}

// engineTitle is how people write the name of an engine.
func engineTitle(transport string) string {
	return strings.ToUpper(transport[:1]) + transport[1:]
}

// engineImages are those of an engine. That it is not running is said of the first engine
// alone: few people have two.
func engineImages(ctx context.Context, transport string, first bool) ([]start.Item, string, error) {
	kind, images, err := source.ListEngine(ctx, transport)
	if err != nil {
		if !first && source.EngineNotRunning(err) {
			err = nil
		}
		return nil, "", err
	}
	var items []start.Item
	for _, img := range images {
		items = append(items, start.Item{Reference: transport + ":" + img.Name, Name: img.Name, Size: img.Size, About: "created " + display.Ago(img.Created, time.Now())})
	}
	if len(items) == 0 {
		return nil, "", errors.New("no images with a name")
	}
	return items, fmt.Sprintf("%s, %s, the newest first", engineTitle(kind), display.Plural(len(items), "image")), nil
}

// imagesHere are the archives and layouts in the working directory.
func imagesHere(ctx context.Context) ([]start.Item, string, error) {
	found, err := source.FindImages(ctx, ".")
	var items []start.Item
	for _, f := range found {
		about := "archive"
		if f.Directory {
			about = "directory"
		}
		items = append(items, start.Item{Reference: "./" + f.Name, Name: f.Name, Size: f.Size, About: about + ", " + display.Ago(f.Changed, time.Now())})
	}
	return items, "", err
}

func samples(context.Context) ([]start.Item, string, error) {
	var items []start.Item
	for _, s := range demo.Samples() {
		items = append(items, start.Item{Reference: "demo:" + s.Name, Name: s.Name, About: s.Title})
	}
	return items, "Samples, built in", nil
}

// remember notes in the cache that an image was looked at in the interface. A file is
// noted with its whole path, and only where it lies under the name that was given.
func remember(cache *store.Store, reference string, r *model.Report) {
	if r.Partial || slices.Contains([]string{"demo", "stdin"}, r.Image.Source) || strings.Contains(reference, ":sha256:") {
		return
	}
	if _, err := os.Stat(reference); err == nil {
		if reference, err = filepath.Abs(reference); err != nil {
			return
		}
	} else if !slices.Contains([]string{"docker", "podman", "registry"}, r.Image.Source) {
		return
	}
	cache.Remember(store.Recent{Reference: reference, Size: r.Image.Size, At: time.Now()})
}
