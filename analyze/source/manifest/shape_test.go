package manifest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/manifest"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// small is an image of one layer with a config that edit changes, as docker save
// and skopeo would have it.
func small(t *testing.T, edit func(config map[string]any)) (docker, oci imagetest.Archive, config []byte) {
	t.Helper()
	img := imagetest.Image{Tag: "app:1", Layers: []imagetest.Layer{{CreatedBy: "COPY a /", Files: []imagetest.File{imagetest.Text("a", "b")}}}}
	var shape map[string]any
	if err := json.Unmarshal(img.RawConfig(), &shape); err != nil {
		t.Fatal(err)
	}
	edit(shape)
	config, err := json.Marshal(shape)
	if err != nil {
		t.Fatal(err)
	}
	return withConfig(t, img, config)
}

func withConfig(t *testing.T, img imagetest.Image, config []byte) (docker, oci imagetest.Archive, _ []byte) {
	t.Helper()
	docker = imagetest.Archive{
		{Path: "config.json", Body: config}, {Path: "layer.tar", Body: img.Podman().Body(img.ConfigFile().RootFS.DiffIDs[0].Hex + ".tar")},
		imagetest.Text("manifest.json", `[{"Config":"config.json","RepoTags":["app:1"],"Layers":["layer.tar"]}]`),
	}
	manifest := bytes.ReplaceAll(img.RawManifest(), []byte(img.ID().Hex), []byte(imagetest.Digest(config).Hex))
	d := v1.Descriptor{MediaType: types.OCIManifestSchema1, Digest: imagetest.Digest(manifest), Size: int64(len(manifest))}
	oci = img.OCI().With(imagetest.Blob(d.Digest), manifest).With(imagetest.Blob(imagetest.Digest(config)), config).With("index.json", sourcetest.IndexDoc(t, d))
	return docker, oci, config
}

// bothWays opens a docker archive and a layout of one image, in place and as a
// stream.
func bothWays(t *testing.T, docker, oci imagetest.Archive, check func(t *testing.T, img *source.Image, err error)) {
	t.Helper()
	for name, archive := range map[string]imagetest.Archive{"docker": docker, "oci": oci} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // a file that was just written is waited for, until its time tells of every later change
			img, err := source.Open(context.Background(), sourcetest.WriteFile(t, "image.tar", archive.Tar()), source.Options{})
			check(t, img, err)
			img = mustOpen(t, "-", source.Options{Stdin: bytes.NewReader(archive.Tar())})
			_, err = sourcetest.ReadStream(img)
			check(t, img, err)
		})
	}
}

func TestListsWrittenAsText(t *testing.T) {
	docker, oci, raw := small(t, func(config map[string]any) {
		config["config"] = map[string]any{
			"Cmd": "sh", "entrypoint": "/x", "Shell": "/bin/ash", "OnBuild": "RUN x", "Env": "A=b", "Healthcheck": map[string]any{"Test": "true"},
			"Labels": map[string]string{"Cmd": "a label of that name stays text"},
		}
	})
	bothWays(t, docker, oci, func(t *testing.T, img *source.Image, err error) {
		if err != nil {
			t.Fatal(err)
		}
		defer img.Close()
		c := img.Config.Config
		for _, got := range []struct {
			have []string
			want string
		}{{c.Cmd, "sh"}, {c.Entrypoint, "/x"}, {c.Shell, "/bin/ash"}, {c.OnBuild, "RUN x"}, {c.Env, "A=b"}, {c.Healthcheck.Test, "true"}} {
			if !slices.Equal(got.have, []string{got.want}) {
				t.Errorf("got %q, want %q", got.have, got.want)
			}
		}
		if c.Labels["Cmd"] == "" || img.ID != manifest.DigestOf(raw) {
			t.Errorf("labels %v, ID %s", c.Labels, img.ID)
		}
	})
	docker, oci, _ = small(t, func(config map[string]any) { config["config"] = map[string]any{"Cmd": "", "Entrypoint": nil} })
	bothWays(t, docker, oci, func(t *testing.T, img *source.Image, err error) {
		if err != nil || len(img.Config.Config.Cmd) > 0 {
			t.Errorf("no command is %q (%v)", img.Config.Config.Cmd, err)
		}
	})
}

