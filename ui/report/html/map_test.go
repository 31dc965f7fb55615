package html

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/reporttest"
	"github.com/tare-oci/tare/ui/report/view"
	"github.com/tare-oci/tare/ui/report/webpage"
)

var nearly = cmpopts.EquateApprox(0, 1e-6)

// The example of the paper (figure 4 of Bruls and others): 6 by 4, seven items.
func TestSquarify(t *testing.T) {
	for _, c := range []struct {
		name    string
		weights []float64
		within  rect
		want    []rect
	}{
		{"the paper's", []float64{6, 6, 4, 3, 2, 2, 1}, rect{0, 0, 6, 4}, []rect{
			{0, 0, 3, 2}, {0, 2, 3, 2}, // a column of two
			{3, 0, 12. / 7, 7. / 3}, {3 + 12./7, 0, 9. / 7, 7. / 3}, // a row of two on the rest, 3 by 4
			{3, 7. / 3, 1.2, 5. / 3}, // what is left is 3 by 5/3: columns again
			{4.2, 7. / 3, 1.2, 5. / 3}, {5.4, 7. / 3, 0.6, 5. / 3},
		}},
		{"one", []float64{5}, rect{1, 2, 30, 40}, []rect{{1, 2, 30, 40}}},
		{"none", nil, rect{0, 0, 6, 4}, []rect{}},
		{"nothing in it", []float64{0, 0}, rect{0, 0, 6, 4}, []rect{{0, 0, 0, 0}, {0, 0, 0, 0}}},
		{"two halves", []float64{1, 1}, rect{0, 0, 4, 2}, []rect{{0, 0, 2, 2}, {2, 0, 2, 2}}},
	} {
		if diff := cmp.Diff(c.want, squarify(c.weights, c.within), cmp.AllowUnexported(rect{}), nearly); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// Whatever the weights, each gets its share of the area, within the whole, and
// no two overlap.
func TestSquarifyKeepsAreas(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		within := rect{w: 1 + 1000*random.Float64(), h: 1 + 1000*random.Float64()}
		weights := make([]float64, 1+random.IntN(40))
		var sum float64
		for i := range weights {
			weights[i] = math.Exp(random.Float64() * 12)
			sum += weights[i]
		}
		slices.SortFunc(weights, func(a, b float64) int { return int(math.Copysign(1, b-a)) })
		places := squarify(weights, within)
		if len(places) != len(weights) {
			t.Fatalf("%d places for %d weights", len(places), len(weights))
		}
		const slack = 1e-6
		for i, p := range places {
			if got, want := p.w*p.h/(within.w*within.h), weights[i]/sum; math.Abs(got-want) > slack {
				t.Fatalf("item %d has %g of the area, want %g", i, got, want)
			}
			if p.x < -slack || p.y < -slack || p.x+p.w > within.w+slack || p.y+p.h > within.h+slack {
				t.Fatalf("item %d sticks out: %v of %v", i, p, within)
			}
			for _, q := range places[:i] {
				if p.x < q.x+q.w-slack && q.x < p.x+p.w-slack && p.y < q.y+q.h-slack && q.y < p.y+p.h-slack {
					t.Fatalf("%v and %v overlap", p, q)
				}
			}
		}
	}
}

// grow makes a report whose tree holds files: "path size layer verdict".
func grow(layers int, files ...string) *model.Report {
	r := &model.Report{Layers: make([]model.Layer, layers)}
	r.Layers[0].Inherited = true
	t := model.NewTree()
	for _, line := range files {
		field := strings.Fields(line)
		size, _ := strconv.ParseInt(field[1], 10, 64)
		layer, _ := strconv.Atoi(field[2])
		at := model.Root
		for part := range strings.SplitSeq(field[0], "/") {
			next, ok := model.NoNode, false
			for c := range t.Children(at) {
				if t.Name(c) == part {
					next, ok = c, true
				}
			}
			if !ok {
				next = t.AddNode(at, part)
			}
			at = next
		}
		rec := model.Record{Kind: model.File, Size: model.SizeOf(size), Layer: uint16(layer), Node: at, Gone: model.StillThere, Ref: model.NoFinding}
		switch field[3] {
		case "shadowed":
			rec.Verdict = model.Shadowed
		case "leftover":
			rec.Verdict = model.Leftover
		case "duplicate":
			rec.Verdict = model.Duplicate
		}
		t.Push(rec)
		r.Image.Size += size
	}
	r.Tree = t
	return r
}

// outline draws areas as text.
func outline(areas []area, indent string) string {
	var b strings.Builder
	for _, a := range areas {
		fmt.Fprintf(&b, "%s%s [%s] %d w%d i%d\n%s", indent, a.name, a.whole, a.bytes, a.wasted, a.inherited, outline(a.kids, indent+"  "))
	}
	return b.String()
}

func pageOf(r *model.Report) *builder {
	return &builder{text: view.New(r), report: r, left: otherRoom}
}

func TestMapByDirectory(t *testing.T) {
	for _, c := range []struct {
		name  string
		files []string
		want  string
	}{
		{"own, inherited, wasted", []string{"usr/a 600 0 live", "usr/b 300 1 shadowed", "etc/c 100 1 duplicate", "etc/c 50 0 shadowed"}, `
usr/ [/usr] 900 w300 i600
  a [/usr/a] 600 w0 i600
  b [/usr/b] 300 w300 i0
etc/ [/etc] 150 w50 i50
`},
		{"a directory in a directory is one box", []string{"a/b/c/x 60 1 live", "a/b/c/y 40 1 leftover"}, `
a/b/c/ [/a/b/c] 100 w40 i0
  x [/a/b/c/x] 60 w0 i0
  y [/a/b/c/y] 40 w40 i0
`},
		{"a file does not take its directory's place", []string{"a/x 100 1 live"}, `
a/ [/a] 100 w0 i0
`},
		{"what is small stands together, also what came up from below", []string{"a/b/x 6000 1 live", "a/b/y 4000 1 live", "a/small 10 1 shadowed", "s1 9 0 live", "s2 8 1 live"}, `
a/b/ [/a/b] 10000 w0 i0
  x [/a/b/x] 6000 w0 i0
  y [/a/b/y] 4000 w0 i0
3 smaller [3 smaller entries in /] 27 w10 i9
`},
		{"a file stood where a directory is now", []string{"a 100 0 shadowed", "a/x 50 1 live", "a/y 50 1 live"}, `
a/ [/a] 200 w100 i100
  older versions [older versions of /a] 100 w100 i100
  x [/a/x] 50 w0 i0
  y [/a/y] 50 w0 i0
`},
		{"names are escaped", []string{"\x1b\u202e/<b> 100 1 live"}, `
\x1b\u202e/ [/\x1b\u202e] 100 w0 i0
`},
		{"nothing", []string{"a/x 0 1 live"}, ``},
	} {
		got := outline(pageOf(grow(2, c.files...)).byDirectory(), "")
		if diff := cmp.Diff(strings.TrimPrefix(c.want, "\n"), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestMapByPackage(t *testing.T) {
	r := grow(2, "a 500 0 live", "b 300 1 shadowed", "c 199 1 live", "d 1 1 live")
	r.Packages = []model.Package{{Name: "libc", Layer: 0, Bytes: 400}, {Name: "gcc", Layer: 1, Bytes: 100}, {Name: "tiny", Layer: 1, Bytes: 1}}
	r.Tree.Packages = []int32{0, 1, -1, 2}
	r.Summary.Inherited.Size = 500
	want := "libc [libc] 500 w0 i500\ngcc [gcc] 300 w300 i0\n(no package) [in no package] 199 w0 i0\n1 smaller [1 smaller package] 1 w0 i0\n"
	if diff := cmp.Diff(want, outline(pageOf(r).byPackage(), "")); diff != "" {
		t.Errorf("from the tree (-want +got):\n%s", diff)
	}
	r.Tree = nil
	want = "(no package) [in no package] 499 w0 i100\nlibc [libc] 400 w0 i400\ngcc [gcc] 100 w0 i0\n1 smaller [1 smaller package] 1 w0 i0\n"
	if diff := cmp.Diff(want, outline(pageOf(r).byPackage(), "")); diff != "" {
		t.Errorf("from a saved report (-want +got):\n%s", diff)
	}
}

func TestMapByInstruction(t *testing.T) {
	r := reporttest.Sample()
	r.Layers[3].Size, r.Layers[3].Instruction = 1_000, nil
	want := "RUN apt-get update && apt-get install -y python3-pip git [step 2, line 4: RUN apt-get update && apt-get install -y python3-pip git] 445000000 w413000000 i0\n" +
		"debian:bookworm-slim [debian:bookworm-slim, base image: ADD file:2ef in /] 123000000 w0 i123000000\n" +
		"COPY app /app [step 3: COPY app /app] 3000000 w3000000 i0\n" +
		"1 smaller [1 smaller layer] 1000 w0 i0\n"
	if diff := cmp.Diff(want, outline(pageOf(r).byInstruction(), "")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Layers of the base image stand together, if there is more than one to be seen.
func TestMapOfTheBase(t *testing.T) {
	r := &model.Report{Image: model.Image{Base: model.Base{Reference: model.Ptr("node:<b>\x1b")}}, Layers: []model.Layer{
		{Index: 0, Size: 600, Inherited: true}, {Index: 1, Size: 300, WastedBytes: 10, Inherited: true}, {Index: 2, Size: 1, Inherited: true}, {Index: 3, Size: 99},
	}}
	want := `node:<b>\x1b [node:<b>\x1b, the base image] 901 w10 i901
  layer 0 [layer 0, no known instruction] 600 w0 i600
  layer 1 [layer 1, no known instruction] 300 w10 i300
  1 smaller [1 smaller layer] 1 w0 i1
layer 3 [layer 3, no known instruction] 99 w0 i0
`
	if diff := cmp.Diff(want, outline(pageOf(r).byInstruction(), "")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	r.Image.Base.Reference, r.Layers = nil, r.Layers[2:]
	want = "layer 1 [layer 1, no known instruction] 99 w0 i0\nbase image [base image, layer 0, no known instruction] 1 w0 i1\n"
	if diff := cmp.Diff(want, outline(pageOf(r).byInstruction(), "")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The boxes of a map are of the same bytes as the image, however they are cut.
func TestMapsAddUp(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		var files []string
		for range 1 + random.IntN(300) {
			path := fmt.Sprintf("d%d", random.IntN(3))
			for range random.IntN(4) {
				path += fmt.Sprintf("/d%d", random.IntN(3))
			}
			files = append(files, fmt.Sprintf("%s/f%d %d %d %s", path, random.IntN(30), random.IntN(1+random.IntN(100_000)), random.IntN(3), []string{"live", "shadowed", "leftover"}[random.IntN(3)]))
		}
		r := grow(3, files...)
		var want weight
		for i := range r.Tree.Records {
			rec := &r.Tree.Records[i]
			want.bytes += rec.Size.Bytes()
			if rec.Verdict != model.Live {
				want.wasted += rec.Size.Bytes()
			}
			if rec.Layer == 0 {
				want.inherited += rec.Size.Bytes()
			}
		}
		areas := pageOf(r).byDirectory()
		if got := sumOf(t, areas); got != want {
			t.Fatalf("the directories hold %v, the image %v", got, want)
		}
	}
}

// sumOf adds areas up, and checks that what is in a group adds up to it.
func sumOf(t *testing.T, areas []area) (sum weight) {
	for _, a := range areas {
		own := weight{a.bytes, a.wasted, a.inherited}
		sum.add(own)
		if len(a.kids) > 0 {
			if got := sumOf(t, a.kids); got != own {
				t.Fatalf("%s holds %v, its boxes %v", a.whole, own, got)
			}
		}
	}
	return sum
}

// Sizes that cannot be added up make no page larger.
func TestMapOfLies(t *testing.T) {
	var files []string
	for i := range 5000 {
		files = append(files, fmt.Sprintf("d%d/f%d %d 1 live", i%70, i, int64(math.MaxInt64/4)))
	}
	r := grow(2, files...)
	r.Layers = make([]model.Layer, 5000)
	for i := range r.Layers {
		r.Layers[i].Size = math.MaxInt64 / 4
	}
	r.Image.Size = 1
	if n := len(reporttest.Render(t, Page{}, r)); n > 500_000 {
		t.Errorf("the page has %d bytes", n)
	}
}

var variable = regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`)

// Every text of the page stands out from what may be behind it, in both schemes,
// stripes and dots included (WCAG 2.2, 1.4.3: 4.5 to 1).
func TestHTMLPalette(t *testing.T) {
	light, rest, _ := strings.Cut(webpage.Base, "@media")
	dark, _, _ := strings.Cut(rest, "* {")
	for name, scheme := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]string{}
		for _, m := range variable.FindAllStringSubmatch(scheme, -1) {
			colours[m[1]] = m[2]
		}
		if len(colours) < 20 {
			t.Fatalf("%s: found %d colours only", name, len(colours))
		}
		for text, backs := range map[string]string{
			"ink": "page panel", "soft": "page panel", "link": "page panel", "over": "own base dot waste stripe", "warn": "page panel",
			"add-ink": "add", "del-ink": "del", "good": "page panel", "bad": "page panel",
		} {
			for back := range strings.FieldsSeq(backs) {
				if c := contrast(colours[text], colours[back]); c < 4.5 {
					t.Errorf("%s: %s on %s has a contrast of %.2f", name, text, back, c)
				}
			}
		}
	}
}

func contrast(a, b string) float64 {
	light := func(hex string) float64 {
		var sum float64
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
			if err != nil {
				panic(err)
			}
			v := float64(n) / 255
			if v <= 0.03928 {
				v /= 12.92
			} else {
				v = math.Pow((v+0.055)/1.055, 2.4)
			}
			sum += weight * v
		}
		return sum
	}
	x, y := light(a), light(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}
