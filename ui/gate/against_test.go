package gate

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/model"
)

// release is an image of a base and two instructions of its own, with so many
// bytes of package lists of its own and in the base.
func release(own, inherited int64) *model.Report {
	p, verdict := model.Ptr[int], model.Shadowed
	r := &model.Report{
		Image: model.Image{Reference: "app", Layers: 3, Size: 1_000_000 + own + inherited, Base: model.Base{Layers: 1, How: model.BaseByHistory}},
		Layers: []model.Layer{
			{Index: 0, Size: 500_000 + inherited, Instruction: p(0), Inherited: true},
			{Index: 1, Size: 500_000 + own, Instruction: p(1)},
			{Index: 2, Instruction: p(2)},
		},
		Instructions: []model.Instruction{
			{Index: 0, Keyword: "ADD", Text: "ADD base", Layer: p(0), Inherited: true},
			{Index: 1, Keyword: "RUN", Text: "RUN apt-get update", Layer: p(1), Location: &model.Location{File: "Dockerfile", Line: 3, EndLine: 3}},
			{Index: 2, Keyword: "RUN", Text: "RUN rm lists", Layer: p(2)},
		},
	}
	r.Summary.Own.Size = 500_000 + own
	r.Image.CompressedSize = &r.Image.Size
	for layer, bytes := range []int64{inherited, own} {
		if id := fmt.Sprint("lists", layer); bytes > 0 {
			if layer > 0 {
				r.Changes = append(r.Changes, model.Change{ID: id, Confidence: model.Certain, Bytes: bytes, Findings: []string{id}})
			}
			r.Findings = append(r.Findings, model.Finding{
				ID: id, Rule: "apt-lists", Confidence: model.Certain, Bytes: bytes, Verdict: &verdict, Layer: p(layer), Instruction: p(layer), Inherited: layer == 0,
				Paths: []string{"var/lib/apt/lists/x"}, Fix: &model.Fix{Summary: "Remove the lists in the RUN that fetches them."},
			})
		}
	}
	r.Findings = append(r.Findings, model.Finding{Rule: "duplicate-content", Confidence: model.Possible, Bytes: own / 2, Layer: p(1), Instruction: p(1)})
	return r
}

// against compares two images with a limit.
func against(t *testing.T, older, newer *model.Report, name, most string, o Options) *model.Threshold {
	t.Helper()
	bound, err := Parse(name, most)
	if err != nil {
		t.Fatal(err)
	}
	g, _, err := Against(older, newer, o)
	if err != nil {
		t.Fatal(err)
	}
	o.Growth, o.Limits = g, []Limit{{Bound: bound}}
	check, err := Judge(newer, o)
	if err != nil {
		t.Fatal(err)
	}
	return &check.Thresholds[0]
}

