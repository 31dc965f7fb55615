package analyze_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/imagetest/enginetest"
	"github.com/tare-oci/tare/model"
)

// containerImage has files that a container shows, that a layer hides, that are not the
// image's in a container, and one that is larger than what is read at once.
func containerImage() imagetest.Image {
	return imagetest.Image{
		Config: v1.Config{Volumes: map[string]struct{}{"/data": {}}},
		Layers: []imagetest.Layer{
			{Files: []imagetest.File{
				imagetest.Same("app/conf", "low", 354), imagetest.Fill("app/gone", 200), imagetest.Fill("app/other", 300), imagetest.Fill("etc/hosts", 80),
				imagetest.Fill("data/file", 400), imagetest.Fill("large", 3<<20), imagetest.HardLink("app/link", "app/gone"),
			}},
			{Files: []imagetest.File{imagetest.Same("app/conf", "high", 354), imagetest.Whiteout("app/gone")}},
		},
	}
}

// settled waits until the engine has no container left, and says how many it has.
func settled(c *enginetest.Containers) int {
	for range 500 {
		if c.Open() == 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return c.Open()
}

// version finds the file version with a path in a layer.
func version(t *testing.T, r *model.Report, layer int, path string) model.RecordID {
	t.Helper()
	for id, record := range r.Tree.Layer(layer) {
		if r.Tree.Path(record.Node) == path {
			return id
		}
	}
	t.Fatalf("layer %d has no %s", layer, path)
	return 0
}

// TestOneFileOfAnEngine: what a container of the image shows is read from one, and
// everything else from its layer; no container is left.
func TestOneFileOfAnEngine(t *testing.T) {
	for _, podman := range []bool{false, true} {
		e := &enginetest.Engine{Image: containerImage(), API: "1.41", Podman: podman, Containers: &enginetest.Containers{}}
		host, _ := enginetest.Listen(t, e)
		t.Setenv("DOCKER_HOST", host)
		h, r := opened(t, "docker:app", analyze.Options{})
		for _, c := range []struct {
			layer      int
			path, seed string
			size       int64
			saves      int64
		}{
			{1, "app/conf", "high", 354, 0},
			{0, "app/conf", "low", 354, 1},
			{0, "app/gone", "app/gone", 200, 1},
			{0, "app/link", "app/gone", 200, 0},
			{0, "app/other", "app/other", 300, 0},
			{0, "data/file", "data/file", 400, 0},
			{0, "etc/hosts", "etc/hosts", 80, 1},
			{0, "large", "large", 3 << 20, 0},
		} {
			e.Saves.Store(0)
			if got := readAll(t, h, r, version(t, r, c.layer, c.path)); !bytes.Equal(got, imagetest.Noise(c.seed, c.size)) {
				t.Errorf("%s of layer %d: %d bytes are not the file's", c.path, c.layer, len(got))
			}
			if n := e.Saves.Load(); n != c.saves {
				t.Errorf("%s of layer %d took %d saves, not %d", c.path, c.layer, n, c.saves)
			}
		}
		if n := settled(e.Containers); n != 0 {
			t.Errorf("%d containers are left", n)
		}
		made := e.Containers.Made()
		if len(made) != 5 {
			t.Errorf("%d containers were made", len(made))
		}
		for _, want := range []string{`"Cmd":["/never-started"]`, `"NetworkMode":"none"`, `{"Type":"tmpfs","Target":"/data"}`, e.Image.ID().String()} {
			if !strings.Contains(made[0], want) {
				t.Errorf("a container is asked for without %s: %s", want, made[0])
			}
		}
	}
}

// TestEngineRefusesOneFile: whatever an engine answers, the file comes from its layer
// then, and no container is left.
func TestEngineRefusesOneFile(t *testing.T) {
	status := func(code int) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(code)
			return true
		}
	}
	for name, change := range map[string]func(*enginetest.Containers){
		"no command":       func(c *enginetest.Containers) { c.Create = status(http.StatusBadRequest) },
		"forbidden":        func(c *enginetest.Containers) { c.Create = status(http.StatusForbidden) },
		"name taken":       func(c *enginetest.Containers) { c.Create = status(http.StatusConflict) },
		"no such file":     func(c *enginetest.Containers) { c.Send = status(http.StatusNotFound) },
		"busy":             func(c *enginetest.Containers) { c.Send = status(http.StatusConflict) },
		"sends no archive": func(c *enginetest.Containers) { c.Send = status(http.StatusOK) },
		"sends another file": func(c *enginetest.Containers) {
			c.Send = func(w http.ResponseWriter, _ *http.Request) bool {
				_, _ = w.Write(imagetest.Tar(imagetest.Fill("conf", 355)))
				return true
			}
		},
		"sends half": func(c *enginetest.Containers) {
			c.Send = func(w http.ResponseWriter, _ *http.Request) bool {
				_, _ = w.Write(imagetest.Tar(imagetest.Same("conf", "high", 354))[:600])
				return true
			}
		},
		"hangs up": func(c *enginetest.Containers) {
			c.Send = func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := &enginetest.Engine{Image: containerImage(), API: "1.41", Containers: &enginetest.Containers{}}
			change(e.Containers)
			host, _ := enginetest.Listen(t, e)
			t.Setenv("DOCKER_HOST", host)
			h, r := opened(t, "docker:app", analyze.Options{})
			e.Saves.Store(0)
			got := readAll(t, h, r, version(t, r, 1, "app/conf"))
			if !bytes.Equal(got, imagetest.Noise("high", 354)) || e.Saves.Load() != 1 {
				t.Errorf("%d bytes, after %d saves", len(got), e.Saves.Load())
			}
			if n := settled(e.Containers); n != 0 {
				t.Errorf("%d containers are left", n)
			}
		})
	}
}

// TestOneFileCancelled: who gives up while the container is created, or while the file
// is sent, leaves no container; closing the image waits for that.
func TestOneFileCancelled(t *testing.T) {
	for name, large := range map[string]bool{"creating": false, "sending": false, "reading": true} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			e := &enginetest.Engine{Image: containerImage(), API: "1.41", Containers: &enginetest.Containers{}}
			stall := func(_ http.ResponseWriter, r *http.Request) bool {
				cancel()
				time.Sleep(50 * time.Millisecond) // the engine makes it all the same
				return false
			}
			switch name {
			case "creating":
				e.Containers.Create = stall
			case "sending":
				e.Containers.Send = stall
			}
			host, _ := enginetest.Listen(t, e)
			t.Setenv("DOCKER_HOST", host)
			h, r := opened(t, "docker:app", analyze.Options{})
			path, layer := "app/conf", 1
			if large {
				path, layer = "large", 0
			}
			content, err := h.Content(ctx, r, nil, version(t, r, layer, path))
			if large {
				if err != nil {
					t.Fatal(err)
				}
				cancel()
				_, err = io.ReadAll(content)
				content.Close()
			}
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			if err := h.Close(); err != nil {
				t.Error(err)
			}
			if n := e.Containers.Open(); n != 0 || len(e.Containers.Made()) != 1 {
				t.Errorf("of %d containers %d are left", len(e.Containers.Made()), n)
			}
		})
	}
}
