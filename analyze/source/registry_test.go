package source

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
)

func TestRegistry(t *testing.T) {
	host := serve(t, nil)
	app := host + "/team/app"
	push(t, app+":1.2", sample())
	push(t, app+":base", other())
	push(t, host+"/team/elsewhere:1", other())
	for _, reference := range []string{"registry:" + app + ":1.2", app + ":1.2", app + "@" + sample().Digest().String()} {
		t.Run(reference, func(t *testing.T) {
			img := mustOpen(t, reference, Options{})
			checkLayers(t, img)
			checkSample(t, img, true)
			if img.Source != viaRegistry || img.Digest != sample().Digest().String() {
				t.Errorf("source %q, digest %q", img.Source, img.Digest)
			}
		})
	}

	img := mustOpen(t, app+":1.2", Options{})
	for _, reference := range []string{"base", app + ":base", other().Digest().String()} {
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
		wantError(t, err, reference, "another repository")
	}

	_, err := Open(context.Background(), app+":1.2", Options{Offline: true})
	wantError(t, err, app, "docker: not running", "podman: not running", "--offline")
	_, err = Open(context.Background(), "registry:"+app+":2", Options{})
	wantError(t, err, app, "no such image", "check name and tag")
	_, err = Open(context.Background(), app+":2", Options{})
	wantError(t, err, "docker: not running", "podman: not running", "registry: "+app+" has no such image")
}

func TestRegistryPlatforms(t *testing.T) {
	arm, amd, v6, windows := sample(), sample(), other(), sample()
	arm.Platform, v6.Platform, windows.Platform = "linux/arm64/v8", "linux/arm/v6", "windows/amd64"
	host := serve(t, nil)
	pushIndex(t, host+"/multi:1", imagetest.Index{Images: []imagetest.Image{windows, arm, v6, amd}, Attestations: true})
	pushIndex(t, host+"/arm:1", imagetest.Index{Images: []imagetest.Image{v6}, Attestations: true})

	for asked, want := range map[string]string{
		"linux/arm64": "linux/arm64/v8", "linux/arm64/v8": "linux/arm64/v8", "linux/aarch64": "linux/arm64/v8",
		"linux/amd64": "linux/amd64", "linux/arm": "linux/arm/v6",
	} {
		img := mustOpen(t, "registry:"+host+"/multi:1", Options{Platform: asked})
		if img.Platform != want {
			t.Errorf("%s: got %s, want %s", asked, img.Platform, want)
		}
	}
	if img := mustOpen(t, "registry:"+host+"/arm:1", Options{}); img.Platform != "linux/arm/v6" {
		t.Errorf("the only platform: got %s", img.Platform)
	}
	_, err := Open(context.Background(), "registry:"+host+"/multi:1", Options{Platform: "linux/s390x"})
	wantError(t, err, "no image for linux/s390x, only for windows/amd64, linux/arm64/v8, linux/arm/v6, linux/amd64", "--platform")
	if strings.Contains(err.Error(), "unknown") {
		t.Errorf("an attestation is listed as a platform: %v", err)
	}
	_, err = Open(context.Background(), "registry:"+host+"/multi:1", Options{Platform: "windows/amd64"})
	wantError(t, err, "Windows image")
}

func TestRegistryThatLies(t *testing.T) {
	layer := imagetest.Digest(sample().Layers[0].Stored()).String()
	for what, test := range map[string]struct {
		path string // of the request that is answered wrongly
		body string
		code int
		want string
	}{
		"another manifest": {"/manifests/" + sample().Digest().String(), "{}", 200, "the manifest is not what it should be"},
		"another config":   {"/blobs/" + sample().ID().String(), "{}", 200, "config " + sample().ID().String() + " is not what it should be"},
		"no config":        {"/blobs/" + sample().ID().String(), "", 404, "has no such image"},
		"login":            {"/manifests/", `{"errors":[{"code":"UNAUTHORIZED","message":"no\u001b[31m"}]}`, 401, "docker login"},
		"too often":        {"/manifests/", "", 429, "asked too often"},
		"a page of HTML":   {"/manifests/", "<html>\n<body>", 502, "answers 502 Bad Gateway"},
		"HTML with 200":    {"/manifests/1", "<html>\n<body>", 200, "sends a web page in the place of the manifest 1"},
		"large manifest":   {"/manifests/1", strings.Repeat(" ", 32<<20+1), 200, "larger than 32 MiB"},
		"short layer":      {"/blobs/" + layer, "x", 200, "the registry has 1 bytes of it"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel() // some are asked again, with pauses
			lie := false
			host := serve(t, func(h http.Handler) http.Handler {
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
			push(t, host+"/app:1", sample())
			lie = true
			reference := "registry:" + host + "/app:1"
			if what == "another manifest" {
				reference = "registry:" + host + "/app@" + sample().Digest().String()
			}
			img, err := Open(context.Background(), reference, Options{})
			if err == nil {
				defer img.Close()
				var body io.ReadCloser
				if body, err = img.Layers[0].Open(context.Background()); err == nil {
					body.Close()
				}
			}
			wantError(t, err, test.want)
		})
	}
}

func TestUnverifiedTLS(t *testing.T) {
	server := httptest.NewTLSServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "https://")
	img := sample()
	reference, err := name.ParseReference(host+"/app:1", name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(reference, img.V1(), remote.WithTransport(server.Client().Transport)); err != nil {
		t.Fatal(err)
	}
	checkLayers(t, mustOpen(t, "registry:"+host+"/app:1", Options{}))
}

func TestCredentials(t *testing.T) {
	var allowed atomic.Int32
	host := serve(t, func(h http.Handler) http.Handler {
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
	_, err := Open(context.Background(), "registry:"+host+"/app:1", Options{})
	wantError(t, err, "does not exist or is not for you", "docker login "+host)

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
	push := sample()
	reference, err := name.ParseReference(host + "/app:1")
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(reference, push.V1(), remote.WithAuth(&authn.Basic{Username: "ann", Password: "secret"})); err != nil {
		t.Fatal(err)
	}
	allowed.Store(0)
	checkLayers(t, mustOpen(t, "registry:"+host+"/app:1", Options{}))
	if allowed.Load() == 0 {
		t.Error("nothing was asked with credentials")
	}

	broken := []byte(`{"credsStore":"no-such-helper"}`)
	if err := os.WriteFile(filepath.Join(settings, "config.json"), broken, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Open(context.Background(), "registry:"+host+"/app:1", Options{})
	wantError(t, err, "no credentials", "docker-credential-no-such-helper")
}
