package analyze

import (
	"fmt"
	"testing"

	"github.com/tare-oci/tare/model"
)

// TestPathIndexFindsWhatLookupFinds asks for every path of a tree, in an order that changes the
// directory each time, for paths that are not there, and for the same ones again.
func TestPathIndexFindsWhatLookupFinds(t *testing.T) {
	tree := model.NewTree()
	var paths []string
	for d := range 30 {
		dir := tree.AddNode(model.Root, fmt.Sprint("d", d))
		same := tree.AddNode(dir, "same")
		for f := range 40 {
			tree.AddNode(same, fmt.Sprint("f", f))
		}
	}
	for f := range 42 { // the last two are nowhere
		for d := range 31 {
			paths = append(paths, fmt.Sprintf("d%d/same/f%d", d, f))
		}
	}
	paths = append(paths, "", "d1", "d1/same", "d1/same/", "d1//same/f1", "/d1/same", "same", "d1/f1", "d1/same/f1/x", "d1/same/f1/")
	x := newPathIndex(tree)
	for range 2 {
		for _, path := range paths {
			got, ok := x.lookup(path)
			want, found := tree.Lookup(path)
			if ok != found || ok && got != want {
				t.Errorf("%q: %d, %v; Lookup says %d, %v", path, got, ok, want, found)
			}
		}
	}
}

// BenchmarkPathIndex looks up every file of 500 directories, directory by directory.
func BenchmarkPathIndex(b *testing.B) {
	tree := model.NewTree()
	var paths []string
	site := tree.AddNode(model.Root, "site-packages")
	for d := range 500 {
		dir := tree.AddNode(site, fmt.Sprint("package", d))
		for f := range 100 {
			tree.AddNode(dir, fmt.Sprint("file", f, ".py"))
			paths = append(paths, fmt.Sprintf("site-packages/package%d/file%d.py", d, f))
		}
	}
	for b.Loop() {
		x := newPathIndex(tree)
		for _, path := range paths {
			if _, ok := x.lookup(path); !ok {
				b.Fatal(path)
			}
		}
	}
}
