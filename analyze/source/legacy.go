package source

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
)

// legacyArchive is what docker save wrote before Docker 1.10: no manifest.json,
// but a file "repositories" that names the top layer of each tag, and a directory
// for each layer with its json, which names its parent, and its layer.tar. See
// image/spec/v1.md of the Moby project.
type legacyArchive struct {
	files  files
	where  string
	images []candidate // digest: the id of the top layer
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
	if err := decode("repositories", doc, &tags); err != nil {
		return nil, err
	}
	a := &legacyArchive{files: f, where: where}
	names := make(map[string][]string)
	for name, byTag := range tags {
		for tag, id := range byTag {
			if !isID(id) {
				return nil, &problem{what: fmt.Sprintf("repositories names %q, which is no layer", id), next: "save the image again"}
			}
			names[id] = append(names[id], name+":"+tag)
		}
	}
	for id, tagged := range names {
		slices.Sort(tagged)
		a.images = append(a.images, candidate{names: tagged, digest: id})
	}
	slices.SortFunc(a.images, func(x, y candidate) int { return strings.Compare(x.title(), y.title()) })
	if len(a.images) == 0 {
		return nil, &problem{what: "its file repositories lists no image", next: "save the image by its name"}
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
		if !isID(id) || seen[id] || len(ids) == maxLayers {
			return nil, nil, &problem{what: fmt.Sprintf("its layers form no chain (%q)", id), next: "save the image again"}
		}
		seen[id] = true
		doc, err := a.files.document(ctx, id+"/json")
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil, &problem{what: "layer " + id + " is missing", next: "the archive is incomplete; save the image again", cause: err}
		}
		if err != nil {
			return nil, nil, err
		}
		if bytes += int64(len(doc)); bytes > maxDocuments {
			return nil, nil, tooMuch()
		}
		var l legacyLayer
		if err := decode(id+"/json", doc, &l); err != nil {
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
func (a *legacyArchive) open(ctx context.Context, img *Image, want, asked string) error {
	all := a.images
	if want != "" {
		if all = named(a.images, want); len(all) == 0 {
			return notHere(a.images, want)
		}
	}
	if err := oneImage(all, a.where); err != nil {
		return err
	}
	ids, chain, err := a.chain(ctx, all[0].digest)
	if err != nil {
		return err
	}
	config, err := legacyConfig(chain)
	if err != nil {
		return err
	}
	platform := v1.Platform{OS: config.OS, Architecture: config.Architecture}
	note, err := checkPlatform(platform, asked)
	if err != nil {
		return err
	}
	img.note(note)
	layers := make([]Layer, len(ids))
	for n, id := range ids {
		if layers[n], err = a.files.layer(id + "/layer.tar"); err != nil {
			return fmt.Errorf("%s: %w", layerName(n, id), err)
		}
	}
	img.Config, img.Layers, img.Platform = config, layers, platformName(platform)
	img.called = all[0].title() // they are known by their tags alone
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
	config, err := parseConfig(doc)
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
	return nil, &problem{what: "an archive of this age has no diff IDs", next: "save the image again with a current Docker"}
}
