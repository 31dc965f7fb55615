package docs

import (
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// countingRegistry is a registry with two images, which counts how many blobs it gave.
type countingRegistry struct {
	url          string
	older, newer string // references
	blobs        atomic.Int64
	password     atomic.Value // a string; none for a registry that asks nobody
}

func newCountingRegistry(t *testing.T) *countingRegistry {
	t.Helper()
	r := &countingRegistry{}
	holds := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.Method == http.MethodGet && strings.Contains(q.URL.Path, "/blobs/") {
			r.blobs.Add(1)
		}
		if want, ok := r.password.Load().(string); ok {
			if _, given, _ := q.BasicAuth(); given != want {
				w.Header().Set("WWW-Authenticate", `Basic realm="registry"`)
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
		}
		holds.ServeHTTP(w, q)
	}))
	r.url = server.URL
	t.Cleanup(server.Close)
	layer := func(n int) imagetest.Layer {
		return imagetest.Layer{CreatedBy: "COPY app /app # buildkit", Files: []imagetest.File{imagetest.Fill(fmt.Sprintf("app%d", n), 50_000)}}
	}
	for tag, image := range map[string]imagetest.Image{"main": {Layers: []imagetest.Layer{layer(1), layer(2)}}, "pull": {Layers: []imagetest.Layer{layer(1), layer(2), layer(3)}}} {
		at := strings.TrimPrefix(server.URL, "http://") + "/shop/api:" + tag
		ref, err := name.ParseReference(at)
		if err == nil {
			err = remote.Write(ref, image.V1())
		}
		if err != nil {
			t.Fatal(err)
		}
		if tag == "main" {
			r.older = "registry:" + at
		} else {
			r.newer = "registry:" + at
		}
	}
	return r
}