func TestAgainst(t *testing.T) {
	ignore := []Ignore{{Rule: "apt-lists", Reason: "ours", Where: ".tare.yaml:3"}}
	for _, c := range []struct {
		name                 string
		older, newer         *model.Report
		most                 string
		options              Options
		passed               bool
		figure, limit, about string
	}{
		{"the same", release(100, 0), release(100, 0), "0", Options{}, true, "0 B", "0 B", "counted waste 100 B instead of 100 B"},
		{"a byte more", release(100, 0), release(101, 0), "0", Options{}, false, "+1 B", "0 B",
			"counted waste 101 B instead of 100 B; line 3: RUN apt-get update (+1 B): /var/lib/apt/lists/x"},
		{"less", release(100, 0), release(40, 0), "0", Options{}, true, "-60 B", "0 B", "counted waste 40 B instead of 100 B"},
		{"as much more as allowed", release(100, 0), release(150, 0), "50", Options{}, true, "+50 B", "50 B", ""},
		{"more than allowed", release(100, 0), release(151, 0), "50", Options{}, false, "+51 B", "50 B", ""},
		{"a share of what it was", release(100, 0), release(150, 0), "50%", Options{}, true, "+50 %", "50 %", ""},
		{"a share more", release(1000, 0), release(1501, 0), "50%", Options{}, false, "+50.1 %", "50 %", ""},
		{"from nothing", release(0, 0), release(1, 0), "50%", Options{}, false, "+1 B", "50 %", ""},
		{"what is inherited", release(100, 0), release(100, 900), "0", Options{}, true, "0 B", "0 B", ""},
		{"what is inherited, by all", release(100, 0), release(100, 900), "0", Options{Scope: model.ScopeAll}, false, "+900 B", "0 B", "counted waste 1.0 kB instead of 100 B; the base image, ADD base (+900 B)"},
		{"what is ignored", release(100, 0), release(900, 0), "0", Options{Ignores: ignore}, true, "0 B", "0 B", "counted waste 0 B instead of 0 B"},
		{"below the floor", release(100, 0), release(150, 0), "0", Options{Floor: &Floor{Bytes: 51}}, true, "+50 B", "0 B", "counted waste 150 B instead of 100 B; growth below the floor of 51 B does not count"},
		{"across the floor", release(50, 0), release(60, 0), "0", Options{Floor: &Floor{Bytes: 55}}, true, "+10 B", "0 B", "counted waste 60 B instead of 0 B (50 B below the floor); growth below"},
		{"from under the floor", release(50, 0), release(600, 0), "0", Options{Floor: &Floor{Bytes: 55}}, false, "+550 B", "0 B", "counted waste 600 B instead of 0 B (50 B below the floor); line 3"},
		{"to under the floor", release(600, 0), release(50, 0), "0", Options{Floor: &Floor{Bytes: 55}}, true, "-600 B", "0 B", "counted waste 0 B (50 B below the floor) instead of 600 B"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.options.Floor == nil {
				c.options.Floor = &Floor{}
			}
			got := against(t, c.older, c.newer, NameMaxWasteGrowth, c.most, c.options)
			if got.Passed != c.passed || got.Figure != c.figure || got.Limit != c.limit || got.Name != NameMaxWasteGrowth || !strings.HasPrefix(got.Reason, c.about) {
				t.Errorf("got %+v", got)
			}
			if !got.Passed && (len(got.Findings) != 1 || c.newer.Findings[got.Findings[0]].Rule != "apt-lists") {
				t.Errorf("findings %v", got.Findings)
			}
		})
	}
}

