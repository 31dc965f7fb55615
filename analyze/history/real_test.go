package history

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

var update = flag.Bool("update", false, "write the goldens anew")

// recorded is what a real builder left behind, kept in testdata: Docker 20.10's
// classic builder, Podman 4.3, BuildKit 0.34's frontend, docker commit. They
// built the same kind of Dockerfile, with --build-arg NL="v1 /bin/sh -c\nv2" and
// a default of "pl4nted two  words" for TOKEN.
type recorded struct {
	Config  v1.Config    `json:"config"`
	History []v1.History `json:"history"`
	Layers  int          `json:"layers"`
}

func readRecorded(t testing.TB, file string) (*v1.ConfigFile, int) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var r recorded
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return &v1.ConfigFile{Config: r.Config, History: r.History}, r.Layers
}

func TestRecorded(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no recorded histories", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			config, layers := readRecorded(t, file)
			steps, layerStep, notes := Instructions(config, layers)
			checkConsistent(t, config, layers, steps, layerStep)
			var out strings.Builder
			for _, s := range steps {
				layer := "-"
				if s.Layer != nil {
					layer = fmt.Sprint(*s.Layer)
				}
				fmt.Fprintf(&out, "%2s %q\t%s\n", layer, s.Keyword, strings.ReplaceAll(s.Text, "\n", "\n\t| "))
			}
			fmt.Fprintf(&out, "base %d of %d\n", BaseLayers(config, steps, layers), layers)
			for _, note := range notes {
				fmt.Fprintln(&out, "note:", note)
			}
			for _, planted := range []string{"pl4nted", "two  words", "v1 /bin", "v2"} {
				if strings.Contains(out.String(), planted) {
					t.Errorf("a build argument's value shows: %q", planted)
				}
			}
			golden := strings.TrimSuffix(file, ".json") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), out.String()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
