package fleet_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/fleet"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/imagetest/enginetest"
)

// engineOf serves an engine that has one image under any of some names, and none under others.
func engineOf(t *testing.T, img imagetest.Image, names ...string) *enginetest.Engine {
	t.Helper()
	engine := &enginetest.Engine{Image: img}
	host, _ := enginetest.Listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/images/") && !slices.ContainsFunc(append(names, img.ID().String()), func(name string) bool { return strings.Contains(r.URL.String(), name) }) {
			http.Error(w, `{"message":"No such image"}`, http.StatusNotFound)
			return
		}
		engine.ServeHTTP(w, r)
	}))
	t.Setenv("DOCKER_HOST", host)
	return engine
}

// TestRegistriesAreAskedFirst: a name is asked for at its registry, whose sizes are known, although an engine has the
// image, too; one that the registry does not have is the engine's, and one line says so.
func TestRegistriesAreAskedFirst(t *testing.T) {
	h := newHub(t)
	one := base("one", 30_000)
	pushed, local := app("a", 1000, one), app("b", 1000, one)
	name := strings.TrimPrefix(h.push(t, "shop/a:1", pushed), "registry:")
	absent := h.host + "/shop/b:1"
	engine := engineOf(t, local, "shop")
	_, got := run(t, options(t), refs(name, absent))
	var from []string
	for _, img := range got.Images {
		from = append(from, img.References[0][len(h.host):]+" "+img.Source)
	}
	if want := []string{"/shop/a:1 registry", "/shop/b:1 docker"}; !slices.Equal(from, want) || engine.Saves.Load() != 1 {
		t.Errorf("%q, want %q; the engine sent %d images", from, want, engine.Saves.Load())
	}
	told := slices.DeleteFunc(slices.Clone(got.Notes), func(n string) bool { return !strings.Contains(n, "registries were asked first") })
	if len(told) != 1 || !strings.Contains(told[0], absent) || strings.Contains(told[0], name) {
		t.Errorf("notes %q", got.Notes)
	}
	opt := options(t)
	opt.Analyze.Offline = true
	if _, got := run(t, opt, refs(name)); got.Images[0].Source != "docker" || slices.ContainsFunc(got.Notes, func(n string) bool { return strings.Contains(n, "asked first") }) {
		t.Errorf("with --offline it comes from %s, notes %q", got.Images[0].Source, got.Notes)
	}
}

// TestOneImageOfTwoPlaces: what a registry has and an engine or an archive, too, by the digest of its config or of its
// manifest, is one image with several names, read once, in one process and in several.
func TestOneImageOfTwoPlaces(t *testing.T) {
	h := newHub(t)
	img := app("a", 1000, base("one", 30_000))
	pushed := h.push(t, "shop/a:1", img)
	file := "docker-archive:" + filepath.Join(t.TempDir(), "a.tar")
	if err := os.WriteFile(strings.TrimPrefix(file, "docker-archive:"), img.Legacy().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"", img.Digest().String()} {
		engine := engineOf(t, img, "local", "also")
		engine.ID = id
		all := refs(pushed, "docker:local/a:2", "docker:also/a:3", file)
		_, alone := run(t, options(t), all[:1])
		_, got := run(t, options(t), all)
		if len(got.Images) != 1 || len(got.Images[0].References) != 4 || got.Totals.Images != 1 || engine.Saves.Load() != 0 {
			t.Fatalf("the engine's ID is %q: %d images, %+v; the engine sent %d", id, len(got.Images), got.Images[0].References, engine.Saves.Load())
		}
		if s, want := got.Totals, alone.Totals; *s.PullBytes != *want.PullBytes || *s.WastedBytes != *want.WastedBytes || s.SharedLayers != 0 || len(got.Notes) != len(alone.Notes) {
			t.Errorf("%+v, want %+v; notes %q", s, want, got.Notes)
		}
		opt := options(t)
		opt.Manifests = true
		if _, got := run(t, opt, all); len(got.Images) != 1 || got.Totals.PullBytes == nil {
			t.Errorf("by manifests: %+v", got.Images)
		}
		checkSharesOfDuplicates(t, all, fmt.Sprint(got.Totals.Images, *got.Totals.PullBytes, *got.Totals.WastedBytes))
	}
}

// checkSharesOfDuplicates does the same in two shares.
func checkSharesOfDuplicates(t *testing.T, all []fleet.Ref, want string) {
	t.Helper()
	opt := options(t)
	var parts []*fleet.Part
	for n := range 2 {
		opt.Share = fleet.Share{Number: n, Of: 2}
		part, err := fleet.Run(t.Context(), all, opt)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, part)
	}
	part, err := fleet.Merge(parts...)
	if err == nil {
		err = fleet.Complete(t.Context(), part, opt)
	}
	if err != nil {
		t.Fatal(err)
	}
	got := fleet.Finish("1.0", part)
	if text := fmt.Sprint(got.Totals.Images, *got.Totals.PullBytes, *got.Totals.WastedBytes); text != want {
		t.Errorf("in shares: %s, want %s", text, want)
	}
}
