package analyze_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// linkedAs stores contents as ostree does: each as an object first, to which its
// real name is a hard link.
func linkedAs(files []imagetest.File, linkFirst bool) []imagetest.File {
	var objects, links []imagetest.File
	for i, f := range files {
		object := fmt.Sprintf("sysroot/ostree/repo/objects/%02x/%d.file", i, i)
		links = append(links, imagetest.HardLink(f.Path, object))
		f.Path = object
		objects = append(objects, f)
	}
	if linkFirst {
		return append(links, objects...)
	}
	return append(objects, links...)
}

// inAllForms writes an image to files, as archives that are read in place, layer
// by layer and as a stream, and pushes it to a registry, which serves parts.
func inAllForms(t *testing.T, layers ...[]imagetest.File) map[string]string {
	t.Helper()
	dir, m := t.TempDir(), newMeter(t)
	forms := make(map[string]string)
	compressions := imagetest.Compressions()
	if imagetest.Rounds(0, 0, 1) == 0 { // one of each family
		compressions = []imagetest.Compression{imagetest.Gzip, imagetest.EStargz, imagetest.Zstd}
	}
	for _, how := range compressions {
		img := imagetest.Image{Tag: "app:" + how.String()}
		for i, files := range layers {
			img.Layers = append(img.Layers, imagetest.Layer{Files: files, Compression: how, CreatedBy: fmt.Sprintf("RUN step %d # buildkit", i)})
		}
		path := filepath.Join(dir, how.String()+".tar")
		if err := os.WriteFile(path, img.OCI().Tar(), 0o600); err != nil {
			t.Fatal(err)
		}
		forms[how.String()] = path
		if how == imagetest.Gzip || how == imagetest.EStargz { // it holds plain tars, and of these only eStargz makes another
			var stream bytes.Buffer
			zip, _ := gzip.NewWriterLevel(&stream, gzip.BestSpeed)
			zip.Write(img.Docker25().Tar())
			zip.Close()
			path = filepath.Join(dir, how.String()+".tar.gz")
			if err := os.WriteFile(path, stream.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			forms["stream of "+how.String()] = path
		}
		ref, err := name.NewTag(m.host + "/" + img.Tag)
		if err != nil {
			t.Fatal(err)
		}
		if err := remote.Write(ref, img.V1()); err != nil {
			t.Fatal(err)
		}
		forms["registry, "+how.String()] = "registry:" + ref.String()
	}
	return forms
}

// TestDatabasesByEveryName: a package database counts whatever name of it the
// tar gives the content to, and so does all that belongs to it.
func TestDatabasesByEveryName(t *testing.T) {
	t.Parallel()
	apk := []imagetest.File{
		imagetest.Text("lib/apk/db/installed", "C:Q1aaaa=\nP:foo\nV:1-r0\nA:x86_64\nF:usr/bin\nR:foo\n\n"),
		imagetest.Text("etc/apk/world", "foo\n"), imagetest.Fill("usr/bin/foo", 4000),
	}
	dpkg := []imagetest.File{
		imagetest.Text("var/lib/dpkg/status", "Package: foo\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\nDescription: x\n"),
		imagetest.Text("var/lib/apt/extended_states", "Package: foo\nArchitecture: amd64\nAuto-Installed: 1\n"),
		imagetest.Text("var/lib/dpkg/info/foo.list", "/.\n/usr\n/usr/bin\n/usr/bin/foo\n"), imagetest.Fill("usr/bin/foo", 4000),
		imagetest.Text("etc/apt/apt.conf.d/01keep", `APT::NeverAutoRemove { "^foo"; };`),
	}
	rpm := []imagetest.File{rpmdb(t), imagetest.Fill("usr/bin/hello", 4000)}
	for name, files := range map[string][]imagetest.File{"apk": apk, "dpkg": dpkg, "rpm": rpm} {
		plain := make(map[string]*model.Report)
		for form, reference := range inAllForms(t, files) {
			plain[form] = image(t, reference)
		}
		for _, linkFirst := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, links first %t", name, linkFirst), func(t *testing.T) {
				for form, reference := range inAllForms(t, linkedAs(files, linkFirst)) {
					want, got := plain[form], image(t, reference)
					if len(want.Packages) == 0 {
						t.Fatal("the test has no packages")
					}
					if diff := cmp.Diff(want.Packages, got.Packages); diff != "" {
						t.Errorf("%s: (-plain +linked):\n%s", form, diff)
					}
					if diff := cmp.Diff(want.Notes, got.Notes); diff != "" {
						t.Errorf("%s: (-plain +linked):\n%s", form, diff)
					}
				}
			})
		}
	}
}

