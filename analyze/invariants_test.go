package analyze_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/demo"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report"
)

// checkInvariants checks what is true of every report, whatever the image.
func checkInvariants(t *testing.T, r *model.Report) {
	t.Helper()
	checkChanges(t, r)
	s := &r.Summary
	equal := func(what string, got, want int64) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %d is not %d", what, got, want)
		}
	}
	equal("live + wasted = size", s.LiveBytes+s.WastedBytes, r.Image.Size)
	equal("shadowed + leftover = wasted", s.ShadowedBytes+s.LeftoverBytes, s.WastedBytes)
	equal("own + inherited size", s.Own.Size+s.Inherited.Size, r.Image.Size)
	equal("own + inherited waste", s.Own.WastedBytes+s.Inherited.WastedBytes, s.WastedBytes)
	if s.DuplicateBytes > s.LiveBytes {
		t.Errorf("duplicates of %d bytes in %d live ones", s.DuplicateBytes, s.LiveBytes)
	}
	for _, e := range []float64{s.Efficiency, s.Own.Efficiency, s.Inherited.Efficiency} {
		if e < 0 || e > 1 {
			t.Errorf("efficiency %v", e)
		}
	}

	var found, foundWire, size, wasted, wire, wireOverhead int64
	for _, f := range r.Findings {
		if f.Wasted() {
			found += f.Bytes
			if f.CompressedBytes != nil {
				foundWire += *f.CompressedBytes
			}
		}
	}
	equal("certain and likely findings = wasted", found, s.WastedBytes)
	if s.WastedCompressedBytes != nil {
		equal("findings' pull bytes", foundWire, *s.WastedCompressedBytes)
	}
	files := 0
	for _, l := range r.Layers {
		size += l.Size
		wasted += l.WastedBytes
		files += l.Files
		if l.CompressedSize != nil {
			wire += *l.CompressedSize
			wireOverhead += *l.CompressedOverheadBytes
		}
	}
	equal("layers' sizes", size, r.Image.Size)
	equal("layers' waste", wasted, s.WastedBytes)
	equal("layers' files", int64(files), int64(r.Image.Files))
	if r.Image.CompressedSize != nil {
		equal("layers' pull sizes", wire, *r.Image.CompressedSize)
		equal("layers' pull overhead", wireOverhead, *r.Image.CompressedOverheadBytes)
	}

	// Version by version: one verdict each, held by one finding at most, and
	// what each finding says is the sum of what it holds.
	held := make([]int64, len(r.Findings))
	heldWire := make([]int64, len(r.Findings))
	count := make([]int, len(r.Findings))
	shares := int64(0)
	names := r.Tree.VisibleNames()
	for i := range r.Tree.Records {
		v := &r.Tree.Records[i]
		if v.Kind != model.File {
			continue
		}
		shares += max(v.Compressed.Bytes(), 0)
		if hidden := len(names.Of(model.RecordID(i))) == 0; hidden != (v.Verdict == model.Shadowed) {
			t.Errorf("%s of layer %d is %s", r.Tree.Path(v.Node), v.Layer, v.Verdict)
		}
		if v.Finding() == model.NoFinding {
			if v.Size.Bytes() > 0 && v.Verdict != model.Live {
				t.Errorf("%s of layer %d is %s and no finding holds it", r.Tree.Path(v.Node), v.Layer, v.Verdict)
			}
			continue
		}
		f := &r.Findings[v.Finding()]
		held[v.Finding()] += v.Size.Bytes()
		heldWire[v.Finding()] += v.Compressed.Bytes()
		count[v.Finding()]++
		if *f.Layer != int(v.Layer) || *f.Verdict != v.Verdict {
			t.Errorf("%s: %s of layer %d, in a finding of %s of layer %d", r.Tree.Path(v.Node), v.Verdict, v.Layer, *f.Verdict, *f.Layer)
		}
		if v.Verdict == model.Shadowed && (*f.HiddenBy != int(v.HiddenBy) || *f.Cause != v.Cause.String()) {
			t.Errorf("%s: hidden by %d (%s), in a finding hidden by %d (%s)", r.Tree.Path(v.Node), v.HiddenBy, v.Cause, *f.HiddenBy, *f.Cause)
		}
	}
	for i, f := range r.Findings {
		equal("bytes of "+f.ID, f.Bytes, held[i])
		equal("files of "+f.ID, int64(f.FileCount), int64(count[i]))
		if f.CompressedBytes != nil {
			equal("pull bytes of "+f.ID, *f.CompressedBytes, heldWire[i])
		}
		if f.Verdict == nil {
			// The layer is where a secret was found, for example; no byte of it is held.
			if f.Bytes != 0 || f.FileCount != 0 || f.Cause != nil || f.HiddenBy != nil || f.Paths == nil {
				t.Errorf("%s only observes, but says %+v", f.ID, f)
			}
			continue
		}
		if f.Bytes < 1 || len(f.Paths) == 0 {
			t.Errorf("%s holds %d bytes in %q", f.ID, f.Bytes, f.Paths)
		}
		if f.Inherited && (!r.Layers[*f.Layer].Inherited || f.HiddenBy != nil && !r.Layers[*f.HiddenBy].Inherited) {
			t.Errorf("%s is called inherited", f.ID)
		}
	}
	if r.Image.CompressedSize != nil {
		equal("shares + overhead = blobs", shares+wireOverhead, wire)
	}
}

