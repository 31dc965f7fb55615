package viewer_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/filetar"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/tuitest"
	"github.com/tare-oci/tare/ui/tui/viewer"
)

// treeToSave has what a tar can get wrong: links of both kinds, a file in two layers, a
// whiteout, a device.
func treeToSave() *model.Report {
	b := tuitest.NewTree()
	b.Layer()
	b.Put("app", model.Record{Kind: model.Directory})
	b.File("app/one", 3, model.Live, 0)
	b.File("app/deep/two", 4, model.Shadowed, 0)
	b.File("other", 5, model.Live, 0)
	b.Put("app/null", model.Record{Kind: model.CharDevice})
	b.Put("app/out", model.Record{Kind: model.Symlink, Ref: b.AddText("/etc/passwd")})
	b.Put("app/zwei", model.Record{Kind: model.Link, Ref: 1})
	b.Layer()
	b.Put("app/deep/two", model.Record{Kind: model.Whiteout})
	b.File("app/deep/three", 6, model.Live, 0)
	return &model.Report{Tree: b.Done()}
}

// noise opens each file as that many letters.
func noise(_ context.Context, r *model.Report, ids []model.RecordID, do func(model.RecordID, io.Reader) error) error {
	for _, id := range ids {
		if err := do(id, strings.NewReader(strings.Repeat("x", int(r.Tree.Records[id].Size.Bytes())))); err != nil {
			return err
		}
	}
	return nil
}

// list reads an archive: type, name, size and target of each entry.
func list(t *testing.T, name string) (entries []string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	r := tar.NewReader(bytes.NewReader(data))
	for {
		h, err := r.Next()
		if err == io.EOF {
			return entries
		}
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, r)
		if err != nil || n != h.Size {
			t.Fatalf("%s has %d bytes of %d: %v", h.Name, n, h.Size, err)
		}
		entries = append(entries, strings.TrimSpace(string(h.Typeflag)+" "+h.Name+" "+strings.Repeat("x", int(h.Size))+h.Linkname))
	}
}

func TestSaveTar(t *testing.T) {
	t.Chdir(t.TempDir())
	r := treeToSave()
	app, _ := r.Tree.Lookup("app")
	deep, _ := r.Tree.Lookup("app/deep")
	for _, c := range []struct {
		part viewer.Part
		want []string
		told string
	}{
		{
			viewer.Part{Name: "app", Part: filetar.Part{Last: 1, Whole: true, Under: app}},
			[]string{"5 app/", "2 app/out /etc/passwd", "0 app/deep/three xxxxxx", "0 app/one xxx", "1 app/zwei app/one"},
			"saved 9 B as ./app.tar, 5 paths; 1 left out: devices, or files stored with holes",
		},
		{viewer.Part{Name: "deep", Part: filetar.Part{Whole: true, Under: deep}}, []string{"0 deep/two xxxx"}, "saved 4 B as ./deep.tar, 1 path"},
		{viewer.Part{Name: "layer-1", Part: filetar.Part{First: 1, Last: 1}}, []string{"0 app/deep/.wh.two", "0 app/deep/three xxxxxx"}, "saved 6 B as ./layer-1.tar, 2 paths"},
		{viewer.Part{Name: "deep-1", Part: filetar.Part{First: 1, Last: 1, Under: deep}}, []string{"0 deep/.wh.two", "0 deep/three xxxxxx"}, "saved 6 B as ./deep-1.tar, 2 paths"},
	} {
		msg := viewer.SaveTar(t.Context(), noise, r, c.part, false)().(viewer.Saved)
		if told := msg.Told(draw.NewTheme("none", nil, false, true, tuitest.Now)); told != c.told {
			t.Errorf("%s: it says %q, want %q", c.part.Name, told, c.told)
		}
		if d := cmp.Diff(c.want, list(t, c.part.Name+".tar")); d != "" {
			t.Errorf("%s: %s", c.part.Name, d)
		}
		if info, err := os.Stat(c.part.Name + ".tar"); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", c.part.Name, info, err)
		}
		if msg := viewer.SaveTar(t.Context(), noise, r, c.part, false)().(viewer.Saved); !msg.Exists {
			t.Errorf("%s: it is written over", c.part.Name)
		}
	}
}

// TestSaveTarLeavesNothingBehind: what fails, what is cancelled and what is too large makes
// no file, and a link in the place of the file is not followed.
func TestSaveTarLeavesNothingBehind(t *testing.T) {
	t.Chdir(t.TempDir())
	r := treeToSave()
	part := viewer.Part{Name: "app", Part: filetar.Part{Last: 1, Whole: true}}
	fails := func(context.Context, *model.Report, []model.RecordID, func(model.RecordID, io.Reader) error) error {
		return errors.New("the registry is gone")
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	large := treeToSave()
	for i := range large.Tree.Records {
		large.Tree.Records[i].Size = model.SizeOf(5_000_000_000)
	}
	th := draw.NewTheme("none", nil, false, true, tuitest.Now)
	for want, msg := range map[string]viewer.Saved{
		"the registry is gone": viewer.SaveTar(t.Context(), fails, r, part, false)().(viewer.Saved),
		"cancelled":            viewer.SaveTar(cancelled, noise, r, part, false)().(viewer.Saved),
		"8.0 GB":               viewer.SaveTar(t.Context(), noise, large, part, false)().(viewer.Saved),
	} {
		if told := msg.Told(th); !strings.Contains(told, want) {
			t.Errorf("it says %q, want %q", told, want)
		}
	}
	if files, _ := os.ReadDir("."); len(files) > 0 {
		t.Errorf("%s is left", files[0].Name())
	}
	if err := os.Symlink("elsewhere", "app.tar"); err != nil {
		t.Skip(err)
	}
	if msg := viewer.SaveTar(t.Context(), noise, r, part, false)().(viewer.Saved); !msg.Exists {
		t.Error("a link is followed")
	}
	if _, err := os.Stat("elsewhere"); err == nil {
		t.Error("something is written through the link")
	}
}