// rpmdb is a database with the packages hello, greeting and big.
func rpmdb(t *testing.T) imagetest.File {
	t.Helper()
	file, err := os.Open("packages/rpmdb/testdata/rpmdb.sqlite.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	zip, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(zip); err != nil {
		t.Fatal(err)
	}
	return imagetest.File{Path: "usr/share/rpm/rpmdb.sqlite", Body: body.Bytes()}
}

// TestNamesComeAndGo follows a database through layers that give it a name, take
// one of two away, and take the last one.
func TestNamesComeAndGo(t *testing.T) {
	t.Parallel()
	status := func(names ...string) string {
		text := ""
		for _, name := range names {
			text += "Package: " + name + "\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n"
		}
		return text
	}
	const path, old = "var/lib/dpkg/status", "var/lib/dpkg/status-old"
	lower := []string{"a link to a layer below", "which is removed"}
	linked := []imagetest.File{imagetest.Text(old, status("a")), imagetest.HardLink(path, old)}
	for name, test := range map[string]struct {
		layers [][]imagetest.File
		want   []string
	}{
		"a link":                     {[][]imagetest.File{linked}, []string{"a"}},
		"its first name goes":        {[][]imagetest.File{linked, {imagetest.Whiteout(old)}}, []string{"a"}},
		"the link goes":              {[][]imagetest.File{linked, {imagetest.Whiteout(path)}}, nil},
		"the link is replaced":       {[][]imagetest.File{linked, {imagetest.Text(path, status("a", "b"))}}, []string{"a", "b"}},
		"the first name is replaced": {[][]imagetest.File{linked, {imagetest.Text(old, status("a", "b"))}}, []string{"a"}},
		"a link to a link":           {[][]imagetest.File{{imagetest.Text("x", status("a")), imagetest.HardLink(old, "x"), imagetest.HardLink(path, old)}}, []string{"a"}},
		"a link to a layer below":    {[][]imagetest.File{{imagetest.Text(old, status("a"))}, {imagetest.HardLink(path, old)}}, []string{"a"}},
		"which is removed":           {[][]imagetest.File{{imagetest.Text(old, status("a"))}, {imagetest.HardLink(path, old), imagetest.Whiteout(old)}}, []string{"a"}},
		"the other way round":        {[][]imagetest.File{{imagetest.Text(path, status("a")), imagetest.HardLink(old, path)}, {imagetest.Whiteout(path)}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			for form, reference := range inAllForms(t, test.layers...) {
				if strings.HasPrefix(form, "stream") && slices.Contains(lower, name) {
					continue // what was passed over is gone
				}
				var got []string
				for _, p := range image(t, reference).Packages {
					got = append(got, p.Name)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("%s: %s", form, diff)
				}
			}
		})
	}
}

// TestOwnersByEveryName: a package owns a version if it lists any name of it; but
// a name that it does not list is not its own, and what both names are needed for
// is not waste when one goes.
func TestOwnersByEveryName(t *testing.T) {
	t.Parallel()
	list := func(names string) imagetest.File {
		return imagetest.Text("lib/apk/db/installed", "C:Q1aaaa=\nP:foo\nV:1-r0\nA:x86_64\nF:usr/bin\n"+names+"\n\nP:bar\nV:2\nA:x86_64\nF:usr/bin\nR:bar\n\n")
	}
	for name, test := range map[string]struct {
		files []imagetest.File
		want  map[string]int64
	}{
		"an object":         {[]imagetest.File{list("R:foo"), imagetest.Fill("sysroot/ostree/repo/objects/aa/2.file", 4000), imagetest.HardLink("usr/bin/foo", "sysroot/ostree/repo/objects/aa/2.file")}, map[string]int64{"foo": 4000, "bar": 0}},
		"beside it":         {[]imagetest.File{list("R:foo"), imagetest.Fill("usr/bin/zfoo", 4000), imagetest.HardLink("usr/bin/foo", "usr/bin/zfoo")}, map[string]int64{"foo": 4000, "bar": 0}},
		"both names":        {[]imagetest.File{list("R:foo\nR:zfoo"), imagetest.Fill("usr/bin/zfoo", 4000), imagetest.HardLink("usr/bin/foo", "usr/bin/zfoo")}, map[string]int64{"foo": 4000, "bar": 0}},
		"two packages":      {[]imagetest.File{list("R:foo"), imagetest.Fill("usr/bin/bar", 4000), imagetest.HardLink("usr/bin/foo", "usr/bin/bar")}, map[string]int64{"foo": 0, "bar": 4000}},
		"nobody's, and two": {[]imagetest.File{list("R:foo"), imagetest.Fill("x", 4000), imagetest.HardLink("usr/bin/bar", "x"), imagetest.HardLink("usr/bin/foo", "x")}, map[string]int64{"foo": 0, "bar": 4000}},
		"an object for two": {[]imagetest.File{list("R:foo"), imagetest.Fill("x", 4000), imagetest.HardLink("usr/bin/foo", "x"), imagetest.HardLink("usr/bin/fu", "x")}, map[string]int64{"foo": 4000, "bar": 0}},
	} {
		t.Run(name, func(t *testing.T) {
			for form, reference := range inAllForms(t, test.files) {
				got := make(map[string]int64)
				for _, p := range image(t, reference).Packages {
					got[p.Name] = p.Bytes
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("%s: %s", form, diff)
				}
			}
		})
	}
}

