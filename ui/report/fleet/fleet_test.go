package fleet_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/fleet"
	"github.com/tare-oci/tare/ui/report/reporttest"
)

func bytesOf(n float64) *int64 { return model.Ptr(int64(n)) }

// sample is a fleet of four images on three bases, with names that somebody made up who
// means harm. With read its layers were read.
func sample(read bool) *model.Fleet {
	old, young := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	f := &model.Fleet{
		SchemaVersion: model.FleetVersion, Tool: model.Tool{Name: "tare", Version: "1.0"}, Notes: []string{"a note"}, Read: read, By: "label:team\x1b[2J",
		Totals: model.FleetTotals{
			Images: 4, Failed: 1, Layers: 7, SharedLayers: 1, AloneBytes: bytesOf(390e6), PullBytes: bytesOf(330e6), RegistryBytes: bytesOf(330e6),
			Registries: []model.FleetRegistry{{Host: "ghcr.io", Images: 4, Layers: 7, Bytes: bytesOf(330e6)}},
		},
		Images: []model.FleetImage{
			{References: []string{"ghcr.io/shop/api:1.0", "ghcr.io/shop/api:stable"}, Digest: model.Ptr("sha256:a1"), Source: "registry", Platform: "linux/amd64", Created: &old, Teams: []string{"shop"}, Layers: []int{0, 1}, Base: model.Ptr(0), CompressedSize: bytesOf(120e6), OwnBytes: bytesOf(60e6)},
			{References: []string{"ghcr.io/shop/jobs:2\x1b[31m"}, Teams: []string{}, Layers: []int{}, Error: "opening ghcr.io/shop/jobs:2\x1b[31m: the registry has no such image; check name and tag"},
			{References: []string{"ghcr.io/shop/web:3"}, Digest: model.Ptr("sha256:a3"), Source: "registry", Platform: "linux/amd64", Created: &young, Teams: []string{"shop"}, Layers: []int{0, 2}, Base: model.Ptr(0), CompressedSize: bytesOf(80e6), OwnBytes: bytesOf(20e6)},
			{References: []string{"ghcr.io/tools/=SUM(A1)"}, Digest: model.Ptr("sha256:a4"), Source: "registry", Platform: "linux/amd64", Teams: []string{"<script>alert(1)</script>"}, Layers: []int{3, 4}, Base: model.Ptr(1), CompressedSize: bytesOf(110e6), OwnBytes: bytesOf(110e6)},
			{References: []string{"ghcr.io/tools/cron:1"}, Digest: model.Ptr("sha256:a5"), Source: "registry", Platform: "linux/amd64", Teams: []string{}, Layers: []int{5, 6}, Base: model.Ptr(2), CompressedSize: bytesOf(80e6), OwnBytes: bytesOf(80e6)},
		},
		Layers: []model.FleetLayer{
			{Digest: model.Ptr("sha256:01"), DiffID: model.Ptr("sha256:d1"), CompressedSize: bytesOf(60e6), Images: []int{0, 2}, Base: true, Keyword: "", Text: "# debian.sh --arch 'amd64' out/ 'bookworm'"},
			{Digest: model.Ptr("sha256:02"), CompressedSize: bytesOf(60e6), Images: []int{0}, Keyword: "RUN", Text: "RUN apt-get update && apt-get install -y curl\x1b]0;x\x07"},
			{Digest: model.Ptr("sha256:03"), CompressedSize: bytesOf(20e6), Images: []int{2}, Keyword: "COPY", Text: "COPY . /app"},
			{Digest: model.Ptr("sha256:04"), CompressedSize: bytesOf(50e6), Images: []int{3}, Base: true},
			{Digest: model.Ptr("sha256:05"), CompressedSize: bytesOf(60e6), Images: []int{3}, Keyword: "RUN", Text: "RUN npm ci"},
			{Digest: model.Ptr("sha256:06"), CompressedSize: bytesOf(55e6), Images: []int{4}, Base: true},
			{Digest: model.Ptr("sha256:07"), CompressedSize: bytesOf(25e6), Images: []int{4}, Keyword: "COPY", Text: "COPY cron /cron"},
		},
		Bases: []model.FleetBase{
			{Names: []string{"debian:bookworm"}, Title: "debian:bookworm", How: "provenance", Platform: "linux/amd64", Created: &young, Layers: []int{0}, CompressedSize: bytesOf(60e6), Images: []int{0, 2}},
			{Names: []string{"debian:bookworm"}, Title: "debian:bookworm", How: "annotation", Platform: "linux/amd64", Created: &old, Layers: []int{3}, CompressedSize: bytesOf(50e6), Images: []int{3}},
			{Names: []string{}, Title: "the base of ghcr.io/tools/cron:1", How: "history", Platform: "linux/amd64", Layers: []int{5}, CompressedSize: bytesOf(55e6), Images: []int{4}},
		},
		OutOfStep: []model.FleetDrift{{
			Name: "debian:bookworm", Platform: "linux/amd64", Images: 1, ExtraBytes: bytesOf(50e6),
			Versions: []model.FleetDriftVersion{{Base: 0, Created: &young, Images: []int{0, 2}}, {Base: 1, Created: &old, Images: []int{3}}},
		}},
		Parents: []model.FleetParent{}, Rules: []model.FleetRule{}, Instructions: []model.FleetInstruction{}, Changes: []model.FleetChange{},
		Teams: []model.FleetTeam{
			{Name: "shop", Images: 2, Layers: 3, PullBytes: bytesOf(140e6), SharedBytes: bytesOf(0)},
			{Name: "<script>alert(1)</script>", Images: 1, Layers: 2, PullBytes: bytesOf(110e6), SharedBytes: bytesOf(0)},
			{Name: "", Images: 1, Layers: 2, PullBytes: bytesOf(80e6), SharedBytes: bytesOf(0)},
		},
	}
	if read {
		fillRead(f)
	}
	return f
}

