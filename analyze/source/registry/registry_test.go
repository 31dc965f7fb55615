package registry_test

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

func TestRegistry(t *testing.T) {
	host := sourcetest.Serve(t, nil)
	app := host + "/team/app"
	sourcetest.Push(t, app+":1.2", sourcetest.Sample())
	sourcetest.Push(t, app+":base", sourcetest.Other())
	sourcetest.Push(t, host+"/team/elsewhere:1", sourcetest.Other())
	for _, reference := range []string{"registry:" + app + ":1.2", app + ":1.2", app + "@" + sourcetest.Sample().Digest().String()} {
		t.Run(reference, func(t *testing.T) {
			img := mustOpen(t, reference, source.Options{})
			sourcetest.CheckLayers(t, img)
			sourcetest.CheckSample(t, img, true)
			if img.Source != "registry" || img.Digest != sourcetest.Sample().Digest().String() {
				t.Errorf("source %q, digest %q", img.Source, img.Digest)
			}
		})
	}

	img := mustOpen(t, app+":1.2", source.Options{})
	for _, reference := range []string{"base", app + ":base", sourcetest.Other().Digest().String()} {
		ids, err := img.LayersOf(context.Background(), reference)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{img.Layers[0].DiffID}, ids); diff != "" {
			t.Errorf("%s: %s", reference, diff)
		}
	}
	for _, reference := range []string{host + "/team/elsewhere:1", "debian:slim", "another.example/x"} {
		_, err := img.LayersOf(context.Background(), reference)
		sourcetest.WantError(t, err, reference, "another repository")
	}

	_, err := source.Open(context.Background(), app+":1.2", source.Options{Offline: true})
	sourcetest.WantError(t, err, app, "docker: not running", "podman: not running", "--offline")
	_, err = source.Open(context.Background(), "registry:"+app+":2", source.Options{})
	sourcetest.WantError(t, err, app, "no such image", "check name and tag")
	_, err = source.Open(context.Background(), app+":2", source.Options{})
	sourcetest.WantError(t, err, "docker: not running", "podman: not running", "registry: "+app+" has no such image")
}

func TestRegistryPlatforms(t *testing.T) {
	arm, amd, v6, windows := sourcetest.Sample(), sourcetest.Sample(), sourcetest.Other(), sourcetest.Sample()
	arm.Platform, v6.Platform, windows.Platform = "linux/arm64/v8", "linux/arm/v6", "windows/amd64"
	host := sourcetest.Serve(t, nil)
	sourcetest.PushIndex(t, host+"/multi:1", imagetest.Index{Images: []imagetest.Image{windows, arm, v6, amd}, Attestations: true})
	sourcetest.PushIndex(t, host+"/arm:1", imagetest.Index{Images: []imagetest.Image{v6}, Attestations: true})

	for asked, want := range map[string]string{
		"linux/arm64": "linux/arm64/v8", "linux/arm64/v8": "linux/arm64/v8", "linux/aarch64": "linux/arm64/v8",
		"linux/amd64": "linux/amd64", "linux/arm": "linux/arm/v6",
	} {
		img := mustOpen(t, "registry:"+host+"/multi:1", source.Options{Platform: asked})
		if img.Platform != want {
			t.Errorf("%s: got %s, want %s", asked, img.Platform, want)
		}
	}
	if img := mustOpen(t, "registry:"+host+"/arm:1", source.Options{}); img.Platform != "linux/arm/v6" {
		t.Errorf("the only platform: got %s", img.Platform)
	}
	_, err := source.Open(context.Background(), "registry:"+host+"/multi:1", source.Options{Platform: "linux/s390x"})
	sourcetest.WantError(t, err, "no image for linux/s390x, only for windows/amd64, linux/arm64/v8, linux/arm/v6, linux/amd64", "--platform")
	if strings.Contains(err.Error(), "unknown") {
		t.Errorf("an attestation is listed as a platform: %v", err)
	}
	_, err = source.Open(context.Background(), "registry:"+host+"/multi:1", source.Options{Platform: "windows/amd64"})
	sourcetest.WantError(t, err, "Windows image")
}

