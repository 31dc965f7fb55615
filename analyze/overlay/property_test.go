package overlay_test

import (
	"archive/tar"
	"fmt"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// inode is a file of the reference model below.
type inode struct {
	layer, order int // of the version that holds the bytes
	size         int64
	kind         byte
}

// flatten is the OCI layer rules in their plainest form: a map from path to
// what is there, whiteouts applied by looking at every path. It is slow, and it
// shares nothing with the overlay. early tells that a hard link stood before its
// target: the overlay puts that right, and an engine refuses it.
func flatten(layers []files) (tree map[string]*inode, early bool) {
	tree = map[string]*inode{}
	remove := func(in map[string]*inode, p string, self bool) {
		for name := range in {
			if name == p && self || strings.HasPrefix(name, p+"/") || p == "" {
				delete(in, name)
			}
		}
	}
	for i, layer := range layers {
		for _, f := range layer {
			dir, base := path.Split(f.Path)
			dir = strings.TrimSuffix(dir, "/")
			switch {
			case base == ".wh..wh..opq":
				remove(tree, dir, false)
			case strings.HasPrefix(base, ".wh."):
				remove(tree, path.Join(dir, strings.TrimPrefix(base, ".wh.")), true)
			}
		}
		for order, f := range layer {
			name := strings.TrimSuffix(f.Path, "/")
			if strings.HasPrefix(path.Base(name), ".wh.") {
				continue
			}
			for parent := path.Dir(name); parent != "."; parent = path.Dir(parent) {
				if at := tree[parent]; at == nil || at.kind != tar.TypeDir {
					tree[parent] = &inode{kind: tar.TypeDir}
				}
			}
			if f.Type == tar.TypeLink {
				at := tree[f.Linkname]
				early = early || at == nil || at.kind == tar.TypeDir
				if at == nil || at.kind == tar.TypeDir || at == tree[name] {
					continue
				}
				remove(tree, name, true)
				tree[name] = at
				continue
			}
			if f.Type == tar.TypeDir {
				if at := tree[name]; at == nil || at.kind != tar.TypeDir {
					tree[name] = &inode{kind: tar.TypeDir}
				}
				continue
			}
			remove(tree, name, true)
			tree[name] = &inode{layer: i, order: order, size: int64(len(f.Body)), kind: tar.TypeReg}
		}
	}
	return tree, early
}

// randomLayers makes an image of few names, so that layers collide all the time.
func randomLayers(r *rand.Rand) []files {
	names := []string{"a", "b", "c", "a/a", "a/b", "a/c", "b/a", "b/b", "a/a/a", "a/a/b", "a/b/a", "c/a", "c/a/b"}
	pick := func() string { return names[r.IntN(len(names))] }
	made := []string{"a"} // hard links mostly point to something that was there once
	var layers []files
	for range 1 + r.IntN(5) {
		var layer files
		for range r.IntN(9) {
			switch r.IntN(10) {
			case 0, 1:
				layer = append(layer, imagetest.Dir(pick()))
			case 2:
				layer = append(layer, whiteout(pick()))
			case 3:
				layer = append(layer, opaque([]string{"", "a", "b", "a/a"}[r.IntN(4)]))
			case 4, 5:
				layer = append(layer, hardLink(pick(), made[r.IntN(len(made))]))
			default:
				// Few sizes and few contents: copies and duplicates come up often.
				size := []int64{0, 3, 4096, 5000}[r.IntN(4)]
				f := same(pick(), fmt.Sprint(r.IntN(3)), size)
				made = append(made, f.Path)
				layer = append(layer, f)
			}
		}
		layers = append(layers, layer)
	}
	return layers
}

// TestRandomImages holds the overlay against the plain model on thousands of
// random images.
func TestRandomImages(t *testing.T) {
	const cases = 12000
	compared := 0
	for seed := range uint64(cases) {
		layers := randomLayers(rand.New(rand.NewPCG(seed, 1)))
		if holdsModel(t, []way{inPlace, streamed}[seed%2], layers) {
			compared++
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if compared < 3000 {
		t.Errorf("only %d of %d random images could be compared", compared, cases)
	}
}

// FuzzWhiteouts is TestRandomImages for the choices that a fuzzer makes.
func FuzzWhiteouts(f *testing.F) {
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 3))
		choices := make([]byte, 200)
		for i := range choices {
			choices[i] = byte(r.IntN(256))
		}
		f.Add(choices)
	}
	f.Fuzz(func(t *testing.T, choices []byte) {
		layers := randomLayers(rand.New(&script{rest: choices}))
		for _, how := range []way{inPlace, streamed} {
			holdsModel(t, how, layers)
		}
	})
}

