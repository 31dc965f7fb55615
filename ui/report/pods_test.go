package report

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
)

// ofTwoPods is a report of an image that a Deployment and a CronJob run: a finding of the
// Deployment with YAML, and findings of the image.
func ofTwoPods() *model.Report {
	fix := func(text string) *model.Fix { return &model.Fix{Strategy: model.Manual, Summary: text} }
	place := func(workload, edit string) model.ManifestPlace {
		return model.ManifestPlace{File: "deploy.yaml", Line: 9, Workload: workload, Container: "main", Edit: edit}
	}
	at := place("Deployment web", "readinessProbe:\n  tcpSocket: {port: 81}\n")
	return &model.Report{
		Image: model.Image{Reference: "shop/web:1", Platform: "linux/amd64"},
		Findings: []model.Finding{
			{ID: "low-port:Deployment web/main", Rule: "low-port", Title: "a port below 1024", Confidence: model.Possible, Fix: fix("Listen on 8080."), Manifest: &at},
			{ID: "script-without-exec", Rule: "script-without-exec", Title: "a start script without exec", Confidence: model.Likely, Fix: fix("Write exec before the program.")},
			{ID: "low-port", Rule: "low-port", Title: "a port below 1024", Confidence: model.Possible, Fix: fix("Listen above.")},
			{ID: "no-init", Rule: "no-init", Title: "nobody reaps", Confidence: model.Possible, Fix: fix("Start tini.")},
			{ID: "package-manager-start", Rule: "package-manager-start", Title: "a package manager starts the program", Confidence: model.Possible, Fix: fix("Start the program itself instead of npm start.")},
		},
		Pods: []model.Pod{
			{ManifestPlace: place("Deployment web", ""), Role: "container", Findings: []string{"script-without-exec", "no-init"}},
			{ManifestPlace: place("CronJob tidy", ""), Role: "container", Findings: []string{"script-without-exec", "low-port", "no-init", "package-manager-start"}},
		},
	}
}

// TestFormatsTellPods: every format that people read has the YAML of a pod's finding, and says
// in which pods a finding of the image holds, without -v.
func TestFormatsTellPods(t *testing.T) {
	for _, format := range []string{"text", "markdown", "html"} {
		w, err := New(format, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := w.Write(&b, ofTwoPods()); err != nil {
			t.Fatal(err)
		}
		text := strings.NewReplacer("`", "", "\n    ", " ").Replace(b.String())
		if format == "html" {
			from := strings.Index(text, `<section id="pods"`)
			text = text[from : from+strings.Index(text[from:], "</section>")]
		}
		for _, want := range []string{"tcpSocket: {port: 81}", "Write exec before the program.", "in Deployment web, container main and CronJob tidy, container main", "in CronJob tidy, container main", "Listen above.", "Start the program itself instead of npm start."} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q:\n%s", format, want, text)
			}
		}
		if format == "text" && strings.Contains(text, "Start tini.") {
			t.Error("it tells what is only possible")
		}
		if format == "html" && !strings.Contains(text, `<a href="#f`) {
			t.Error("no finding of a pod is linked to its fix")
		}
	}
}

// withRisksOfPods is the report of ofTwoPods with a risk of the image, which holds in the CronJob,
// and two risks of one rule in the Deployment.
func withRisksOfPods() *model.Report {
	r := ofTwoPods()
	fix := func(text string) *model.Fix { return &model.Fix{Strategy: model.Manual, Summary: text} }
	risk := func(id, title, text string, at *model.ManifestPlace) {
		rule, _, _ := strings.Cut(id, ":")
		r.Findings = append(r.Findings, model.Finding{ID: id, Rule: rule, Title: title, Confidence: model.Certain, Fix: fix(text), Manifest: at})
		r.Risks = append(r.Risks, id)
	}
	one, two := r.Pods[0].ManifestPlace, r.Pods[0].ManifestPlace
	one.Line, two.Line, two.Container = 17, 29, "side"
	r.Pods = append(r.Pods, model.Pod{ManifestPlace: two, Role: "container"})
	risk("missing-program:one", "the command cannot start", "The pod's command starts pyhton3.", &one)
	risk("missing-program:two", "the command cannot start", "The pod's command starts --verbose.", &two)
	risk("missing-program", "the command cannot start", "CMD starts run.sh: mark it executable.", nil)
	r.Pods[1].Findings = []string{"missing-program"}
	return r
}

// TestRisksOfPods: each risk of a pod is told with its file, line and container, and what is
// wrong, in every format that people read; no pod of which a risk is told is said to be right.
func TestRisksOfPods(t *testing.T) {
	for _, format := range []string{"text", "markdown", "html", "github", "sarif", "junit"} {
		w, err := New(format, Options{Width: 120})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := w.Write(&b, withRisksOfPods()); err != nil {
			t.Fatal(err)
		}
		text := strings.NewReplacer("`", "", "\n        ", " ", "&#39;", "'", "&apos;", "'", "file=deploy.yaml,line=", "deploy.yaml:").Replace(b.String())
		wants := []string{"The pod's command starts pyhton3.", "The pod's command starts --verbose.", "CMD starts run.sh: mark it executable."}
		if format != "sarif" { // which has the lines as numbers
			wants = append(wants, "deploy.yaml:17", "deploy.yaml:29")
		}
		if format == "text" || format == "markdown" || format == "html" {
			wants = append(wants, "Deployment web, container side", "the command cannot start", "which is for the image to change")
		}
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q:\n%s", format, want, text)
			}
		}
		for _, wrong := range []string{"nothing to change in its manifest", "Nothing that is worth your time"} {
			if strings.Contains(text, wrong) {
				t.Errorf("%s says %q beside risks:\n%s", format, wrong, text)
			}
		}
		if format == "sarif" && strings.Count(text, `"level": "error"`) < 3 {
			t.Errorf("not each risk is an error:\n%s", text)
		}
	}
}

// TestRiskOfAPodHasItsYAML: what to write stands with the pod, once, and a pod without findings
// has a line that says so.
func TestRiskOfAPodHasItsYAML(t *testing.T) {
	r := ofTwoPods()
	r.Risks = []string{"low-port:Deployment web/main"}
	r.Pods[1].Findings = nil
	for _, format := range []string{"text", "markdown", "html"} {
		w, err := New(format, Options{Width: 120})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := w.Write(&b, r); err != nil {
			t.Fatal(err)
		}
		text, _, _ := strings.Cut(b.String(), `<section id="map"`)
		if !strings.Contains(text, "tcpSocket: {port: 81}") || strings.Count(text, "Listen on 8080.") != 1 || strings.Count(text, "nothing to change in its manifest") != 1 {
			t.Errorf("%s: the YAML of the risk, what it says once, or that the other pod is right is missing:\n%s", format, text)
		}
	}
}

// TestMarkdownTellsHeldOnce: what the Markdown tells with the pods is not told again below.
func TestMarkdownTellsHeldOnce(t *testing.T) {
	w, err := New("markdown", Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := w.Write(&b, ofTwoPods()); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "Write exec before the program."); n != 1 {
		t.Errorf("told %d times:\n%s", n, b.String())
	}
}
