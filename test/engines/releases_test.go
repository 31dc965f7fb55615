package engines

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tare-oci/tare/model"
)

// countedBlobs passes requests on to the registry, and counts which blobs are asked for.
type countedBlobs struct {
	mu    sync.Mutex
	blobs map[string]int
}

func countedRegistry(t *testing.T) (host string, c *countedBlobs) {
	t.Helper()
	c = &countedBlobs{blobs: map[string]int{}}
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: registry})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if dir, digest := path.Split(r.URL.Path); strings.HasSuffix(dir, "/blobs/") && r.Method == http.MethodGet {
			c.mu.Lock()
			c.blobs[digest]++
			c.mu.Unlock()
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), c
}

// rawManifest asks the registry itself.
func rawManifest(t *testing.T, repository, tag string) []byte {
	t.Helper()
	return command(t, nil, nil, "curl", "-fsS", "-H", "Accept: application/vnd.docker.distribution.manifest.v2+json", "-H", "Accept: application/vnd.oci.image.manifest.v1+json",
		"http://"+registry+"/v2/"+repository+"/manifests/"+tag)
}

// TestReleasesAreTheManifests puts ten real releases in a row and adds up their manifests
// with jq. The table reads no layer, and --why reads each once.
func TestReleasesAreTheManifests(t *testing.T) {
	needEngine(t)
	const repository, count = "tare-engines/releases", 10
	dir := t.TempDir()
	dockerfile := "FROM " + registry + "/debian:slim\nCOPY volatile /srv/\nRUN seq 90000 > /numbers\nCOPY seldom /srv/\nCMD [\"true\"]\n"
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("Dockerfile", dockerfile)
	tags := make([]string, count)
	for i := range tags {
		write("volatile", strings.Repeat(fmt.Sprintln("release", i), 3000))
		write("seldom", fmt.Sprintln("since release", i/5*5))
		tags[i] = fmt.Sprint("1.", i)
		name := registry + "/" + repository + ":" + tags[i]
		command(t, nil, nil, "docker", "build", "-q", "--network", "host", "-t", name, dir)
		docker(t, "push", "-q", name)
	}
	host, counter := countedRegistry(t)
	row := func(args ...string) (r model.Releases) {
		out := command(t, nil, []string{"XDG_CACHE_HOME=" + t.TempDir()}, tare, append([]string{"releases", "-o", "json", "--tags", "1.*", host + "/" + repository}, args...)...)
		if err := json.Unmarshal(out, &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	layers := map[string]bool{}
	quick := row()
	if len(quick.Releases) != count {
		t.Fatalf("%d releases", len(quick.Releases))
	}
	var all int64
	for i, tag := range tags {
		manifest := rawManifest(t, repository, tag)
		var m struct{ Layers []struct{ Digest string } }
		if err := json.Unmarshal(manifest, &m); err != nil {
			t.Fatal(err)
		}
		for _, l := range m.Layers {
			layers[l.Digest] = true
		}
		old := []byte(`{"layers": []}`)
		if i > 0 {
			old = rawManifest(t, repository, tags[i-1])
		}
		sum := jq(t, old, manifest)
		if got := quick.Releases[i].PullBytes; got == nil || *got != sum {
			t.Errorf("release %s: %v bytes are pulled, jq says %d", tag, got, sum)
		}
		if i > 0 {
			all += sum
		}
	}
	if quick.Totals.PullBytes == nil || *quick.Totals.PullBytes != all {
		t.Errorf("in all %v, jq says %d", quick.Totals.PullBytes, all)
	}
	for digest, n := range counter.blobs {
		if layers[digest] {
			t.Errorf("the table asked %d times for the layer %s", n, digest)
		}
	}
	why := row("--why")
	if why.Totals.PulledAgainBytes == nil || *why.Totals.PulledAgainBytes == 0 || why.Order == nil {
		t.Errorf("the RUN below a volatile line is pulled for nothing, and nobody says so: %+v", why.Totals)
	}
	for digest := range layers {
		if n := counter.blobs[digest]; n != 1 {
			t.Errorf("--why asked %d times for the layer %s", n, digest)
		}
	}
}

// jq adds up the blobs of a manifest that another one lacks, as docs/releases.md does.
func jq(t *testing.T, old, manifest []byte) (sum int64) {
	t.Helper()
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("needs jq")
	}
	out := command(t, nil, nil, "jq", "-n", "--argjson", "old", string(old), "--argjson", "new", string(manifest),
		`[$new.layers[] | select(.digest as $d | all($old.layers[]; .digest != $d))] | unique_by(.digest) | map(.size) | add // 0`)
	if _, err := fmt.Sscan(string(out), &sum); err != nil {
		t.Fatal(err)
	}
	return sum
}
