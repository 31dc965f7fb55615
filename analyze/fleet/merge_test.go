package fleet_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/fleet"
	"github.com/tare-oci/tare/analyze/imagetest"
)

// crowdOf pushes images on a few bases, some under two names.
func crowdOf(t testing.TB, h *hub, images int) (names []string) {
	t.Helper()
	r := rand.New(rand.NewPCG(19, uint64(images)))
	for i := range images {
		seed := string(rune('a'+i%26)) + strings.Repeat("x", i/26)
		below := base([]string{"one", "two", "three"}[r.IntN(3)], 40_000)
		names = append(names, h.push(t, "team"+string(rune('0'+i%3))+"/"+seed+":1", app(seed, int64(1000+r.IntN(9000)), below)))
	}
	return append(names, h.push(t, "base/one:1", app("one", 100)), "registry:"+h.host+"/team0/none:2")
}

func encoded(t testing.TB, p *fleet.Part) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.Encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// piece is what of a part a shard would have found that judges some of the images: all are
// described, and the others' findings are missing.
func piece(t testing.TB, quick, whole *fleet.Part, n, of int) *fleet.Part {
	t.Helper()
	p := copyOf(t, quick)
	p.Read = true
	i := 0
	for _, key := range sortedKeys(whole.Images) {
		if i++; i%of == n {
			p.Images[key] = copyOf(t, whole).Images[key]
			for _, l := range p.Images[key].Layers {
				if found := copyOf(t, whole).Layers[l]; found.Waste != nil && found.Waste.In == key || p.Layers[l].Waste == nil {
					p.Layers[l] = found
				}
			}
		}
	}
	i = 0
	for _, chain := range sortedKeys(whole.Bases) {
		if i++; i%of == n {
			p.Bases[chain] = copyOf(t, whole).Bases[chain]
		}
	}
	return p
}

func sortedKeys[V any](m map[string]V) (keys []string) {
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func copyOf(t testing.TB, p *fleet.Part) *fleet.Part {
	t.Helper()
	q, err := fleet.Decode(strings.NewReader(encoded(t, p)))
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// TestPartsMerge: whatever the order and grouping, the parts of a run make the run's part,
// and the same table to the byte; and a merge changes none of its parts.
func TestPartsMerge(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	names := crowdOf(t, h, 9)
	opt := options(t)
	whole, want := run(t, opt, refs(names...))
	opt.Manifests = true
	quick, _ := run(t, opt, refs(names...))
	var parts []*fleet.Part
	var before []string
	for n := range 4 {
		p := piece(t, quick, whole, n, 4)
		parts, before = append(parts, p), append(before, encoded(t, p))
	}
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 4))
		left := slices.Clone(parts)
		left = append(left, parts[r.IntN(4)]) // twice is once
		for len(left) > 1 {
			i := r.IntN(len(left) - 1)
			j := i + 1 + r.IntN(len(left)-i-1)
			pair := []*fleet.Part{left[i], left[j]}
			if r.IntN(2) == 0 {
				pair[0], pair[1] = pair[1], pair[0]
			}
			joined, err := fleet.Merge(pair...)
			if err != nil {
				t.Fatal(err)
			}
			left[i] = joined
			left = slices.Delete(left, j, j+1)
		}
		if diff := cmp.Diff(encoded(t, whole), encoded(t, left[0])); diff != "" {
			t.Fatalf("seed %d (-one run +merged):\n%s", seed, diff)
		}
		got, _ := json.Marshal(fleet.Finish("1.0", copyOf(t, left[0])))
		if one, _ := json.Marshal(want); string(one) != string(got) {
			t.Fatalf("seed %d: the table is another", seed)
		}
	}
	for n, p := range parts {
		if encoded(t, p) != before[n] {
			t.Errorf("part %d was changed by merging it", n)
		}
	}
}

// TestOrderDoesNotMatter: the same images in another order give the same part.
func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	names := crowdOf(t, h, 7)
	first, _ := run(t, options(t), refs(names...))
	slices.Reverse(names)
	second, _ := run(t, options(t), refs(names...))
	if diff := cmp.Diff(encoded(t, first), encoded(t, second)); diff != "" {
		t.Error(diff)
	}
}

