package analyze_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/workloads"
	"github.com/tare-oci/tare/model"
)

// inPods analyses an image of a name as manifests run it.
func inPods(t *testing.T, tag, manifests string) (*model.Report, error) {
	t.Helper()
	set, err := workloads.Read(t.Context(), strings.NewReader(manifests), workloads.Stdin)
	if err != nil {
		t.Fatal(err)
	}
	img := imagetest.Image{
		Tag: tag, Config: v1.Config{Cmd: []string{"/app"}, ExposedPorts: map[string]struct{}{"80/tcp": {}}},
		Layers: []imagetest.Layer{{Files: []imagetest.File{imagetest.Fill("app", 1000)}, CreatedBy: "RUN /bin/sh -c make # buildkit", Comment: "buildkit.dockerfile.v0"}},
	}
	file := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(file, img.Docker25().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	return analyze.Image(t.Context(), file, analyze.Options{Manifests: set})
}

// TestWhichPods: those of the same repository, whatever the tag; a name without a registry
// also stands for the one repository that ends in it.
func TestWhichPods(t *testing.T) {
	t.Parallel()
	pod := func(images ...string) string {
		text := "kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n"
		for _, image := range images {
			text += "  - {name: " + image[strings.LastIndex(image, "/")+1:][:1] + ", image: \"" + image + "\"}\n"
		}
		return text
	}
	for _, test := range []struct{ tag, manifests, want string }{
		{"shop/web:1", pod("shop/web:1"), "shop/web:1"},
		{"shop/web:1", pod("docker.io/shop/web:1"), "docker.io/shop/web:1"},
		{"shop/web:1", pod("nginx", "shop/web:2"), "shop/web:2 (the manifest runs the tag 2)"},
		{"shop/web:1", pod("shop/web"), "shop/web (the manifest runs the tag latest)"},
		{"shop/web:1", pod("shop/web:1", "shop/web:0", "shop/webber"), "shop/web:1, shop/web:0 (the manifest runs the tag 0)"},
		{"shop/web:1", pod("shop/web@sha256:" + strings.Repeat("a", 64)), "shop/web@sha256:" + strings.Repeat("a", 64) + " (the manifest runs the digest sha256:aaaaaaaaaaaa)"},
		{"web:dev", pod("registry.example.org/shop/web:1.4"), "registry.example.org/shop/web:1.4 (the manifest runs the tag 1.4)"},
		{"web:1.4", pod("registry.example.org/shop/web:1.4"), "registry.example.org/shop/web:1.4 (the manifest runs registry.example.org/shop/web:1.4)"},
		{"web:dev", pod("a.example.org/web:1", "b.example.org/web:1"), "no workload in them runs it, they run a.example.org/web:1, b.example.org/web:1; name the image as the manifests do"},
		{"shop/web:1", pod("other.example.org/shop/web:2"), "other.example.org/shop/web:2 (the manifest runs the tag 2)"},
		{"shop/web:1", pod("other.example.org/big/shop/web:1", "web", "x.example.org/web:1"), "other.example.org/big/shop/web:1 (the manifest runs other.example.org/big/shop/web:1)"},
		{"localhost/shop/web:1", pod("other.example.org/shop/web:2"), "other.example.org/shop/web:2 (the manifest runs the tag 2)"},
		{"shop/web:1", pod("a.example.org/shop/web:1", "b.example.org/shop/web:1"), "no workload in them runs it, they run a.example.org/shop/web:1, b.example.org/shop/web:1; name the image as the manifests do"},
		{"shop/web:1", pod("other.example.org/myshop/web:2"), "no workload in them runs it, they run other.example.org/myshop/web:2; if it is other.example.org/myshop/web, docker tag shop/web:1 other.example.org/myshop/web:1, and name that"},
		{"mirror.example.org:5000/shop/web:1", pod("a", "b", "c", "d", "other.example.org/shop/web:2"), "no workload in them runs it, they run other.example.org/shop/web:2, a, b, c, 1 more; if it is other.example.org/shop/web, docker tag mirror.example.org:5000/shop/web:1 other.example.org/shop/web:1, and name that"},
		{"shop/web:1", pod("other") + "---\nkind: [", "no workload in them runs it, they run other; name the image as the manifests do; standard input:7: it is not valid YAML: did not find expected node content; check the part that starts in that line"},
		{"shop/web:1", pod("a", "b", "c", "d", "e", "f"), "no workload in them runs it, they run a, b, c, d, 2 more; name the image as the manifests do"},
		{"shop/web:1", "kind: Service", "no workload in them runs any image; check the path behind -k"},
		{"shop/web:1", "kind: [", "no workload in them runs any image; standard input:1: it is not valid YAML: did not find expected node content; check the part that starts in that line"},
	} {
		r, err := inPods(t, test.tag, test.manifests)
		var got []string
		if err != nil {
			_, text, _ := strings.Cut(err.Error(), " in the manifests: ")
			got = append(got, text)
		} else {
			for _, p := range r.Pods {
				text := p.Image
				if p.Differs != "" {
					text += " (" + p.Differs + ")"
				}
				got = append(got, text)
			}
		}
		if text := strings.Join(got, ", "); text != test.want {
			t.Errorf("%s in\n%s\ngot  %q\nwant %q", test.tag, test.manifests, text, test.want)
		}
	}
}

// TestFindingsOfPods: an image of several containers has findings of each, and one of the
// image that holds in one of them stays; what is wrong with the manifests is a note.
func TestFindingsOfPods(t *testing.T) {
	const manifests = `
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: a, image: web, securityContext: {runAsUser: 7}}, {name: b, image: web}]}}}
---
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: a, image: web}]}}}
---
kind: [
`
	r, err := inPods(t, "web:1", manifests)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range r.Findings {
		got = append(got, f.ID)
	}
	want := "runs-as-root low-port:Deployment web/a no-probe:Deployment web/a no-probe:Deployment web/b no-probe:Deployment web/a~2"
	if text := strings.Join(got, " "); text != want {
		t.Errorf("the findings are %q, want %q", text, want)
	}
	if len(r.Pods[0].Settles) != 1 || len(r.Pods[1].Settles)+len(r.Pods[2].Settles) != 0 {
		t.Errorf("settled: %+v", r.Pods)
	}
	for i, want := range []string{"", "runs-as-root", "runs-as-root"} { // runAsUser: 7 settles it in the first
		if got := strings.Join(r.Pods[i].Findings, " "); got != want {
			t.Errorf("in pod %d hold %q, want %q", i, got, want)
		}
	}
	if len(r.Notes) != 1 || !strings.HasPrefix(r.Notes[0], "manifests: standard input:10: it is not valid YAML") {
		t.Errorf("the notes are %q", r.Notes)
	}
}

// TestSecretsOfManifests: what a manifest's command has in secrets is in no finding.
func TestSecretsOfManifests(t *testing.T) {
	const secret = "made-up-9f8e7d6c5b4a"
	r, err := inPods(t, "web:1", `
kind: Pod
spec: {containers: [{name: a, image: web, env: [{name: API_TOKEN, value: `+secret+`}], command: [sh, -c, "/app --token `+secret+` --password=`+secret+`"]}]}
`)
	if err != nil {
		t.Fatal(err)
	}
	edits := 0
	for _, f := range r.Findings {
		if f.Manifest == nil {
			continue
		}
		if f.Manifest.Edit != "" {
			edits++
		}
		if text := f.Manifest.Edit + f.Fix.Summary + f.Title; strings.Contains(text, secret) {
			t.Errorf("%s shows the secret: %s", f.Rule, text)
		}
	}
	for _, p := range r.Pods {
		for _, s := range p.Settles {
			if strings.Contains(s.Setting, secret) {
				t.Errorf("settled by %s", s.Setting)
			}
		}
	}
	if edits == 0 {
		t.Error("no finding has an edit")
	}
}

// TestManyContainers: aliases of one container are one, containers with the same spec are judged
// once and counted, and of very many that differ the first are judged, which a note says.
func TestManyContainers(t *testing.T) {
	t.Parallel()
	alias := "kind: Pod\nmetadata: {name: p}\nx: &c {name: a, image: \"web:1\"}\nspec: {containers: [" + strings.Repeat("*c, ", 900) + "*c]}\n"
	r, err := inPods(t, "web:1", alias)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Pods) != 1 {
		t.Errorf("%d containers, want 1", len(r.Pods))
	}
	const pod = "kind: Pod\nmetadata: {name: p%d}\nspec: {containers: [{name: a, image: \"web:1\", args: [\"%d\"]}]}\n---\n"
	many := func(pods, args int) string {
		var text strings.Builder
		for i := range pods {
			fmt.Fprintf(&text, pod, i, i%args)
		}
		return text.String()
	}
	if imagetest.Rounds(0, 0, 1) > 0 { // judging ten thousand takes a second
		r, err = inPods(t, "web:1", many(10_050, 10_050))
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Pods) != 10_000 || !strings.Contains(strings.Join(r.Notes, "\n"), "10050 containers of different specs run the image, of which the first 10000 are judged") {
			t.Errorf("%d containers, notes %q", len(r.Pods), r.Notes)
		}
	}
	one, err := inPods(t, "web:1", fmt.Sprintf(pod, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	same := imagetest.Rounds(2_050, 2_050, 10_050)
	if r, err = inPods(t, "web:1", many(same, 1)); err != nil {
		t.Fatal(err)
	}
	if len(r.Pods) != 1 || len(r.Findings) != len(one.Findings) || len(r.Notes) != len(one.Notes) {
		t.Errorf("%d containers, %d findings, notes %q, and of one container alone %d findings", len(r.Pods), len(r.Findings), r.Notes, len(one.Findings))
	}
	if p := r.Pods[0]; p.Others != same-1 || len(p.Also) != model.MaxOtherPlaces || p.Also[0].Workload != "Pod p1" || p.Also[0].Line != 7 {
		t.Errorf("%d others, of which %+v", p.Others, p.Also[:min(len(p.Also), 2)])
	}
}

// TestSameSpec: what tells containers apart that are judged one by one.
func TestSameSpec(t *testing.T) {
	t.Parallel()
	const first = "kind: Deployment\napiVersion: apps/v1\nmetadata: {name: a, labels: {x: y}}\nspec:\n  replicas: 2\n  template:\n    spec: {containers: [{name: c, image: \"web:1\", env: [{name: A, value: b}], lifecycle: {preStop: {exec: {command: [sleep]}}}}]}\n---\n"
	for _, test := range []struct{ was, is string }{
		{"name: a, labels: {x: y}", "name: b"}, {"replicas: 2", "replicas: 3"}, {"  template:", "\n\n  template:"},
		{"Deployment", "Job"}, {"apps/v1", "serving.knative.dev/v1"}, {"web:1", "web:2"}, {"value: b", "value: c"}, {"name: c", "name: d"},
		{", lifecycle: {preStop: {exec: {command: [sleep]}}}", ""}, {"{name: c,", "{name: c, securityContext: {runAsNonRoot: true},"},
		{"spec: {containers", "spec: {securityContext: {runAsUser: 7}, containers"}, {"preStop: {exec: {command: [sleep]}}}}]", "preStop: {exec: {command: [sleep]}}}}, {name: e, image: other}]"},
	} {
		r, err := inPods(t, "web:1", first+strings.Replace(first, test.was, test.is, 1))
		if err != nil {
			t.Fatal(err)
		}
		same := test.is == "name: b" || test.is == "replicas: 3" || test.is == "\n\n  template:"
		if (len(r.Pods) == 1) != same {
			t.Errorf("with %q instead of %q there are %d containers", test.is, test.was, len(r.Pods))
		}
	}
}

// TestRefusedIsARisk: a pod that the kubelet refuses is a risk of the report, as one whose command
// cannot start is; one that it starts is none.
func TestRefusedIsARisk(t *testing.T) {
	const pod = "kind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a, image: web, securityContext: {%s}}]}\n"
	for settings, want := range map[string]int{"runAsNonRoot: true": 1, "runAsNonRoot: true, runAsUser: 7": 0, "runAsUser: 7": 0} {
		r, err := inPods(t, "web", fmt.Sprintf(pod, settings))
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		for _, id := range r.Risks {
			if strings.HasPrefix(id, "non-root-refused") {
				got++
			}
		}
		if got != want {
			t.Errorf("%s: %d risks %v, want %d", settings, got, r.Risks, want)
		}
	}
}
