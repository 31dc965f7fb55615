package gate

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/model"
)

// smallReport is an image of 1000 bytes, 600 of them own, with findings of each
// confidence and the files that they hold.
func smallReport() *model.Report {
	r := &model.Report{Image: model.Image{Reference: "app:1", Source: "docker", Size: 1000, CompressedSize: model.Ptr(int64(400)), Files: 4, Layers: 2, Base: model.Base{Layers: 1, How: model.BaseByProvenance}}}
	r.Summary.Own.Size = 600
	r.Layers = []model.Layer{{Inherited: true}, {Index: 1}}
	r.Findings = []model.Finding{
		{Rule: "apt-lists", Title: "package lists", Confidence: model.Certain, Bytes: 100, Layer: model.Ptr(1), Paths: []string{"var/lib/apt/lists/a"}},
		{Rule: "log-files", Title: "log files", Confidence: model.Likely, Bytes: 50, Layer: model.Ptr(1), Paths: []string{"var/log/x.log"}},
		{Rule: "docs", Title: "documentation", Confidence: model.Possible, Bytes: 30, Layer: model.Ptr(1), Paths: []string{"usr/share/doc/x"}},
		{Rule: "runs-as-root", Title: "it runs as root", Confidence: model.Possible, Paths: []string{}, Packages: []string{}},
		{Rule: "pip-cache", Title: "pip's cache", Confidence: model.Certain, Bytes: 200, Layer: model.Ptr(0), Inherited: true, Paths: []string{"root/.cache/x"}},
	}
	for i, f := range r.Findings[:3] {
		r.Findings[i].ID = f.Rule
		r.Changes = append(r.Changes, model.Change{ID: f.Rule, Confidence: f.Confidence, Bytes: f.Bytes, Findings: []string{f.Rule}})
	}
	r.Packages = []model.Package{{Name: "tzdata"}}
	t := model.NewTree()
	t.Starts = []int{0}
	for i, name := range []string{"a", "x.log", "x"} {
		t.Push(model.Record{Ref: uint32(i), Node: t.AddNode(model.Root, name), Kind: model.File, Size: model.SizeOf(r.Findings[i].Bytes), Layer: 1, Gone: model.StillThere, HiddenBy: model.StillThere})
	}
	t.Starts = append(t.Starts, 0, len(t.Records))
	t.Packages = []int32{0, -1, -1}
	r.Tree = t
	return r
}

// TestHeaviest: where no change helps, a limit on the size names what weighs most, above
// the base by its line.
func TestHeaviest(t *testing.T) {
	r := smallReport()
	r.Findings, r.Changes = nil, nil
	r.Layers = []model.Layer{{Inherited: true, Size: 400, CompressedSize: model.Ptr(int64(150))},
		{Index: 1, Size: 100, Instruction: model.Ptr(0)}, {Index: 2, Size: 500, CompressedSize: model.Ptr(int64(250)), Instruction: model.Ptr(1)}}
	r.Instructions = []model.Instruction{{Text: "RUN make", Location: &model.Location{File: "Dockerfile", Line: 2}},
		{Index: 1, Text: "COPY model /srv", Location: &model.Location{File: "Dockerfile", Line: 3}}}
	for _, c := range []struct {
		bound Bound
		want  string
		lines []int
	}{
		{MaxSize(900), "100 B too much, and no change would remove enough: the base image weighs 400 B, line 3: COPY model /srv (500 B); use a", []int{3, 2}},
		{MaxPullSize(399), "no change would remove enough: the base image weighs 150 B, line 3: COPY model /srv (250 B); use a", []int{3}},
		{MaxSize(1000), "4 files in 2 layers", nil},
	} {
		check, err := Judge(r, Options{Floor: &Floor{}, Limits: []Limit{{Bound: c.bound}}})
		if err != nil {
			t.Fatal(err)
		}
		got := check.Thresholds[0]
		if !strings.Contains(got.Reason, c.want) || len(got.Contributions) != len(c.lines) {
			t.Errorf("%s: %q of %d instructions, want %q of %d", got.Name, got.Reason, len(got.Contributions), c.want, len(c.lines))
			continue
		}
		for i, line := range c.lines {
			if at := got.Contributions[i].Location; at == nil || at.Line != line {
				t.Errorf("%s: contribution %d is at %v, want line %d", got.Name, i, at, line)
			}
		}
	}
}