// TestBadParts: what is no part is refused with one line.
func TestBadParts(t *testing.T) {
	h := newHub(t)
	good, _ := run(t, options(t), refs(h.push(t, "b:1", imagetest.Image{Layers: []imagetest.Layer{base("one", 1000)}}), h.push(t, "a:1", app("a", 100, base("one", 1000)))))
	text := encoded(t, good)
	for name, bad := range map[string]string{
		"empty": "", "cut off": text[:len(text)/2], "another format": strings.Replace(text, `"format":5`, `"format":9`, 1), "null": "null", "a list": "[]",
		"a layer is missing": strings.Replace(text, `"layers":["sha256:`, `"layers":["sha256:0`, 1), "base is damaged": strings.Replace(text, `"files":"`, `"files":"////////////////`, 1),
		"image is null": `{"format":1,"images":{"x":null}}`, "layer is null": `{"format":1,"layers":{"x":null}}`,
	} {
		if p, err := fleet.Decode(strings.NewReader(bad)); err == nil || strings.Contains(err.Error(), "\n") || p != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, spoil := range map[string]func(*fleet.Part, *fleet.Image, *fleet.Layer){
		"a layer below 0":           func(_ *fleet.Part, _ *fleet.Image, l *fleet.Layer) { *l.Compressed = -1 },
		"a layer of exabytes":       func(_ *fleet.Part, _ *fleet.Image, l *fleet.Layer) { *l.Size = 1 << 60 },
		"waste below 0":             func(_ *fleet.Part, _ *fleet.Image, l *fleet.Layer) { l.Waste.Bytes = -5 },
		"waste of an unknown image": func(_ *fleet.Part, _ *fleet.Image, l *fleet.Layer) { l.Waste.In = "nobody" },
		"a rule below 0": func(_ *fleet.Part, _ *fleet.Image, l *fleet.Layer) {
			l.Waste.Rules = []fleet.RuleWaste{{Rule: "x", Bytes: -1}}
		},
		"a saving below 0": func(_ *fleet.Part, _ *fleet.Image, l *fleet.Layer) {
			l.Changes = map[string]fleet.Saved{"x": {Bytes: -1}}
		},
		"an unknown state":           func(_ *fleet.Part, img *fleet.Image, _ *fleet.Layer) { img.State = 9 },
		"a state below 0":            func(_ *fleet.Part, img *fleet.Image, _ *fleet.Layer) { img.State = -1 },
		"layers of a failed image":   func(_ *fleet.Part, img *fleet.Image, _ *fleet.Layer) { img.State = fleet.Failed },
		"an image below 0":           func(_ *fleet.Part, img *fleet.Image, _ *fleet.Layer) { img.Size = -1 },
		"an efficiency of 5":         func(_ *fleet.Part, img *fleet.Image, _ *fleet.Layer) { img.Efficiency = 5 },
		"a size without a layer":     func(_ *fleet.Part, img *fleet.Image, _ *fleet.Layer) { img.Sizes = append(img.Sizes, 1) },
		"a manifest's size below -1": func(_ *fleet.Part, img *fleet.Image, _ *fleet.Layer) { img.Sizes[0] = -2 },
		"a base beyond its layers":   func(_ *fleet.Part, img *fleet.Image, _ *fleet.Layer) { img.Base.Layers = 9 },
		"a package below 0": func(p *fleet.Part, _ *fleet.Image, _ *fleet.Layer) {
			p.Bases[sortedKeys(p.Bases)[0]].Packages = []fleet.PackageWeight{{Name: "x", Bytes: -1}}
		},
	} {
		p := copyOf(t, good)
		img := p.Images[sortedKeys(p.Images)[0]]
		spoil(p, img, p.Layers[img.Layers[0]])
		if q, err := fleet.Decode(strings.NewReader(encoded(t, p))); err == nil || strings.Contains(err.Error(), "\n") || q != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := fleet.Merge(fleet.New("namespace"), fleet.New("repository")); err == nil {
		t.Error("parts with other teams are merged")
	}
}
