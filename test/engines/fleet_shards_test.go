package engines

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tare-oci/tare/model"
)

// twelve builds twelve images on three bases, pushes them, and returns their names without the
// registry.
func twelve(t *testing.T) []string {
	t.Helper()
	var names []string
	bases := []string{registry + "/debian:slim"}
	for i := range 2 {
		name := fmt.Sprintf("shards-base%d", i)
		bases = append(bases, build(t, name, fmt.Sprintf("FROM %s/debian:slim\nRUN seq %d > /base\n", registry, 200_000+i)))
	}
	for i := range 12 {
		name := fmt.Sprintf("shards-app%d", i)
		docker(t, "push", "-q", build(t, name, fmt.Sprintf("FROM %s\nRUN seq %d > /app && seq 1000 > /tmp/left\nRUN rm /tmp/left\nRUN seq %d > /more\nCMD [\"true\"]\n", bases[i%3], 300_000+i, 1000*i)))
		names = append(names, "tare-engines/"+name+":1")
	}
	return names
}

// shardsAt is a run of shards against a registry that counts.
type shardsAt struct {
	t           *testing.T
	dir, host   string
	list, store string
}

// run starts tare fleet with a cache of its own.
func (s *shardsAt) run(machine string, args ...string) *exec.Cmd {
	s.t.Helper()
	c := exec.Command(tare, append([]string{"fleet"}, args...)...)
	c.Env = append(os.Environ(), "XDG_CACHE_HOME="+filepath.Join(s.dir, "cache-"+machine), "TARE_INDEX_STORE="+s.store, "TARE_INDEX_KEY="+filepath.Join(s.dir, "key"))
	c.Stderr = new(bytes.Buffer)
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *shardsAt) wait(c *exec.Cmd) {
	s.t.Helper()
	if err := c.Wait(); err != nil || c.Stderr.(*bytes.Buffer).Len() > 0 {
		s.t.Fatalf("%v: %v\n%s", c.Args, err, c.Stderr)
	}
}

func (s *shardsAt) file(name string) string { return filepath.Join(s.dir, name) }

// shards runs four of them at the same time and returns their parts.
func (s *shardsAt) shards() (parts []string) {
	var all []*exec.Cmd
	for i := 1; i <= 4; i++ {
		parts = append(parts, s.file(fmt.Sprintf("%d.part", i)))
		all = append(all, s.run(fmt.Sprint(i), "-f", s.list, "--shard", fmt.Sprintf("%d/4", i), "-o", "part="+parts[i-1]))
	}
	for _, c := range all {
		s.wait(c)
	}
	return parts
}

// newShards writes a list and a key. Indexes go into a repository of the real registry that is
// new.
func newShards(t *testing.T, host string, names []string) *shardsAt {
	t.Helper()
	s := &shardsAt{t: t, dir: t.TempDir(), host: host, store: fmt.Sprintf("oci://%s/tare-engines/indexes-%d", registry, time.Now().UnixNano())}
	s.list = s.file("list")
	var list strings.Builder
	for _, name := range names {
		fmt.Fprintln(&list, "registry:"+host+"/"+name)
	}
	if err := os.WriteFile(s.list, []byte(list.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	command(t, nil, nil, tare, "fleet", "keygen", s.file("key"))
	return s
}

// layers are the digests of the layers that a fleet's JSON names.
func layersIn(t *testing.T, file string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var table model.Fleet
	if err := json.Unmarshal(text, &table); err != nil {
		t.Fatal(err)
	}
	all := make(map[string]bool)
	for _, l := range table.Layers {
		all[*l.Digest] = true
	}
	return all
}

func (c *countedBlobs) take() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.blobs
	c.blobs = make(map[string]int)
	return all
}

// TestShardsOfRealImages: four shards with caches of their own, which share indexes in the real
// registry, fetch each layer once in all; merged they say what one run says, in all formats; a second run
// fetches no layer; and after a shard was killed, only the layers are fetched whose indexes are missing.
func TestShardsOfRealImages(t *testing.T) {
	needEngine(t)
	host, counted := countedRegistry(t)
	names := twelve(t)
	s := newShards(t, host, names)
	formats := []string{"text", "json", "ndjson", "csv", "markdown"}
	outputs := func(prefix string) (args []string) {
		for _, f := range formats {
			args = append(args, "-o", f+"="+s.file(prefix+f))
		}
		return args
	}
	parts := s.shards()
	s.wait(s.run("merge", append(append([]string{"merge"}, parts...), outputs("merged.")...)...))
	layers := layersIn(t, s.file("merged.json"))
	fetched := counted.take()
	for l := range layers {
		if fetched[l] != 1 {
			t.Errorf("%s was fetched %d times", l, fetched[l])
		}
	}
	t.Logf("%d images, %d distinct layers, each fetched once", len(names), len(layers))
	s.wait(s.run("later", append([]string{"-f", s.list}, outputs("later.")...)...))
	for l := range counted.take() {
		if layers[l] {
			t.Errorf("a later run fetches %s", l)
		}
	}
	alone := exec.Command(tare, append([]string{"fleet", "-f", s.list, "--no-cache"}, outputs("alone.")...)...)
	if out, err := alone.CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("%v %s", err, out)
	}
	for _, f := range formats {
		one, _ := os.ReadFile(s.file("alone." + f))
		for _, other := range []string{"merged.", "later."} {
			if got, _ := os.ReadFile(s.file(other + f)); len(one) == 0 || !bytes.Equal(one, got) {
				t.Errorf("%s%s is not what one run says", other, f)
			}
		}
	}
	counted.take()
	killed(t, host, names, layers, counted)
}

// killed kills a shard once it fetched some layers, and runs it again on another machine.
func killed(t *testing.T, host string, names []string, layers map[string]bool, counted *countedBlobs) {
	t.Helper()
	s := newShards(t, host, names)
	c := s.run("1", "-f", s.list, "--shard", "1/1", "-o", "part="+s.file("p"))
	kept := func() (n int) {
		_, repository, _ := strings.Cut(strings.TrimPrefix(s.store, "oci://"), "/")
		for l := range layers {
			answer := exec.Command("curl", "-fsI", "-H", "Accept: application/vnd.oci.image.index.v1+json", "http://"+registry+"/v2/"+repository+"/manifests/"+strings.Replace(l, ":", "-", 1))
			if answer.Run() == nil {
				n++
			}
		}
		return n
	}
	for deadline := time.Now().Add(30 * time.Second); kept() < 3 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	_ = c.Process.Kill()
	_ = c.Wait()
	if _, err := os.Stat(s.file("p")); err == nil {
		t.Log("the shard ended before it was killed")
	}
	counted.take()
	missing := len(layers) - kept()
	s.wait(s.run("2", "-f", s.list, "--shard", "1/1", "-o", "part="+s.file("p")))
	again := 0
	for l := range counted.take() {
		if layers[l] {
			again++
		}
	}
	if again != missing {
		t.Errorf("%d of %d indexes were missing, and %d layers are fetched again", missing, len(layers), again)
	}
	t.Logf("killed with %d of %d indexes missing; run again it fetched %d layers", missing, len(layers), again)
}
