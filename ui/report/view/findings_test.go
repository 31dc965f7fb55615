package view

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/reporttest"
)

func TestHeadline(t *testing.T) {
	r := reporttest.Located()
	v := NewFindings(r, Paths{})
	for i, want := range []string{
		"packages nobody asked for: 392 MB (130 MB to pull), likely",
		"files copied again to change their owner: 3.0 MB (1.0 MB to pull), certain",
		"package lists, removed one layer too late: 21 MB (7.0 MB to pull), certain",
		"the container runs as root, possible",
		"log files: 58 kB, likely, inherited from the base image",
	} {
		if got := v.Headline(&r.Findings[i]); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestDescribe(t *testing.T) {
	r := reporttest.Located()
	v := NewFindings(r, Paths{})
	want := []string{
		"From step 2, line 4: RUN apt-get update && apt-get install -y python3-pip git",
		"Hidden by step 4, line 7: RUN chown -R app /app && rm -rf /var/lib/apt/lists/*",
		"Mostly /var/lib/apt/lists/deb.mirror.lan_debian_dists_bookworm_main_binary-amd64_Packages.lz4, of 12 files",
		"Fix: Remove the lists in the RUN that fetches them.",
	}
	if diff := cmp.Diff(want, v.Describe(&r.Findings[2])); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	r.Findings[2].HiddenBy = r.Findings[2].Layer
	if got := v.Describe(&r.Findings[2])[1]; got != "Hidden within the same layer" {
		t.Errorf("got %q", got)
	}
	if got := v.Describe(&model.Finding{}); got != nil {
		t.Errorf("of nothing: %q", got)
	}
}

func TestDiffIsShort(t *testing.T) {
	v := NewFindings(&model.Report{}, Paths{})
	f := &model.Finding{Fix: &model.Fix{Before: model.Ptr("RUN a"), After: model.Ptr(strings.Repeat("RUN b\n", 100) + "RUN c")}}
	got := v.Diff(f)
	if len(got) != maxEditLines+1 || got[maxEditLines] != "  (42 more lines)" {
		t.Errorf("%d lines, the last %q", len(got), got[len(got)-1])
	}
	if v.Diff(&model.Finding{}) != nil {
		t.Error("an edit of no fix")
	}
}

func TestLocationIsWithinTheRepository(t *testing.T) {
	r := reporttest.Located()
	v := NewFindings(r, Paths{Dir: "/home/ci/shop/images", Root: "/home/ci/shop"})
	if diff := cmp.Diff(&model.Location{File: "images/images/api/Dockerfile", Line: 4, EndLine: 4}, v.Location(&r.Findings[0])); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	r.Instructions[2].Location.Line = 0
	for _, f := range []*model.Finding{&r.Findings[0], {}, {Instruction: model.Ptr(99)}} {
		if at := v.Location(f); at != nil {
			t.Errorf("a line that nobody knows: %+v", at)
		}
	}
}

func TestCommand(t *testing.T) {
	r := reporttest.Located()
	for i, want := range []string{
		"tare fix registry.example/app:1 -f images/api/Dockerfile", "tare explain metadata-copy",
	} {
		r.Image.Reference = "registry.example/app:1"
		r.Changes = []model.Change{{Kind: model.EditChange, Flags: model.Ptr(""), Findings: []string{r.Findings[0].ID}}, {Kind: model.DecisionChange, Findings: []string{r.Findings[1].ID}}}
		if got := NewFindings(r, Paths{}).Command(&r.Findings[i]); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	r.Dockerfile.File = "/srv/shop/images/api/Dockerfile" // as it was typed, for who types again
	if got := NewFindings(r, Paths{}).Command(&r.Findings[0]); got != "tare fix registry.example/app:1 -f /srv/shop/images/api/Dockerfile" {
		t.Errorf("got %q", got)
	}
	r.Dockerfile.File = "images/api/Dockerfile"
	r.Changes[0].Flags, r.Image.Reference = model.Ptr("--rule apt-recommends"), "a b; rm"
	if got := NewFindings(r, Paths{}).Command(&r.Findings[0]); got != "tare fix IMAGE -f images/api/Dockerfile --rule apt-recommends" {
		t.Errorf("got %q", got)
	}
	r.Findings[1].Rule = "build-tools"
	r.Findings[1].Fix.Strategy = model.MultiStage
	if got := NewFindings(r, Paths{}).Command(&r.Findings[1]); got != "tare explain build-tools" {
		t.Errorf("for a stage that cannot be worked out: %q", got)
	}
	r.Changes[1].Flags = model.Ptr("--strategy multi-stage")
	if got := NewFindings(r, Paths{}).Command(&r.Findings[1]); !strings.HasSuffix(got, " --strategy multi-stage") {
		t.Errorf("got %q", got)
	}
}

func TestIgnored(t *testing.T) {
	r, c := reporttest.Located(), reporttest.Judged()
	c.Ignored[1].Findings = []int{2, -1, 99, 4} // 2 is the first entry's already
	if diff := cmp.Diff([]*model.Ignored{2: &c.Ignored[0], 3: nil, 4: &c.Ignored[1]}, IgnoredBy(r, c)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]bool{2: true, 3: false, 4: true}, Ignored(r, c)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(make([]bool, 5), Ignored(r, nil)); diff != "" {
		t.Errorf("without a gate (-want +got):\n%s", diff)
	}
}

func TestRankedPutsWasteFirst(t *testing.T) {
	findings := []model.Finding{
		{ID: "look", Bytes: 900, Confidence: model.Possible}, {ID: "nothing", Confidence: model.Certain},
		{ID: "small", Bytes: 1, Confidence: model.Certain}, {ID: "large", Bytes: 5, Confidence: model.Likely}, {ID: "equal", Bytes: 1, Confidence: model.Certain},
	}
	var got []string
	for _, f := range Ranked(&model.Report{Findings: findings}) {
		got = append(got, f.ID)
	}
	if diff := cmp.Diff([]string{"large", "small", "equal", "look", "nothing"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := RankedIndexes(&model.Report{Findings: findings, Risks: []string{"nothing"}}); got[0] != 1 {
		t.Errorf("a risk does not stand first: %v", got)
	}
	if diff := cmp.Diff([]int{3, 2, 4, 0, 1}, RankedIndexes(&model.Report{Findings: findings})); diff != "" {
		t.Errorf("indexes (-want +got):\n%s", diff)
	}
}

func TestReplacedLines(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*model.Report)
		want  *model.Location // of the fix of two instructions with a blank line between them
	}{
		{"as it is", func(*model.Report) {}, &model.Location{File: "images/api/Dockerfile", Line: 5, EndLine: 7}},
		{"no Dockerfile", func(r *model.Report) { r.Dockerfile = nil }, nil},
		{"a comment between", func(r *model.Report) { r.Dockerfile.Lines[5] = "# owner" }, nil},
		{"other lines", func(r *model.Report) { r.Dockerfile.Lines[4] += " " + "more" }, nil},
		{"a backtick escapes", func(r *model.Report) { r.Dockerfile.Lines[0] = "# escape=`" }, nil},
		{"a mask", func(r *model.Report) { r.Findings[1].Fix.After = model.Ptr("RUN login ***") }, nil},
		{"too long", func(r *model.Report) { r.Findings[1].Fix.After = model.Ptr(strings.Repeat("x", maxText+1)) }, nil},
		{"other instructions", func(r *model.Report) { r.Findings[1].Fix.Before = model.Ptr("COPY app /app\nRUN x") }, nil},
		{"inherited", func(r *model.Report) { r.Findings[1].Inherited = true }, nil},
	} {
		r := reporttest.Located()
		c.spoil(r)
		if diff := cmp.Diff(c.want, NewFindings(r, Paths{}).ReplacedLines(&r.Findings[1])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestNext: where nothing writes the change of the largest finding, another that is worth it
// comes second.
func TestNext(t *testing.T) {
	r := reporttest.Located()
	r.Image.Reference = "app:1"
	edit := model.Change{ID: "edit", Kind: model.EditChange, Flags: model.Ptr("--rule metadata-copy"), Findings: []string{r.Findings[1].ID}}
	r.Changes = []model.Change{{ID: "decision", Kind: model.DecisionChange, Findings: []string{r.Findings[0].ID}}, edit}
	failed := &model.Threshold{Name: "max-wasted", Findings: []int{0, 1}}
	want := []string{"tare explain apt-recommends", "tare fix app:1 -f images/api/Dockerfile --rule metadata-copy"}
	if diff := cmp.Diff(want, NewFindings(r, Paths{}).Next(failed, "")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	r.Changes[1].BelowFloor = true
	if diff := cmp.Diff(want[:1], NewFindings(r, Paths{}).Next(failed, "")); diff != "" {
		t.Errorf("an edit below the floor (-want +got):\n%s", diff)
	}
	failed.Findings = []int{1, 0}
	if diff := cmp.Diff(want[1:], NewFindings(r, Paths{}).Next(failed, "")); diff != "" {
		t.Errorf("the largest can be written (-want +got):\n%s", diff)
	}
}

// TestNextOfGrowth: beside the comparison stands what tare fix can write, if anything.
func TestNextOfGrowth(t *testing.T) {
	r := &model.Report{Image: model.Image{Reference: "app:1"}, Findings: []model.Finding{{ID: "a", Rule: "unused-tools"}}}
	const compared = "tare compare main.json app:1"
	next := func(name string, findings ...int) []string {
		return NewFindings(r, Paths{}).Next(&model.Threshold{Name: name, Findings: findings}, "main.json")
	}
	if diff := cmp.Diff([]string{compared}, next("max-waste-growth", 0)); diff != "" {
		t.Errorf("nothing to write (-want +got):\n%s", diff)
	}
	r.Plan.Changes = 2
	if diff := cmp.Diff([]string{compared, "tare fix app:1 -f Dockerfile"}, next("max-size-growth")); diff != "" {
		t.Errorf("a plan (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{compared}, next("max-layer-growth")); diff != "" {
		t.Errorf("layers (-want +got):\n%s", diff)
	}
	r.Changes = []model.Change{{Findings: []string{"a"}, Flags: model.Ptr("--rule unused-tools")}}
	if diff := cmp.Diff([]string{compared, "tare fix app:1 -f Dockerfile --rule unused-tools"}, next("max-waste-growth", 0)); diff != "" {
		t.Errorf("what grew (-want +got):\n%s", diff)
	}
}
