package gate_test

import (
	"fmt"
	"html"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	difference "github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/replay"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/comment"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/gate"
	"github.com/tare-oci/tare/ui/report"
	"github.com/tare-oci/tare/ui/report/compare"
	"github.com/tare-oci/tare/ui/settings"
)

// avoidableFigures are the ways in which a face says how much is avoidable. The group is
// the figure: bytes, or a share of what is the image's own.
var avoidableFigures = []*regexp.Regexp{
	regexp.MustCompile(`avoidable:? ([0-9][0-9.,]* (?:[kMGT]?B|%)|nothing)`),
	regexp.MustCompile(`([0-9][0-9.,]* (?:[kMGT]?B|%)) avoidable\b`),
	regexp.MustCompile(`([0-9][0-9.,]* [kMGT]?B) can be avoided`),
	regexp.MustCompile(`"avoidableBytes": ([0-9]+)`),
	regexp.MustCompile(`<property name="avoidable" value="([0-9]+)">`),
	regexp.MustCompile(`\| size \| to pull \| wasted \| avoidable \| layers \|\n[-:| ]+\n\|(?: [^|]* \|){3} ([^|]+) \|`),
	regexp.MustCompile(`avoidable +([0-9][0-9.,]* [kMGT]?B) +→ +(?:[0-9][0-9.,]* [kMGT]?B)`),
	regexp.MustCompile(`avoidable +(?:[0-9][0-9.,]* [kMGT]?B) +→ +([0-9][0-9.,]* [kMGT]?B)`),
	regexp.MustCompile(`\| avoidable \| ([^|]+) \| (?:[^|]+) \|`),
	regexp.MustCompile(`\| avoidable \| (?:[^|]+) \| ([^|]+) \|`),
	regexp.MustCompile(`"avoidableBytes": \{\s*"old": ([0-9]+)`),
	regexp.MustCompile(`"avoidableBytes": \{\s*"old": [0-9]+,\s*"new": ([0-9]+)`),
}

// blanks are those within a line.
var blanks = regexp.MustCompile(`[ \t]+`)

// TestOneAvoidableEverywhere: under the word avoidable every face of an image has the same
// figure, that of the report's summary.
func TestOneAvoidableEverywhere(t *testing.T) {
	said := make(map[string]int) // faces that say it
	files := hintFiles(t)
	part := imagetest.Rounds(36, 36, 1)
	for i, name := range slices.Sorted(maps.Keys(files)) {
		if i%part > 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			img, err := replay.Replay([]byte(files[name]), replay.Options{})
			if err != nil {
				t.Skip(err)
			}
			archive, err := img.Archive()
			if err != nil {
				t.Skip(err)
			}
			for face, n := range holdFigures(t, analyzed(t, archive, []byte(files[name])).Report) {
				said[face] += n
			}
		})
	}
	for _, face := range []string{"text", "markdown", "html", "json", "junit", "check text", "check markdown", "check all text", "comment first", "comment", "compare text", "compare markdown", "compare json", "init"} {
		if said[face] == 0 {
			t.Errorf("%s does not say what is avoidable, or in words that nobody looks for", face)
		}
	}
	if os.Getenv("TARE_MANY") != "" {
		t.Log(said)
	}
}

// holdFigures holds all faces of a report to its summary, and returns how often each says what
// is avoidable.
func holdFigures(t *testing.T, r *model.Report) (said map[string]int) {
	t.Helper()
	said = make(map[string]int)
	bytes := r.Summary.AvoidableBytes
	spelled := []string{display.Bytes(bytes), display.Total(bytes), fmt.Sprint(bytes), display.Share(bytes, r.Summary.Own.Size)}
	apart, _ := display.BytesApart(bytes, 10_000_000) // beside the limit of that size
	spelled = append(spelled, apart)
	if bytes == 0 {
		spelled = append(spelled, "nothing")
	}
	for face, text := range faces(t, r) {
		text = blanks.ReplaceAllString(html.UnescapeString(text), " ")
		for _, figure := range avoidableFigures {
			for _, m := range figure.FindAllStringSubmatch(text, -1) {
				said[face]++
				if !slices.Contains(spelled, m[1]) {
					t.Errorf("%s says %q, and avoidable is %q", face, m[0], spelled)
				}
			}
		}
	}
	return said
}

// faces are all that tare writes of an image, by name.
func faces(t *testing.T, r *model.Report) map[string]string {
	t.Helper()
	texts := make(map[string]string)
	put := func(face string, write func(w io.Writer) error) {
		var b strings.Builder
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		texts[face] = b.String()
	}
	tight := []gate.Limit{{Bound: gate.MinEfficiency(1)}, {Bound: gate.MaxWasted{}}, {Bound: gate.MaxSize(1)}, {Bound: gate.FailOn(model.Possible)}}
	checks := map[string]*model.Check{
		"": nil, "check ": judge(t, r, gate.Options{Limits: gate.Default()}), "check tight ": judge(t, r, gate.Options{Limits: tight}),
		"check all ": judge(t, r, gate.Options{Limits: slices.Concat(gate.Default(), tight), Scope: model.ScopeAll}),
	}
	for prefix, c := range checks {
		for _, format := range report.Names() {
			w, err := report.New(format, report.Options{Check: c, Width: 500, Verbose: true})
			if err != nil {
				t.Fatal(err)
			}
			put(prefix+format, func(to io.Writer) error { return w.Write(to, r) })
		}
	}
	same := difference.Reports(r, r)
	for _, format := range compare.Names() {
		w, err := compare.New(format, compare.Options{Width: 500})
		if err != nil {
			t.Fatal(err)
		}
		put("compare "+format, func(to io.Writer) error { return w.Write(to, same) })
	}
	put("comment first", (&comment.Comment{Report: r, Check: checks["check "]}).Write)
	put("comment", (&comment.Comment{Report: r, Check: checks["check tight "], Comparison: same}).Write)
	texts["init"] = strings.ReplaceAll(string(settings.Draft(r, settings.Settings{})), "\n# ", " ")
	return texts
}
