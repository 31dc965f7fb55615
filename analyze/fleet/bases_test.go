package fleet_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// python is a layer that installs it, as it came out at some time.
func python(instruction string, at time.Time) imagetest.Layer {
	return imagetest.Layer{CreatedBy: "RUN /bin/sh -c " + instruction + " # buildkit", Created: at, Files: []imagetest.File{imagetest.Same("usr/bin/python3", instruction+at.String(), 30_000)}}
}

// labelled is an image on layers whose label names its base.
func labelled(seed, label string, below ...imagetest.Layer) imagetest.Image {
	img := app(seed, 100, below...)
	img.Config = v1.Config{Labels: map[string]string{"org.opencontainers.image.base.name": label}}
	return img
}

// slim are the layer of a distribution and the CMD behind it, by which the history shows where a base ends.
func slim() []imagetest.Layer {
	return []imagetest.Layer{base("slim", 60_000), {CreatedBy: `CMD ["bash"]`, Comment: "buildkit.dockerfile.v0", Empty: true}}
}

// A config of imagetest was made on 2024-01-02.
var monday, friday = time.Date(2023, 12, 25, 9, 0, 0, 0, time.UTC), time.Date(2023, 12, 29, 9, 0, 0, 0, time.UTC)

// TestLabelsNameTheirOwnBase: labels of several bases name nothing of what all of them stand on, one label does.
func TestLabelsNameTheirOwnBase(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	var names []string
	for i, label := range []string{"/base/py:1", "/base/py:1", "/base/curl:1", "/base/tools:1"} {
		names = append(names, h.push(t, "shop/"+string(rune('a'+i))+":1", labelled(string(rune('a'+i)), h.host+label, append(slim(), python("install "+label, monday))...)))
	}
	_, got := run(t, options(t), refs(names...))
	if len(got.Bases) != 1 || len(got.Bases[0].Names) != 0 || !strings.HasPrefix(got.Bases[0].Title, "the base of ") || len(got.OutOfStep) != 0 {
		t.Errorf("%+v, %+v", got.Bases, got.OutOfStep)
	}
	_, got = run(t, options(t), refs(names[:2]...))
	if len(got.Bases) != 1 || !slices.Equal(got.Bases[0].Names, []string{h.host + "/base/py:1"}) || got.Bases[0].How != model.BaseByHistory {
		t.Errorf("%+v", got.Bases)
	}
}

// TestOutOfStepIsAnOlderBuild: out of step are those images whose label names a base of which the fleet has a newer
// build, neither the other images on the same distribution nor the base itself.
func TestOutOfStepIsAnOlderBuild(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, old string // the instruction of the old build
		want      []string
	}{{"the same Dockerfile", "install py", []string{"/shop/api:1", "/shop/web:1"}}, {"another Dockerfile", "install python", nil}} {
		t.Run(row.name, func(t *testing.T) {
			h := newHub(t)
			old, now := append(slim(), python(row.old, monday)), append(slim(), python("install py", friday))
			curl := append(slim(), python("install curl", monday))
			py := h.host + "/base/py:1"
			names := []string{
				h.push(t, "base/py:1", imagetest.Image{Layers: now}), h.push(t, "base/curl:1", imagetest.Image{Layers: curl}),
				h.push(t, "shop/api:1", labelled("api", py, old...)), h.push(t, "shop/web:1", labelled("web", py, old...)),
				h.push(t, "shop/jobs:1", labelled("jobs", py, now...)), h.push(t, "shop/cart:1", labelled("cart", h.host+"/base/curl:1", curl...)),
			}
			_, got := run(t, options(t), refs(names...))
			var out []string
			for _, d := range got.OutOfStep {
				if d.Name != py || len(d.Versions) != 2 {
					t.Errorf("%+v", d)
				}
				for _, v := range d.Versions[1:] {
					if n := len(got.Bases[v.Base].Layers); n != 2 {
						t.Errorf("the older build has %d layers", n)
					}
					for _, i := range v.Images {
						out = append(out, strings.TrimPrefix(got.Images[i].References[0], h.host))
					}
				}
			}
			if !slices.Equal(out, row.want) {
				t.Errorf("%q are out of step, want %q", out, row.want)
			}
			for _, p := range got.Parents {
				if got.Bases[p.Base].Image == nil {
					t.Errorf("%+v moves to an old build", p)
				}
			}
			for _, b := range got.Bases {
				if len(b.Layers) == 1 && len(b.Names) > 0 {
					t.Errorf("the distribution is called %q", b.Names)
				}
			}
		})
	}
}
