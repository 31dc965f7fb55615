package workloads

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestProblems: each names the line and what to do, and what follows is read.
func TestProblems(t *testing.T) {
	good := "\n---\nkind: Pod\nspec: {containers: [{name: x, image: good}]}\n"
	const check = "; check that line and those above it"
	for text, want := range map[string]string{
		"kind: Pod\n  spec: x":                                        "standard input:2: it is not valid YAML: mapping values are not allowed in this context" + check,
		"kind: Pod\nspec:\n  - name: w\n\t image: x\nc: d":            "standard input:4: it is not valid YAML: found a tab character that violates indentation; indent that line with blanks",
		"kind: Pod\nspec:\n  - name: w\n    a: b\n  \timage: x\nc: d": "standard input:5: it is not valid YAML: found a tab character that violates indentation; indent that line with blanks",
		"kind: Pod\nspec: *none":                                      "standard input:1: it is not valid YAML: a text that begins with * is taken for the name of an anchor, which is not there; put such a text into quotes",
		"{\"kind\": \"Pod\",\n\"spec\": }":                            "standard input:2: it is not valid JSON: invalid character '}' looking for beginning of value" + check,
		"{\"kind\": \"Pod\",\n\"spec\": {":                            "standard input:2: it is not valid JSON: it ends in the middle" + check,
		"kind: Pod\nmetadata: {name: a}\nspec: {containers: {}}":      "standard input:3: Pod a has no list of containers in spec.containers; name them there, each with an image",
		"kind: Pod\nspec: {containers: [{image: 'a:${TAG}'}]}":        `standard input:2: the image "a:${TAG}" is filled in later, so it is left out; fill it in first, or name that image itself`,
		"kind: W\nspec: {container: {image: '{{inputs.image}}'}}":     `standard input:2: the image "{{inputs.image}}" is filled in later, so it is left out; fill it in first, or name that image itself`,
		"kind: Pod\nspec: {containers: [{image: '{{.Values.x}}'}]}":   "standard input: it is a template that is not rendered yet, with {{ }} in it; give what helm template prints",
		"kind: Pod\nspec: {containers: [{image: {{ .Values.x }}}]}":   "standard input: it is a template that is not rendered yet, with {{ }} in it; give what helm template prints",
		"{{- if .x }}\nkind: Pod\n{{- end }}":                         "standard input: it is a template that is not rendered yet, with {{ }} in it; give what helm template prints",
		"kind: Kustomization\nimages: [{name: web, newTag: '2'}]":     "standard input:2: it changes images, so those of its manifests are not the ones that run; give what kubectl kustomize . prints",
	} {
		set := read(t, text+good)
		if diff := cmp.Diff([]string{want}, problems(set, "")); diff != "" {
			t.Errorf("%s\n%s", text, diff)
		}
		if n := len(set.Images()); n != 1 {
			t.Errorf("%s\n%d images: %q", text, n, used(set))
		}
	}
	for text, want := range map[string]string{
		"":                     "standard input: it is empty; give it Kubernetes manifests",
		"services: {web: {}}":  "standard input: there is no Kubernetes object in it; give it manifests, which have apiVersion and kind",
		"Error: no such chart": "standard input: there is no Kubernetes object in it; give it manifests, which have apiVersion and kind",
	} {
		if diff := cmp.Diff([]string{want}, problems(read(t, text), "")); diff != "" {
			t.Errorf("%s\n%s", text, diff)
		}
	}
}

// TestBrokenItem: of a list that kubectl printed, one item is broken and the others are read.
func TestBrokenItem(t *testing.T) {
	set := read(t, "apiVersion: v1\nitems:\n- kind: Pod\n  spec: {containers: [{image: a}]}\n- kind: Pod\n   spec: x\n- kind: Pod\n  spec: {containers: [{image: b}]}\nkind: List\n")
	if diff := cmp.Diff([]string{"a: Pod (no name) container ", "b: Pod (no name) container "}, used(set)); diff != "" {
		t.Error(diff)
	}
	if got := problems(set, ""); len(got) != 1 || !strings.HasPrefix(got[0], "standard input:6: it is not valid YAML") {
		t.Errorf("%q", got)
	}
}

