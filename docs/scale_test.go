package docs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/fleet"
	"github.com/tare-oci/tare/analyze/indexstore"
	"github.com/tare-oci/tare/analyze/workloads"
)

// TestScaleManifests: the manifests of docs/scale.md are what Kubernetes and Argo read, each with what a shard
// needs: a share, a part, and an index store with its key; every volume that is mounted is there.
func TestScaleManifests(t *testing.T) {
	dir := t.TempDir()
	for i, b := range readPage(t, "docs/scale.md").blocks("yaml") {
		if err := os.WriteFile(filepath.Join(dir, string(rune('a'+i))+".yaml"), []byte(b.text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	set, err := workloads.Read(t.Context(), strings.NewReader(""), dir)
	if err != nil || len(set.Problems) > 0 {
		t.Fatalf("%v %v", err, set.Problems)
	}
	kinds := make(map[string]int)
	shards, merges := 0, 0
	for i := range set.Workloads {
		w := &set.Workloads[i]
		kinds[w.Kind]++
		for _, c := range w.Containers {
			line := strings.Join(append(c.Command, c.Args...), " ")
			switch {
			case strings.Contains(line, "fleet merge /parts/*.part -o html="):
				merges++
			case strings.Contains(line, "--shard"):
				shards++
				checkShard(t, w.String(), c.Args)
			default:
				t.Errorf("%s: %s", w, line)
			}
			env := make(map[string]bool)
			for _, e := range c.Env {
				env[e.Name] = true
			}
			if !env["TARE_INDEX_STORE"] || !env["TARE_INDEX_KEY"] || !env["DOCKER_CONFIG"] {
				t.Errorf("%s: it has %v", w, env)
			}
		}
	}
	if kinds["Job"] != 2 || kinds["Workflow"] == 0 || shards != 2 || merges != 2 {
		t.Errorf("%v, %d shards, %d merges", kinds, shards, merges)
	}
}

// checkShard takes the arguments of a shard as they are in the pod of index 3.
func checkShard(t *testing.T, where string, args []string) {
	t.Helper()
	for i, arg := range args {
		arg = strings.NewReplacer("$(JOB_COMPLETION_INDEX)", "3", "{{inputs.parameters.n}}", "3").Replace(arg)
		if args[max(i-1, 0)] == "--shard" {
			if s, err := fleet.ParseShare(arg); err != nil || s.Of != 16 {
				t.Errorf("%s: --shard %s: %v", where, arg, err)
			}
		}
	}
	if last := args[len(args)-1]; args[len(args)-2] != "-o" || !strings.HasPrefix(last, "part=/parts/") {
		t.Errorf("%s: %s", where, last)
	}
}

// TestScaleNamesTheArtifactType: the page has the type that artifacts have.
func TestScaleNamesTheArtifactType(t *testing.T) {
	if page := readPage(t, "docs/scale.md"); !strings.Contains(page.text, "`"+indexstore.ArtifactType+"`") {
		t.Errorf("docs/scale.md does not name %s", indexstore.ArtifactType)
	}
}
