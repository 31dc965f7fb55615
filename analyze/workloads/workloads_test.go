package workloads

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// read reads manifests from standard input.
func read(t *testing.T, text string) *Set {
	t.Helper()
	set, err := Read(t.Context(), strings.NewReader(text), Stdin)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// files makes a directory of files.
func files(t *testing.T, contents map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range contents {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// used lists every image and its uses, a line each.
func used(set *Set) []string {
	var lines []string
	for _, image := range set.Images() {
		var uses []string
		for _, use := range image.Uses {
			uses = append(uses, fmt.Sprintf("%s %s %s", use.Workload, use.Container.Role, use.Container.Name))
		}
		lines = append(lines, image.Reference+": "+strings.Join(uses, ", "))
	}
	return lines
}

// problems lists the problems of a set, without the directory they were found in.
func problems(set *Set, dir string) []string {
	var lines []string
	for _, p := range set.Problems {
		line := p.String()
		if dir != "" {
			line = strings.ReplaceAll(line, filepath.ToSlash(dir), "DIR")
		}
		lines = append(lines, line)
	}
	return lines
}

// TestShop reads a directory with all kinds of manifests: those of Kubernetes, what helm and
// kubectl print, custom resources, and a broken file.
func TestShop(t *testing.T) {
	set, err := Read(t.Context(), nil, "testdata/shop")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"alpine:3.22: Workflow ship- step ",
		"busybox: Job once- container once, Pod debug container main",
		"docker:27-dind: Workflow ship- sidecar docker",
		"envoyproxy/envoy:v1.31: Deployment shop/web sidecar proxy",
		"fluent/fluent-bit:3.1: DaemonSet kube-system/logs container fluent-bit",
		"gcr.io/shop/thumbnails:2: Service thumbnails container ",
		"golang:1.26: Workflow ship- container ",
		"istio/proxyv2:1.23: ReplicaSet shop/api-2 container istio-proxy",
		"nicolaka/netshoot: Pod debug ephemeral container look",
		"node:22: Task test step unit",
		"python:3.12-slim: CronJob shop/nightly container report",
		"quay.io/shop/model:7: Deployment shop/web volume model",
		"redis:7.4: StatefulSet release-redis container redis",
		"registry.example.org/shop/api:2: Deployment shop/api container api",
		"registry.example.org/shop/cart@sha256:" + strings.Repeat("a", 64) + ": Rollout shop/cart container cart",
		"registry.example.org/shop/web:1.4.2: Deployment shop/web init container migrate, Deployment shop/web container web",
	}
	if diff := cmp.Diff(want, used(set)); diff != "" {
		t.Error(diff)
	}
	complaint := []string{"testdata/shop/broken.yaml:6: it is not valid YAML: did not find expected '-' indicator; check the part that starts in that line"}
	if diff := cmp.Diff(complaint, problems(set, "")); diff != "" {
		t.Error(diff)
	}
}

// TestDeployment holds every setting that is read, with its line.
func TestDeployment(t *testing.T) {
	set, err := Read(t.Context(), nil, "testdata/shop/web.yaml")
	if err != nil || len(set.Workloads) != 1 {
		t.Fatalf("%d workloads, %v", len(set.Workloads), err)
	}
	w := set.Workloads[0]
	replicas := int64(3)
	want := Workload{
		File: "testdata/shop/web.yaml", Document: 2, Line: 8,
		APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "web", Replicas: &replicas, Path: "spec.template.spec",
		Labels: map[string]string{"app.kubernetes.io/name": "web", "example.org/team": "checkout", "app": "web", "tier": "front"},
		Pod: Pod{
			Line: 22, ServiceAccount: "web",
			Security: Security{Line: 24, RunAsNonRoot: &Setting[bool]{true, 24}, RunAsUser: &Setting[int64]{10001, 25}, FSGroup: &Setting[int64]{10001, 26}},
			Volumes: []Volume{
				{Name: "tmp", Kind: "emptyDir", Line: 74}, {Name: "settings", Kind: "configMap", Line: 76},
				{Name: "model", Kind: "image", Image: "quay.io/shop/model:7", ImageLine: 79, Line: 78},
			},
			Containers: []Container{
				{Role: Init, Name: "migrate", Line: 28, Image: "registry.example.org/shop/web:1.4.2", ImageLine: 29, Args: []string{"migrate"}, ArgsLine: 30},
				{Role: Sidecar, Name: "proxy", Line: 31, Image: "envoyproxy/envoy:v1.31", ImageLine: 32},
				{
					Role: Main, Name: "web", Line: 35, Image: "registry.example.org/shop/web:1.4.2", ImageLine: 36,
					Command: []string{"/bin/sh", "-c"}, CommandLine: 37, Args: []string{"---\nexec web\n"}, ArgsLine: 39,
					Ports:     []Port{{Name: "http", Number: 8080, Line: 43}, {Number: 9090, Protocol: "TCP", Line: 44}},
					Liveness:  &Probe{Kind: "httpGet", Port: "http", Path: "/healthz", Line: 49},
					Readiness: &Probe{Kind: "tcpSocket", Port: "8080", Line: 51},
					Startup:   &Probe{Kind: "exec", Command: []string{"cat", "/tmp/up"}, Line: 53},
					PreStop:   56,
					Security:  Security{Line: 58, ReadOnlyRoot: &Setting[bool]{true, 58}, Escalation: &Setting[bool]{false, 59}, Drop: []string{"ALL"}},
					Env:       []Env{{"MODE", "production", 62}, {"SECRET", "", 64}},
					EnvFrom:   []string{"web-settings"},
					Mounts:    []Mount{{Volume: "tmp", Path: "/tmp", Line: 69}, {Volume: "settings", Path: "/etc/web", ReadOnly: true, Line: 70}},
				},
			},
		},
	}
	if diff := cmp.Diff(want, w); diff != "" {
		t.Error(diff)
	}
	if team, key := w.Team(); team != "checkout" || key != "example.org/team" {
		t.Errorf("the team is %q by %q", team, key)
	}
	if got := w.At(36); got != "testdata/shop/web.yaml:36" {
		t.Error(got)
	}
}

// TestTeam: a plain key goes before one with a prefix, and labels before annotations.
func TestTeam(t *testing.T) {
	for want, w := range map[string]Workload{
		"a by team":             {Labels: map[string]string{"team": "a", "x.org/team": "b", "owner": "c"}},
		"b by x.org/team":       {Labels: map[string]string{"x.org/team": "b", "y.org/team": "z", "owner": "c"}},
		"c by owner":            {Labels: map[string]string{"app": "web", "owner": "c"}, Annotations: map[string]string{"team": "d"}},
		"d by company.org/team": {Annotations: map[string]string{"company.org/team": "d"}},
		" by ":                  {Labels: map[string]string{"teams": "x", "app.kubernetes.io/part-of": "shop", "team": ""}},
	} {
		if team, key := w.Team(); team+" by "+key != want {
			t.Errorf("%s by %s, want %s", team, key, want)
		}
	}
}

// TestUsing: by repository, whatever the tag is and however the name is written.
func TestUsing(t *testing.T) {
	set := read(t, `
kind: Pod
metadata: {name: a}
spec: {containers: [{name: x, image: nginx}, {name: y, image: "docker.io/library/nginx:1.27"}, {name: z, image: example.org/nginx}]}
`)
	for reference, want := range map[string]string{"nginx:1.28": "x y", "example.org/nginx@sha256:" + strings.Repeat("a", 64): "z", "other": "", "not a name": ""} {
		var names []string
		for _, use := range set.Using(reference) {
			names = append(names, use.Container.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %q, want %q", reference, got, want)
		}
	}
}

// TestKinds: every form in which one image can be written is found.
func TestKinds(t *testing.T) {
	pod := "containers: [{name: x, image: app:1}]"
	for name, text := range map[string]string{
		"Pod":                   "kind: Pod\nspec: {" + pod + "}",
		"PodTemplate":           "kind: PodTemplate\ntemplate: {spec: {" + pod + "}}",
		"ReplicationController": "kind: ReplicationController\nspec: {template: {spec: {" + pod + "}}}",
		"comments, no dashes":   "# one\n\n# two\nkind: Pod\nspec:\n  " + pod,
		"dashes with text":      "--- # first\nkind: Pod\nspec: {" + pod + "}\n...\n",
		"directive":             "%YAML 1.2\n---\nkind: Pod\nspec: {" + pod + "}\n",
		"line ends of Windows":  "---\r\nkind: Pod\r\nspec:\r\n  " + pod + "\r\n",
		"byte order mark":       "\xef\xbb\xbfkind: Pod\nspec: {" + pod + "}",
		"UTF-16":                "\xff\xfe" + wide("kind: Pod\nspec: {"+pod+"}\n", false),
		"UTF-16, big end first": "\xfe\xff" + wide("kind: Pod\nspec: {"+pod+"}\n", true),
		"PodList":               "kind: PodList\nitems: [{metadata: {name: a}, spec: {" + pod + "}}]",
		"PodList in JSON":       `{"kind":"PodList","items":[{"spec":{"containers":[{"image":"app:1"}]}}]}`,
		"array in JSON":         `[{"kind":"Pod","spec":{"containers":[{"image":"app:1"}]}}]`,
		"JSON after JSON":       `{"kind":"Service"} {"kind":"Pod","spec":{"containers":[{"image":"app:1"}]}}`,
		"JSON between dashes":   "{\"kind\":\"Service\"}\n---\n" + `{"kind":"Pod","spec":{"containers":[{"image":"app:1"}]}}`,
		"flow mapping":          "{kind: Pod, spec: {" + pod + "}}",
		"list in a list":        "kind: List\nitems: [{kind: List, items: [{kind: Pod, spec: {" + pod + "}}]}]",
		"anchor in the list":    "items:\n- &x\n  kind: Pod\n  spec: {" + pod + "}\n- *x\nkind: List\n",
		"merge key":             "kind: Pod\nx: &base {image: app:1}\nspec: {containers: [{<<: *base, name: x}]}",
		"merge keys":            "kind: Pod\nx: &a {name: y}\ny: &base {image: app:1}\nspec: {containers: [{<<: [*a, *base]}]}",
		"alias for the pod":     "kind: X\na: &spec {" + pod + "}\nb: *spec",
		"image volume":          "kind: Pod\nspec: {containers: [{image: app:1}], volumes: [{name: v, image: {reference: 'app:1'}}]}",
		"image of a step":       "kind: Task\nspec: {steps: [{image: app:1}]}",
		"key twice":             "kind: Pod\nspec: {containers: [{image: old, image: app:1}]}",
		"deep in a CRD":         "kind: Kafka\nspec: {kafka: {template: {pod: {" + pod + "}}}}",
		"pod of a job of a CRD": "kind: ScaledJob\nspec: {jobTargetRef: {template: {spec: {" + pod + "}}}}",
	} {
		set := read(t, text)
		if len(set.Problems) > 0 || len(set.Images()) != 1 || set.Images()[0].Reference != "app:1" {
			t.Errorf("%s: %q, %q", name, used(set), problems(set, ""))
		}
	}
}

// wide is ASCII as UTF-16.
func wide(text string, big bool) string {
	var b strings.Builder
	for i := range len(text) {
		if big {
			b.WriteString("\x00" + text[i:i+1])
		} else {
			b.WriteString(text[i:i+1] + "\x00")
		}
	}
	return b.String()
}

// TestNoWorkload: what looks like a manifest, and names no image that runs.
func TestNoWorkload(t *testing.T) {
	for name, text := range map[string]string{
		"schema":              "kind: CustomResourceDefinition\nspec: {containers: [{image: x}]}",
		"settings in a text":  "kind: ConfigMap\ndata: {pod: \"containers: [{image: x}]\"}",
		"a patch":             "kind: Deployment\nspec: {template: {spec: {containers: [{name: web, resources: {}}]}}}",
		"a patch of replicas": "kind: Deployment\nspec: {replicas: 2}",
		"status":              "kind: Thing\nstatus: {containers: [{image: x}]}",
		"former form":         "kind: Thing\nmetadata: {annotations: {was: x}, managedFields: [{containers: [{image: x}]}]}",
		"image in nothing":    "kind: Prometheus\nspec: {image: prom/prometheus}",
		"empty list":          "kind: List\nitems: []",
	} {
		if set := read(t, text); len(set.Problems) > 0 || len(set.Images()) > 0 {
			t.Errorf("%s: %q, %q", name, used(set), problems(set, ""))
		}
	}
}

// TestUnnamedFiles: in a directory, files of other programs are no problem.
func TestUnnamedFiles(t *testing.T) {
	dir := files(t, map[string]string{
		"tsconfig.json": "{\n  // comments\n  \"compilerOptions\": {},\n}", "values.yaml": "image: {tag: 1}\n", "empty.yaml": "", "README.md": "{{",
		"node_modules/x/pod.yaml": "kind: Pod\nspec: {containers: [{image: x}]}", ".github/w.yml": "on: {{", "list.yaml": "- 1\n- kind\n",
	})
	set, err := Read(t.Context(), nil, dir)
	if err != nil || len(set.Problems)+len(set.Workloads) > 0 {
		t.Errorf("%q %q %v", used(set), problems(set, dir), err)
	}
}

// TestSymlinks: a directory that a ConfigMap is mounted at has links to its files.
func TestSymlinks(t *testing.T) {
	dir := files(t, map[string]string{"..data/pod.yaml": "kind: Pod\nspec: {containers: [{image: app}]}"})
	if err := os.Symlink(filepath.Join("..data", "pod.yaml"), filepath.Join(dir, "pod.yaml")); err != nil {
		t.Skip(err)
	}
	if err := os.Symlink(".", filepath.Join(dir, "loop")); err != nil {
		t.Skip(err)
	}
	set, err := Read(t.Context(), nil, dir)
	if err != nil || !slices.Equal(used(set), []string{"app: Pod (no name) container "}) {
		t.Errorf("%q %v", used(set), err)
	}
}