// moveCache takes a cache to another machine as a CI does that knows no rights: into a
// directory of its own, where everybody may read and write it.
func moveCache(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatalf("the run keeps no cache: %v", err)
	}
	err := filepath.WalkDir(to, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chmod(path, 0o777)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// again runs a pipeline on one machine and then on another one that has nothing but its
// cache: there no layer is read.
func again(t *testing.T, script func(p *pipeline) string, cache string, env ...string) {
	t.Helper()
	r := newCountingRegistry(t)
	env = append(env, "IMAGE="+r.newer, "MAIN_IMAGE="+r.older, "TARE=tare", "TARE_PROGRAM=tare")
	first := newPipeline(t)
	run := func(p *pipeline) int64 {
		before := r.blobs.Load()
		all := append([]string{"CI_PROJECT_DIR=" + p.dir, "CI_CACHE=" + p.dir}, env...)
		if out, code := p.run(script(p), all...); code != 0 {
			t.Fatalf("it ends with %d:\n%s", code, out)
		}
		return r.blobs.Load() - before
	}
	const layersAndConfig = 3
	if read := run(first); read < layersAndConfig {
		t.Fatalf("the first run asks for %d blobs: this test counts nothing", read)
	}
	second := newPipeline(t)
	moveCache(t, filepath.Join(first.dir, cache), filepath.Join(second.dir, cache))
	configs := int64(2)
	if read := run(second); read > configs {
		t.Errorf("with its cache it asks for %d blobs, want no more than the two configurations", read)
	}
}

// TestCacheIsKept runs what docs/ci.md, the action and the job for GitLab do about the
// cache.
func TestCacheIsKept(t *testing.T) {
	t.Parallel()
	page := readPage(t, "docs/ci.md")
	var github workflow
	var gitlab struct {
		Gate struct {
			Script    []string
			Variables map[string]string
			Cache     struct {
				Paths []string
				When  string
			}
		}
	}
	for _, b := range page.blocks("yaml") {
		switch {
		case strings.HasPrefix(b.text, "steps:"):
			parseYAML(t, "docs/ci.md", b.text, &github)
		case strings.HasPrefix(b.text, "gate:"):
			parseYAML(t, "docs/ci.md", b.text, &gitlab)
		}
	}
	t.Run("GitHub", func(t *testing.T) {
		steps := github.Steps
		if len(steps) != 3 || steps[2].If != "always()" || steps[0].With["path"] != steps[2].With["path"] || steps[0].With["key"] != steps[2].With["key"] {
			t.Fatalf("the steps are %+v", steps)
		}
		if key, prefix := fmt.Sprint(steps[0].With["key"]), fmt.Sprint(steps[0].With["restore-keys"]); !strings.HasPrefix(key, prefix) || key == prefix {
			t.Errorf("%s is not found by %s", key, prefix)
		}
		path := fmt.Sprint(steps[0].With["path"])
		again(t, func(p *pipeline) string {
			// actions/cache packs with tar, which keeps rights.
			return "if [ -d " + path + " ]; then chmod -R go= " + path + "; fi\n" + steps[1].Run
		}, path, "TARE_CACHE_DIR="+steps[1].Env["TARE_CACHE_DIR"])
	})
	t.Run("GitLab", func(t *testing.T) {
		again(t, func(p *pipeline) string {
			return "TARE_CACHE_DIR=" + gitlab.Gate.Variables["TARE_CACHE_DIR"] + "; export TARE_CACHE_DIR\n" + strings.Join(gitlab.Gate.Script, "\n")
		}, gitlab.Gate.Cache.Paths[0])
		if gitlab.Gate.Cache.When != "always" {
			t.Error("the cache is not kept where the gate fails")
		}
	})
	t.Run("elsewhere", func(t *testing.T) {
		for _, b := range page.blocks("sh") {
			if strings.Contains(b.text, "CI_CACHE") {
				again(t, func(*pipeline) string { return b.text }, "tare")
			}
		}
	})
	t.Run("template", func(t *testing.T) {
		var file struct {
			Tare struct {
				Variables map[string]string
				Cache     struct {
					Paths []string
					When  string
				}
			}
		}
		const name = "docs/ci/tare.gitlab-ci.yml"
		parseYAML(t, name, readPage(t, name).text, &file)
		if c := file.Tare.Cache; len(c.Paths) != 1 || file.Tare.Variables["TARE_CACHE_DIR"] != "$CI_PROJECT_DIR/"+c.Paths[0] || c.When != "always" {
			t.Errorf("the job keeps %+v, and the cache is in %s", c, file.Tare.Variables["TARE_CACHE_DIR"])
		}
	})
	t.Run("action", func(t *testing.T) {
		a, step := readAction(t)
		restore, save := a.step(t, "Restore tare's cache"), a.step(t, "Save tare's cache")
		if restore.With["path"] != save.With["path"] || restore.With["key"] != save.With["key"] || !strings.HasPrefix(restore.With["key"], restore.With["restore-keys"]) || !strings.Contains(save.If, "always()") {
			t.Errorf("%+v restores other than %+v saves", restore, save)
		}
		r := newCountingRegistry(t)
		p := newPipeline(t)
		var read []int64
		for range 2 {
			before := r.blobs.Load()
			env := append(a.inputs(step, map[string]string{"image": r.newer, "against": r.older, "program": "tare", "comment": "false"}), "GITHUB_ACTIONS=true")
			if out, code := p.run(step.Run, env...); code != 0 {
				t.Fatalf("it ends with %d:\n%s", code, out)
			}
			read = append(read, r.blobs.Load()-before)
			os.RemoveAll(filepath.Join(p.dir, "home"))
		}
		if kept := strings.TrimPrefix(restore.With["path"], "${{ steps.at.outputs.work }}/"); read[1] > 2 || read[0] < 3 {
			t.Errorf("it asks for %d and then for %d blobs", read[0], read[1])
		} else if _, err := os.Stat(filepath.Join(p.dir, kept, "key")); err != nil {
			t.Errorf("the cache is elsewhere than the action saves: %v", err)
		}
	})
}