func TestBounds(t *testing.T) {
	for _, c := range []struct {
		name  string
		bound Bound
		scope string
		want  string // passed, figure, limit, and a part of the reason
	}{
		{"efficiency that is kept", MinEfficiency(0.75), "", "true|25 % avoidable|25 %|avoidable 150 B = 25 % of own 600 B; min-efficiency 75 % allows 25 %"},
		{"efficiency that is not", MinEfficiency(0.76), "", "false|25 % avoidable|24 %|"},
		{"efficiency of all", MinEfficiency(0.65), model.ScopeAll, "true|35 % counted|35 %|avoidable 150 B + 200 B that the base image wastes = 35 % of 1.0 kB"},
		{"waste in bytes", MaxWasted(Amount{Bytes: 149}), "", "false|150 B avoidable|149 B|"},
		{"waste as a share", MaxWasted(Amount{Share: 0.25, IsShare: true}), "", "true|25 % avoidable|25 %|"},
		{"size", MaxSize(1000), "", "true|1.0 kB|1.0 kB|4 files in 2 layers"},
		{"size, too much", MaxSize(900), "", "false|1.0 kB|900 B|100 B too much, and 150 B can be avoided"},
		{"pull size", MaxPullSize(399), "", "false|400 B|399 B|1 B too much"},
		{"layers", MaxLayers(2), "", "true|2|2|1 of the base, 1 above it"},
		{"too many layers", MaxLayers(1), "", "false|2|1|join RUN instructions"},
		{"a rule that finds something", Deny("log-files"), "", "false|1 finding, 50 B|none|it finds log files"},
		{"a rule that finds what weighs nothing", Deny("runs-as-root"), "", "false|1 finding|none|it finds it runs as root"},
		{"a rule of the base", Deny("pip-cache"), "", "true|none|none|it finds nothing"},
		{"certain findings", FailOn(model.Certain), "", "false|1 change, 100 B|no certain change|the worst is apt-lists"},
		{"likely findings", FailOn(model.Likely), "", "false|2 changes, 150 B|no certain or likely change|"},
		{"any finding", FailOn(model.Possible), "", "false|3 changes, 180 B|no change worth making|"},
	} {
		check, err := Judge(smallReport(), Options{Scope: c.scope, Floor: &Floor{}, Limits: []Limit{{Bound: c.bound, From: "x:1"}}})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		threshold := check.Thresholds[0]
		want := strings.SplitN(c.want, "|", 4)
		if (want[0] == "true") != threshold.Passed || threshold.Figure != want[1] || threshold.Limit != want[2] || !strings.Contains(threshold.Reason, want[3]) {
			t.Errorf("%s: %+v, want %q", c.name, threshold, c.want)
		}
		if check.Passed != threshold.Passed || threshold.Name != c.bound.Name() || threshold.From != "x:1" {
			t.Errorf("%s: the check says %v of %+v", c.name, check.Passed, threshold)
		}
	}
}

// TestBoundsThatCannotBeJudged: a gate that cannot count does not guess.
func TestBoundsThatCannotBeJudged(t *testing.T) {
	unknown, partial, saved := smallReport(), smallReport(), smallReport()
	unknown.Image.CompressedSize, partial.Partial, saved.Tree = nil, true, nil
	for _, c := range []struct {
		report  *model.Report
		bound   Bound
		ignores []Ignore
		want    string
	}{
		{unknown, MaxPullSize(1), nil, "what app:1 weighs compressed is not known"},
		{smallReport(), FailOn("surely"), nil, "it takes certain, likely or possible"},
		{partial, MaxSize(1), nil, "let tare read the whole image"},
		{saved, MaxSize(1), []Ignore{{Path: "var/**", Where: "s:3"}}, "s:3: ignoring path var/** needs the image's files"},
		{smallReport(), MaxSize(1), []Ignore{{Path: "../x", Where: "s:3"}}, `s:3: path "../x"`},
	} {
		if _, err := Judge(c.report, Options{Limits: []Limit{{Bound: c.bound}}, Ignores: c.ignores}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want an error with %q", err, c.want)
		}
	}
}

