package archive

import (
	"context"
	"errors"
	"io/fs"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/manifest"
	"github.com/tare-oci/tare/analyze/source/platforms"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// The annotations by which an index.json names what it lists. The first is the
// image spec's (usually a tag), the second containerd's (the whole name).
const (
	refName        = "org.opencontainers.image.ref.name"
	containerdName = "io.containerd.image.name"
)

// ociLayout is an OCI image layout: index.json and blobs by digest. See
// image-layout.md of the OCI image spec.
type ociLayout struct {
	files  files
	where  string // how a user writes the place, for examples in errors
	images []manifest.Candidate
	aside  []manifest.Candidate // entries that are no images by their own words
	read   manifest.Resolver
}

// openOCILayout reads index.json.
func openOCILayout(ctx context.Context, f files, where string) (*ociLayout, error) {
	doc, err := f.document(ctx, "index.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &usererror.Error{What: "it is not an OCI layout: there is no index.json", Next: "check the path"}
	}
	if err != nil {
		return nil, err
	}
	index, err := manifest.Parse("index.json", doc)
	if err != nil {
		return nil, err
	}
	if !index.IsIndex() {
		return nil, &usererror.Error{What: "index.json is a manifest, not an index", Next: "save the image again with a current tool"}
	}
	l := &ociLayout{files: f, where: where}
	l.read.Fetch = l.fetch
	if l.images, l.aside = l.listed(index); len(l.images) == 0 {
		l.images = l.aside // which of them is one after all, or what they are, is found out later
	}
	if len(l.images) == 0 {
		return nil, &usererror.Error{What: "index.json lists no image", Next: "save the image again"}
	}
	return l, nil
}

// listed turns index.json's entries into candidates. Two tags of one image are
// one candidate with two names.
func (l *ociLayout) listed(index *manifest.Document) (all, aside []manifest.Candidate) {
	var root manifest.Candidate
	at := make(map[string]int)
	for _, c := range root.Below(index) {
		for _, key := range []string{containerdName, refName} {
			if name := c.Annotations[key]; name != "" && !slices.Contains(c.Names, name) {
				c.Names = append(c.Names, name)
			}
		}
		if manifest.ArtifactOf(c.Desc) != "" {
			l.read.Attest(c.Desc)
			aside = append(aside, c)
			continue
		}
		key := c.Digest
		if c.Platform != nil {
			key += " " + platforms.Name(platforms.Normal(*c.Platform))
		}
		if n, again := at[key]; again {
			all[n].Names = append(all[n].Names, c.Names...)
			continue
		}
		at[key] = len(all)
		all = append(all, c)
	}
	return all, aside
}

func (l *ociLayout) fetch(ctx context.Context, d v1.Descriptor) ([]byte, error) {
	return l.files.document(ctx, blobPath(d.Digest))
}

// blobPath is where a layout keeps a blob. A v1.Hash holds hexadecimal digits
// alone, so the path cannot leave the directory.
func blobPath(h v1.Hash) string { return "blobs/" + h.Algorithm + "/" + h.Hex }

// pick chooses the image that a name or digest means, "" for the only one, and
// of that the manifest for a platform.
func (l *ociLayout) pick(ctx context.Context, want, asked string) (manifest.Candidate, error) {
	all := l.images
	if want != "" {
		all = manifest.Named(l.images, want)
		if len(all) == 0 {
			all = manifest.Named(l.aside, want)
		}
		if len(all) == 0 {
			// A digest may mean a manifest within a nested index.
			below, err := l.read.Expand(ctx, l.images)
			if err != nil {
				return manifest.Candidate{}, err
			}
			if all = manifest.Named(below, want); len(all) == 0 {
				return manifest.Candidate{}, manifest.NotHere(l.images, want)
			}
		}
	}
	all, err := l.read.WithoutArtifacts(ctx, all)
	if err != nil {
		return manifest.Candidate{}, err
	}
	// Entries that share their names may be one image for several platforms.
	if !manifest.Differ(all) && !slices.ContainsFunc(all, func(c manifest.Candidate) bool { return !c.Desc.MediaType.IsImage() }) {
		if all, err = l.read.ResolvePlatforms(ctx, all); err != nil {
			return manifest.Candidate{}, err
		}
	}
	if err := manifest.OneImage(all, l.where); err != nil {
		return manifest.Candidate{}, err
	}
	if all, err = l.read.Expand(ctx, all); err != nil {
		return manifest.Candidate{}, err
	}
	if all, err = l.read.ResolvePlatforms(ctx, all); err != nil {
		return manifest.Candidate{}, err
	}
	return manifest.PickPlatform(all, asked)
}

// open fills in the image.
func (l *ociLayout) open(ctx context.Context, img *image.Image, want, asked string) error {
	c, err := l.pick(ctx, want, asked)
	if err != nil {
		return err
	}
	if len(c.Names) > 0 {
		img.Name = c.Names[0]
	}
	return l.read.Load(ctx, c, img, asked, func(called string, d v1.Descriptor) (image.Layer, error) {
		return sizedLayer(l.files, blobPath(d.Digest), called, d)
	})
}

// layersOf finds the diff IDs of another image in the layout.
func (l *ociLayout) layersOf(ctx context.Context, reference, platform string) ([]string, error) {
	l.read.Lock()
	defer l.read.Unlock()
	c, err := l.pick(ctx, reference, platform)
	if err != nil {
		return nil, err
	}
	return l.read.DiffIDs(ctx, c)
}
