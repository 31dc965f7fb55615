package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// saved is one image in the manifest.json of docker save. Config and Layers are
// names of files in the archive, which every tool chooses as it likes:
// <id>/layer.tar (Docker to 24), blobs/sha256/<hex> (Docker 25 on),
// <hex>.tar (Podman), <hex>.tar.gz (kaniko, jib, ko).
type saved struct {
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
	saved  []saved
	images []candidate
	bytes  int64 // of configs read so far
}

// openDockerArchive reads manifest.json.
func openDockerArchive(ctx context.Context, f files, where string) (*dockerArchive, error) {
	doc, err := f.document(ctx, "manifest.json")
	if err != nil {
		return nil, err
	}
	a := &dockerArchive{files: f, where: where}
	if kindOf(doc) == jsonKind && strings.HasPrefix(strings.TrimSpace(string(doc)), "{") {
		return nil, &problem{what: "its manifest.json is not docker save's", next: "if skopeo wrote it to dir:, name the directory itself, or copy it to oci-archive:"}
	}
	if err := decode("manifest.json", doc, &a.saved); err != nil {
		return nil, err
	}
	for n, s := range a.saved {
		a.images = append(a.images, candidate{names: s.RepoTags, digest: promisedConfig(s.Config), entry: n})
	}
	if len(a.images) == 0 {
		return nil, &problem{what: "its manifest.json lists no image", next: "save the image again"}
	}
	return a, nil
}

var configName = regexp.MustCompile(`^(?:blobs/sha256/|sha256:)?([0-9a-f]{64})(?:\.json)?$`)

// promisedConfig is the digest that a config's name promises, "" if it promises none.
func promisedConfig(name string) string {
	if m := configName.FindStringSubmatch(path.Clean(name)); m != nil {
		return "sha256:" + m[1]
	}
	return ""
}

// config reads the config of a saved image. Most tools name its file by its digest,
// but docker load, skopeo and podman take it under any name.
func (a *dockerArchive) config(ctx context.Context, s *saved) ([]byte, error) {
	if s.Config == "" {
		return nil, &problem{what: "manifest.json names no config", next: "save the image again"}
	}
	doc, err := a.files.document(ctx, s.Config)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &problem{what: "the config " + s.Config + " is missing", next: "the archive is incomplete; save the image again", cause: err}
	}
	if err != nil {
		return nil, err
	}
	if a.bytes += int64(len(doc)); a.bytes > maxDocuments {
		return nil, tooMuch()
	}
	return doc, nil
}

// pick chooses the image that a name or digest means, "" for the only one, and
// of that the one for a platform.
func (a *dockerArchive) pick(ctx context.Context, want, asked string) (*saved, error) {
	all := a.images
	if want != "" {
		if err := a.identify(ctx, want); err != nil {
			return nil, err
		}
		if all = named(a.images, want); len(all) == 0 {
			return nil, notHere(a.images, want)
		}
	}
	if len(all) > 1 && !differ(all) {
		if err := a.learn(ctx, all); err != nil {
			return nil, err
		}
	}
	if err := oneImage(all, a.where); err != nil {
		return nil, err
	}
	c, err := pickPlatform(all, asked)
	if err != nil {
		return nil, err
	}
	return &a.saved[c.entry], nil
}

// learn asks the configs for their platforms.
func (a *dockerArchive) learn(ctx context.Context, all []candidate) error {
	for i := range all {
		if err := ctx.Err(); err != nil {
			return err
		}
		doc, err := a.config(ctx, &a.saved[all[i].entry])
		if err != nil {
			return err
		}
		var p v1.Platform
		if err := decode("the config", doc, &p); err != nil {
			return err
		}
		all[i].platform = known(&p)
		if all[i].digest == "" {
			all[i].digest = digestOf(doc)
		}
	}
	return nil
}

