package source

import (
	"context"
	"errors"
	"io/fs"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// The annotations by which an index.json names what it lists. The first is the
// image spec's (usually a tag), the second containerd's (the whole name).
const (
	refName        = "org.opencontainers.image.ref.name"
	containerdName = "io.containerd.image.name"
)

// layout is an OCI image layout: index.json and blobs by digest. See
// image-layout.md of the OCI image spec.
type layout struct {
	files  files
	where  string // how a user writes the place, for examples in errors
	images []candidate
	aside  []candidate // entries that are no images by their own words
	read   resolver
}

// openLayout reads index.json.
func openLayout(ctx context.Context, f files, where string) (*layout, error) {
	doc, err := f.document(ctx, "index.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &problem{what: "it is no OCI layout: there is no index.json", next: "check the path"}
	}
	if err != nil {
		return nil, err
	}
	index, err := parseManifest("index.json", doc)
	if err != nil {
		return nil, err
	}
	if !index.isIndex() {
		return nil, &problem{what: "index.json is a manifest, not an index", next: "save the image again with a current tool"}
	}
	l := &layout{files: f, where: where}
	l.read.fetch = l.fetch
	if l.images, l.aside = l.listed(index); len(l.images) == 0 {
		l.images = l.aside // which of them is one after all, or what they are, is found out later
	}
	if len(l.images) == 0 {
		return nil, &problem{what: "index.json lists no image", next: "save the image again"}
	}
	return l, nil
}

// listed turns index.json's entries into candidates. Two tags of one image are
// one candidate with two names.
func (l *layout) listed(index *manifestDocument) (all, aside []candidate) {
	var root candidate
	at := make(map[string]int)
	for _, c := range root.below(index) {
		for _, key := range []string{containerdName, refName} {
			if name := c.annotations[key]; name != "" && !slices.Contains(c.names, name) {
				c.names = append(c.names, name)
			}
		}
		if beside(c.desc) != "" {
			l.read.attest(c.desc)
			aside = append(aside, c)
			continue
		}
		key := c.digest
		if c.platform != nil {
			key += " " + platformName(normal(*c.platform))
		}
		if n, again := at[key]; again {
			all[n].names = append(all[n].names, c.names...)
			continue
		}
		at[key] = len(all)
		all = append(all, c)
	}
	return all, aside
}

func (l *layout) fetch(ctx context.Context, d v1.Descriptor) ([]byte, error) {
	return l.files.document(ctx, blobPath(d.Digest))
}

// blobPath is where a layout keeps a blob. A v1.Hash holds hexadecimal digits
// alone, so the path cannot leave the directory.
func blobPath(h v1.Hash) string { return "blobs/" + h.Algorithm + "/" + h.Hex }

// pick chooses the image that a name or digest means, "" for the only one, and
// of that the manifest for a platform.
func (l *layout) pick(ctx context.Context, want, asked string) (candidate, error) {
	all := l.images
	if want != "" {
		all = named(l.images, want)
		if len(all) == 0 {
			all = named(l.aside, want)
		}
		if len(all) == 0 {
			// A digest may mean a manifest within a nested index.
			below, err := l.read.expand(ctx, l.images)
			if err != nil {
				return candidate{}, err
			}
			if all = named(below, want); len(all) == 0 {
				return candidate{}, notHere(l.images, want)
			}
		}
	}
	all, err := l.read.withoutArtifacts(ctx, all)
	if err != nil {
		return candidate{}, err
	}
	// Entries that share their names may be one image for several platforms.
	if !differ(all) && !slices.ContainsFunc(all, func(c candidate) bool { return !c.desc.MediaType.IsImage() }) {
		if all, err = l.read.learn(ctx, all); err != nil {
			return candidate{}, err
		}
	}
	if err := oneImage(all, l.where); err != nil {
		return candidate{}, err
	}
	if all, err = l.read.expand(ctx, all); err != nil {
		return candidate{}, err
	}
	if all, err = l.read.learn(ctx, all); err != nil {
		return candidate{}, err
	}
	return pickPlatform(all, asked)
}

// open fills in the image.
func (l *layout) open(ctx context.Context, img *Image, want, asked string) error {
	c, err := l.pick(ctx, want, asked)
	if err != nil {
		return err
	}
	if len(c.names) > 0 {
		img.called = c.names[0]
	}
	return l.read.load(ctx, c, img, asked, func(called string, d v1.Descriptor) (Layer, error) {
		return sizedLayer(l.files, blobPath(d.Digest), called, d)
	})
}

// layersOf finds the diff IDs of another image in the layout.
func (l *layout) layersOf(ctx context.Context, reference, platform string) ([]string, error) {
	c, err := l.pick(ctx, reference, platform)
	if err != nil {
		return nil, err
	}
	return l.read.diffIDs(ctx, c)
}
