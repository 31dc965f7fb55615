package gate_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/replay"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/gate"
	"github.com/tare-oci/tare/ui/settings"
)

// fewFiles is how many images are tried with -short.
const fewFiles = 4

// goodFiles returns the Dockerfiles of well-made images by name.
func goodFiles(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob("testdata/*.Dockerfile")
	if err != nil || len(names) < 20 {
		t.Fatalf("%d Dockerfiles, error %v", len(names), err)
	}
	files := make(map[string]string)
	for i, name := range names {
		if testing.Short() && i >= fewFiles {
			break
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.TrimSuffix(filepath.Base(name), ".Dockerfile")] = string(text)
	}
	return files
}

// build makes the image of a Dockerfile and returns its report.
func build(t *testing.T, text string) *model.Report {
	t.Helper()
	if r, ok := built.Load(text); ok {
		return r.(*model.Report)
	}
	img, err := replay.Replay([]byte(text), replay.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(img.Problems) > 0 {
		t.Fatalf("the build would fail: %q\n%s", img.Problems, text)
	}
	archive, err := img.Archive()
	if err != nil {
		t.Fatal(err)
	}
	h, err := analyze.OpenInMemory(t.Context(), analyze.InMemory{Name: "app", Archive: archive, Size: archive.Size(), Dockerfile: []byte(text)}, analyze.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	result, err := h.Analyze(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	built.Store(text, result.Report)
	return result.Report
}

// built are the reports of Dockerfiles, which several tests judge and none changes.
var built sync.Map

// judge holds a report to limits and fails the test where they cannot be judged.
func judge(t *testing.T, r *model.Report, o gate.Options) *model.Check {
	t.Helper()
	o.Today = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	c, err := gate.Judge(r, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// failures says in a line each why a gate failed.
func failures(c *model.Check) string {
	var lines []string
	for i := range c.Thresholds {
		if f := &c.Thresholds[i]; !f.Passed {
			lines = append(lines, fmt.Sprintf("%s %s: %s, limit %s: %s", f.Name, f.Rule, f.Figure, f.Limit, f.Reason))
		}
	}
	return strings.Join(lines, "\n")
}

var (
	finalStage = regexp.MustCompile(`(?m)^FROM .*\n`)
	cleanUp    = regexp.MustCompile(`(?: && |; *)rm -rf /var/lib/apt/lists/\*`)
	noIndex    = regexp.MustCompile(`apk add --no-cache`)
	ends       = regexp.MustCompile(`(?m)^(USER|VOLUME|STOPSIGNAL|EXPOSE|ENTRYPOINT|CMD)`)
)

// split parts a Dockerfile before its last stage.
func split(text string) (before, stage string) {
	stages := finalStage.FindAllStringIndex(text, -1)
	last := stages[len(stages)-1]
	return text[:last[0]], text[last[0]:]
}

// insert adds instructions at the end of the last stage, as root and before what only
// sets things.
func insert(text, lines string) string {
	before, stage := split(text)
	if at := ends.FindStringIndex(stage); at != nil {
		return before + stage[:at[0]] + lines + "\n" + stage[at[0]:]
	}
	return before + strings.TrimRight(stage, "\n") + "\n" + lines + "\n"
}

// install returns the RUN that installs packages in a stage, "" where nothing can.
func install(text string, packages ...string) string {
	_, stage := split(text)
	switch {
	case strings.Contains(stage, "apk "):
		return "RUN apk add --no-cache " + strings.Join(packages, " ")
	case strings.Contains(stage, "debian") || strings.Contains(stage, "apt-get") || strings.Contains(stage, "slim"):
		return "RUN apt-get update && apt-get install -y --no-install-recommends " + strings.Join(packages, " ") + " && rm -rf /var/lib/apt/lists/*"
	}
	return ""
}

// faults are what slips into an image, and what names it. A fault returns "" where it
// cannot be made of an image.
var faults = []struct {
	name, wants string // the rule that finds it
	plant       func(text string) string
}{
	{"the lists are left", "apt-lists|apk-cache", func(text string) string {
		before, stage := split(text)
		if !cleanUp.MatchString(stage) && !noIndex.MatchString(stage) {
			return ""
		}
		return before + noIndex.ReplaceAllString(cleanUp.ReplaceAllString(stage, ""), "apk add -U")
	}},
	{"a compiler is left", "build-tools", func(text string) string {
		run := install(text, "gcc")
		if run == "" || strings.Contains(text, "FROM php") { // whose base has one
			return ""
		}
		return insert(text, run)
	}},
	{"a copy by chown", "metadata-copy", func(text string) string {
		if strings.Contains(text, "scratch") || strings.Contains(text, "distroless") {
			return ""
		}
		return insert(text, "COPY dist/app.jar /srv/app.jar\nRUN chown 10001 /srv/app.jar")
	}},
	{"a secret", "baked-in-secret", func(text string) string { return insert(text, "COPY deploy.key /root/.ssh/id_rsa") }},
	{"20 MB of .git", "vcs-metadata", func(text string) string {
		return insert(text, "COPY .git /src/.git\nCOPY vendor.tar /src/.git/objects/pack/pack-bb.pack")
	}},
}

// TestGoodImagesPass: the gate that nobody gave a limit passes what is well made.
func TestGoodImagesPass(t *testing.T) {
	for name, text := range goodFiles(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c := judge(t, build(t, text), gate.Options{Limits: gate.Default()}); !c.Passed {
				t.Error(failures(c))
			}
		})
	}
}

// TestEachFaultFails: each fault alone fails the same gate, and the first finding that it
// names is the fault, with its line.
func TestEachFaultFails(t *testing.T) {
	planted, part := 0, imagetest.Rounds(1, 12, 1) // each fault in every twelfth image
	files := goodFiles(t)
	for i, name := range slices.Sorted(maps.Keys(files)) {
		text := files[name]
		for j, fault := range faults {
			bad := fault.plant(text)
			if bad == "" {
				continue
			}
			if planted++; (i+j)%part > 0 {
				continue
			}
			t.Run(name+"/"+fault.name, func(t *testing.T) {
				t.Parallel()
				r := build(t, bad)
				c := judge(t, r, gate.Options{Limits: gate.Default()})
				if c.Passed {
					t.Fatalf("it passes: %s\n%s", changesOf(r), bad)
				}
				for i := range c.Thresholds {
					f := &c.Thresholds[i]
					if f.Passed {
						continue
					}
					if len(f.Findings) == 0 {
						t.Fatalf("%s names no finding", f.Name)
					}
					first := &r.Findings[f.Findings[0]]
					if !slices.Contains(strings.Split(fault.wants, "|"), first.Rule) || first.Instruction == nil || r.Instructions[*first.Instruction].Location == nil {
						t.Errorf("%s blames %+v first\n%s", f.Name, first, failures(c))
					}
				}
			})
		}
	}
	if !testing.Short() && planted < 80 {
		t.Errorf("only %d faults are planted", planted)
	}
}

func changesOf(r *model.Report) string {
	var b strings.Builder
	for i := range r.Changes {
		c := &r.Changes[i]
		fmt.Fprintf(&b, "\n%s %s %d %s (below the floor: %v)", c.Kind, c.Confidence, c.Bytes, c.Title, c.BelowFloor)
	}
	fmt.Fprintf(&b, "\nown %+v, risks %v", r.Summary.Own, r.Risks)
	return b.String()
}

// aMonthLater are what happens to an image that nobody is to blame for.
var aMonthLater = map[string]func(text string) string{
	"three more packages": func(text string) string {
		return regexp.MustCompile(`(?m)(install -y --no-install-recommends|apk add --no-cache)`).ReplaceAllString(text, "$1 jq less nano")
	},
	"another run, and a user": func(text string) string {
		if run := install(text, "jq", "less"); run != "" {
			return insert(text, run+"\nRUN "+map[bool]string{true: "adduser -D late", false: "useradd late"}[strings.Contains(run, "apk")])
		}
		return insert(text, "COPY static/logo.png /logo.png")
	},
	"all of it, twice": func(text string) string {
		for _, more := range [][]string{{"jq", "less"}, {"nano", "tree"}} {
			if run := install(text, more...); run != "" {
				text = insert(text, run)
			}
		}
		return text
	},
}

// TestTheMonthTest: what tare init wrote for an image, and the gate that compares with it,
// pass it a month later.
func TestTheMonthTest(t *testing.T) {
	part := imagetest.Rounds(1, 3, 1) // each third image ages in one of three ways
	files := goodFiles(t)
	for i, name := range slices.Sorted(maps.Keys(files)) {
		if i%part > 0 {
			continue
		}
		i /= part
		text := files[name]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			was := build(t, text)
			written, err := settings.Parse(settings.Name, settings.Draft(was, settings.Settings{}), ruleIDs())
			if err != nil {
				t.Fatal(err)
			}
			for j, what := range slices.Sorted(maps.Keys(aMonthLater)) {
				if (i+j)%part > 0 {
					continue
				}
				later := aMonthLater[what]
				is := build(t, later(text))
				for _, limits := range [][]gate.Limit{written.Limits, gate.DefaultGrowth(), gate.Default()} {
					o := gate.Options{Limits: limits, Scope: written.Scope}
					if o.Growth, _, err = gate.Against(was, is, o); err != nil {
						t.Fatal(err)
					}
					if c := judge(t, is, o); !c.Passed {
						t.Errorf("%s: %s%s", what, failures(c), changesOf(is))
					}
				}
			}
		})
	}
}

func ruleIDs() (ids []string) {
	for i := range catalogue.Rules {
		ids = append(ids, catalogue.Rules[i].ID)
	}
	return ids
}
