package analyze_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
)

// TestBases weighs the variants of an image by lists of tags, indexes and manifests, and asks
// for no blob.
func TestBases(t *testing.T) {
	m := newMeter(t)
	image := func(size int64, platform string) imagetest.Image {
		return imagetest.Image{Platform: platform, Layers: []imagetest.Layer{{Files: []imagetest.File{imagetest.Fill("base", size)}, CreatedBy: "RUN x"}}}
	}
	push := func(tag string, size int64) {
		ref, err := name.ParseReference(m.host + "/org/base:" + tag)
		if err == nil {
			err = remote.WriteIndex(ref, imagetest.Index{Images: []imagetest.Image{image(size/2, "linux/arm64"), image(size, "linux/amd64")}}.V1())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	push("1", 900_000)
	push("1-slim", 400_000)
	push("1-alpine", 90_000)
	push("2-slim", 1000)
	ref, err := name.ParseReference(m.host + "/org/base:1-bookworm")
	if err == nil {
		err = remote.Write(ref, image(900_000, "linux/amd64").V1())
	}
	if err != nil {
		t.Fatal(err)
	}
	m.asked.Store(0)
	clear(m.blobs)
	table, err := analyze.Bases(t.Context(), m.host+"/org/base:1", "1.0", source.Options{Platform: "linux/amd64"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range table.Variants {
		got = append(got, strings.Join(v.Tags, "+"))
		if v.CompressedSize == nil || *v.CompressedSize < 1000 || *v.CompressedSize+*v.Saves != *table.InUse.CompressedSize {
			t.Errorf("%v: %+v", v.Tags, v)
		}
	}
	if text := strings.Join(got, " "); text != "1-alpine 1-slim" {
		t.Errorf("the variants are %q", text)
	}
	// The plain manifest is the one in use, which its index lists, too.
	if text := strings.Join(table.InUse.Tags, " "); text != "1 1-bookworm" || *table.InUse.Platform != "linux/amd64" {
		t.Errorf("in use are %q for %s", text, *table.InUse.Platform)
	}
	if len(m.blobs) > 0 || m.asked.Load() != 3*2+1 {
		t.Errorf("%d requests for manifests, and for the blobs %v", m.asked.Load(), m.blobs)
	}
}

// TestBasesThatCannotBeSaid: each failure is one line.
func TestBasesThatCannotBeSaid(t *testing.T) {
	status := http.StatusNotFound
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/v2/":
		case strings.HasSuffix(r.URL.Path, "/org/app/manifests/1"):
			w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
			_, _ = w.Write([]byte(`{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","size":2,"digest":"sha256:` + strings.Repeat("a", 64) + `"},"layers":[]}`))
		default:
			http.Error(w, "", status)
		}
	}))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	for _, test := range []struct {
		name   string
		status int
		want   string
	}{
		{"org/app:1", 404, "looking for variants of HOST/org/app:1: the registry has it, but lists no tags of its repository; name the variants one by one"},
		{"org/app:1", 405, "looking for variants of HOST/org/app:1: the registry has it, but lists no tags of its repository; name the variants one by one"},
		{"org/none:1", 404, "listing the tags of HOST/org/none: HOST/org/none has no such image; check name and tag"},
		{"org/none:1", 401, "listing the tags of HOST/org/none: "},
	} {
		status = test.status
		_, err := analyze.Bases(t.Context(), host+"/"+test.name, "1.0", source.Options{})
		if err == nil {
			t.Errorf("%s with status %d: no error", test.name, test.status)
			continue
		}
		text := strings.ReplaceAll(err.Error(), host, "HOST")
		if !strings.HasPrefix(text, test.want) || strings.Contains(text, "\n") || test.status != 401 && text != test.want {
			t.Errorf("%s with status %d:\n%s\nwant\n%s", test.name, test.status, text, test.want)
		}
	}
}

// TestBaseOf: the last FROM, through the stages before it and the defaults of its arguments.
func TestBaseOf(t *testing.T) {
	for text, want := range map[string]string{
		"FROM debian:bookworm\nRUN x":                                      "debian:bookworm",
		"ARG V=3.13\nFROM golang AS b\nFROM python:${V}-slim AS c\nFROM c": "python:3.13-slim",
		"FROM a AS x\nFROM scratch\nCOPY --from=x / /":                     "it starts from scratch, which is empty; there is nothing smaller",
		"ARG BASE\nFROM $BASE":                                             "FROM $BASE has a variable without a default; name the image itself",
	} {
		file := filepath.Join(t.TempDir(), "Dockerfile")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := analyze.BaseOf(t.Context(), file)
		if err != nil {
			_, got, _ = strings.Cut(err.Error(), "Dockerfile: ")
		}
		if got != want {
			t.Errorf("%s\n%q, want %q", text, got, want)
		}
	}
}
