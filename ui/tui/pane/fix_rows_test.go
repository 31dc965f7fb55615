package pane

import (
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/view"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/tuitest"
)

// TestCannotBeHelpedAddsUp: the rows folded into what cannot be helped add up to it. What an
// edit keeps is one of them, the largest first, and names the packages.
func TestCannotBeHelpedAddsUp(t *testing.T) {
	v, r := &Fixes{}, tuitest.Report()
	c := &r.Changes[0]
	const kept = 281_000_000
	c.Bytes, c.Keeps = c.Bytes-kept, []string{"build-essential", "less"}
	r.Summary.AvoidableBytes, r.Summary.UnavoidableBytes = r.Summary.AvoidableBytes-kept, r.Summary.UnavoidableBytes+kept
	showIn(v, r)
	v.open[foldRest] = true
	v.Show(r)
	at := slices.IndexFunc(v.list, func(row fixRow) bool { return row.fold == foldRest })
	if at < 0 {
		t.Fatal("nothing is said not to be helped")
	}
	sum, below := int64(0), v.list[at+1:]
	for i := range below {
		if below[i].depth == 0 {
			break
		}
		if below[i].kept != nil {
			sum += below[i].bytes
		} else {
			sum += below[i].finding.Bytes
		}
	}
	if sum != v.list[at].bytes {
		t.Errorf("the rows add up to %d, and %d cannot be helped", sum, v.list[at].bytes)
	}
	v.To(at + 1)
	if text := textOf(v); !strings.HasPrefix(text, "packages that line 4 keeps: build-essential, less 281 MB") {
		t.Error(text)
	}
	words, settled := view.New(r), view.Settle(r)
	if got := words.Mostly(&settled); got != "packages that line 4 keeps: build-essential, less" {
		t.Errorf("mostly %s", got)
	}
}

// TestTitlesAreNotCutInAWord: a change that does several things names as many as have
// room, and counts the rest.
func TestTitlesAreNotCutInAWord(t *testing.T) {
	const title = "install without recommended packages, remove apt lists, remove logs"
	for _, c := range []struct {
		room int
		want string
	}{
		{80, title},
		{63, "install without recommended packages, remove apt lists +1 more"},
		{61, "install without recommended packages, remove apt lists +1"},
		{56, "install without recommended packages +2 more"},
		{43, "install without recommended packages +2"},
		{38, "install without recommended packages"},
		{23, "no recommended packages"},
		{12, "no recommended packages"}, // the row cuts it
	} {
		if got := fitTitle(title, c.room); got != c.want {
			t.Errorf("%d columns: %q, want %q", c.room, got, c.want)
		}
	}
	for long, short := range map[string]string{
		"remove npm cache and logs in the same RUN": "remove npm cache and logs", "do not write the compiled Python files": "no compiled Python files",
		"keep tests out of the build context": "keep tests out", "build in a separate stage": "build in a stage", "write each file once": "write each file once",
	} {
		if got := brief(long); got != short {
			t.Errorf("%s: %q", long, got)
		}
	}
	if got := fitTitle("remove logs, remove lists, and more", 24); got != "remove logs and more" {
		t.Errorf("of a title that has counted no further: %q", got)
	}
}

// TestPodsAreNamed: what is said of pods stands below a row that names the workload, and the
// text on it is whole: the manifest's line, the pod, and the YAML.
func TestPodsAreNamed(t *testing.T) {
	v, r := &Fixes{}, tuitest.Report()
	at := model.ManifestPlace{File: "deploy/directory/web.yaml", Line: 12, Workload: "Deployment shop/a-service-with-a-long-name", Container: "main", Edit: "args: [\"serve\", \"--address\", \"0.0.0.0:8080\", \"--log-format\", \"json\"]\n"}
	r.Pods = []model.Pod{{ManifestPlace: at, Role: "container"}}
	r.Findings = append(r.Findings, model.Finding{ID: "x", Rule: "port-mismatch", Title: "a port that nothing listens on", Confidence: model.Likely, Manifest: &at, Fix: &model.Fix{Summary: "Write port 8080."}})
	showIn(v, r)
	v.open[foldPods] = true
	v.Show(r)
	i := slices.IndexFunc(v.list, func(row fixRow) bool { return row.fold == foldPods })
	if i < 0 || i+2 >= len(v.list) || v.list[i+1].title != "in Deployment shop/a-service-with-a-long-name, container main" || v.list[i+2].finding == nil {
		t.Fatalf("the rows are %+v", v.list)
	}
	v.To(i + 2)
	page := &draw.Page{Theme: plainTheme(), Width: 44}
	v.Read(page)
	text := strings.Join(strings.Fields(strings.Join(page.Rows, " ")), " ")
	for _, want := range []string{"web.yaml:12", "container main", `"json"]`} {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %q: %s", want, text)
		}
	}
}

// TestPodsStandAboveWhatCannotBeHelped: what manifests can change, and what of the image holds in
// their pods, stands open above what nobody changes, each once, and no row is without a text.
func TestPodsStandAboveWhatCannotBeHelped(t *testing.T) {
	v, r := &Fixes{}, tuitest.Report()
	at := model.ManifestPlace{File: "web.yaml", Line: 12, Workload: "Deployment web", Container: "main"}
	r.Pods = []model.Pod{{ManifestPlace: at, Role: "container", Findings: []string{"u"}, Settles: []model.Settled{{Title: "no health check", Setting: "livenessProbe", Line: 20}}}}
	r.Findings = append(r.Findings,
		model.Finding{ID: "x", Rule: "port-mismatch", Title: "a port that nothing listens on", Confidence: model.Likely, Manifest: &at},
		model.Finding{ID: "u", Rule: "user-by-name", Title: "a USER given by name", Confidence: model.Likely})
	showIn(v, r)
	var titles []string
	for i := range v.list {
		row := &v.list[i]
		v.To(i)
		text := textOf(v)
		if text == "" {
			t.Errorf("row %d has no text: %+v", i, row)
		}
		switch {
		case row.fold == foldPods, row.fold == foldHeld, row.fold == foldRest:
			titles = append(titles, row.title)
		case row.pod != nil:
			titles = append(titles, row.title)
			if !strings.Contains(text, "web.yaml:12") || !strings.Contains(text, "settled: no health check") {
				t.Errorf("the container's text is %s", text)
			}
		case row.finding != nil && (row.finding.ID == "x" || row.finding.ID == "u"):
			titles = append(titles, row.finding.ID)
			if row.finding.ID == "u" && !strings.Contains(text, "in Deployment web, container main") {
				t.Errorf("it is not said where it holds: %s", text)
			}
		}
	}
	want := []string{"1 change for its manifests", "in Deployment web, container main", "x", "1 change of the image for its pods", "u", "cannot be helped"}
	if !slices.Equal(titles, want) {
		t.Errorf("got %q, want %q", titles, want)
	}
}
