package workloads

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// helmWords tell a template of Helm from the braces of Argo and others.
var helmWords = lazyregexp.New(`\{\{-?[^}]*(\.Values|\.Release|\.Chart|\.Capabilities|\.Files|\binclude\b|\btpl\b|\btemplate\b)`)

// template complains of a file that is a template: once for its chart, or else once for
// all those of its directory.
func (r *reader) template() {
	if r.unrendered {
		return
	}
	r.unrendered, r.seen = true, true
	dir := path.Dir(r.file)
	if chart := r.chartOf(dir); chart != "" {
		r.chart(chart)
		return
	}
	if r.named {
		r.problem(0, "it is a template that is not rendered yet, with {{ }} in it", "give what helm template prints")
		return
	}
	r.templatesIn(dir, "there are templates in it that are not rendered yet, with {{ }} in them", "give what helm template prints")
}

// chart complains of a chart, once.
func (a *all) chart(dir string) {
	a.templatesIn(dir, "it is a Helm chart, whose templates are not rendered yet", "give what helm template "+dir+" prints")
}

// templatesIn complains of the templates in a directory, once.
func (a *all) templatesIn(dir, what, next string) {
	if a.told[dir] {
		return
	}
	a.told[dir] = true
	a.problem(Problem{File: dir, What: what, Next: next})
}

// chartPart reports whether a file is a template or the values of a chart, which are no
// manifests as they are, and complains of the chart.
func (a *all) chartPart(file string) bool {
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		if path.Base(dir) == "templates" && isChart(path.Dir(dir)) {
			a.chart(a.chartOf(dir))
			return true
		}
		if dir == path.Dir(dir) || strings.HasSuffix(dir, "..") {
			return isChart(path.Dir(file))
		}
	}
}

// chartOf is the chart that a directory is in, or "". Charts that another one brings along
// belong to that.
func (a *all) chartOf(dir string) string {
	if chart, known := a.charts[dir]; known {
		return chart
	}
	chart := ""
	if parent := path.Dir(dir); parent != dir && !strings.HasSuffix(dir, "..") {
		chart = a.chartOf(parent)
	}
	if chart == "" && isChart(dir) {
		chart = dir
	}
	a.charts[dir] = chart
	return chart
}

func isChart(dir string) bool {
	info, err := os.Stat(filepath.Join(filepath.FromSlash(dir), "Chart.yaml"))
	return err == nil && info.Mode().IsRegular()
}

// kustomization complains of one that gives images other names or tags, since then the
// manifests beside it do not say what runs.
func (r *reader) kustomization(w *walker, n *yaml.Node) {
	images := w.get(n, "images")
	if len(w.list(images)) == 0 {
		return
	}
	dir := path.Dir(r.file)
	r.problem(images.Line, "it changes images, so those of its manifests are not the ones that run", "give what kubectl kustomize "+dir+" prints")
}

// words and jsonWords are what a manifest cannot be without.
var (
	words     = []string{"kind:", "apiVersion", `kind"`}
	jsonWords = []string{`"kind"`, `"apiVersion"`}
)

func mentions(text []byte, words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return bytes.Contains(text, []byte(word)) })
}

// worthwhile reports whether a document may be a manifest, to save the time of reading
// large files that cannot. One in a file that the user named is always read.
func (r *reader) worthwhile(text []byte) bool {
	return r.named || len(text) <= 1<<20 || mentions(text, words)
}