// script is a source of random numbers whose upper bytes are given, then 0. The
// lower ones go on counting: math/rand throws some numbers away, and would wait
// for others for ever.
type script struct {
	rest []byte
	n    uint64
}

func (s *script) Uint64() uint64 {
	s.n += 0x9E3779B97F4A7C15
	if len(s.rest) == 0 {
		return s.n >> 8
	}
	b := uint64(s.rest[0])
	s.rest = s.rest[1:]
	return b<<56 | s.n>>8
}

// holdsModel compares the overlay of layers with the plain model, and checks what
// must be true of every ledger. False: they cannot be compared.
func holdsModel(t *testing.T, how way, layers []files) bool {
	t.Helper()
	want, early := flatten(layers)
	if early {
		return false
	}
	l, _, _ := stack(t, how, layers...)
	tr := l.Tree
	var expect, got []string
	alive := map[*inode][]string{}
	for name, at := range want {
		if at.kind == tar.TypeReg {
			alive[at] = append(alive[at], name)
		} else {
			expect = append(expect, name+"/")
		}
	}
	for at, all := range alive {
		slices.Sort(all)
		expect = append(expect, fmt.Sprintf("%s L%d %d", strings.Join(all, "="), at.layer, at.size))
	}
	names := tr.VisibleNames()
	var size, live, shadowed int64
	for i := range tr.Records {
		r := &tr.Records[i]
		id := model.RecordID(i)
		if r.Kind == model.Directory || r.Kind == model.Implied {
			if r.Gone == model.StillThere {
				got = append(got, tr.Path(r.Node)+"/")
			}
			continue
		}
		if r.Kind != model.File {
			continue
		}
		size += r.Size.Bytes()
		var all []string
		for _, n := range names.Of(id) {
			all = append(all, tr.Path(n))
		}
		if (r.Verdict == model.Shadowed) != (len(all) == 0) {
			t.Fatalf("%s of layer %d is %s and has names %q", tr.Path(r.Node), r.Layer, r.Verdict, all)
		}
		if r.Verdict == model.Shadowed {
			shadowed += r.Size.Bytes()
			if r.Cause == model.NoCause || r.HiddenBy == model.StillThere || r.HiddenBy < r.Layer {
				t.Fatalf("%s of layer %d is shadowed by layer %d, cause %q", tr.Path(r.Node), r.Layer, r.HiddenBy, r.Cause)
			}
			continue
		}
		live += r.Size.Bytes()
		got = append(got, fmt.Sprintf("%s L%d %d", strings.Join(all, "="), r.Layer, r.Size.Bytes()))
	}
	slices.Sort(expect)
	slices.Sort(got)
	if diff := cmp.Diff(expect, got); diff != "" {
		t.Fatalf("(-flattened +overlay):\n%s\nlayers: %s", diff, describe(layers))
	}
	if live+shadowed != size {
		t.Fatalf("%d live + %d shadowed != %d", live, shadowed, size)
	}
	return true
}

func describe(layers []files) string {
	var b strings.Builder
	for i, layer := range layers {
		fmt.Fprintf(&b, "\nlayer %d:", i)
		for _, f := range layer {
			fmt.Fprintf(&b, " %s(%c %d %s)", f.Path, max(f.Type, '0'), len(f.Body), f.Linkname)
		}
	}
	return b.String()
}