// fillRead adds what layers tell.
func fillRead(f *model.Fleet) {
	for i := range f.Layers {
		l := &f.Layers[i]
		l.Size, l.WastedBytes, l.WastedCompressedBytes = model.Ptr(2**l.CompressedSize), bytesOf(0), bytesOf(0)
	}
	f.Layers[1].WastedBytes, f.Layers[1].WastedCompressedBytes, f.Layers[1].WastedIn = bytesOf(70e6), bytesOf(35e6), model.Ptr(0)
	for i := range f.Images {
		if img := &f.Images[i]; img.Error == "" {
			img.Size, img.WastedBytes, img.WastedCompressedBytes, img.AvoidableBytes, img.Efficiency = model.Ptr(2**img.CompressedSize), bytesOf(0), bytesOf(0), bytesOf(0), model.Ptr(1.0)
		}
	}
	api := &f.Images[0]
	api.WastedBytes, api.WastedCompressedBytes, api.AvoidableBytes, api.Efficiency = bytesOf(70e6), bytesOf(35e6), bytesOf(70e6), model.Ptr(0.7)
	f.Totals.Size, f.Totals.WastedBytes, f.Totals.WastedCompressedBytes = bytesOf(660e6), bytesOf(70e6), bytesOf(35e6)
	f.Parents = []model.FleetParent{{
		Base: 0, Images: []int{3, 4}, Gone: []int{4}, SavedBytes: 104e6, DroppedBytes: 105e6, KeptBytes: 1e6, Compressed: true,
		Moves: []model.FleetParentMove{
			{From: 1, Images: []int{3}, ImageBytes: -10e6, Packages: []string{}},
			{From: 2, Images: []int{4}, ImageBytes: -6e6, KeptBytes: 1e6, Packages: []string{"curl"}, PackageCount: 1, FileBytes: 1e5},
		},
	}}
	f.Rules = []model.FleetRule{{Rule: "apt-lists", Bytes: 50e6, CompressedBytes: bytesOf(25e6), Layers: 1, Images: 1}, {Rule: "apt-recommends", Bytes: 20e6, CompressedBytes: bytesOf(10e6), Layers: 1, Images: 1}}
	f.Instructions = []model.FleetInstruction{{Keyword: "RUN", Text: f.Layers[1].Text, CompressedSize: bytesOf(60e6), WastedBytes: 70e6, WastedCompressedBytes: bytesOf(35e6), Layers: 1, Images: 1}}
	f.Changes = []model.FleetChange{{Title: "install without recommended packages", Kind: model.EditChange, Confidence: model.Likely, Bytes: 70e6, CompressedBytes: bytesOf(35e6), Layers: []int{1}, Images: []model.FleetChangeIn{{Image: 0, ID: "apt-recommends@1", Bytes: 70e6}}}}
	for i := range f.Teams {
		f.Teams[i].WastedBytes, f.Teams[i].AvoidableBytes = bytesOf(0), bytesOf(0)
	}
	f.Teams[0].WastedBytes, f.Teams[0].AvoidableBytes = bytesOf(70e6), bytesOf(70e6)
}

