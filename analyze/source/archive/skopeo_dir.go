package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/manifest"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// skopeoDir is what skopeo and podman write to dir: (directory in go.podman.io's
// image library): manifest.json is the manifest or index as a registry has it,
// and beside it lie the blobs, each named by the digits of its digest; manifests
// that an index lists are <digits>.manifest.json.
type skopeoDir struct {
	files files
	where string // how a user writes the place, for examples in errors
	root  manifest.Candidate
	read  manifest.Resolver
}

// openSkopeoDir reads manifest.json.
func openSkopeoDir(ctx context.Context, f files, where string) (*skopeoDir, error) {
	doc, err := f.document(ctx, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &usererror.Error{What: "it is not a directory that skopeo wrote: there is no manifest.json", Next: "check the path"}
	}
	if err != nil {
		return nil, err
	}
	root, err := manifest.Parse("manifest.json", doc)
	if err != nil {
		return nil, err
	}
	digest, err := v1.NewHash(manifest.DigestOf(doc))
	if err != nil {
		return nil, err
	}
	media := root.MediaType
	if media == "" && root.IsIndex() {
		media = types.OCIImageIndex
	} else if media == "" {
		media = types.OCIManifestSchema1
	}
	d := &skopeoDir{files: f, where: where}
	d.root = manifest.Candidate{Digest: digest.String(), Desc: v1.Descriptor{MediaType: media, Digest: digest, Size: int64(len(doc))}}
	d.read.Fetch = d.fetch
	return d, d.read.Keep(digest, doc)
}

func (d *skopeoDir) fetch(ctx context.Context, of v1.Descriptor) ([]byte, error) {
	if name := of.Digest.Hex + ".manifest.json"; d.files.has(name) {
		return d.files.document(ctx, name)
	}
	return d.files.document(ctx, of.Digest.Hex)
}

// pick finds the manifest for a platform; a digest may be asked for, but no name,
// since the format has none.
func (d *skopeoDir) pick(ctx context.Context, want, asked string) (manifest.Candidate, error) {
	all, err := d.read.Expand(ctx, []manifest.Candidate{d.root})
	if err != nil {
		return manifest.Candidate{}, err
	}
	if found := manifest.Named(append([]manifest.Candidate{d.root}, all...), want); want != "" && len(found) == 0 {
		return manifest.Candidate{}, manifest.NotHere(all, want)
	} else if want != "" && found[0].Digest != d.root.Digest {
		all = found
	}
	if all, err = d.read.ResolvePlatforms(ctx, all); err != nil {
		return manifest.Candidate{}, err
	}
	return manifest.PickPlatform(all, asked)
}

// open fills in the image.
func (d *skopeoDir) open(ctx context.Context, img *image.Image, want, asked string) error {
	c, err := d.pick(ctx, want, asked)
	if err != nil {
		return err
	}
	return d.read.Load(ctx, c, img, asked, func(called string, of v1.Descriptor) (image.Layer, error) {
		return sizedLayer(d.files, of.Digest.Hex, called, of)
	})
}

// layersOf finds the diff IDs of the directory's image for another digest.
func (d *skopeoDir) layersOf(ctx context.Context, reference, platform string) ([]string, error) {
	d.read.Lock()
	defer d.read.Unlock()
	c, err := d.pick(ctx, reference, platform)
	if err != nil {
		return nil, err
	}
	return d.read.DiffIDs(ctx, c)
}

// sizedLayer places a layer whose manifest names its size.
func sizedLayer(f files, name, called string, d v1.Descriptor) (image.Layer, error) {
	layer, err := f.layer(name)
	if errors.Is(err, fs.ErrNotExist) {
		return image.Layer{}, &usererror.Error{What: called + " is missing", Next: "the image is incomplete; save it again", Cause: err}
	}
	if err != nil {
		return image.Layer{}, fmt.Errorf("%s: %w", called, err)
	}
	if layer.Size != d.Size {
		return image.Layer{}, &usererror.Error{
			What: fmt.Sprintf("%s has %d bytes, not the %d that its manifest says", called, layer.Size, d.Size),
			Next: "it is cut off or damaged; save the image again",
		}
	}
	return layer, nil
}
