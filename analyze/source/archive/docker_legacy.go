package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/imagename"
	"github.com/tare-oci/tare/analyze/source/manifest"
	"github.com/tare-oci/tare/analyze/source/platforms"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// legacyArchive is what docker save wrote before Docker 1.10: no manifest.json,
// but a file "repositories" that names the top layer of each tag, and a directory
// for each layer with its json, which names its parent, and its layer.tar. See
// image/spec/v1.md of the Moby project.
type legacyArchive struct {
	files  files
	where  string
	images []manifest.Candidate // digest: the id of the top layer
}

// legacyLayer is <id>/json. Every layer carries a whole config; the top one's counts.
type legacyLayer struct {
	Parent          string
	Created         time.Time
	Author          string
	Comment         string
	Architecture    string
	OS              string
	Config          json.RawMessage
	ContainerConfig struct{ Cmd wordList } `json:"container_config"`
}

// openLegacyArchive reads the file "repositories".
func openLegacyArchive(ctx context.Context, f files, where string) (*legacyArchive, error) {
	doc, err := f.document(ctx, "repositories")
	if err != nil {
		return nil, err
	}
	var tags map[string]map[string]string
	if err := manifest.Decode("repositories", doc, &tags); err != nil {
		return nil, err
	}
	a := &legacyArchive{files: f, where: where}
	names := make(map[string][]string)
	for name, byTag := range tags {
		for tag, id := range byTag {
			if !imagename.IsID(id) {
				return nil, &usererror.Error{What: fmt.Sprintf("repositories names %q, which is not a layer", id), Next: "save the image again"}
			}
			names[id] = append(names[id], name+":"+tag)
		}
	}
	for id, tagged := range names {
		slices.Sort(tagged)
		a.images = append(a.images, manifest.Candidate{Names: tagged, Digest: id})
	}
	slices.SortFunc(a.images, func(x, y manifest.Candidate) int { return strings.Compare(x.Title(), y.Title()) })
	if len(a.images) == 0 {
		return nil, &usererror.Error{What: "its file repositories lists no image", Next: "save the image by its name"}
	}
	return a, nil
}

// chain returns the ids of an image's layers from the lowest up, and what they say.
func (a *legacyArchive) chain(ctx context.Context, top string) (ids []string, layers []legacyLayer, err error) {
	seen := make(map[string]bool)
	var bytes int64
	for id := top; id != ""; {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		if !imagename.IsID(id) || seen[id] || len(ids) == manifest.MaxLayers {
			return nil, nil, &usererror.Error{What: fmt.Sprintf("its layers do not form a chain (%q)", id), Next: "save the image again"}
		}
		seen[id] = true
		doc, err := a.files.document(ctx, id+"/json")
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil, &usererror.Error{What: "layer " + id + " is missing", Next: "the archive is incomplete; save the image again", Cause: err}
		}
		if err != nil {
			return nil, nil, err
		}
		if bytes += int64(len(doc)); bytes > manifest.MaxDocuments {
			return nil, nil, manifest.TooMuch()
		}
		var l legacyLayer
		if err := manifest.Decode(id+"/json", doc, &l); err != nil {
			return nil, nil, err
		}
		ids, layers = append(ids, id), append(layers, l)
		id = l.Parent
	}
	slices.Reverse(ids)
	slices.Reverse(layers)
	return ids, layers, nil
}

// open fills in the image. Its config is put together from the layers'; there is
// no digest of it, and there are no diff IDs.
func (a *legacyArchive) open(ctx context.Context, img *image.Image, want, asked string) error {
	all := a.images
	if want != "" {
		if all = manifest.Named(a.images, want); len(all) == 0 {
			return manifest.NotHere(a.images, want)
		}
	}
	if err := manifest.OneImage(all, a.where); err != nil {
		return err
	}
	ids, chain, err := a.chain(ctx, all[0].Digest)
	if err != nil {
		return err
	}
	config, err := legacyConfig(chain)
	if err != nil {
		return err
	}
	platform := v1.Platform{OS: config.OS, Architecture: config.Architecture}
	note, err := platforms.Check(platform, asked)
	if err != nil {
		return err
	}
	img.Note(note)
	layers := make([]image.Layer, len(ids))
	for n, id := range ids {
		if layers[n], err = a.files.layer(id + "/layer.tar"); err != nil {
			return fmt.Errorf("%s: %w", manifest.LayerName(n, id), err)
		}
	}
	img.Config, img.Layers, img.Platform = config, layers, platforms.Name(platform)
	img.Name = all[0].Title() // they are known by their tags alone
	return nil
}

// legacyConfig makes the config that Docker 1.10 would have written.
func legacyConfig(chain []legacyLayer) (*v1.ConfigFile, error) {
	top := chain[len(chain)-1]
	// By way of JSON, so that the same checks apply as to any other config.
	doc, err := json.Marshal(map[string]any{"architecture": top.Architecture, "os": top.OS, "author": top.Author, "created": top.Created, "config": top.Config})
	if err != nil {
		return nil, err
	}
	config, err := manifest.ParseConfig(doc)
	if err != nil {
		return nil, err
	}
	for _, l := range chain {
		config.History = append(config.History, v1.History{
			Created: v1.Time{Time: l.Created}, Author: l.Author, Comment: l.Comment,
			CreatedBy: strings.Join(l.ContainerConfig.Cmd, " "),
		})
	}
	return config, nil
}

func (a *legacyArchive) layersOf(context.Context, string, string) ([]string, error) {
	return nil, &usererror.Error{What: "an archive this old has no diff IDs", Next: "save the image again with a current Docker"}
}

// wordList is a list of words in a document that may write one as plain text.
type wordList []string

// UnmarshalJSON reads a list of words, or one word.
func (w *wordList) UnmarshalJSON(doc []byte) error {
	if len(doc) > 0 && doc[0] == '"' {
		doc = append(append([]byte{'['}, doc...), ']')
	}
	return json.Unmarshal(doc, (*[]string)(w))
}