// asJSON is the whole report as bytes.
func asJSON(t *testing.T, r *model.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := (report.JSON{Files: true}).Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func image(t *testing.T, reference string) *model.Report {
	t.Helper()
	r, err := analyze.Image(t.Context(), reference, analyze.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestDemos(t *testing.T) {
	t.Parallel()
	names := demo.Names()
	slices.Reverse(names) // the small ones first
	for _, name := range names[:imagetest.Rounds(2, 2, len(names))] {
		t.Run(name, func(t *testing.T) {
			r := image(t, "demo:"+name)
			checkInvariants(t, r)
			first := asJSON(t, r)
			for range imagetest.Rounds(1, 1, 2) {
				if again := asJSON(t, image(t, "demo:"+name)); again != first {
					t.Fatalf("the report differs from run to run:\n%s", cmp.Diff(first, again))
				}
			}
		})
	}
}

// TestEveryShape opens one image in every shape that tools save images in and
// with layers stored in every way, and each of them again: the report is the
// same. A root filesystem is refused, however it is stored.
func TestEveryShape(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		at := filepath.Join(dir, name+".tar")
		if err := os.WriteFile(at, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return at
	}
	img := shapeSample(imagetest.Gzip)
	shapes := map[string]imagetest.Archive{
		"legacy": img.Legacy(), "docker25": img.Docker25(), "containerd": img.Containerd(), "kaniko": img.Kaniko(), "podman": img.Podman(),
	}
	for _, how := range imagetest.Compressions() {
		shapes["oci-"+how.String()] = shapeSample(how).OCI()
		rootfs := write("rootfs-"+how.String(), imagetest.Layer{Compression: how, Files: shapeSample(how).Layers[0].Files}.Stored())
		if _, err := analyze.Image(t.Context(), rootfs, analyze.Options{}); err == nil || !strings.Contains(err.Error(), filepath.Base(rootfs)) {
			t.Errorf("a root filesystem is not an image, but the error is: %v", err)
		}
	}
	for name, archive := range shapes {
		t.Run(name, func(t *testing.T) {
			file := write(name, archive.Tar())
			r := image(t, file)
			checkInvariants(t, r)
			first := asJSON(t, r)
			for range 4 {
				if again := asJSON(t, image(t, file)); again != first {
					t.Fatal("the report differs from run to run")
				}
			}
		})
	}
}

// shapeSample is a small image in the shape of a real one, with layers stored in
// one way.
func shapeSample(how imagetest.Compression) imagetest.Image {
	return imagetest.Image{Tag: "example.org/team/app:1", Layers: []imagetest.Layer{
		{CreatedBy: "ADD rootfs.tar / # buildkit", Compression: how, Files: []imagetest.File{
			imagetest.Dir("bin"), imagetest.Fill("bin/busybox", 50_000), imagetest.HardLink("bin/sh", "bin/busybox"), imagetest.Symlink("lib", "usr/lib"),
			imagetest.Text("etc/os-release", "ID=alpine\n"), imagetest.Fill("var/cache/apk/APKINDEX.1.tar.gz", 7000),
		}},
		{CreatedBy: "COPY README.md /root/ # buildkit", Compression: how, Files: []imagetest.File{imagetest.Fill("root/README.md", 6000)}},
		{CreatedBy: "CMD [\"/bin/sh\"]", Empty: true},
		{CreatedBy: "RUN /bin/sh -c chmod 600 /root/README.md && rm -rf /var/cache # buildkit", Compression: how, Files: []imagetest.File{
			imagetest.Fill("root/README.md", 6000).Chmod(0o600), imagetest.Whiteout("var/cache"),
		}},
	}}
}

// TestRandomImages checks the invariants on random images, each saved in several
// forms: the ledger must not depend on where an image comes from.
func TestRandomImages(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	images := uint64(imagetest.Rounds(20, 12, 120))
	// All files are written before the first is read: tare waits some milliseconds
	// for a file that has just changed.
	forms := []string{"legacy", "docker25", "oci", "kaniko"}
	name := func(seed uint64, form string) string { return filepath.Join(dir, fmt.Sprint(form, seed, ".tar")) }
	for seed := range images {
		img := randomImage(rand.New(rand.NewPCG(seed, 2)))
		for i, archive := range []imagetest.Archive{img.Legacy(), img.Docker25(), img.OCI(), img.Kaniko()} {
			if err := os.WriteFile(name(seed, forms[i]), archive.Tar(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for seed := range images {
		var want *model.Report
		for _, form := range forms {
			got, err := analyze.Image(t.Context(), name(seed, form), analyze.Options{})
			if err != nil {
				t.Fatalf("seed %d, %s: %v", seed, form, err)
			}
			checkInvariants(t, got)
			if want == nil {
				want = got
			} else if diff := cmp.Diff(ledgerOf(want), ledgerOf(got)); diff != "" {
				t.Errorf("seed %d, %s (-one form +other):\n%s", seed, form, diff)
			}
			if t.Failed() {
				t.Fatalf("seed %d, %s", seed, form)
			}
		}
	}
}

// ledgerOf is what must be the same for every form of an image.
func ledgerOf(r *model.Report) any {
	var findings []string
	for _, f := range r.Findings {
		findings = append(findings, fmt.Sprintf("%s %d %q", f.ID, f.Bytes, f.Paths))
	}
	return []any{r.Summary.LiveBytes, r.Summary.ShadowedBytes, r.Summary.LeftoverBytes, r.Summary.DuplicateBytes, findings}
}

func randomImage(r *rand.Rand) imagetest.Image {
	names := []string{"etc/a", "etc/b", "var/lib/apt/lists/x", "var/lib/dpkg/status", "tmp/t", "usr/bin/p", "usr/lib/l", "var/cache/apt/archives/p.deb"}
	dirs := []string{"etc", "var/lib/apt/lists", "usr", "var", ""}
	// Not eStargz: its own entries, hidden there, are files like others in the
	// plain tar that an engine makes of the layer.
	stored := []imagetest.Compression{imagetest.Gzip, imagetest.None, imagetest.GzipMembers, imagetest.Zstd}
	img := imagetest.Image{}
	for i := range 1 + r.IntN(5) {
		var files []imagetest.File
		for range r.IntN(8) {
			name := names[r.IntN(len(names))]
			switch r.IntN(8) {
			case 0:
				files = append(files, imagetest.Whiteout(name))
			case 1:
				files = append(files, imagetest.Opaque(dirs[r.IntN(len(dirs))]))
			case 2:
				files = append(files, imagetest.HardLink(name+"-link", name))
			default:
				files = append(files, imagetest.Same(name, fmt.Sprint(r.IntN(3)), []int64{0, 10, 5000, 20_000}[r.IntN(4)]))
			}
		}
		img.Layers = append(img.Layers, imagetest.Layer{
			Files: files, Compression: stored[r.IntN(len(stored))], CreatedBy: fmt.Sprintf("RUN /bin/sh -c step %d # buildkit", i),
		})
	}
	return img
}

// checkChanges holds changes to findings: each finding is in one at most, none saves
// more than its findings hold, and what they save and what nobody can help is all
// that is wasted.
func checkChanges(t *testing.T, r *model.Report) {
	t.Helper()
	bytes := make(map[string]int64)
	for i := range r.Findings {
		bytes[r.Findings[i].ID] = r.Findings[i].Bytes
	}
	avoidable := int64(0)
	for i := range r.Changes {
		c := &r.Changes[i]
		held := int64(0)
		for _, id := range c.Findings {
			n, free := bytes[id]
			if !free {
				t.Errorf("change %s names %s, which is no finding or in another change", c.ID, id)
			}
			delete(bytes, id)
			held += n
		}
		if c.Bytes > held {
			t.Errorf("change %s saves %d bytes of %d", c.ID, c.Bytes, held)
		}
		if c.Confidence != model.Possible {
			avoidable += c.Bytes
		}
	}
	if s := &r.Summary; s.AvoidableBytes != avoidable || s.AvoidableBytes+s.UnavoidableBytes != s.WastedBytes {
		t.Errorf("avoidable %d, the changes %d; with unavoidable %d, wasted %d", s.AvoidableBytes, avoidable, s.UnavoidableBytes, s.WastedBytes)
	}
}
