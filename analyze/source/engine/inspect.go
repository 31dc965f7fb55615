package engine

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/source/platforms"
)

// imageDocument is what GET /images/{name}/json tells.
type imageDocument struct {
	ID           string `json:"Id"`
	Created      string
	OS           string `json:"Os"`
	Architecture string
	Variant      string
	Size         int64 // bytes of all layers, as the engine counts them
	RootFS       struct{ Layers []string }
	Config       json.RawMessage
}

func (i *imageDocument) platform() v1.Platform {
	return v1.Platform{OS: i.OS, Architecture: i.Architecture, Variant: i.Variant}
}

func (e *engine) inspect(ctx context.Context, name string, query url.Values) (*imageDocument, error) {
	var i imageDocument
	if err := e.ask(ctx, "/images/"+name+"/json", query, &i); err != nil {
		return nil, err
	}
	return &i, nil
}

// other looks for an image's other platforms, which engines can tell since
// version 1.49 of the API. It returns the query that selects the platform.
func (e *engine) other(ctx context.Context, name, asked string) (string, *imageDocument) {
	want, err := platforms.Parse(asked)
	if err != nil || !e.speaks(1, 49) {
		return "", nil
	}
	query, err := json.Marshal(map[string]string{"os": want.OS, "architecture": want.Architecture, "variant": want.Variant})
	if err != nil {
		return "", nil
	}
	found, err := e.inspect(ctx, name, url.Values{"platform": {string(query)}})
	if err != nil {
		return "", nil
	}
	if _, err := platforms.Check(found.platform(), asked); err != nil {
		return "", nil
	}
	return string(query), found
}

// speaks reports whether the engine knows a version of the API.
func (e *engine) speaks(major, minor int) bool {
	first, second, _ := strings.Cut(e.api, ".")
	x, err := strconv.Atoi(first)
	if err != nil {
		return false
	}
	y, err := strconv.Atoi(second)
	return err == nil && (x > major || x == major && y >= minor)
}

// preview is the config as far as the engine tells it before the save, so that
// there is something to show meanwhile. It leaves out what would be a guess.
func (e *engine) preview(ctx context.Context, name string, found *imageDocument) *v1.ConfigFile {
	config := &v1.ConfigFile{OS: found.OS, Architecture: found.Architecture, Variant: found.Variant}
	config.RootFS.Type = "layers"
	for _, text := range found.RootFS.Layers {
		id, err := v1.NewHash(text)
		if err != nil {
			config.RootFS.DiffIDs = nil
			break
		}
		config.RootFS.DiffIDs = append(config.RootFS.DiffIDs, id)
	}
	if created, err := time.Parse(time.RFC3339Nano, found.Created); err == nil {
		config.Created.Time = created
	}
	var settings v1.Config
	if json.Unmarshal(found.Config, &settings) == nil {
		config.Config = settings
	}
	config.History = e.history(ctx, name)
	return config
}

// fitHistory makes the preview's history fit its layers, and reports whether it does. The
// engine does not say which items made a layer, only their sizes: an item with a size
// did. Where there are more layers than such, the others changed nothing that has one,
// and are taken to be what makes layers: instructions that run or copy something and,
// where these are too few, those that change the working directory.
func fitHistory(config *v1.ConfigFile) bool {
	missing := len(config.RootFS.DiffIDs)
	for _, h := range config.History {
		if !h.EmptyLayer {
			missing--
		}
	}
	for _, makesLayers := range []func(text string) bool{runsOrCopies, changesDirectory} {
		var found []int
		for i, h := range config.History {
			if h.EmptyLayer && makesLayers(h.CreatedBy) {
				found = append(found, i)
			}
		}
		if missing <= 0 || len(found) > missing {
			break
		}
		for _, i := range found {
			config.History[i].EmptyLayer = false
		}
		missing -= len(found)
	}
	return missing == 0
}

// runsOrCopies reports whether an item of a history is of RUN, COPY or ADD, as
// BuildKit writes them, Docker's old builder or Buildah.
func runsOrCopies(text string) bool {
	if rest, ok := strings.CutPrefix(text, "/bin/sh -c #(nop) "); ok {
		text = strings.TrimLeft(rest, " ")
	} else if strings.HasPrefix(text, "/bin/sh -c ") {
		return true
	}
	word, _, _ := strings.Cut(text, " ")
	return word == "RUN" || word == "COPY" || word == "ADD"
}

// changesDirectory reports whether an item of a history is of WORKDIR.
func changesDirectory(text string) bool {
	rest, _ := strings.CutPrefix(text, "/bin/sh -c #(nop) ")
	return strings.HasPrefix(strings.TrimLeft(rest, " "), "WORKDIR ")
}

// history asks for the image's history, oldest item first.
func (e *engine) history(ctx context.Context, name string) []v1.History {
	var items []struct {
		Created   int64 // seconds since 1970
		CreatedBy string
		Comment   string
		Size      int64
	}
	if err := e.ask(ctx, "/images/"+name+"/history", nil, &items); err != nil {
		return nil
	}
	slices.Reverse(items)
	var history []v1.History
	for _, item := range items {
		history = append(history, v1.History{
			Created: v1.Time{Time: time.Unix(item.Created, 0).UTC()}, CreatedBy: item.CreatedBy,
			Comment: item.Comment, EmptyLayer: item.Size == 0,
		})
	}
	return history
}
