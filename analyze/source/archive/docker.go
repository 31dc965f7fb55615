package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/imagename"
	"github.com/tare-oci/tare/analyze/source/manifest"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// savedImage is one image in the manifest.json of docker save. Config and Layers are
// names of files in the archive, which every tool chooses as it likes:
// <id>/layer.tar (Docker to 24), blobs/sha256/<hex> (Docker 25 on),
// <hex>.tar (Podman), <hex>.tar.gz (kaniko, jib, ko).
type savedImage struct {
	Config   string
	RepoTags []string
	Layers   []string
	// LayerSources is keyed by diff ID (Docker 25 on).
	LayerSources map[string]struct {
		MediaType types.MediaType `json:"mediaType"`
		Digest    string          `json:"digest"`
		URLs      []string        `json:"urls"`
	}
}

// dockerArchive is what docker save writes.
type dockerArchive struct {
	files  files
	where  string // how a user writes the place, for examples in errors
	saved  []savedImage
	images []manifest.Candidate
	bytes  int64      // of configs read so far
	mu     sync.Mutex // held by layersOf
}

// openDockerArchive reads manifest.json.
func openDockerArchive(ctx context.Context, f files, where string) (*dockerArchive, error) {
	doc, err := f.document(ctx, "manifest.json")
	if err != nil {
		return nil, err
	}
	a := &dockerArchive{files: f, where: where}
	if detectContent(doc) == jsonContent && strings.HasPrefix(strings.TrimSpace(string(doc)), "{") {
		return nil, &usererror.Error{What: "its manifest.json was not written by docker save", Next: "if skopeo wrote it to dir:, name the directory itself, or copy it to oci-archive:"}
	}
	if err := manifest.Decode("manifest.json", doc, &a.saved); err != nil {
		return nil, err
	}
	for n, s := range a.saved {
		a.images = append(a.images, manifest.Candidate{Names: s.RepoTags, Digest: promisedConfig(s.Config), Entry: n})
	}
	if len(a.images) == 0 {
		return nil, &usererror.Error{What: "its manifest.json lists no image", Next: "save the image again"}
	}
	return a, nil
}

var configName = lazyregexp.New(`^(?:blobs/sha256/|sha256:)?([0-9a-f]{64})(?:\.json)?$`)

// promisedConfig is the digest that a config's name promises, "" if it promises none.
func promisedConfig(name string) string {
	if m := configName.FindStringSubmatch(path.Clean(name)); m != nil {
		return "sha256:" + m[1]
	}
	return ""
}

// config reads the config of a saved image. Most tools name its file by its digest,
// but docker load, skopeo and podman take it under any name.
func (a *dockerArchive) config(ctx context.Context, s *savedImage) ([]byte, error) {
	if s.Config == "" {
		return nil, &usererror.Error{What: "manifest.json does not name a config", Next: "save the image again"}
	}
	doc, err := a.files.document(ctx, s.Config)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &usererror.Error{What: "the config " + s.Config + " is missing", Next: "the archive is incomplete; save the image again", Cause: err}
	}
	if err != nil {
		return nil, err
	}
	if a.bytes += int64(len(doc)); a.bytes > manifest.MaxDocuments {
		return nil, manifest.TooMuch()
	}
	return doc, nil
}

// pick chooses the image that a name or digest means, "" for the only one, and
// of that the one for a platform.
func (a *dockerArchive) pick(ctx context.Context, want, asked string) (*savedImage, error) {
	all := a.images
	if want != "" {
		if err := a.identify(ctx, want); err != nil {
			return nil, err
		}
		if all = manifest.Named(a.images, want); len(all) == 0 {
			return nil, manifest.NotHere(a.images, want)
		}
	}
	if len(all) > 1 && !manifest.Differ(all) {
		if err := a.resolvePlatforms(ctx, all); err != nil {
			return nil, err
		}
	}
	if err := manifest.OneImage(all, a.where); err != nil {
		return nil, err
	}
	c, err := manifest.PickPlatform(all, asked)
	if err != nil {
		return nil, err
	}
	return &a.saved[c.Entry], nil
}

// resolvePlatforms asks the configs for their platforms.
func (a *dockerArchive) resolvePlatforms(ctx context.Context, all []manifest.Candidate) error {
	for i := range all {
		if err := ctx.Err(); err != nil {
			return err
		}
		doc, err := a.config(ctx, &a.saved[all[i].Entry])
		if err != nil {
			return err
		}
		var p v1.Platform
		if err := manifest.Decode("the config", doc, &p); err != nil {
			return err
		}
		all[i].Platform = manifest.KnownPlatform(&p)
		if all[i].Digest == "" {
			all[i].Digest = manifest.DigestOf(doc)
		}
	}
	return nil
}

// identify finds the digests of configs whose file names tell none, where the
// user asks for an image by its digest.
func (a *dockerArchive) identify(ctx context.Context, want string) error {
	_, digest, both := strings.Cut(want, "@")
	if !both && !imagename.IsID(want) || both && !imagename.IsID(digest) {
		return nil
	}
	for i := range a.images {
		if a.images[i].Digest != "" {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		doc, err := a.config(ctx, &a.saved[a.images[i].Entry])
		if err != nil {
			return err
		}
		a.images[i].Digest = manifest.DigestOf(doc)
	}
	return nil
}

// open fills in the image.
func (a *dockerArchive) open(ctx context.Context, img *image.Image, want, asked string) error {
	s, err := a.pick(ctx, want, asked)
	if err != nil {
		return err
	}
	doc, err := a.config(ctx, s)
	if err != nil {
		return err
	}
	if err := manifest.CheckCount(len(s.Layers)); err != nil {
		return err
	}
	layers := make([]image.Layer, len(s.Layers))
	for n, name := range s.Layers {
		called := manifest.LayerName(n, name)
		layer, err := a.files.layer(name)
		if errors.Is(err, fs.ErrNotExist) {
			return &usererror.Error{What: called + " is missing", Next: "the archive is incomplete; save the image again", Cause: err}
		}
		if err != nil {
			return fmt.Errorf("%s: %w", called, err)
		}
		layer.Digest = manifest.PromisedDigest(path.Clean(name))
		layers[n] = layer
	}
	if err := s.orderByNames(ctx, doc, layers); err != nil {
		return err
	}
	if err := manifest.Complete(img, doc, layers, nil, asked); err != nil {
		return err
	}
	if named := promisedConfig(s.Config); named != "" && named != img.ID {
		img.Note(fmt.Sprintf("the archive names the config's file by the digest %s, but the config's is %s; was it edited by hand?", named, img.ID))
	}
	if len(s.RepoTags) > 0 {
		img.Name = s.RepoTags[0]
	}
	return s.addMediaTypes(img.Layers)
}

// layersOf finds the diff IDs of another image in the archive.
func (a *dockerArchive) layersOf(ctx context.Context, reference, platform string) ([]string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, err := a.pick(ctx, reference, platform)
	if err != nil {
		return nil, err
	}
	doc, err := a.config(ctx, s)
	if err != nil {
		return nil, err
	}
	config, err := manifest.ParseConfig(doc)
	if err != nil {
		return nil, err
	}
	return manifest.DiffIDs(config), nil
}
