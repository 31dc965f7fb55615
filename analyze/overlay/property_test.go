package overlay_test

import (
	"archive/tar"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// TestRandomImages holds the overlay against the plain model on thousands of
// random images.
func TestRandomImages(t *testing.T) {
	cases := imagetest.Rounds(300, 300, 12000)
	compared := 0
	for seed := range uint64(cases) {
		layers := imagetest.Nasty(rand.New(rand.NewPCG(seed, 1)), "", false)
		if holdsModel(t, []way{inPlace, streamed}[seed%2], layers) {
			compared++
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if compared < cases/4 {
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
		layers := imagetest.Nasty(rand.New(&script{rest: choices}), "", false)
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
// must be true of every ledger. False: engines refuse the image.
func holdsModel(t *testing.T, how way, layers []files) bool {
	t.Helper()
	want, err := imagetest.Merge(layers...)
	if refused := (*imagetest.Refusal)(nil); errors.As(err, &refused) && !refused.Docker {
		stack(t, how, layers...) // has to end well all the same
		return false
	}
	l, _, _ := stack(t, how, layers...)
	tr := l.Tree
	var expect, got []string
	alive := map[*imagetest.Inode][]string{}
	for name, at := range want {
		if at.Type == tar.TypeReg {
			alive[at] = append(alive[at], name)
		} else {
			expect = append(expect, special(name, at.Type, at.Target, !at.Unnamed, at.Mode, at.UID, at.GID))
		}
	}
	for at, all := range alive {
		slices.Sort(all)
		expect = append(expect, fmt.Sprintf("%s L%d %d %o %d:%d", strings.Join(all, "="), at.Layer, at.Size, at.Mode, at.UID, at.GID))
	}
	names := tr.VisibleNames()
	var size, live, shadowed int64
	for i := range tr.Records {
		r := &tr.Records[i]
		id := model.RecordID(i)
		if r.Kind == model.File {
			size += r.Size.Bytes()
			all := names.Of(id)
			if (r.Verdict == model.Shadowed) != (len(all) == 0) {
				t.Fatalf("%s of layer %d is %s and has %d names", tr.Path(r.Node), r.Layer, r.Verdict, len(all))
			}
			if r.Verdict == model.Shadowed {
				shadowed += r.Size.Bytes()
				if r.Cause == model.NoCause || r.HiddenBy == model.StillThere || r.HiddenBy < r.Layer {
					t.Fatalf("%s of layer %d is shadowed by layer %d, cause %q", tr.Path(r.Node), r.Layer, r.HiddenBy, r.Cause)
				}
				continue
			}
			live += r.Size.Bytes()
			var paths []string
			for _, n := range all {
				paths = append(paths, tr.Path(n))
			}
			a := tr.Attributes(r)
			got = append(got, fmt.Sprintf("%s L%d %d %o %d:%d", strings.Join(paths, "="), r.Layer, r.Size.Bytes(), a.Mode, a.UID, a.GID))
			continue
		}
		if content := &tr.Records[tr.Content(id)]; r.Gone == model.StillThere && content.Kind != model.File && r.Kind < model.Whiteout {
			a, target := tr.Attributes(content), ""
			if content.Kind == model.Symlink {
				target = tr.LinkText(content)
			}
			got = append(got, special(tr.Path(r.Node), tarType[content.Kind], target, content.Kind != model.Implied, int64(a.Mode), int(a.UID), int(a.GID)))
		}
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

var tarType = map[model.Kind]byte{
	model.Directory: tar.TypeDir, model.Implied: tar.TypeDir, model.Symlink: tar.TypeSymlink,
	model.CharDevice: tar.TypeChar, model.BlockDevice: tar.TypeBlock, model.Fifo: tar.TypeFifo,
}

// special writes down what is no file.
func special(name string, kind byte, target string, named bool, mode int64, uid, gid int) string {
	if !named {
		return fmt.Sprintf("%s %c", name, kind)
	}
	return fmt.Sprintf("%s %c %s %o %d:%d", name, kind, target, mode, uid, gid)
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
