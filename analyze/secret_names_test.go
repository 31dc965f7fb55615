package analyze_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/workloads"
)

// TestSecretsInNames: a directory of a package, a file that a note names, a workload and a container
// may be called as a token is. Neither the packages nor the notes, the pods or the findings about
// them show it.
func TestSecretsInNames(t *testing.T) {
	const token = "ghp_madeUpMadeUpMadeUpMadeUpMadeUp0123456" // made up
	set, err := workloads.Read(t.Context(), strings.NewReader(strings.ReplaceAll(`
kind: Deployment
metadata: {name: web-TOKEN}
spec: {template: {spec: {containers: [{name: TOKEN, image: "web:1", securityContext: {runAsNonRoot: true}, ports: [{containerPort: 80}]}]}}}
---
kind: Deployment
metadata: {name: two-TOKEN}
spec: {template: {spec: {containers: [{name: TOKEN, image: "web:1", securityContext: {runAsNonRoot: true}, ports: [{containerPort: 80}]}]}}}
`, "TOKEN", token)), workloads.Stdin)
	if err != nil {
		t.Fatal(err)
	}
	img := imagetest.Image{
		Tag: "web:1", Config: v1.Config{Cmd: []string{"/app"}},
		Layers: []imagetest.Layer{{CreatedBy: "COPY . / # buildkit", Files: []imagetest.File{
			imagetest.Program("app", imagetest.ELF{}),
			imagetest.Text("srv/node_modules/"+token+"/package.json", `{"version": "1"}`),
			imagetest.Text("srv/node_modules/broken-"+token+"/package.json", `{"version": `),
			imagetest.Text("lib/site-packages/"+token+"-1.dist-info/METADATA", "Version: 1\n\n"),
			imagetest.Text("gems/specifications/"+token+"-1.gemspec", "# stub: a 1 ruby lib\n"),
			imagetest.Text("r/library/"+token+"/DESCRIPTION", "Package: "+token+"\nVersion: 1\nBuilt: R 4\n"),
			imagetest.Text("php/vendor/composer/installed.json", `{"packages": [{"name": "made/a", "version": "1", "install-path": "../`+token+`/a"}]}`),
		}}},
	}
	file := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(file, img.Docker25().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := analyze.Image(t.Context(), file, analyze.Options{Manifests: set})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Packages) < 3 || len(r.Pods) != 1 || len(r.Pods[0].Also) != 1 || len(r.Notes) == 0 {
		t.Fatalf("%d packages, %+v, notes %q", len(r.Packages), r.Pods, r.Notes)
	}
	for _, part := range []any{r.Packages, r.Notes, r.Pods, r.Findings} {
		text, err := json.Marshal(part)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), token[:20]) {
			t.Errorf("a name is shown in %s", text)
		}
	}
}