// TestGrowth holds what an image weighs to an older one, and wants the instruction named.
func TestGrowth(t *testing.T) {
	grown := func(more int64) *model.Report {
		r := release(0, 0)
		r.Layers[1].Size, r.Image.Size = r.Layers[1].Size+more, r.Image.Size+more
		r.Layers[1].CompressedSize = model.Ptr(r.Layers[1].Size / 2)
		return r
	}
	for _, c := range []struct {
		name, limit, most string
		more              int64
		allow             []Allowance
		passed            bool
		figure, about     string
	}{
		{"eight times as large", NameMaxSizeGrowth, "10%", 8_000_000, nil, false, "+800 %", "size 9.0 MB instead of 1.0 MB; line 3: RUN apt-get update (+8.0 MB)"},
		{"in bytes", NameMaxSizeGrowth, "8MB", 8_000_000, nil, true, "+8.0 MB", "size 9.0 MB instead of 1.0 MB"},
		{"below the floor", NameMaxSizeGrowth, "1%", 100_000, nil, true, "+10 %", "size 1.1 MB instead of 1.0 MB; growth below the floor of 1.0 MB does not count"},
		{"next to nothing", NameMaxSizeGrowth, "1%", 12, nil, true, "+12 B", "size "},
		{"a little more than that", NameMaxSizeGrowth, "1%", 999, nil, true, "+999 B", "size "},
		{"smaller", NameMaxSizeGrowth, "0", -100_000, nil, true, "-100 kB", "size 900 kB instead of 1.0 MB"},
		{"to pull", NameMaxPullGrowth, "1MB", 4_000_000, nil, false, "+4.0 MB", "pull size 5.0 MB instead of 1.0 MB; line 3: RUN apt-get update (+2.0 MB)"},
		{"let through", NameMaxSizeGrowth, "10%", 8_000_000, []Allowance{{Of: NameMaxSizeGrowth, UpTo: &Amount{Bytes: 8_000_000}, Reason: "the model", Until: "2030-01-31", Where: "s:3"}}, true, "+800 %",
			"size 9.0 MB instead of 1.0 MB; line 3: RUN apt-get update (+8.0 MB); let through until 2030-01-31: the model (s:3)"},
		{"let through, but not so much", NameMaxSizeGrowth, "10%", 8_000_001, []Allowance{{UpTo: &Amount{Bytes: 8_000_000}, Reason: "the model", Until: "2030-01-31", Where: "s:3"}}, false, "+800.1 %",
			"size 9.0 MB instead of 1.0 MB; line 3: RUN apt-get update (+8.0 MB); s:3 allows up to 8,000,000 bytes until 2030-01-31, which is less than 8,000,001 bytes"},
		{"let through, but another", NameMaxSizeGrowth, "10%", 8_000_000, []Allowance{{Of: NameMaxPullGrowth, Reason: "the model", Until: "2030-01-31", Where: "s:3"}}, false, "+800 %", ""},
		{"let through until yesterday", NameMaxSizeGrowth, "10%", 8_000_000, []Allowance{{Reason: "the model", Until: "2029-12-31", Where: "s:3"}}, false, "+800 %", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := Options{Allowed: c.allow, Today: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}
			got := against(t, grown(0), grown(c.more), c.limit, c.most, o)
			if got.Passed != c.passed || got.Figure != c.figure || !strings.HasPrefix(got.Reason, c.about) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// TestGrowthOfNumbers counts layers and packages.
func TestGrowthOfNumbers(t *testing.T) {
	older, newer := release(0, 0), release(0, 0)
	newer.Packages = []model.Package{{Manager: "dpkg", Name: "jq", Layer: 1, Bytes: 100}, {Manager: "dpkg", Name: "less", Layer: 1, Bytes: 200}}
	got := against(t, older, newer, NameMaxPackageGrowth, "1", Options{})
	if got.Passed || got.Figure != "+2" || got.Limit != "1" || got.Reason != "packages 2 instead of 0; line 3: RUN apt-get update: less, jq" {
		t.Errorf("got %+v", got)
	}
	newer.Layers = append(newer.Layers, model.Layer{Index: 3, Instruction: model.Ptr(3)})
	newer.Instructions = append(newer.Instructions, model.Instruction{Index: 3, Keyword: "COPY", Text: "COPY more /", Layer: model.Ptr(3)})
	got = against(t, older, newer, NameMaxLayerGrowth, "0", Options{})
	if got.Passed || got.Figure != "+1" || got.Reason != "layers 4 instead of 3; step 4: COPY more /" {
		t.Errorf("got %+v", got)
	}
}

func TestAllowanceTexts(t *testing.T) {
	for text, want := range map[string]Allowance{
		"until 2030-01-31: the model":                     {Reason: "the model", Until: "2030-01-31"},
		"size up to 400MB until 2030-01-31: the model":    {Of: NameMaxSizeGrowth, UpTo: &Amount{Bytes: 400_000_000}, Reason: "the model", Until: "2030-01-31"},
		"layers up to 3 until 2030-01-31: three services": {Of: NameMaxLayerGrowth, UpTo: &Amount{Bytes: 3}, Reason: "three services", Until: "2030-01-31"},
		"up to 50% until 2030-01-31: x":                   {UpTo: &Amount{Share: 0.5, IsShare: true}, Reason: "x", Until: "2030-01-31"},
	} {
		got, err := ParseAllowance(text, "")
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", text, err, diff)
		}
	}
	for _, bad := range []string{"", "the model", "until 2030-13-31: x", "until 2030-01-31:", "speed until 2030-01-31: x", "up to much until 2030-01-31: x"} {
		if got, err := ParseAllowance(bad, "label"); err == nil {
			t.Errorf("%q is taken: %+v", bad, got)
		}
	}
}

// TestALabelLetsThrough: the image itself says so.
func TestALabelLetsThrough(t *testing.T) {
	older, newer := release(0, 0), release(9_000_000, 0)
	newer.Config = &model.Config{Labels: []model.Setting{{Name: AllowLabel, Value: "waste until 2030-01-31: until the next base"}}}
	o := Options{Today: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}
	if got := against(t, older, newer, NameMaxWasteGrowth, "0", o); !got.Passed || !strings.Contains(got.Reason, "until the next base (label tare.allow-growth)") {
		t.Errorf("got %+v", got)
	}
	o.Today = o.Today.AddDate(0, 1, 0)
	if got := against(t, older, newer, NameMaxWasteGrowth, "0", o); got.Passed {
		t.Errorf("after its last day: %+v", got)
	}
}

// TestNewRisks: a risk that the older image has does not fail, a new one does.
func TestNewRisks(t *testing.T) {
	with := func(confidence model.Confidence, paths ...string) *model.Report {
		r := release(0, 0)
		r.Findings = append(r.Findings, model.Finding{ID: "s", Rule: "baked-in-secret", Title: "a secret", Confidence: confidence, Layer: model.Ptr(1), Instruction: model.Ptr(1), Paths: paths})
		r.Risks = []string{"s"}
		return r
	}
	none := release(0, 0)
	for _, c := range []struct {
		name         string
		older, newer *model.Report
		passed       bool
	}{
		{"none", none, none, true},
		{"a new one", none, with(model.Certain, "id_rsa"), false},
		{"a possible one", none, with(model.Possible, "id_rsa"), true},
		{"an old one", with(model.Certain, "id_rsa"), with(model.Certain, "id_rsa"), true},
		{"one more file", with(model.Certain, "id_rsa"), with(model.Certain, "id_rsa", "b/id_rsa"), false},
		{"an old one of an instruction", with(model.Likely), with(model.Likely), true},
		{"a new one of an instruction", none, with(model.Likely), false},
	} {
		g, _, err := Against(c.older, c.newer, Options{})
		if err != nil {
			t.Fatal(err)
		}
		check, err := Judge(c.newer, Options{Growth: g, Limits: DefaultGrowth()})
		if err != nil || check.Passed != c.passed {
			t.Errorf("%s: %+v, error %v", c.name, check, err)
		}
	}
}

func TestAgainstWhatCannotBeCompared(t *testing.T) {
	partial := release(1, 1)
	partial.Partial = true
	if _, _, err := Against(partial, release(1, 1), Options{}); err == nil {
		t.Error("an old image that was read in part is taken")
	}
	byPath := Options{Ignores: []Ignore{{Path: "var/**", Reason: "x", Where: ".tare.yaml:3"}}, Today: time.Unix(0, 0)}
	if _, _, err := Against(release(1, 1), release(1, 1), byPath); err == nil {
		t.Error("paths are ignored in a report without files")
	}
	other := release(1, 1)
	other.Image.Base = model.Base{How: model.BaseNone}
	_, notes, err := Against(other, release(1, 1), Options{})
	if diff := cmp.Diff(1, len(notes)); err != nil || diff != "" {
		t.Errorf("error %v, notes %q", err, notes)
	}
	if _, err := Judge(release(1, 1), Options{Limits: DefaultGrowth()}); err == nil {
		t.Error("growth is judged without an older image")
	}
}

// TestPartsAreTheSteps: what a step did in a directory is told, and not what others did there.
func TestPartsAreTheSteps(t *testing.T) {
	step := &model.Step{Instruction: model.Ptr(2), Layer: model.Ptr(1)}
	other := &model.Step{Instruction: model.Ptr(5), Layer: model.Ptr(3)}
	g := &Growth{comparison: &model.Comparison{Paths: []model.PathChange{
		{Path: "usr/lib", Directory: true, Bytes: model.Delta{Growth: 18}, Step: step, StepBytes: 13},
		{Path: "opt", Directory: true, Bytes: model.Delta{Growth: 4}, Step: step, StepBytes: 6},
		{Path: "srv", Directory: true, Bytes: model.Delta{Growth: 5}, Step: other, StepBytes: 5},
	}}}
	got := g.contribution(step, 19).Paths
	if want := []model.Part{{Name: "usr/lib", Bytes: 13}, {Name: "opt", Bytes: 4}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
