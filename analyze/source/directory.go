package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// directory is what skopeo and podman write to dir: (directory in go.podman.io's
// image library): manifest.json is the manifest or index as a registry has it,
// and beside it lie the blobs, each named by the digits of its digest; manifests
// that an index lists are <digits>.manifest.json.
type directory struct {
	files files
	where string // how a user writes the place, for examples in errors
	root  candidate
	read  resolver
}

// openDirectory reads manifest.json.
func openDirectory(ctx context.Context, f files, where string) (*directory, error) {
	doc, err := f.document(ctx, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &problem{what: "it is no directory that skopeo wrote: there is no manifest.json", next: "check the path"}
	}
	if err != nil {
		return nil, err
	}
	manifest, err := parseManifest("manifest.json", doc)
	if err != nil {
		return nil, err
	}
	digest, err := v1.NewHash(digestOf(doc))
	if err != nil {
		return nil, err
	}
	media := manifest.MediaType
	if media == "" && manifest.isIndex() {
		media = types.OCIImageIndex
	} else if media == "" {
		media = types.OCIManifestSchema1
	}
	d := &directory{files: f, where: where}
	d.root = candidate{digest: digest.String(), desc: v1.Descriptor{MediaType: media, Digest: digest, Size: int64(len(doc))}}
	d.read.fetch = d.fetch
	return d, d.read.keep(digest, doc)
}

func (d *directory) fetch(ctx context.Context, of v1.Descriptor) ([]byte, error) {
	if name := of.Digest.Hex + ".manifest.json"; d.files.has(name) {
		return d.files.document(ctx, name)
	}
	return d.files.document(ctx, of.Digest.Hex)
}

// pick finds the manifest for a platform; a digest may be asked for, but no name,
// since the format has none.
func (d *directory) pick(ctx context.Context, want, asked string) (candidate, error) {
	all, err := d.read.expand(ctx, []candidate{d.root})
	if err != nil {
		return candidate{}, err
	}
	if found := named(append([]candidate{d.root}, all...), want); want != "" && len(found) == 0 {
		return candidate{}, notHere(all, want)
	} else if want != "" && found[0].digest != d.root.digest {
		all = found
	}
	if all, err = d.read.learn(ctx, all); err != nil {
		return candidate{}, err
	}
	return pickPlatform(all, asked)
}

// open fills in the image.
func (d *directory) open(ctx context.Context, img *Image, want, asked string) error {
	c, err := d.pick(ctx, want, asked)
	if err != nil {
		return err
	}
	return d.read.load(ctx, c, img, asked, func(called string, of v1.Descriptor) (Layer, error) {
		return sizedLayer(d.files, of.Digest.Hex, called, of)
	})
}

// layersOf finds the diff IDs of the directory's image for another digest.
func (d *directory) layersOf(ctx context.Context, reference, platform string) ([]string, error) {
	c, err := d.pick(ctx, reference, platform)
	if err != nil {
		return nil, err
	}
	return d.read.diffIDs(ctx, c)
}

// sizedLayer places a layer whose manifest names its size.
func sizedLayer(f files, name, called string, d v1.Descriptor) (Layer, error) {
	layer, err := f.layer(name)
	if errors.Is(err, fs.ErrNotExist) {
		return Layer{}, &problem{what: called + " is missing", next: "the image is incomplete; save it again", cause: err}
	}
	if err != nil {
		return Layer{}, fmt.Errorf("%s: %w", called, err)
	}
	if layer.Size != d.Size {
		return Layer{}, &problem{
			what: fmt.Sprintf("%s has %d bytes, not the %d its manifest names", called, layer.Size, d.Size),
			next: "it is cut off or damaged; save the image again",
		}
	}
	return layer, nil
}
