package cli

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/model"
)

// TestRemember: images are remembered so that they can be opened from elsewhere, and
// what cannot is left out.
func TestRemember(t *testing.T) {
	kept, err := store.Open(filepath.Join(t.TempDir(), "tare"), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("app.tar", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	whole, err := filepath.Abs("app.tar")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		reference, source string
		partial           bool
	}{
		{"docker:shop:1", "docker", false},
		{"app.tar", "docker-archive", false},
		{"docker-archive:app.tar:shop:1", "docker-archive", false}, // below a directory that is another one later
		{"demo:naive-apt", "demo", false},
		{"-", "stdin", false},
		{"docker:sha256:0123", "docker", false}, // no name to know it by
		{"docker:half:1", "docker", true},
		{"registry:user:password@host/app", "registry", false},
		{"registry:host/app", "registry", false},
	} {
		r := &model.Report{Partial: c.partial}
		r.Image.Source = c.source
		remember(kept, c.reference, r)
	}
	var got []string
	for _, r := range kept.Recent() {
		got = append(got, r.Reference)
	}
	if diff := cmp.Diff([]string{"registry:host/app", whole, "docker:shop:1"}, got); diff != "" {
		t.Error(diff)
	}
	remember(nil, "docker:shop:1", &model.Report{}) // without a cache
}

// TestPartsOfTheStart: without an engine there is one line about it, and the samples.
func TestPartsOfTheStart(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("DOCKER_HOST", "unix://"+dir+"/none")
	t.Setenv("CONTAINER_HOST", "")
	t.Setenv("XDG_RUNTIME_DIR", dir)
	t.Chdir(dir)
	said := 0
	for _, p := range parts(&flags{noCache: true}, Streams{Getenv: func(string) (string, bool) { return "", false }}) {
		items, _, err := p.Find(context.Background())
		switch p.Title {
		case "Docker":
			if err == nil || len(items) > 0 {
				t.Errorf("Docker is %v, %v", items, err)
			}
			said++
		case "Samples":
			if len(items) < 5 || items[0].Reference != "demo:naive-apt" {
				t.Errorf("samples: %+v", items)
			}
			said++
		case "Learn":
			if len(items) != 1 || items[0].Reference != theCourse || err != nil {
				t.Errorf("the course: %+v, %v", items, err)
			}
			said++
		case "Podman":
		default:
			if len(items) > 0 || err != nil {
				t.Errorf("%s: %v, %v", p.Title, items, err)
			}
		}
	}
	if said != 3 {
		t.Error("a part is missing")
	}
}
