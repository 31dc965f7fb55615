package recipe

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// every uses each kind of line.
const every = `
# two images
tag example.org/app:1
platform linux/arm64
label team=shop
layer COPY app /app
  dir app mode=0700
  file app/model 9000 owner=7:8
  file app/same 10 content=x
  zeros app/zeros 20
  hole app/sparse 5000
  long app/ 120
  link app/hard app/model
  symlink app/soft model
layer RUN rm app/model
  stored zstd
  delete app/model
  opaque app/cache
step CMD ["/app/run"]
image
layer ADD rootfs /
  stored xz
  media application/vnd.oci.image.layer.v1.tar
  url https://example.org/x
`

func TestParse(t *testing.T) {
	images, err := Parse(every)
	if err != nil || len(images) != 2 {
		t.Fatalf("%d images, %v", len(images), err)
	}
	first := images[0]
	if first.Tag != "example.org/app:1" || first.Platform != "linux/arm64" || first.Config.Labels["team"] != "shop" {
		t.Errorf("tag, platform or label: %+v", first)
	}
	if n := len(first.Layers); n != 3 || len(first.Layers[0].Files) != 8 || !first.Layers[2].Empty || first.Layers[1].Compression != imagetest.Zstd {
		t.Fatalf("%d layers: %+v", n, first.Layers)
	}
	if got := first.Layers[1].CreatedBy; got != "RUN /bin/sh -c rm app/model # buildkit" {
		t.Errorf("the history says %q", got)
	}
	model := first.Layers[0].Files[1]
	if model.Path != "app/model" || len(model.Body) != 9000 || model.UID != 7 || model.GID != 8 {
		t.Errorf("%s: %d bytes of %d:%d", model.Path, len(model.Body), model.UID, model.GID)
	}
	second := images[1].Layers[0]
	if !strings.HasPrefix(string(second.Blob), "\xfd7zXZ") || len(second.URLs) != 1 || second.MediaType == "" {
		t.Errorf("%+v", second)
	}
	for word, want := range map[string]string{"config": imagetest.Digest(nil).Algorithm, "layer1": "blobs/", "index.json": "index.json"} {
		if got := BlobName(word, first); !strings.Contains(got, want) {
			t.Errorf("%s is %s", word, got)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"file a 1":                        `line 1: "file a 1" stands before the first layer`,
		"layer RUN x\nfile":               "line 2",
		"layer RUN x\nfile a":             "a word is missing",
		"layer RUN x\nfile a many":        "its size",
		"layer RUN x\nfile a 1 colour=x":  `no attribute "colour"`,
		"layer RUN x\nfile a 1 mode=9":    "invalid syntax",
		"layer RUN x\ncube a 1":           "no such line",
		"layer RUN x\nstored in-a-drawer": "nothing is stored that way",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestPack(t *testing.T) {
	images, err := Parse("layer COPY a /\n file a 10\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, shape := range []string{"oci", "legacy", "docker25", "containerd", "kaniko", "podman", "dir"} {
		if archive, err := Pack(shape, images); err != nil || len(archive.Tar()) == 0 {
			t.Errorf("%s: %v", shape, err)
		}
	}
	for shape, n := range map[string]int{"box": 1, "legacy": 2} {
		if _, err := Pack(shape, append(images[:1:1], images[:n-1]...)); err == nil {
			t.Errorf("%d images are saved as %s", n, shape)
		}
	}
}