// TestIgnores takes findings out by rule, by path and by package, and fails on an
// entry that has expired.
func TestIgnores(t *testing.T) {
	today := time.Date(2030, 5, 1, 23, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name    string
		ignore  Ignore
		wasted  string // what is left of the waste of 150 bytes
		whole   int    // findings that are ignored
		expired string
	}{
		{"by rule", Ignore{Rule: "apt-lists"}, "50 B", 1, ""},
		{"by path", Ignore{Path: "*.log"}, "100 B", 1, ""},
		{"by package", Ignore{Package: "tzdata"}, "50 B", 1, ""},
		{"by a package that is not there", Ignore{Package: "nothing"}, "150 B", 0, ""},
		{"by rule and path that do not fit", Ignore{Rule: "apt-lists", Path: "*.log"}, "150 B", 0, ""},
		{"what weighs nothing", Ignore{Rule: "runs-as-root"}, "150 B", 1, ""},
		{"its last day", Ignore{Rule: "apt-lists", Expires: "2030-05-01"}, "50 B", 1, ""},
		{"the day after", Ignore{Rule: "apt-lists", Expires: "2030-04-30"}, "150 B", 0, "fix what is left of it"},
		{"expired, and nothing is left", Ignore{Rule: "yum-cache", Expires: "2030-04-30"}, "150 B", 0, "remove the entry"},
	} {
		c.ignore.Reason, c.ignore.Where = "because", "s:1"
		check, err := Judge(smallReport(), Options{Floor: &Floor{}, Limits: []Limit{{Bound: MaxWasted{Bytes: 1000}}}, Ignores: []Ignore{c.ignore}, Today: today})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := check.Thresholds[0].Figure; strings.TrimSuffix(strings.TrimSuffix(got, " avoidable"), " counted") != c.wasted {
			t.Errorf("%s: %s wasted, want %s", c.name, got, c.wasted)
		}
		if c.expired != "" {
			if last := check.Thresholds[len(check.Thresholds)-1]; check.Passed || last.Name != "ignore-expired" || !strings.Contains(last.Reason, c.expired) {
				t.Errorf("%s: %+v", c.name, last)
			}
		} else if got := len(check.Ignored[0].Findings); got != c.whole || !check.Passed {
			t.Errorf("%s: %d findings are ignored, want %d (passed: %v)", c.name, got, c.whole, check.Passed)
		}
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       Bound
	}{
		{NameMinEfficiency, "95%", MinEfficiency(0.95)}, {NameMaxWasted, "20MB", MaxWasted{Bytes: 20_000_000}}, {NameMaxSize, "1kB", MaxSize(1000)},
		{NameMaxPullSize, "1KiB", MaxPullSize(1024)}, {NameMaxSizeGrowth, "10%", MaxGrowth{NameMaxSizeGrowth, Amount{Share: 0.1, IsShare: true}}},
		{NameMaxLayerGrowth, "3", MaxGrowth{NameMaxLayerGrowth, Amount{Bytes: 3}}}, {NameMaxLayers, "12", MaxLayers(12)}, {NameFailOn, "likely", FailOn(model.Likely)},
	} {
		if got, err := Parse(c.name, c.text); err != nil || got != c.want || got.Name() != c.name {
			t.Errorf("%s %s: %v, %v", c.name, c.text, got, err)
		}
		if _, err := Parse(c.name, "?"); err == nil || !strings.Contains(err.Error(), Takes(c.name)) {
			t.Errorf("%s ?: %v", c.name, err)
		}
	}
	if _, err := Parse(NameDeny, "apt-lists"); err == nil {
		t.Error("deny is not one text")
	}
}

