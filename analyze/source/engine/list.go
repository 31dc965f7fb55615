package engine

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Listed is an image that an engine holds under a name.
type Listed struct {
	Name    string
	ID      string
	Size    int64 // bytes of its layers, as the engine counts them
	Created time.Time
}

// List asks an engine for the images that have a name, the newest first, those of one
// moment by their names. kind is what the engine calls itself: Podman also listens
// where Docker is expected.
func List(ctx context.Context, asked string) (kind string, images []Listed, err error) {
	e, err := connect(ctx, asked)
	if err != nil {
		return asked, nil, err
	}
	defer e.client.CloseIdleConnections()
	var items []struct {
		ID       string `json:"Id"`
		RepoTags []string
		Created  int64 // seconds since 1970
		Size     int64
	}
	if err := e.ask(ctx, "/images/json", nil, &items); err != nil {
		return e.kind, nil, err
	}
	for _, item := range items {
		for _, name := range item.RepoTags {
			if name != "<none>:<none>" {
				images = append(images, Listed{name, item.ID, item.Size, time.Unix(item.Created, 0)})
			}
		}
	}
	slices.SortFunc(images, func(a, b Listed) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.Name, b.Name))
	})
	return e.kind, images, nil
}
