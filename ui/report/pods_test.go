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
		},
		Pods: []model.Pod{
			{ManifestPlace: place("Deployment web", ""), Role: "container", Findings: []string{"script-without-exec", "no-init"}},
			{ManifestPlace: place("CronJob tidy", ""), Role: "container", Findings: []string{"script-without-exec", "low-port", "no-init"}},
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
			from := strings.Index(text, `<section id="changes"`)
			text = text[from : from+strings.Index(text[from:], "</section>")]
		}
		for _, want := range []string{"tcpSocket: {port: 81}", "Write exec before the program.", "in Deployment web, container main and CronJob tidy, container main", "in CronJob tidy, container main", "Listen above."} {
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
