package engines

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
)

const (
	fleetImages = "tare-fleet"
	movedImages = "tare-fleet-moved"
	installs    = "RUN apt-get update && apt-get install -y --no-install-recommends %s && rm -rf /var/lib/apt/lists/*\n"
)

// flatten makes a base of one layer from a Dockerfile, so that it shares no layer with any
// other, and pushes it.
func flatten(t *testing.T, tag, dockerfile string) string {
	t.Helper()
	name := registry + "/" + fleetImages + "/base:" + tag
	command(t, strings.NewReader(dockerfile), nil, "docker", "build", "-q", "--network", "host", "-t", name, "-")
	container := docker(t, "create", name)
	defer docker(t, "rm", container)
	files := command(t, nil, nil, "docker", "export", container)
	command(t, bytes.NewReader(files), nil, "docker", "import", "-c", `CMD ["bash"]`, "-", name)
	docker(t, "push", "-q", name)
	return name
}

// service builds an image on a base, with lines of its own, and pushes it. Content is the
// same whenever it is built.
func service(t *testing.T, repository string, n int, from, lines string) string {
	t.Helper()
	dir := t.TempDir()
	payload := make([]byte, 300_000)
	r := rand.New(rand.NewPCG(uint64(n), 19))
	for i := range payload {
		payload[i] = byte(r.Uint32())
	}
	dockerfile := fmt.Sprintf("FROM %s\nCOPY payload /srv/payload\n%sRUN seq %d > /numbers\n", from, lines, 20_000+n)
	for name, content := range map[string][]byte{"payload": payload, "Dockerfile": []byte(dockerfile)} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	path := fmt.Sprintf("%s/service%02d", repository, n)
	name := registry + "/" + path + ":1"
	command(t, nil, nil, "docker", "build", "-q", "--network", "host", "-t", name, dir)
	docker(t, "push", "-q", name)
	return path
}

// layersOnce adds up with jq what the manifests of some images name, each layer once.
func layersOnce(t *testing.T, images [][2]string) (sum int64) {
	t.Helper()
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("needs jq")
	}
	var manifests bytes.Buffer
	for _, img := range images {
		manifests.Write(rawManifest(t, img[0], img[1]))
	}
	out := command(t, &manifests, nil, "jq", "-s", `[.[].layers[]] | unique_by(.digest) | map(.size) | add`)
	if _, err := fmt.Sscan(string(out), &sum); err != nil {
		t.Fatal(err)
	}
	return sum
}

// TestFleetIsTheRegistry looks at twelve images on three real bases: what they share is what
// the manifests say, each layer is fetched once, and the base that they should share saves
// what it says when the images are built on it.
func TestFleetIsTheRegistry(t *testing.T) {
	needEngine(t)
	slim := registry + "/" + fleetImages + "/base:slim"
	docker(t, "pull", "-q", registry+"/debian:slim")
	docker(t, "tag", registry+"/debian:slim", slim)
	docker(t, "push", "-q", slim)
	curl := flatten(t, "curl", "FROM "+slim+"\n"+fmt.Sprintf(installs, "curl"))
	git := flatten(t, "git", "FROM "+slim+"\n"+fmt.Sprintf(installs, "git"))

	images := [][2]string{}
	for i := range 12 {
		images = append(images, [2]string{service(t, fleetImages, i, []string{slim, curl, git}[i%3], ""), "1"})
	}
	all := append([][2]string{}, images...)
	for _, tag := range []string{"slim", "curl", "git"} {
		all = append(all, [2]string{fleetImages + "/base", tag})
	}
	host, counter := countedRegistry(t)
	cache := "XDG_CACHE_HOME=" + t.TempDir()
	var got model.Fleet
	if err := json.Unmarshal(command(t, nil, []string{cache}, tare, "fleet", "-o", "json", host+"/"+fleetImages+"/*"), &got); err != nil {
		t.Fatal(err)
	}
	if got.Totals.Images != len(all) || got.Totals.Failed+got.Totals.Unread > 0 {
		t.Fatalf("%+v", got.Totals)
	}
	want := layersOnce(t, all)
	if *got.Totals.PullBytes != want || *got.Totals.RegistryBytes != want {
		t.Errorf("a node pulls %d, the registry keeps %d; jq says %d", *got.Totals.PullBytes, *got.Totals.RegistryBytes, want)
	}
	for i := range got.Layers {
		if n := counter.blobs[*got.Layers[i].Digest]; n != 1 {
			t.Errorf("the layer %s was fetched %d times", *got.Layers[i].Digest, n)
		}
	}
	checkDisk(t, &got)

	if len(got.Parents) != 1 {
		t.Fatalf("parents: %+v", got.Parents)
	}
	p := got.Parents[0]
	if title := got.Bases[p.Base].Title; !strings.HasSuffix(title, "/base:git") || len(p.Images) != 8 {
		t.Fatalf("%d images would stand on %s", len(p.Images), title)
	}
	moved := append([][2]string{}, images...)
	for i := range moved {
		switch i % 3 {
		case 0:
			moved[i][0] = service(t, movedImages, i, git, "")
		case 1:
			moved[i][0] = service(t, movedImages, i, git, fmt.Sprintf(installs, "curl"))
		}
	}
	saved := layersOnce(t, images) - layersOnce(t, moved)
	t.Logf("said %d (kept %d), saved %d", p.SavedBytes, p.KeptBytes, saved)
	if off := float64(p.SavedBytes-saved) / float64(saved); off < -0.02 || off > 0.02 {
		t.Errorf("it says that %d bytes are saved, and %d are: %.1f %% off", p.SavedBytes, saved, off*100)
	}
}

// checkDisk compares layers with the blobs on the registry's disk, where that is of this
// machine and its place is told.
func checkDisk(t *testing.T, f *model.Fleet) {
	t.Helper()
	root := os.Getenv("TARE_REAL_REGISTRY")
	if root == "" {
		t.Log("the registry's disk was not looked at: set TARE_REAL_REGISTRY to its directory of blobs (docker/registry/v2/blobs)")
		return
	}
	sum := int64(0)
	for i := range f.Layers {
		hex := strings.TrimPrefix(*f.Layers[i].Digest, "sha256:")
		info, err := os.Stat(filepath.Join(root, "sha256", hex[:2], hex, "data"))
		if err != nil {
			t.Error(err)
			continue
		}
		sum += info.Size()
	}
	if sum != *f.Totals.RegistryBytes {
		t.Errorf("the registry's disk has %d bytes of the layers, and the fleet says %d", sum, *f.Totals.RegistryBytes)
	}
}
