package analyze_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/model"
)

// site is where Python's packages lie in the image of these tests.
const site = "usr/local/lib/python3.11/site-packages/"

// dist is what pip leaves for a package: METADATA, RECORD, and REQUESTED if it was asked for.
func dist(name, version string, asked bool, needs string, files ...string) []imagetest.File {
	info := name + "-" + version + ".dist-info/"
	metadata := "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n"
	if needs != "" {
		metadata += "Requires-Dist: " + needs + "\n"
	}
	list := []imagetest.File{imagetest.Text(site+info+"METADATA", metadata+"\nName: a line of the description\n")}
	record := info + "METADATA,,\n" + info + "RECORD,,\n"
	for _, f := range files {
		record += f + ",sha256=47DEQpj8HBSa,12\n"
	}
	list = append(list, imagetest.Text(site+info+"RECORD", record))
	if asked {
		list = append(list, imagetest.Text(site+info+"REQUESTED", ""))
	}
	return list
}

// libraryImage is an image with packages of the system, of Python and of Node in it. Some of
// Python's are the system's; a module lies in a module, is only there for development, or is
// only named by hard links to a store.
func libraryImage() imagetest.Image {
	system := "Package: python3-six\nStatus: install ok installed\nVersion: 1.16\nArchitecture: all\n\n"
	var python []imagetest.File
	python = append(python, dist("Big_Lib", "2.1", true, `small-lib>=1 ; python_version>"3"`, "biglib/__init__.py", "biglib/core/a.py", "../../../bin/big", "ns/one/x.py")...)
	python = append(python, dist("small.lib", "1.0", false, "", "small.py", "ns/two/y.py")...)
	python = append(python, imagetest.Fill(site+"biglib/__init__.py", 10), imagetest.Fill(site+"biglib/core/a.py", 20), imagetest.Fill(site+"biglib/core/__pycache__/a.cpython-311.pyc", 30),
		imagetest.Fill("usr/local/bin/big", 40), imagetest.Fill(site+"small.py", 1), imagetest.Fill(site+"ns/one/x.py", 2), imagetest.Fill(site+"ns/two/y.py", 3), imagetest.Fill(site+"nobody.py", 500))
	node := []imagetest.File{
		imagetest.Text("app/package.json", `{"name":"shop","dependencies":{"web":"^1"},"devDependencies":{"check":"*"}}`),
		imagetest.Text("app/node_modules/web/package.json", `{"name":"web","version":"1.2.3","dependencies":{"depth":"1"}}`),
		imagetest.Text("app/node_modules/web/esm/package.json", `{"type":"module"}`),
		imagetest.Fill("app/node_modules/web/index.js", 100),
		imagetest.Text("app/node_modules/web/node_modules/depth/package.json", `{"name":"depth","version":"1.0.0"}`),
		imagetest.Text("app/node_modules/check/package.json", `{"name":"check","version":"9.0.0","dependencies":{"depth":"2"}}`),
		imagetest.Text("app/node_modules/depth/package.json", `{"name":"depth","version":"2.0.0"}`),
		imagetest.Text("app/node_modules/@scope/alone/package.json", `not json`),
	}
	return imagetest.Image{Layers: []imagetest.Layer{
		{CreatedBy: "RUN /bin/sh -c apt-get install -y python3-six # buildkit", Files: []imagetest.File{
			imagetest.Text("var/lib/dpkg/status", system),
			imagetest.Text("var/lib/dpkg/info/python3-six.list", "/.\n/usr/lib/python3/dist-packages/six.py\n/usr/lib/python3/dist-packages/six-1.16.egg-info\n"),
			imagetest.Text("usr/lib/python3/dist-packages/six-1.16.egg-info", "Metadata-Version: 2.1\nName: six\nVersion: 1.16\n"),
			imagetest.Fill("usr/lib/python3/dist-packages/six.py", 7),
		}},
		{CreatedBy: "RUN /bin/sh -c pip install Big_Lib # buildkit", Files: python},
		{CreatedBy: "RUN /bin/sh -c npm install # buildkit", Files: node},
	}}
}

// librariesOf lists the packages of languages in a report, one a line.
func librariesOf(r *model.Report) (list []string) {
	for i := range r.Packages {
		p := &r.Packages[i]
		if p.Manager == "dpkg" {
			continue
		}
		line := fmt.Sprintf("%s %s %s layer %d %s in %s, %d bytes", p.Manager, p.Name, p.Version, p.Layer, p.Reason, p.Location, p.Bytes)
		if p.PartOf != "" {
			line += ", part of " + p.PartOf
		}
		if p.NeededBy != "" {
			line += ", needed by " + p.NeededBy
		}
		list = append(list, line)
	}
	return list
}

// TestLibraries: what pip and npm say of an image is in its report, the same from every source
// and out of the cache.
func TestLibraries(t *testing.T) {
	img := libraryImage()
	want := []string{
		"pip six 1.16 layer 0 unknown in usr/lib/python3/dist-packages, 0 bytes, part of python3-six",
		"pip Big_Lib 2.1 layer 1 manual in " + site[:len(site)-1] + ", 454 bytes",
		"pip small.lib 1.0 layer 1 dependency in " + site[:len(site)-1] + ", 223 bytes, needed by Big_Lib",
		"npm check 9.0.0 layer 2 dev in app/node_modules/check, 63 bytes",
		"npm depth 2.0.0 layer 2 dev in app/node_modules/depth, 34 bytes, needed by check",
		"npm depth 1.0.0 layer 2 dependency in app/node_modules/web/node_modules/depth, 34 bytes, needed by web",
		"npm web 1.2.3 layer 2 manual in app/node_modules/web, 178 bytes",
	}
	cached, err := store.Open(filepath.Join(t.TempDir(), "cache"), store.DefaultSize)
	if err != nil {
		t.Fatal(err)
	}
	plain := img
	plain.Layers = nil
	for _, l := range img.Layers {
		l.Compression = imagetest.None
		plain.Layers = append(plain.Layers, l)
	}
	for _, c := range []struct {
		name    string
		archive imagetest.Archive
		opt     analyze.Options
	}{
		{"streamed", img.OCI(), analyze.Options{}},
		{"in place", plain.OCI(), analyze.Options{}},
		{"verified", plain.OCI(), analyze.Options{Verify: true}},
		{"first into the cache", img.OCI(), analyze.Options{Store: cached}},
	} {
		file := filepath.Join(t.TempDir(), "image.tar")
		if err := os.WriteFile(file, c.archive.Tar(), 0o600); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time out of the cache, where there is one
			r, err := analyze.Image(t.Context(), file, c.opt)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, librariesOf(r)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, diff)
			}
		}
	}
}
