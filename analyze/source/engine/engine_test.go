package engine_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/imagetest/enginetest"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/manifest"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// fakeEngine answers the part of Docker's API that is asked for.
type fakeEngine struct {
	images   map[string]imagetest.Image
	podman   bool
	api      string
	platform map[string]imagetest.Image // by the query of API 1.49
	save     func(imagetest.Image) []byte
}

func (f *fakeEngine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := func(v any) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(v)
	}
	w.Header().Set("Api-Version", f.api)
	if f.podman {
		w.Header().Set("Libpod-Api-Version", "4.3.1")
	}
	name := strings.TrimPrefix(r.URL.Path, "/images/")
	name = strings.TrimSuffix(strings.TrimSuffix(name, "/json"), "/history")
	if r.URL.Path == "/images/get" {
		name = r.URL.Query().Get("names")
	}
	img, ok := f.images[name]
	if other, there := f.platform[r.URL.Query().Get("platform")]; there {
		img = other
	}
	switch {
	case r.URL.Path == "/_ping":
		io.WriteString(w, "OK")
	case name == "broken":
		w.WriteHeader(http.StatusInternalServerError)
		answer(map[string]string{"message": "the disk is\non fire"})
	case !ok:
		w.WriteHeader(http.StatusNotFound)
		answer(map[string]string{"message": "No such image: " + name})
	default:
		(&enginetest.Engine{Image: img, Archive: f.save}).ServeHTTP(w, r)
	}
}

// listen serves an engine on a unix socket and returns its DOCKER_HOST.
func (f *fakeEngine) listen(t *testing.T) string {
	t.Helper()
	host, _ := enginetest.Listen(t, f)
	return host
}

func TestEngines(t *testing.T) {
	app := sourcetest.Sample().Tag
	fake := &fakeEngine{api: "1.41", images: map[string]imagetest.Image{app: sourcetest.Sample(), "example.org/team/base:1": sourcetest.Other()}}
	for name, test := range map[string]struct {
		variable, reference, source string
		podman                      bool
	}{
		"docker":             {"DOCKER_HOST", "docker:" + app, "docker", false},
		"podman":             {"CONTAINER_HOST", "podman:" + app, "podman", true},
		"docker, bare":       {"DOCKER_HOST", app, "docker", false},
		"podman, bare":       {"CONTAINER_HOST", app, "podman", true},
		"podman for docker":  {"DOCKER_HOST", app, "podman", true},
		"docker, by the tag": {"DOCKER_HOST", "docker:" + app, "docker", false},
	} {
		t.Run(name, func(t *testing.T) {
			engine := *fake
			engine.podman = test.podman
			t.Setenv(test.variable, engine.listen(t))
			img := mustOpen(t, test.reference, source.Options{Offline: true})
			if img.Source != test.source || img.Reference != app {
				t.Errorf("source %q, reference %q", img.Source, img.Reference)
			}
			want := sourcetest.Sample().ConfigFile()
			if diff := cmp.Diff(manifest.DiffIDs(&want), manifest.DiffIDs(img.Config)); diff != "" {
				t.Errorf("preview, diff IDs: %s", diff)
			}
			if diff := cmp.Diff(want.History, img.Config.History); diff != "" {
				t.Errorf("preview, history: %s", diff)
			}
			if img.Stream == nil || img.Stream.Size() != 12345 || len(img.Layers) != 0 || img.Platform != "linux/amd64" {
				t.Errorf("preview is %+v", img)
			}
			sourcetest.CheckLayers(t, img)
			sourcetest.CheckSample(t, img, false)
			ids, err := img.LayersOf(context.Background(), "example.org/team/base:1")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{img.Layers[0].DiffID}, ids); diff != "" {
				t.Error(diff)
			}
			_, err = img.LayersOf(context.Background(), "nope:1")
			sourcetest.WantError(t, err, "nope:1", "no such image")
			_, err = img.LayersOf(context.Background(), "../../containers")
			sourcetest.WantError(t, err, "not an image name")
		})
	}
}