// TestOver: flags decide over settings, name by name; limits are judged in the
// order of the documentation.
func TestOver(t *testing.T) {
	all := Over([]Limit{{Bound: MaxSize(1)}}, []Limit{{Bound: MaxSize(2), From: "s:1"}, {Bound: MinEfficiency(0.9), From: "s:2"}})
	if len(all) != 2 || all[0].Bound != MaxSize(1) || all[1].From != "s:2" {
		t.Errorf("%+v", all)
	}
	if first := sorted(all)[0].Bound.Name(); first != NameMinEfficiency {
		t.Errorf("%s is judged first", first)
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"var/cache/**", "var/cache/a/b", true}, {"var/cache/", "var/cache/a", true}, {"/var/*", "var/x", true}, {"var/*", "var/x/y", false},
		{"**/x.log", "x.log", true}, {"**/x.log", "a/b/x.log", true}, {"a/**/b", "a/b", true}, {"a/**/b", "a/c/d", false}, {"[ab]?", "b1", true},
	} {
		g, err := ParseGlob(c.pattern)
		if err != nil || g.Match(c.path) != c.want {
			t.Errorf("%s on %s: %v, %v", c.pattern, c.path, !c.want, err)
		}
	}
	for _, bad := range []string{"", "/", "a//b", "../a", "a/[", "./a"} {
		if _, err := ParseGlob(bad); err == nil && bad != "/" {
			t.Errorf("%q is taken", bad)
		}
	}
}

// TestWhatCounts: savings below the floor do not, and neither does what each run of a
// package manager leaves, what a change keeps, or what only another base could spare.
func TestWhatCounts(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(r *model.Report)
		floor *Floor
		scope string
		want  int64
	}{
		{"all of it", func(*model.Report) {}, &Floor{}, model.ScopeOwn, 150},
		{"with the base's", func(*model.Report) {}, &Floor{}, model.ScopeAll, 350},
		{"above a floor in bytes", func(*model.Report) {}, &Floor{Bytes: 51}, model.ScopeOwn, 100},
		{"above a floor as a share", func(*model.Report) {}, &Floor{Share: 0.1}, model.ScopeOwn, 100},
		{"above the default floor", func(*model.Report) {}, nil, model.ScopeOwn, 0},
		{"a package manager's database", func(r *model.Report) { r.Findings[0].Rule = churn }, &Floor{}, model.ScopeOwn, 50},
		{"and its old copy", func(r *model.Report) {
			r.Findings[0].Rule, r.Findings[0].Paths = "backup-files", []string{"var/lib/dpkg/status-old", "etc/passwd-"}
		}, &Floor{}, model.ScopeOwn, 50},
		{"another backup", func(r *model.Report) {
			r.Findings[0].Rule, r.Findings[0].Paths = "backup-files", []string{"app/x~"}
		}, &Floor{}, model.ScopeOwn, 150},
		{"what a change keeps", func(r *model.Report) { r.Changes[0].Bytes = 70 }, &Floor{}, model.ScopeOwn, 120},
		{"a base's bytes that an own layer hides", func(r *model.Report) {
			r.Findings[0].Layer, r.Findings[0].Fix = model.Ptr(0), &model.Fix{Strategy: model.ChangeBase}
		}, &Floor{}, model.ScopeOwn, 50},
		{"without a change", func(r *model.Report) { r.Changes = nil }, &Floor{}, model.ScopeOwn, 0},
	} {
		r := smallReport()
		c.spoil(r)
		s := newScale(r, c.scope, newSuppression(r), c.floor)
		if sum := s.avoidable(model.Likely); sum.bytes != c.want {
			t.Errorf("%s: %d bytes, want %d (%+v)", c.name, sum.bytes, c.want, sum)
		}
	}
}

// TestTheFloorIsTold: a reason says what did not count, also where the limit is kept.
func TestTheFloorIsTold(t *testing.T) {
	check, err := Judge(smallReport(), Options{Floor: &Floor{Bytes: 160}, Limits: []Limit{{Bound: MaxWasted{}}, {Bound: MinEfficiency(1)}, {Bound: FailOn(model.Likely)}}})
	if err != nil || !check.Passed {
		t.Fatalf("%+v, error %v", check, err)
	}
	for _, threshold := range check.Thresholds {
		if !strings.Contains(threshold.Reason, "; 2 changes of 150 B in all below the floor of 160 B do not count") {
			t.Errorf("%+v", threshold)
		}
	}
}

