package analyze_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/gzip"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/demo"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// looks are two analyses of an image: one with no cache at all, and one that
// does without the tree. known says that the latter was answered from the cache.
func looks(t *testing.T, reference string, opt analyze.Options) (fresh, kept *model.Report, known bool) {
	t.Helper()
	kept, known = look(t, reference, opt)
	opt.Store = nil
	fresh, err := analyze.Image(t.Context(), reference, opt)
	if err != nil {
		t.Fatal(err)
	}
	fresh.Tree = nil
	return fresh, kept, known
}

// look is the second of these.
func look(t *testing.T, reference string, opt analyze.Options) (kept *model.Report, known bool) {
	t.Helper()
	opt.NoTree = true
	kept, err := analyze.Image(t.Context(), reference, opt)
	if err != nil {
		t.Fatal(err)
	}
	known = kept.Tree == nil
	kept.Tree = nil
	return kept, known
}

// TestAReportIsStored: the second look at an image that does without the tree is
// answered at once, with all that the first said.
func TestAReportIsStored(t *testing.T) {
	t.Parallel()
	names := demo.Names()
	if imagetest.Rounds(0, 0, 1) == 0 {
		names = []string{"multi-stage"} // the smallest
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			archive, size, err := demo.Archive(name)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "image.tar")
			to, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(to, io.NewSectionReader(archive, 0, size)); err != nil {
				t.Fatal(err)
			}
			if err := to.Close(); err != nil {
				t.Fatal(err)
			}
			again(t, path)
			zipped, err := os.Create(path + ".gz")
			if err != nil {
				t.Fatal(err)
			}
			z, _ := gzip.NewWriterLevel(zipped, gzip.BestSpeed)
			if _, err := io.Copy(z, io.NewSectionReader(archive, 0, size)); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(z.Close(), zipped.Close()); err != nil {
				t.Fatal(err)
			}
			again(t, path+".gz")
		})
	}
}

// again looks twice at an image, the second time from the cache.
func again(t *testing.T, path string) {
	t.Helper()
	opt := analyze.Options{Store: newCache(t)}
	fresh, kept, known := looks(t, path, opt)
	same := cmp.Options{proposals}
	if filepath.Ext(path) == ".gz" {
		// Sums of values follow from the config, which a stream does not have ready.
		same = append(same, cmpopts.IgnoreFields(model.Instruction{}, "Values", "Keyed"))
	}
	for n := range 2 {
		if n == 1 {
			kept, known = look(t, path, opt)
		}
		if known != (n == 1) {
			t.Errorf("look %d: answered from the cache: %t", n, known)
		}
		if diff := cmp.Diff(fresh, kept, same); diff != "" {
			t.Errorf("look %d (-fresh +kept):\n%s", n, diff)
		}
	}
}

// proposals are what a fix tells the report's changes; a stored report has the changes.
var proposals = cmpopts.IgnoreFields(model.Fix{}, "Keeps", "Risk", "Leave", "Stays", "StayBytes")

// TestAnotherQuestionIsAnotherReport changes one thing after the other that a
// report follows from. None of them may be answered with the report before.
func TestAnotherQuestionIsAnotherReport(t *testing.T) {
	t.Parallel()
	t.Run("in place", func(t *testing.T) { otherQuestions(t, func(tar []byte) []byte { return tar }) })
	t.Run("streamed", func(t *testing.T) {
		otherQuestions(t, func(tar []byte) []byte {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			if _, err := z.Write(tar); err != nil {
				t.Error(err)
			}
			if err := z.Close(); err != nil {
				t.Error(err)
			}
			return b.Bytes()
		})
	})
}

func otherQuestions(t *testing.T, pack func(tar []byte) []byte) {
	dir := t.TempDir()
	path, dockerfile := filepath.Join(dir, "image.tar"), filepath.Join(dir, "Dockerfile")
	at := time.Now().Add(-time.Hour)
	write := func(path, text string) {
		t.Helper()
		at = at.Add(time.Second)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	_, img := pair()
	opt := analyze.Options{Store: newCache(t)}
	save := func() { t.Helper(); write(path, string(pack(img.OCI().Tar()))) }
	save()
	for _, c := range []struct {
		name   string
		change func()
		never  bool // not kept at all
	}{
		{name: "nothing before it", change: func() {}},
		{name: "a base", change: func() { opt.Base = "1" }},
		{name: "another base", change: func() { opt.Base = "2" }},
		{name: "a Dockerfile", change: func() {
			opt.Base = ""
			write(dockerfile, "FROM scratch\nADD base /\nCOPY data /\nRUN new\nCOPY data /\n")
			opt.Dockerfile = dockerfile
		}},
		{name: "a comment in it", change: func() {
			write(dockerfile, "FROM scratch\n# why\nADD base /\nCOPY data /\nRUN new\nCOPY data /\n")
		}},
		{name: "a version", change: func() { opt.Version = "2" }},
		{name: "whole layers", change: func() { opt.IgnoreTOC = true }},
		{name: "verification", change: func() { opt.Verify = true }, never: true},
		{name: "a variable", change: func() { opt.Verify = false; img.Config.Env = []string{"A=b"}; save() }},
		{name: "an annotation", change: func() { img.Config.Labels = map[string]string{"a": "b"}; save() }},
		{name: "a layer's bytes", change: func() { img.Layers[1].Files = append(img.Layers[1].Files, imagetest.Text("x", "y")); save() }},
		{name: "only the file's time", change: save},
		{name: "a name that is no text", change: func() {
			img.Layers[1].Files = append(img.Layers[1].Files, imagetest.Fill("tmp/\xff", 9000))
			img.Layers = append(img.Layers, imagetest.Layer{CreatedBy: "RUN rm # buildkit", Files: []imagetest.File{imagetest.Whiteout("tmp/\xff")}})
			opt.Dockerfile = ""
			save()
		}, never: true},
	} {
		c.change()
		for n := range 2 {
			fresh, kept, known := looks(t, path, opt)
			if known != (n == 1 && !c.never) {
				t.Errorf("%s, look %d: answered from the cache: %t", c.name, n, known)
			}
			if diff := cmp.Diff(fresh, kept); diff != "" {
				t.Errorf("%s, look %d (-fresh +kept):\n%s", c.name, n, diff)
			}
		}
	}
	opt.NeedBuild = true
	if _, _, known := looks(t, path, opt); known {
		t.Error("whoever wants to know what the rules knew gets a kept report")
	}
	if r, err := analyze.Image(t.Context(), path, analyze.Options{Store: opt.Store}); err != nil || r.Tree == nil {
		t.Errorf("whoever needs the tree gets none: %v", err)
	}
}
