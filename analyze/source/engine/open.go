package engine

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/tare-oci/tare/analyze/source/archive"
	"github.com/tare-oci/tare/analyze/source/image"
	"github.com/tare-oci/tare/analyze/source/imagename"
	"github.com/tare-oci/tare/analyze/source/manifest"
	"github.com/tare-oci/tare/analyze/source/platforms"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// OpenDocker fills in an image that Docker holds under a name or an ID. Its layers
// come as a Stream; what the engine says beforehand is in Config at once.
func OpenDocker(ctx context.Context, name string, img *image.Image, opt image.Options) error {
	return openEngine(ctx, Docker, name, img, opt)
}

// OpenPodman fills in an image that Podman holds, as OpenDocker does.
func OpenPodman(ctx context.Context, name string, img *image.Image, opt image.Options) error {
	return openEngine(ctx, Podman, name, img, opt)
}

// openEngine opens an image that a Docker or Podman engine holds, as the stream
// of one docker save. Nothing of it is kept but manifest and config.
func openEngine(ctx context.Context, kind, name string, img *image.Image, opt image.Options) error {
	if !imagename.Valid(name) {
		return &usererror.Error{What: "this is not an image name", Next: "names are in lower case, like debian:slim"}
	}
	e, err := connect(ctx, kind)
	if err != nil {
		return err
	}
	img.OnClose(func() error {
		e.client.CloseIdleConnections()
		return nil
	})
	found, err := e.inspect(ctx, name, nil)
	if err != nil {
		return err
	}
	query := url.Values{"names": {name}}
	note, err := platforms.Check(found.platform(), opt.Platform)
	if err != nil {
		// An engine that keeps images in containerd may have several platforms.
		platform, other := e.other(ctx, name, opt.Platform)
		if other == nil {
			return err
		}
		found = other
		query.Set("platform", platform)
	}
	if strings.EqualFold(found.OS, "windows") {
		_, err := manifest.ParseConfig([]byte(`{"os":"windows"}`))
		return err
	}
	save := &saveReader{ctx: ctx, engine: e, query: query}
	img.OnClose(save.Close)
	img.Source = e.kind
	img.Platform = platforms.Name(found.platform())
	img.Config = e.preview(ctx, name, found)
	img.Inspected(&inspected{
		named: strings.Join([]string{"image", e.kind, e.host.host, found.ID, query.Get("platform") + note}, " "),
		id:    found.ID, config: img.Config.DeepCopy(),
		open: func(ctx context.Context) (*image.Image, error) {
			now := &image.Image{Reference: img.Reference}
			if err := openEngine(ctx, kind, name, now, opt); err != nil {
				now.Close()
				return nil, err
			}
			return now, nil
		},
	})
	if !fitHistory(img.Config) {
		img.Config.History = nil
	}
	if query.Get("platform") == "" {
		made := &containers{engine: e, image: found.ID, volumes: volumesOf(img.Config.Config.Volumes)}
		img.ContainerFile = made.File
		img.OnClose(made.Close)
	}
	img.LayersOf = e.layersOf
	archive.OpenStream(save, img, opt, found.Size)
	return nil
}

// layersOf asks the engine for the diff IDs of another image it holds.
func (e *engine) layersOf(ctx context.Context, reference string) ([]string, error) {
	act := "looking for " + reference
	if !imagename.Valid(reference) {
		return nil, &usererror.OpError{Act: act, Err: &usererror.Error{What: "this is not an image name", Cause: usererror.ErrAbsent}}
	}
	found, err := e.inspect(ctx, reference, nil)
	if err != nil {
		return nil, &usererror.OpError{Act: act, Err: err}
	}
	if len(found.RootFS.Layers) == 0 {
		return nil, &usererror.OpError{Act: act, Err: errors.New("the engine does not list the image's layers")}
	}
	return found.RootFS.Layers, nil
}
