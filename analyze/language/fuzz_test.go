package language_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/language"
)

// fuzzedPaths are names of every kind of file that is read.
var fuzzedPaths = []string{
	"app/x", "app/x.jar", "s/x.egg", "a/.yarn/cache/x-npm-1-0123456789-a.zip", "a/node_modules/x/package.json", "a/package.json", "a/node_modules/.package-lock.json",
	"s/x.dist-info/METADATA", "s/x.dist-info/RECORD", "s/x.egg-link", "c/conda-meta/x.json", "g/specifications/x-1.gemspec", "g/specifications/default/x-1.gemspec",
	"a/Gemfile.lock", "a/vendor/composer/installed.json", "a/composer.json", "a/x.deps.json", "l/x/DESCRIPTION", "p/v3/files/ab/c", "sysroot/ostree/repo/objects/ab/c.file",
}

// FuzzCollector reads any content under any name: in pieces and where it lies it says the same, and
// what it says is bounded and kept as it is.
func FuzzCollector(f *testing.F) {
	inner := string(archive(f, pom("g", "a", "1", descriptor), class(deflated)))
	for i, content := range [][]byte{
		programOf(packed(f, auditOf(2), 9), goInfo(16, "go1.22.1", marked(someModules))),
		archive(f, pom("g", "a", "1", descriptor), class(descriptor), zipped{"x.jar", inner, stored}),
		archive(f, zipped{"EGG-INFO/PKG-INFO", "Name: a\nVersion: 1\n", descriptor}),
		archive(f, zipped{"node_modules/x/package.json", `{"name":"x"}`, deflated}),
		[]byte(`{"name":"x","version":"1","packages":[{"name":"a"}],"files":["a"],"dependencies":{"y":"1"}}`),
	} {
		for p := range fuzzedPaths {
			if p == i || p > 3 {
				f.Add(uint(p), uint(7), content)
			}
		}
	}
	f.Fuzz(func(t *testing.T, which, piece uint, content []byte) {
		path := fuzzedPaths[which%uint(len(fuzzedPaths))]
		var c language.Collector
		size := int64(len(content))
		var found language.Found
		ok := false
		if c.BeginKnown(path, size, content[:min(len(content), language.HeadLen)]) {
			var err error
			if found, ok, err = c.ReadAt(bytes.NewReader(content), 0); err != nil {
				t.Fatal(err)
			}
		}
		c.Begin(path, size)
		for rest := content; len(rest) > 0; {
			n := min(int(piece%5000)+1, len(rest))
			c.Write(rest[:n])
			rest = rest[n:]
		}
		again, known := c.End()
		if diff := cmp.Diff(found, again); known != ok || diff != "" {
			t.Fatalf("%s: %v at hand, %v in pieces of %d (-at hand +in pieces):\n%s", path, ok, known, piece%5000+1, diff)
		}
		if !ok {
			return
		}
		if m := found.Memory(); m > 1<<20+1000*size {
			t.Errorf("%d bytes of memory for %d", m, size)
		}
		if kept, known := language.FromTexts(found.Texts()); !known || cmp.Diff(found, kept) != "" {
			t.Errorf("it is kept as %+v", kept)
		}
		exists := func(string) bool { return true }
		packages, _ := language.List(map[string]*language.Found{path: &found}, &language.Image{Exists: exists})
		for _, p := range packages {
			n := 0
			for _, seq := range []func(func(string) bool){p.Files} {
				if seq != nil {
					seq(func(string) bool { n++; return n < 1000 })
				}
			}
		}
	})
}
