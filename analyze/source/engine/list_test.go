package engine_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest/enginetest"
	"github.com/tare-oci/tare/analyze/source/engine"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// TestList: images with a name come, the newest first, and the engine by its own name.
func TestList(t *testing.T) {
	img := sourcetest.Sample()
	for _, podman := range []bool{false, true} {
		host, kill := enginetest.Listen(t, &enginetest.Engine{Image: img, Podman: podman})
		t.Setenv("DOCKER_HOST", host)
		kind, images, err := engine.List(t.Context(), engine.Docker)
		if want := map[bool]string{false: engine.Docker, true: engine.Podman}[podman]; err != nil || kind != want {
			t.Errorf("%s, %v", kind, err)
		}
		id := img.ID().String()
		want := []engine.Listed{
			{Name: "a/first:2", ID: id, Size: 12345, Created: time.Unix(2000, 0)}, {Name: img.Tag, ID: id, Size: 12345, Created: time.Unix(2000, 0)},
			{Name: "older:1", ID: id, Size: 12345, Created: time.Unix(1000, 0)},
		}
		if diff := cmp.Diff(want, images); diff != "" {
			t.Error(diff)
		}
		kill()
		if _, _, err := engine.List(t.Context(), engine.Docker); err == nil {
			t.Error("an engine that is gone has a list")
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, _, err := engine.List(ctx, engine.Docker); err == nil {
			t.Error("cancelled, there is a list")
		}
	}
}