func TestEngineRefuses(t *testing.T) {
	windows := sourcetest.Sample()
	windows.Platform = "windows/amd64"
	fake := &fakeEngine{api: "1.41", images: map[string]imagetest.Image{"app": sourcetest.Sample(), "win": windows}}
	t.Setenv("DOCKER_HOST", fake.listen(t))
	for reference, want := range map[string][]string{
		"docker:nope":     {"no such image", "pull or build it first"},
		"docker:dind":     {"no such image", "for the image docker:dind write docker:docker:dind"},
		"docker:nope:1":   {"no such image", "pull or build it first"},
		"docker:broken":   {"says: the disk is on fire"},
		"docker:win":      {"Windows image"},
		"docker:NotAName": {"not an image name"},
		"nope:1":          {"docker: no such image, podman: not running", "registry: tare does not contact registries"},
	} {
		_, err := source.Open(context.Background(), reference, source.Options{Offline: true})
		sourcetest.WantError(t, err, want...)
	}
	_, err := source.Open(context.Background(), "docker:app", source.Options{Platform: "linux/arm64"})
	sourcetest.WantError(t, err, "no image for linux/arm64, only for linux/amd64")

	fake.save = func(img imagetest.Image) []byte { return img.Legacy().Tar()[:12_000] }
	img := mustOpen(t, "docker:app", source.Options{})
	_, err = sourcetest.ReadStream(img)
	sourcetest.WantError(t, err, "reading app", "the archive ends early")
}

func TestEngineWithSeveralPlatforms(t *testing.T) {
	arm := sourcetest.Sample()
	arm.Platform = "linux/arm64"
	fake := &fakeEngine{
		api: "1.49", images: map[string]imagetest.Image{"app": sourcetest.Sample()},
		platform: map[string]imagetest.Image{`{"architecture":"arm64","os":"linux","variant":""}`: arm},
	}
	t.Setenv("DOCKER_HOST", fake.listen(t))
	img := mustOpen(t, "docker:app", source.Options{Platform: "linux/arm64"})
	sourcetest.CheckLayers(t, img)
	if img.Platform != "linux/arm64" || img.ID != arm.ID().String() {
		t.Errorf("platform %q, ID %s", img.Platform, img.ID)
	}
	_, err := source.Open(context.Background(), "docker:app", source.Options{Platform: "linux/s390x"})
	sourcetest.WantError(t, err, "no image for linux/s390x")
}

func TestEngineThatDoesNotAnswer(t *testing.T) {
	dir, err := os.MkdirTemp("", "e")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	socket := filepath.Join(dir, "s")
	if err := os.WriteFile(socket, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]string{
		"unix://" + socket:         "nothing is listening at unix://" + socket,
		"unix://" + socket + ".no": "which does not exist",
		"tcp://127.0.0.1:1":        "nothing is listening at tcp://127.0.0.1:1",
		"ssh://me@there":           "tare does not speak ssh; pipe the image",
		"fd://":                    "which is not a host",
		"carrier://pigeon":         "which tare cannot connect to",
		"nonsense":                 "which is not a host",
	} {
		t.Setenv("DOCKER_HOST", host)
		_, err := source.Open(context.Background(), "docker:app:1", source.Options{})
		sourcetest.WantError(t, err, "opening docker:app:1", want)
	}
}

func TestDirectoryNamedLikeAnImage(t *testing.T) {
	fake := &fakeEngine{images: map[string]imagetest.Image{"app": sourcetest.Sample()}}
	t.Setenv("DOCKER_HOST", fake.listen(t))
	t.Chdir(t.TempDir())
	for _, dir := range []string{"app", "nope", "team/app"} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// A web application's own manifest.json does not make it an image.
	if err := os.WriteFile("app/manifest.json", []byte(`{"name":"app"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if img := mustOpen(t, "app", source.Options{}); img.Source != "docker" {
		t.Errorf("source %q", img.Source)
	}
	_, err := source.Open(context.Background(), "nope", source.Options{Offline: true})
	sourcetest.WantError(t, err, "the directory of that name is not an image", "docker: no such image")
	_, err = source.Open(context.Background(), "team/app", source.Options{Offline: true})
	sourcetest.WantError(t, err, "the directory is not an image")
	_, err = source.Open(context.Background(), "./app", source.Options{Offline: true})
	sourcetest.WantError(t, err, "neither an index nor a manifest of an image")
}