func written(t testing.TB, format string, o fleet.Options, f *model.Fleet) string {
	t.Helper()
	w, err := fleet.New(format, o)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := w.Write(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFormats(t *testing.T) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	schema, err := c.Compile("../../../docs/fleet.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]bool{"manifests": false, "read": true} {
		for _, format := range fleet.Names() {
			t.Run(format+"-"+name, func(t *testing.T) {
				text := written(t, format, fleet.Options{Width: 100, Verbose: read}, sample(read))
				golden.RequireEqual(t, text)
				for line := range strings.Lines(text) {
					if line = strings.TrimSuffix(line, "\n"); line != display.Escape(line) {
						t.Errorf("%q reaches a terminal as it is", line)
					}
				}
				if format == "json" {
					if err := reporttest.Validate(schema, text); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
}

// TestLinesAreTheLists: NDJSON has each item of each list of the JSON, as it is there.
func TestLinesAreTheLists(t *testing.T) {
	f := sample(true)
	var whole map[string]json.RawMessage
	if err := json.Unmarshal([]byte(written(t, "json", fleet.Options{}, f)), &whole); err != nil {
		t.Fatal(err)
	}
	lists := map[string]string{"image": "images", "layer": "layers", "base": "bases", "outOfStep": "outOfStep", "parent": "parents", "rule": "rules", "instruction": "instructions", "change": "changes", "team": "teams"}
	found := map[string]int{}
	for line := range strings.Lines(written(t, "ndjson", fleet.Options{}, f)) {
		var item map[string]any
		if err := json.Unmarshal([]byte(line), &item); err != nil {
			t.Fatal(err)
		}
		kind, index := item["type"].(string), int(item["index"].(float64))
		if kind == "fleet" {
			continue
		}
		var items []map[string]any
		if err := json.Unmarshal(whole[lists[kind]], &items); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		delete(item, "type")
		delete(item, "index")
		a, _ := json.Marshal(item)
		if b, _ := json.Marshal(items[index]); string(a) != string(b) || index != found[kind] {
			t.Errorf("%s %d is %s, want %s", kind, index, a, b)
		}
		found[kind]++
	}
	for kind, list := range lists {
		var items []any
		if err := json.Unmarshal(whole[list], &items); err != nil || len(items) != found[kind] {
			t.Errorf("%d lines of %s, want %d (%v)", found[kind], kind, len(items), err)
		}
	}
}

// TestCellsAreNoFormulas: a spreadsheet computes nothing that an image says.
func TestCellsAreNoFormulas(t *testing.T) {
	f := sample(true)
	for i, start := range []string{"=1+1", "+1", "-1", "@SUM(1)"} {
		f.Images[i].References[0], f.Images[i].Error = start, start
	}
	rows, err := csv.NewReader(strings.NewReader(written(t, "csv", fleet.Options{}, f))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@") {
				t.Errorf("%q is a formula", cell)
			}
		}
	}
}

// TestEmptyFleet: no image at all is no reason to stop working.
func TestEmptyFleet(t *testing.T) {
	for _, format := range fleet.Names() {
		if written(t, format, fleet.Options{ASCII: true}, &model.Fleet{}) == "" {
			t.Errorf("%s says nothing", format)
		}
	}
}

// TestWidths: no line is wider than it may be.
func TestWidths(t *testing.T) {
	for width := 40; width <= 120; width += 7 {
		for line := range strings.Lines(written(t, "text", fleet.Options{Width: width, Verbose: true}, sample(true))) {
			if n := display.Width(strings.TrimSuffix(line, "\n")); n > width {
				t.Errorf("%d cells of %d: %q", n, width, line)
			}
		}
	}
}

// many is a fleet of very many images with long names.
func many(images int) *model.Fleet {
	f := sample(true)
	long := strings.Repeat("\x1b]0;<img src=x onerror=alert(1)>", 40)
	f.Images, f.Layers = nil, nil
	for i := range images {
		f.Layers = append(f.Layers, model.FleetLayer{CompressedSize: bytesOf(1e6), Images: []int{i, (i + 1) % images}, Keyword: "RUN", Text: "RUN " + long})
		f.Images = append(f.Images, model.FleetImage{References: []string{fmt.Sprint("example.com/a", i, long)}, Teams: []string{}, Layers: []int{i, (i + 1) % images}, CompressedSize: bytesOf(2e6), Source: "registry"})
		f.Changes = append(f.Changes, model.FleetChange{Title: fmt.Sprint(i, long), Bytes: 1e6, Confidence: model.Likely, Images: []model.FleetChangeIn{{Image: i}}})
		f.Instructions = append(f.Instructions, model.FleetInstruction{Text: fmt.Sprint(i, long), WastedBytes: 1})
		f.Teams = append(f.Teams, model.FleetTeam{Name: fmt.Sprint(i, long)})
	}
	return f
}

// TestPageIsWhole: a page loads nothing, runs nothing of an image, and all its links lead
// somewhere; and it does not grow without end.
func TestPageIsWhole(t *testing.T) {
	ids, links := regexp.MustCompile(`id="([^"]+)"`), regexp.MustCompile(`href="([^"]+)"`)
	for name, f := range map[string]*model.Fleet{"sample": sample(true), "manifests": sample(false), "empty": {}, "many": many(4000)} {
		text := written(t, "html", fleet.Options{}, f)
		if strings.Contains(text, "<img") || strings.Contains(text, "<script>alert") || strings.Count(text, "<script>") != 1 || strings.Contains(text, "http") && strings.Contains(strings.ReplaceAll(text, "http-equiv", ""), "http") {
			t.Errorf("%s: the page has what is not its own", name)
		}
		if len(text) > 2<<20 {
			t.Errorf("%s: the page has %d bytes", name, len(text))
		}
		have := map[string]bool{}
		for _, m := range ids.FindAllStringSubmatch(text, -1) {
			if have[m[1]] {
				t.Errorf("%s: two elements are called %s", name, m[1])
			}
			have[m[1]] = true
		}
		for _, m := range links.FindAllStringSubmatch(text, -1) {
			if to := strings.TrimPrefix(m[1], "#"); to == m[1] || !have[to] {
				t.Errorf("%s: the link %s leads nowhere", name, m[1])
			}
		}
	}
}

// TestWhatIsUnknown: sums of which a part is unknown are the least, and say so; numbers agree with their verbs.
func TestWhatIsUnknown(t *testing.T) {
	layer := func(pull *int64, images ...int) model.FleetLayer {
		return model.FleetLayer{CompressedSize: pull, Images: images}
	}
	image := func(name, source string, pull *int64, layers ...int) model.FleetImage {
		return model.FleetImage{References: []string{name}, Source: source, CompressedSize: pull, Layers: layers}
	}
	for _, row := range []struct {
		f    model.Fleet
		want []string
	}{
		{model.Fleet{
			Totals: model.FleetTotals{Images: 2, Layers: 3, SharedLayers: 1},
			Images: []model.FleetImage{image("a", "registry", bytesOf(50e6), 0, 1), image("b", "docker", nil, 0, 2)},
			Layers: []model.FleetLayer{layer(bytesOf(30e6), 0, 1), layer(bytesOf(20e6), 0), layer(nil, 1)},
		}, []string{"2 images · 3 layers", "A node that runs all of them pulls at least 50 MB, each layer once; how much it pulls for 1 layer is not known.", "1 of the 3 layers is in more than one image."}},
		{model.Fleet{
			Totals: model.FleetTotals{Images: 2, Layers: 2},
			Images: []model.FleetImage{image("a", "registry", bytesOf(50e6), 0, 1), image("b", "docker", nil)},
			Layers: []model.FleetLayer{layer(bytesOf(30e6), 0), layer(bytesOf(20e6), 0)},
		}, []string{"2 images · at least 2 layers", "pulls at least 50 MB, each layer once; how much it pulls for 1 image is not known."}},
		{model.Fleet{
			Totals: model.FleetTotals{Images: 1, Layers: 2},
			Images: []model.FleetImage{image("b", "docker", nil, 0, 1)},
			Layers: []model.FleetLayer{layer(nil, 0), layer(nil, 0)},
		}, []string{"It is not known how much a node that runs it pulls."}},
		{model.Fleet{
			Totals: model.FleetTotals{Images: 2, Layers: 2},
			Images: []model.FleetImage{image("b", "docker", nil, 0), image("c", "docker", nil, 1)},
			Layers: []model.FleetLayer{layer(nil, 0), layer(nil, 1)},
		}, []string{"It is not known how much a node that runs all of them pulls.", "0 of the 2 layers are in more than one image."}},
	} {
		w, err := fleet.New("text", fleet.Options{Width: 120})
		var b strings.Builder
		if err != nil || w.Write(&b, &row.f) != nil {
			t.Fatal(err)
		}
		for _, want := range row.want {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%q is not in:\n%s", want, b.String())
			}
		}
		if row.f.Totals.SharedLayers == 0 && len(row.f.Images[len(row.f.Images)-1].Layers) == 0 && strings.Contains(b.String(), "in more than one image") {
			t.Errorf("it counts what is shared although not all layers are known:\n%s", b.String())
		}
	}
}

// TestTeamsOnlyWhereThereAre: neither one team nor none is a table.
func TestTeamsOnlyWhereThereAre(t *testing.T) {
	for _, teams := range [][]model.FleetTeam{{}, {{Name: "shop", Images: 4}}} {
		f := sample(true)
		f.Teams = teams
		for _, name := range []string{"text", "markdown", "html"} {
			w, err := fleet.New(name, fleet.Options{Width: 120, Verbose: true})
			var b strings.Builder
			if err != nil || w.Write(&b, f) != nil {
				t.Fatal(err)
			}
			if strings.Contains(b.String(), "By team") {
				t.Errorf("%s has a table of %d teams", name, len(teams))
			}
		}
	}
}