func TestConfigsOfAnotherShape(t *testing.T) {
	whole := func(text string) func(*testing.T) (docker, oci imagetest.Archive, _ []byte) {
		return func(t *testing.T) (docker, oci imagetest.Archive, _ []byte) {
			img := imagetest.Image{Tag: "app:1", Layers: []imagetest.Layer{{Files: []imagetest.File{imagetest.Text("a", "b")}}}}
			return withConfig(t, img, []byte(text))
		}
	}
	with := func(key string, value any) func(*testing.T) (docker, oci imagetest.Archive, _ []byte) {
		return func(t *testing.T) (docker, oci imagetest.Archive, _ []byte) {
			return small(t, func(config map[string]any) { config[key] = value })
		}
	}
	for name, c := range map[string]struct {
		build func(*testing.T) (docker, oci imagetest.Archive, _ []byte)
		says  string
	}{
		"a number as command":   {with("config", map[string]any{"Cmd": 5}), "config.Cmd is a number, not a list"},
		"numbers in a command":  {with("config", map[string]any{"Cmd": []any{5}}), "config.Cmd is a number, not text"},
		"volumes in a list":     {with("config", map[string]any{"Volumes": []string{"/a"}}), "config.Volumes is a list, not an object"},
		"text as config":        {with("config", "sh"), "config is text, not an object"},
		"labels in a list":      {with("config", map[string]any{"Cmd": "sh", "Labels": []string{"a=b"}}), "config.Labels is a list, not an object"},
		"history that is text":  {with("history", "RUN x"), "history is text, not a list"},
		"empty_layer as text":   {with("history", []any{map[string]any{"empty_layer": "true"}}), "empty_layer is text, not true or false"},
		"a date that is none":   {with("created", "yesterday"), "created is not a date: \"yesterday\""},
		"a date as a number":    {with("created", 1700000000), "created is a number, not a date"},
		"a date as true":        {with("created", true), "created is true or false, not a date"},
		"a date of a step":      {with("history", []any{map[string]any{"created_by": "x"}, map[string]any{"created": "now"}}), "history[1].created is not a date: \"now\""},
		"a diff ID that is not": {with("rootfs", map[string]any{"diff_ids": []string{"md5:x"}}), "rootfs.diff_ids[0] is not a digest: \"md5:x\""},
		"a diff ID too short":   {with("rootfs", map[string]any{"diff_ids": []string{"sha256:00"}}), "rootfs.diff_ids[0] is not a digest: \"sha256:00\""},
		"a diff ID not in hex":  {with("rootfs", map[string]any{"diff_ids": []string{"sha256:" + strings.Repeat("z", 64)}}), "rootfs.diff_ids[0] is not a digest: \"sha256:zz"},
		"a diff ID as a number": {with("rootfs", map[string]any{"diff_ids": []any{5}}), "rootfs.diff_ids is a number, not text"},
		"a list":                {whole(`["a"]`), "the config has an unexpected shape: it is a list, not an object"},
		"a text":                {whole(`"Dockerfile"`), "not"},
		"a web page":            {whole("<!DOCTYPE html><title>Log in</title>"), "is a web page"},
		"broken":                {whole(`{"config":`), "the config is broken JSON: it ends in the middle"},
		"broken early":          {whole(`{"config":]}`), "the config is broken JSON: it goes wrong at byte 11 of 12"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			docker, oci, _ := c.build(t)
			bothWays(t, docker, oci, func(t *testing.T, _ *source.Image, err error) {
				if name == "a text" || name == "a web page" { // a stream keeps no large text; it says what it is not
					sourcetest.WantError(t, err)
				} else {
					sourcetest.WantError(t, err, c.says)
				}
				if text := err.Error(); strings.Contains(text, "Go ") || strings.Contains(text, "struct") || strings.Contains(text, "UnmarshalJSON") || strings.Contains(text, "hash") || !strings.HasPrefix(name, "broken") && strings.Contains(text, "broken JSON") {
					t.Errorf("not our words: %s", text)
				}
			})
		})
	}
}

// TestConfigUnderAnyName: docker load, skopeo and podman take a config whose
// file is named by another digest, or by none.
func TestConfigUnderAnyName(t *testing.T) {
	docker, _, raw := small(t, func(map[string]any) {})
	wrong := strings.Repeat("0", 64)
	for name, noted := range map[string]bool{
		wrong + ".json": true, "sha256:" + wrong: true, "blobs/sha256/" + wrong: true, "config.json": false, "a/b": false,
		imagetest.Digest(raw).Hex + ".json": false,
	} {
		saved := fmt.Sprintf(`[{"Config":%q,"RepoTags":["app:1"],"Layers":["layer.tar"]}]`, name)
		archive := docker.Without("config.json").With(name, raw).With("manifest.json", []byte(saved))
		img := mustOpen(t, sourcetest.WriteFile(t, "image.tar", archive.Tar()), source.Options{})
		streamed := mustOpen(t, "-", source.Options{Stdin: bytes.NewReader(archive.Tar())})
		sourcetest.CheckLayers(t, streamed)
		for _, i := range []*source.Image{img, streamed} {
			if i.ID != manifest.DigestOf(raw) || noted != strings.Contains(fmt.Sprint(i.Notes), "by the digest sha256:"+wrong) {
				t.Errorf("%s: ID %s, notes %q", name, i.ID, i.Notes)
			}
		}
	}
}

// plainLayers is an image of three layers that are not compressed.
func plainLayers() imagetest.Image {
	img := imagetest.Image{Tag: "app:1"}
	for n, text := range []string{"one", "three", "two"} {
		img.Layers = append(img.Layers, imagetest.Layer{Compression: imagetest.None, CreatedBy: "RUN " + text, Files: []imagetest.File{imagetest.Fill(text, 100*int64(n+1))}})
	}
	return img
}