// identify finds the digests of configs whose file names tell none, where the
// user asks for an image by its digest.
func (a *dockerArchive) identify(ctx context.Context, want string) error {
	_, digest, both := strings.Cut(want, "@")
	if !both && !isID(want) || both && !isID(digest) {
		return nil
	}
	for i := range a.images {
		if a.images[i].digest != "" {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		doc, err := a.config(ctx, &a.saved[a.images[i].entry])
		if err != nil {
			return err
		}
		a.images[i].digest = digestOf(doc)
	}
	return nil
}

// open fills in the image.
func (a *dockerArchive) open(ctx context.Context, img *Image, want, asked string) error {
	s, err := a.pick(ctx, want, asked)
	if err != nil {
		return err
	}
	doc, err := a.config(ctx, s)
	if err != nil {
		return err
	}
	if err := checkCount(len(s.Layers)); err != nil {
		return err
	}
	layers := make([]Layer, len(s.Layers))
	for n, name := range s.Layers {
		called := layerName(n, name)
		layer, err := a.files.layer(name)
		if errors.Is(err, fs.ErrNotExist) {
			return &problem{what: called + " is missing", next: "the archive is incomplete; save the image again", cause: err}
		}
		if err != nil {
			return fmt.Errorf("%s: %w", called, err)
		}
		layer.Digest = promisedDigest(path.Clean(name))
		layers[n] = layer
	}
	if err := s.suspect(ctx, doc, layers); err != nil {
		return err
	}
	if err := complete(img, doc, layers, nil, asked); err != nil {
		return err
	}
	if named := promisedConfig(s.Config); named != "" && named != img.ID {
		img.note(fmt.Sprintf("the archive names the config's file by the digest %s, but the config's is %s; was it edited by hand?", named, img.ID))
	}
	if len(s.RepoTags) > 0 {
		img.called = s.RepoTags[0]
	}
	return s.describe(img.Layers)
}

var layerByDigits = regexp.MustCompile(`^([0-9a-f]{64})(?:\.tar|/layer\.tar)?$`)

// suspect looks at layers that are named by their diff IDs, as Podman does, in
// another order than the config's. A name is no promise, so that one of them is
// hashed: where it is what it is called, the layers get those digests, and so
// their order. Else nothing is known against them.
func (s *saved) suspect(ctx context.Context, doc []byte, layers []Layer) error {
	claimed := make([]Layer, len(layers))
	for n, l := range layers {
		m := layerByDigits.FindStringSubmatch(path.Clean(s.Layers[n]))
		if m == nil || l.Digest != "" {
			return nil
		}
		claimed[n].Digest = "sha256:" + m[1]
	}
	config, err := parseConfig(doc)
	if err != nil || len(config.RootFS.DiffIDs) != len(layers) {
		return nil // complete will say so
	}
	ids := diffIDs(config)
	if inOrder(claimed, ids) == nil {
		return nil
	}
	first := 0
	for claimed[first].Digest == ids[first] {
		first++
	}
	if layers[first].Open == nil { // a stream, which has gone by
		return &problem{what: "going by their names, its layers lie in another order than in its config", next: "save the image again, or write the archive to a file and name that"}
	}
	content, err := layers[first].Open(ctx)
	if err != nil {
		return err
	}
	defer content.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, content); err != nil {
		return err
	}
	if "sha256:"+hex.EncodeToString(sum.Sum(nil)) != claimed[first].Digest {
		return nil
	}
	for n := range layers {
		layers[n].Digest = claimed[n].Digest
	}
	return nil
}

// describe adds the media types that newer archives tell.
func (s *saved) describe(layers []Layer) error {
	for n := range layers {
		source, ok := s.LayerSources[layers[n].DiffID]
		if !ok {
			continue
		}
		if err := checkLayer(layerName(n, s.Layers[n]), source.MediaType, source.URLs); err != nil {
			return err
		}
		if source.Digest == layers[n].Digest {
			layers[n].MediaType = string(source.MediaType)
		}
	}
	return nil
}

// layersOf finds the diff IDs of another image in the archive.
func (a *dockerArchive) layersOf(ctx context.Context, reference, platform string) ([]string, error) {
	s, err := a.pick(ctx, reference, platform)
	if err != nil {
		return nil, err
	}
	doc, err := a.config(ctx, s)
	if err != nil {
		return nil, err
	}
	config, err := parseConfig(doc)
	if err != nil {
		return nil, err
	}
	return diffIDs(config), nil
}