// TestScriptsByEveryName: the script that the image runs is read also where its
// name is a hard link's.
func TestScriptsByEveryName(t *testing.T) {
	t.Parallel()
	files := linkedAs([]imagetest.File{imagetest.Text("entrypoint.sh", "#!/bin/sh\nservice nginx start\nexec php-fpm -F\n")}, false)
	for _, how := range imagetest.Compressions() {
		img := imagetest.Image{Layers: []imagetest.Layer{{Files: files, Compression: how}}}
		img.Config.Entrypoint = []string{"/entrypoint.sh"}
		path := filepath.Join(t.TempDir(), "image.tar")
		if err := os.WriteFile(path, img.OCI().Tar(), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := analyze.Image(t.Context(), path, analyze.Options{})
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for i := range r.Findings {
			found = found || r.Findings[i].Rule == "many-services"
		}
		if !found {
			t.Errorf("%s: what the script starts is not seen: %+v", how, ruleNames(r))
		}
	}
}

func ruleNames(r *model.Report) (names []string) {
	for i := range r.Findings {
		names = append(names, r.Findings[i].Rule)
	}
	return names
}

// TestNamesThatNobodyOwns: a package of which one name of a file is nobody's does
// not take the file along when it goes, whichever name the tar has the content
// under.
func TestNamesThatNobodyOwns(t *testing.T) {
	t.Parallel()
	books := []imagetest.File{
		imagetest.Text("var/lib/dpkg/status", "Package: app\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\nRecommends: extra\n\n"+
			"Package: extra\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n"),
		imagetest.Text("var/lib/apt/extended_states", "Package: extra\nArchitecture: amd64\nAuto-Installed: 1\n"),
		imagetest.Text("var/lib/dpkg/info/extra.list", "/.\n/usr\n/usr/bin\n/usr/bin/extra\n/usr/bin/second\n"),
	}
	for name, test := range map[string]struct {
		files []imagetest.File
		want  int64
	}{
		"its only name":     {[]imagetest.File{imagetest.Fill("usr/bin/extra", 4000)}, 4000},
		"two of its own":    {[]imagetest.File{imagetest.Fill("usr/bin/extra", 4000), imagetest.HardLink("usr/bin/second", "usr/bin/extra")}, 4000},
		"nobody's link":     {[]imagetest.File{imagetest.Fill("usr/bin/extra", 4000), imagetest.HardLink("opt/kept", "usr/bin/extra")}, 0},
		"a link of its own": {[]imagetest.File{imagetest.Fill("opt/kept", 4000), imagetest.HardLink("usr/bin/extra", "opt/kept")}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			for form, reference := range inAllForms(t, append(slices.Clone(books), test.files...)) {
				got := int64(0)
				r := image(t, reference)
				for i := range r.Findings {
					if f := &r.Findings[i]; f.Rule == "apt-recommends" {
						got += f.Bytes
					}
				}
				if got != test.want {
					t.Errorf("%s: apt-recommends holds %d bytes, want %d: %v", form, got, test.want, ruleNames(r))
				}
			}
		})
	}
}