func TestRegistryThatLies(t *testing.T) {
	t.Parallel()
	layer := imagetest.Digest(sourcetest.Sample().Layers[0].Stored()).String()
	for what, test := range map[string]struct {
		path string // of the request that is answered wrongly
		body string
		code int
		want string
	}{
		"another manifest": {"/manifests/" + sourcetest.Sample().Digest().String(), "{}", 200, "the manifest is not what it should be"},
		"another config":   {"/blobs/" + sourcetest.Sample().ID().String(), "{}", 200, "config " + sourcetest.Sample().ID().String() + " is not what it should be"},
		"no config":        {"/blobs/" + sourcetest.Sample().ID().String(), "", 404, "has no such image"},
		"login":            {"/manifests/", `{"errors":[{"code":"UNAUTHORIZED","message":"no\u001b[31m"}]}`, 401, "docker login"},
		"too often":        {"/manifests/", "", 429, "received too many requests"},
		"a page of HTML":   {"/manifests/", "<html>\n<body>", 502, "answers 502 Bad Gateway"},
		"HTML with 200":    {"/manifests/1", "<html>\n<body>", 200, "sends a web page instead of the manifest 1"},
		"large manifest":   {"/manifests/1", strings.Repeat(" ", 32<<20+1), 200, "larger than 32 MiB"},
		"short layer":      {"/blobs/" + layer, "x", 200, "the registry has 1 bytes of it"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel() // some are asked again, with pauses
			lie := false
			host := sourcetest.Serve(t, func(h http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if lie && strings.Contains(r.URL.Path, test.path) {
						w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
						w.WriteHeader(test.code)
						io.WriteString(w, test.body)
						return
					}
					h.ServeHTTP(w, r)
				})
			})
			sourcetest.Push(t, host+"/app:1", sourcetest.Sample())
			lie = true
			reference := "registry:" + host + "/app:1"
			if what == "another manifest" {
				reference = "registry:" + host + "/app@" + sourcetest.Sample().Digest().String()
			}
			img, err := source.Open(context.Background(), reference, source.Options{})
			if err == nil {
				defer img.Close()
				var body io.ReadCloser
				if body, err = img.Layers[0].Open(context.Background()); err == nil {
					body.Close()
				}
			}
			sourcetest.WantError(t, err, test.want)
		})
	}
}

func TestUnverifiedTLS(t *testing.T) {
	server := httptest.NewTLSServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "https://")
	img := sourcetest.Sample()
	reference, err := name.ParseReference(host+"/app:1", name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(reference, img.V1(), remote.WithTransport(server.Client().Transport)); err != nil {
		t.Fatal(err)
	}
	sourcetest.CheckLayers(t, mustOpen(t, "registry:"+host+"/app:1", source.Options{}))
}

func TestCredentials(t *testing.T) {
	var allowed atomic.Int32
	host := sourcetest.Serve(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			user, password, ok := r.BasicAuth()
			if !ok || user != "ann" || password != "secret" {
				w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			allowed.Add(1)
			h.ServeHTTP(w, r)
		})
	})
	_, err := source.Open(context.Background(), "registry:"+host+"/app:1", source.Options{})
	sourcetest.WantError(t, err, "does not exist, or you have no access to it", "docker login "+host)

	settings := t.TempDir()
	t.Setenv("DOCKER_CONFIG", settings)
	config := map[string]any{"auths": map[string]any{host: map[string]string{"auth": "YW5uOnNlY3JldA=="}}}
	doc, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(settings, "config.json"), doc, 0o600); err != nil {
		t.Fatal(err)
	}
	push := sourcetest.Sample()
	reference, err := name.ParseReference(host + "/app:1")
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(reference, push.V1(), remote.WithAuth(&authn.Basic{Username: "ann", Password: "secret"})); err != nil {
		t.Fatal(err)
	}
	allowed.Store(0)
	sourcetest.CheckLayers(t, mustOpen(t, "registry:"+host+"/app:1", source.Options{}))
	if allowed.Load() == 0 {
		t.Error("nothing was asked with credentials")
	}

	broken := []byte(`{"credsStore":"no-such-helper"}`)
	if err := os.WriteFile(filepath.Join(settings, "config.json"), broken, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = source.Open(context.Background(), "registry:"+host+"/app:1", source.Options{})
	sourcetest.WantError(t, err, "no credentials", "docker-credential-no-such-helper")
}