// TestTemplates: however many templates a chart has, it is complained of once; the manifests
// beside it are read, and so are those that helm template --output-dir wrote.
func TestTemplates(t *testing.T) {
	pod := "kind: Pod\nspec: {containers: [{image: good}]}\n"
	dir := files(t, map[string]string{
		"chart/Chart.yaml": "apiVersion: v2\nname: web\n", "chart/values.yaml": "image: x", "chart/templates/a.yaml": "kind: Pod\n{{ x }}", "chart/templates/b.yaml": pod,
		"chart/templates/tests/c.yaml": pod, "chart/charts/sub/Chart.yaml": "name: sub", "chart/charts/sub/templates/d.yaml": "{{ x }}",
		"chart/rendered/web/templates/a.yaml": pod, "plain/web.yaml": pod, "odd/a.yaml": "kind: {{ x }}:", "odd/b.yaml": "{{- if .y }}\nkind: Pod", "odd/c.yaml": pod,
	})
	set, err := Read(t.Context(), nil, dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"DIR/chart: it is a Helm chart, whose templates are not rendered yet; give what helm template DIR/chart prints",
		"DIR/odd: there are templates in it that are not rendered yet, with {{ }} in them; give what helm template prints",
	}
	if diff := cmp.Diff(want, problems(set, dir)); diff != "" {
		t.Error(diff)
	}
	if images := set.Images(); len(images) != 1 || len(images[0].Uses) != 3 {
		t.Errorf("%q", used(set))
	}
	for _, name := range []string{"/chart/templates", "/chart/templates/a.yaml"} {
		set, err := Read(t.Context(), nil, dir+name)
		if diff := cmp.Diff(want[:1], problems(set, dir)); diff != "" || err != nil {
			t.Errorf("%s: %s %v", name, diff, err)
		}
	}
}

// TestNames: a name that cannot be read is an error, and so is the end of the context.
func TestNames(t *testing.T) {
	_, err := Read(t.Context(), nil, "testdata/nothing")
	if err == nil || err.Error() != "reading manifests from testdata/nothing: there is no such file or directory; check the path" {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ctx, strings.NewReader("x"), Stdin); err == nil {
		t.Error("reading went on after the end of its context")
	}
}

// TestBombs: what would expand to gigabytes, or is deep, ends soon and is a problem at most.
func TestBombs(t *testing.T) {
	var laughs strings.Builder
	laughs.WriteString("kind: Pod\na00: &a00 [x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 30; i++ {
		below := "*a" + itoa(i-1)
		laughs.WriteString("a" + itoa(i) + ": &a" + itoa(i) + " [" + strings.Repeat(below+", ", 9) + below + "]\n")
	}
	self := "kind: Pod\nspec: &s {containers: [{image: app}], again: *s, <<: *s}\n"
	merges := "kind: Pod\na0: &m0 {}\n"
	for i := 1; i < 40; i++ {
		below := "*m" + itoa(i-1)
		merges += "a" + itoa(i) + ": &m" + itoa(i) + " {<<: [" + below + ", " + below + ", " + below + "]}\n"
	}
	for name, text := range map[string]string{
		"laughs":     laughs.String(),
		"itself":     self,
		"merges":     merges + "spec: *m39\n",
		"pods":       "kind: Pod\na0: &p0 {containers: [{image: app}]}\n" + strings.ReplaceAll(laughs.String()[len("kind: Pod\n"):], "x, x", "*p0, *p0"),
		"deep list":  "kind: Pod\nspec: " + strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
		"deeper":     "kind: Pod\nspec: " + strings.Repeat("[", 100_000),
		"deep JSON":  `{"kind": "Pod", "spec": ` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "}",
		"deep block": "kind: Pod\nspec:\n" + strings.Repeat("- ", 9000) + "x",
	} {
		set := read(t, text)
		if len(set.Workloads) > 100_000 || len(set.Problems) > 1 {
			t.Errorf("%s: %d workloads, %q", name, len(set.Workloads), problems(set, ""))
		}
	}
	if got := problems(read(t, laughs.String()), ""); len(got) != 1 || !strings.Contains(got[0], "aliases refer to each other") {
		t.Errorf("%q", got)
	}
}

func itoa(n int) string { return string(rune('0'+n/10)) + string(rune('0'+n%10)) }

// TestManyProblems: a thousand are listed, and one line says that there are more.
func TestManyProblems(t *testing.T) {
	set := read(t, strings.Repeat("---\nkind: [\n", 1500))
	if n := len(set.Problems); n != maxProblems+1 || !strings.Contains(set.Problems[maxProblems].What, "there are more problems") {
		t.Errorf("%d problems, the last is %s", n, set.Problems[n-1])
	}
}

// TestManyContainers: a pod with more containers than any pod has is read in part, which is told.
func TestManyContainers(t *testing.T) {
	set := read(t, "kind: Pod\nspec:\n  containers:\n"+strings.Repeat("  - {image: a}\n", maxContainers+1))
	if n := len(set.Workloads); n != 1 || len(set.Workloads[0].Containers) != maxContainers {
		t.Errorf("%d workloads, %d containers", n, len(set.Workloads[0].Containers))
	}
	if got := problems(set, ""); len(got) != 1 || !strings.Contains(got[0], "more than 1000 containers") {
		t.Errorf("%q", got)
	}
}