// TestManySmallOnesCount: forty files that are each below the floor count together, once
// they reach it; no single one of them is a change that is worth making.
func TestManySmallOnesCount(t *testing.T) {
	many := func(n int) *model.Report {
		r := smallReport()
		r.Findings, r.Changes = nil, nil
		for i := range n {
			id := fmt.Sprint("f", i)
			r.Findings = append(r.Findings, model.Finding{ID: id, Rule: "deleted-later", Confidence: model.Certain, Bytes: 900_000, Layer: model.Ptr(1)})
			r.Changes = append(r.Changes, model.Change{ID: id, Confidence: model.Certain, Bytes: 900_000, Findings: []string{id}})
		}
		r.Image.Size, r.Summary.Own.Size = 38_000_000, 38_000_000
		return r
	}
	check, err := Judge(many(40), Options{Limits: Default()})
	if err != nil || check.Passed {
		t.Fatalf("%+v, error %v", check, err)
	}
	for i, want := range map[int]string{0: "94.8 % avoidable", 1: "36 MB avoidable", 3: "none"} {
		if got := check.Thresholds[i]; got.Figure != want || got.Passed != (i == 3) {
			t.Errorf("%s is %s, want %s (%+v)", got.Name, got.Figure, want, got)
		}
	}
	if check, err = Judge(many(1), Options{Limits: Default()}); err != nil || !check.Passed {
		t.Errorf("a single one fails: %+v, error %v", check, err)
	}
	for _, c := range []struct {
		before, now int
		figure      string
	}{{0, 40, "+36 MB"}, {40, 41, "+900 kB"}, {1, 2, "+900 kB"}, {40, 1, "-36 MB"}} {
		if got := against(t, many(c.before), many(c.now), NameMaxWasteGrowth, "0", Options{}); got.Figure != c.figure || got.Passed != (c.figure != "+36 MB") {
			t.Errorf("from %d to %d: %+v", c.before, c.now, got)
		}
	}
}

// TestPullIsAvoided: beside a limit on what is pulled stands what changes save of that.
func TestPullIsAvoided(t *testing.T) {
	r := smallReport()
	r.Image.CompressedSize = model.Ptr(int64(300))
	o := Options{Floor: &Floor{}, Limits: []Limit{{Bound: MaxPullSize(200)}}}
	for _, want := range []string{"100 B too much, and how much of that changes would remove is not known", "100 B too much, and 60 B of the pull can be avoided"} {
		check, err := Judge(r, o)
		if err != nil || check.Thresholds[0].Reason != want {
			t.Errorf("%+v, error %v, want %q", check, err, want)
		}
		for i := range r.Changes {
			r.Changes[i].CompressedBytes = model.Ptr(int64(30))
		}
	}
}

func TestParseFloor(t *testing.T) {
	for text, want := range map[string]Floor{"0": {}, "2MB": {Bytes: 2_000_000}, "1%": {Share: 0.01}, "2MB,3%": {2_000_000, 0.03}, "3%, 2MB": {2_000_000, 0.03}} {
		if got, err := ParseFloor(text); err != nil || *got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, bad := range []string{"", "x", "1MB,2MB", "1%,2%", "1MB,1%,1%"} {
		if got, err := ParseFloor(bad); err == nil {
			t.Errorf("%q is taken: %v", bad, got)
		}
	}
}

// TestRisks: what is certain or likely fails, what is possible or inherited does not.
func TestRisks(t *testing.T) {
	r := smallReport()
	r.Findings = append(r.Findings,
		model.Finding{ID: "s1", Rule: "baked-in-secret", Title: "a secret", Confidence: model.Certain, Layer: model.Ptr(1)},
		model.Finding{ID: "s2", Rule: "baked-in-secret", Title: "a secret", Confidence: model.Possible, Layer: model.Ptr(1)})
	r.Risks = []string{"s1", "s2"}
	for _, certain := range []bool{true, false} {
		if !certain {
			r.Risks = []string{"s2"}
		}
		check, err := Judge(r, Options{Limits: []Limit{{Bound: DenyRisks}}})
		if err != nil || check.Passed == certain {
			t.Errorf("%v: %+v, error %v", r.Risks, check, err)
		}
		if figure := check.Thresholds[0].Figure; !certain && figure != "1 possible" || certain && figure != "1 finding" {
			t.Errorf("%v: the figure is %q", r.Risks, figure)
		}
	}
}

// TestRiskyRules: the gate knows as risky the rules that the catalogue marks as risks.
func TestRiskyRules(t *testing.T) {
	var marked []string
	for _, rule := range catalogue.Rules {
		if rule.Risk {
			marked = append(marked, rule.ID)
		}
	}
	slices.Sort(marked)
	if !slices.Equal(marked, risky) {
		t.Errorf("marked %v, risky %v", marked, risky)
	}
}