func TestLayersInAnotherOrder(t *testing.T) {
	right := plainLayers()
	ids := right.ConfigFile().RootFS.DiffIDs
	for _, order := range [][]int{{2, 0, 1}, {1, 0, 2}, {0, 2, 1}} {
		wrong := plainLayers()
		wrong.DiffIDs = nil
		for _, n := range order {
			wrong.DiffIDs = append(wrong.DiffIDs, ids[n])
		}
		everyWay(t, wrong.OCI(), "", func(t *testing.T, img *source.Image, err error) {
			if err != nil {
				t.Fatal(err)
			}
			for n, l := range img.Layers {
				if l.Digest != l.DiffID || l.DiffID != wrong.DiffIDs[n].String() {
					t.Errorf("layer %d is %s, the config has %s", n, l.Digest, wrong.DiffIDs[n])
				}
			}
			if img.Stream == nil {
				sourcetest.CheckLayers(t, img)
			}
			if !strings.Contains(fmt.Sprint(img.Notes), "list the layers in different orders") {
				t.Errorf("notes are %q", img.Notes)
			}
		})
	}
	everyWay(t, right.OCI(), "", func(t *testing.T, img *source.Image, err error) {
		if err != nil || len(img.Notes) > 0 {
			t.Errorf("%v, notes %q", err, img.Notes)
		}
	})
}

func TestIndexThatListsNull(t *testing.T) {
	for _, doc := range []string{`{"schemaVersion":2,"manifests":null}`, `{"schemaVersion":2,"manifests":[]}`, `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json"}`} {
		everyWay(t, sourcetest.Sample().OCI().With("index.json", []byte(doc)), "", func(t *testing.T, _ *source.Image, err error) { sourcetest.WantError(t, err, "lists no image") })
	}
}

func TestWebPages(t *testing.T) {
	for _, page := range []string{"<html>", "<!DOCTYPE HTML>\n<html>", "\ufeff  <!doctype html>", "<!-- proxy --><html>", `<?xml version="1.0"?><html xmlns="x">`, "<HEAD><TITLE>x"} {
		if !manifest.IsWebPage([]byte(page)) {
			t.Errorf("%q is taken for something else", page)
		}
		for _, path := range []string{"/manifests/", "/blobs/"} {
			img := sourcetest.Sample()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == "/v2/":
				case strings.Contains(r.URL.Path, path):
					w.Header().Set("Content-Type", "text/html")
					_, _ = io.WriteString(w, page)
				default:
					w.Header().Set("Content-Type", string(types.OCIManifestSchema1))
					_, _ = w.Write(img.RawManifest())
				}
			}))
			_, err := source.Open(context.Background(), "registry:"+strings.TrimPrefix(server.URL, "http://")+"/app:1", source.Options{})
			server.Close()
			sourcetest.WantError(t, err, "a web page")
		}
	}
	for _, doc := range []string{"", "{}", "<svg>", "hello"} {
		if manifest.IsWebPage([]byte(doc)) {
			t.Errorf("%q is taken for a web page", doc)
		}
	}
}

// TestLayersNamedByDiffIDs: Podman calls a layer's file by its diff ID, so that the
// names tell where manifest.json has another order than the config. They are no
// promise: what counts is the content.
func TestLayersNamedByDiffIDs(t *testing.T) {
	img := plainLayers()
	ids := img.ConfigFile().RootFS.DiffIDs
	names := []string{ids[0].Hex + ".tar", ids[1].Hex + ".tar", ids[2].Hex + ".tar"}
	turned := []byte(fmt.Sprintf(`[{"Config":%q,"RepoTags":["app:1"],"Layers":[%q,%q,%q]}]`, img.ID().Hex+".json", names[2], names[0], names[1]))
	archive := img.Podman()
	check := func(archive imagetest.Archive, noted bool) {
		t.Helper()
		opened := mustOpen(t, sourcetest.WriteFile(t, "image.tar", archive.Tar()), source.Options{})
		sourcetest.CheckLayers(t, opened)
		if told := strings.Contains(fmt.Sprint(opened.Notes), "in different orders"); told != noted {
			t.Errorf("notes are %q", opened.Notes)
		}
	}
	check(archive, false)
	check(archive.With("manifest.json", turned), true)
	img2 := mustOpen(t, "-", source.Options{Stdin: bytes.NewReader(archive.With("manifest.json", turned).Tar())})
	_, err := sourcetest.ReadStream(img2)
	sourcetest.WantError(t, err, "in a different order than in its config")
	// The names lie, the content is as the config has it.
	check(archive.With(names[2], archive.Body(names[0])).With(names[0], archive.Body(names[1])).With(names[1], archive.Body(names[2])).With("manifest.json", turned), false)
}
