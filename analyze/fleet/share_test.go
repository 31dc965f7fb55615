package fleet_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/fleet"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/store"
)

// shard runs a share of a fleet with a store of its own in a directory that all shards see,
// and returns its part as it comes back from its file.
func shard(t testing.TB, dir string, all []fleet.Ref, share fleet.Share) *fleet.PartFile {
	t.Helper()
	opt := inDir(t, dir)
	opt.Share = share
	part, err := fleet.Run(t.Context(), all, opt)
	if err != nil {
		t.Fatal(err)
	}
	file := fleet.PartFile{Part: part, Head: fleet.PartHead{Version: "1.0", List: fleet.ListDigest(all), Shard: share.Number, Of: share.Of}}
	var b bytes.Buffer
	if err := file.Write(&b); err != nil {
		t.Fatal(err)
	}
	read, err := fleet.ReadPart(&b)
	if err != nil {
		t.Fatal(err)
	}
	read.Name = share.String()
	return read
}

func inDir(t testing.TB, dir string) fleet.Options {
	t.Helper()
	st, err := store.Open(dir, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	return fleet.Options{Analyze: analyze.Options{Store: st, Version: "1.0"}}
}

// joined merges parts in some order and completes what they left.
func joined(t testing.TB, dir string, files ...*fleet.PartFile) *fleet.Part {
	t.Helper()
	rand.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	part, err := fleet.JoinParts("1.0", files)
	if err == nil {
		err = fleet.Complete(t.Context(), part, inDir(t, dir))
	}
	if err != nil {
		t.Fatal(err)
	}
	return part
}

// TestShards: shards that are merged make what one run makes, byte for byte, also of images
// that fail, and each layer is fetched once in all. What is run again reads no layer.
func TestShards(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	names := crowdOf(t, h, 14)
	broken := app("broken", 100, base("one", 40_000))
	names = append(names, h.push(t, "team1/broken:1", broken), h.push(t, "team1/twice:1", broken))
	bad, err := broken.V1().Layers()
	if err != nil {
		t.Fatal(err)
	}
	digest, _ := bad[1].Digest()
	h.deny[digest.String()] = true
	all := refs(names...)
	one, want := run(t, options(t), all)
	h.fetched()
	for _, of := range []int{4, 1, 7}[:imagetest.Rounds(1, 1, 3)] {
		dir := t.TempDir()
		var files []*fleet.PartFile
		for n := range of {
			files = append(files, shard(t, dir, all, fleet.Share{Number: n, Of: of}))
		}
		part := joined(t, dir, files...)
		if diff := cmp.Diff(encoded(t, one), encoded(t, part)); diff != "" {
			t.Fatalf("%d shards (-one run +merged):\n%s", of, diff)
		}
		a, _ := json.Marshal(want)
		if b, _ := json.Marshal(fleet.Finish("1.0", part)); string(a) != string(b) {
			t.Fatalf("%d shards: the table is another", of)
		}
		for blob, times := range layersOf(one, h.fetched()) {
			if times != 1 && blob != digest.String() {
				t.Errorf("%d shards: %s was fetched %d times", of, blob, times)
			}
		}
		again := shard(t, dir, all, fleet.Share{Number: of - 1, Of: of})
		if got := layersOf(one, h.fetched()); len(got) > 1 || again.Part == nil {
			t.Errorf("a shard that is run again fetches %v", got)
		}
	}
}

// layersOf are those of some blobs that are layers.
func layersOf(p *fleet.Part, blobs map[string]int) map[string]int {
	found := make(map[string]int)
	for blob, times := range blobs {
		if p.Layers[blob] != nil {
			found[blob] = times
		}
	}
	return found
}

// TestShardsShareTheWork: each layer is read by one shard, and none reads everything.
func TestShardsShareTheWork(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	all := refs(crowdOf(t, h, 20)...)
	whole, _ := run(t, options(t), all)
	h.fetched()
	read := make(map[string]int)
	for n := range 4 {
		shard(t, t.TempDir(), all, fleet.Share{Number: n, Of: 4})
		mine := layersOf(whole, h.fetched())
		if len(mine) == 0 || len(mine) > len(whole.Layers)/2 {
			t.Errorf("shard %d reads %d of %d layers", n, len(mine), len(whole.Layers))
		}
		for blob, times := range mine {
			read[blob] += times
		}
	}
	for l := range whole.Layers {
		if read[l] != 1 {
			t.Errorf("%s is read %d times", l, read[l])
		}
	}
}

// TestJoinRefuses: parts that do not belong together, or are not all, are refused in one line.
func TestJoinRefuses(t *testing.T) {
	h := newHub(t)
	all := refs(crowdOf(t, h, 3)...)
	dir := t.TempDir()
	var files []*fleet.PartFile
	for n := range 3 {
		files = append(files, shard(t, dir, all, fleet.Share{Number: n, Of: 3}))
	}
	with := func(n int, change func(*fleet.PartHead)) []*fleet.PartFile {
		other := *files[n]
		change(&other.Head)
		list := slices.Clone(files)
		list[n] = &other
		return list
	}
	for want, list := range map[string][]*fleet.PartFile{
		"the part of shard 2/3 is missing": {files[0], files[1]},
		"1/3, 2/3 is missing":              {files[0]},
		"both shard 1/3":                   append(slices.Clone(files), files[1]),
		"different lists":                  with(2, func(h *fleet.PartHead) { h.List = fleet.ListDigest(all[1:]) }),
		"was made by tare 1.0 and":         with(1, func(h *fleet.PartHead) { h.Version = "1.1" }),
		"and this is tare 1.0":             with(0, func(h *fleet.PartHead) { h.Version = "1.1" }),
		"same number of shards":            with(1, func(h *fleet.PartHead) { h.Of = 4 }),
		"different --platform":             with(1, func(h *fleet.PartHead) { h.Platform = "linux/arm64" }),
		"name the parts":                   nil,
	} {
		if _, err := fleet.JoinParts("1.0", list); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// TestDamagedPartFiles: each byte of a part's file counts.
func TestDamagedPartFiles(t *testing.T) {
	h := newHub(t)
	file := shard(t, t.TempDir(), refs(h.push(t, "a:1", app("a", 100, base("one", 1000)))), fleet.Share{Number: 0, Of: 2})
	var b bytes.Buffer
	if err := file.Write(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	body := strings.IndexByte(text, '\n') + 1
	for name, bad := range map[string]string{
		"empty": "", "no part": `{"a":1}` + "\n{}\n", "half of it": text[:len(text)/2], "without its end": text[:len(text)-10], "without the head": text[body:],
		"another state": strings.Replace(text, `"state":`, `"state": `, 1), "more of it": text + "{}", "another format": strings.Replace(text, `"tareFleetPart":1`, `"tareFleetPart":7`, 1),
		"no such shard": strings.Replace(text, `"of":2`, `"of":0`, 1), "a long line": strings.Repeat(" ", 1<<20),
	} {
		if _, err := fleet.ReadPart(strings.NewReader(bad)); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestMovedTag: a tag that moves while the shards run names one image, whatever their order.
func TestMovedTag(t *testing.T) {
	h := newHub(t)
	name := h.push(t, "a:1", app("a", 100, base("one", 1000)))
	other := h.push(t, "b:1", app("b", 100, base("one", 1000)))
	all, dir := refs(name, other), t.TempDir()
	first := shard(t, dir, all, fleet.Share{Number: 0, Of: 2})
	h.push(t, "a:1", app("c", 100, base("one", 1000)))
	second := shard(t, dir, all, fleet.Share{Number: 1, Of: 2})
	part := joined(t, dir, first, second)
	if diff := cmp.Diff(encoded(t, part), encoded(t, joined(t, dir, second, first))); diff != "" {
		t.Error(diff)
	}
	if table := fleet.Finish("1.0", part); len(table.Images) != 2 {
		t.Errorf("%d images", len(table.Images))
	}
}

func TestParseShare(t *testing.T) {
	for text, want := range map[string]string{"1/4": "1/4", "4/4": "4/4", "0/4": "4/4", "1/1": "1/1", "0/1": "1/1", "3/10000": "3/10000"} {
		if s, err := fleet.ParseShare(text); err != nil || s.String() != want {
			t.Errorf("%s is %s, %v", text, s, err)
		}
	}
	for _, text := range []string{"", "4", "/", "5/4", "1/0", "0/0", "-1/4", "1/4/2", "1/10001", "a/b", " 1/4", "1/4 ", "+1/4"} {
		if s, err := fleet.ParseShare(text); err == nil {
			t.Errorf("%q is taken as %s", text, s)
		}
	}
}
