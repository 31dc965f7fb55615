package html_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report"
	"github.com/tare-oci/tare/ui/report/html"
	"github.com/tare-oci/tare/ui/report/reporttest"
)

// figures is what the JSON report says of an image, as far as a map shows it.
type figures struct {
	Image struct {
		Size int64
	}
	Summary struct {
		WastedBytes int64
		Inherited   struct{ Size int64 }
	}
	Layers []struct {
		Size, WastedBytes int64
		Instruction       *int
		Inherited         bool
	}
	Instructions []struct{ Text string }
	Packages     []struct{ Name string }
	Files        []struct {
		Path, Verdict string
		Size          int64
		Layer         int
		Package       *string
	}
}

// boxWeight is what a box weighs, in bytes.
type boxWeight struct{ bytes, wasted, inherited int64 }

func (w *boxWeight) add(o boxWeight) {
	w.bytes, w.wasted, w.inherited = w.bytes+o.bytes, w.wasted+o.wasted, w.inherited+o.inherited
}

// The figures on the maps of a sample are those of its JSON report, box by box:
// by instruction, by package and by directory; own, inherited and wasted.
func TestHTMLFiguresAreTheReports(t *testing.T) {
	for _, name := range []string{"node-app", "multi-stage", "naive-apt"}[:imagetest.Rounds(2, 2, 3)] {
		r, err := analyze.Image(t.Context(), "demo:"+name, analyze.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var f figures
		if err := json.Unmarshal([]byte(reporttest.Render(t, report.JSON{Files: true}, r)), &f); err != nil {
			t.Fatal(err)
		}
		maps := map[string][]element{}
		for _, e := range elements(t, reporttest.Render(t, html.Page{}, r)) {
			if bytes, ok := e.attr["data-bytes"]; ok && bytes != "" {
				id := e.attr["id"][:2]
				maps[id] = append(maps[id], e)
			}
		}
		heldByBase := int64(0) // what own layers hide of it is own in the summary, and still lies there
		for _, l := range f.Layers {
			if l.Inherited {
				heldByBase += l.Size
			}
		}
		for id, boxes := range maps {
			var whole boxWeight
			for _, e := range boxes {
				if e.attr["data-depth"] == "0" {
					whole.add(weighed(t, e))
				}
			}
			if want := (boxWeight{f.Image.Size, f.Summary.WastedBytes, heldByBase}); whole != want {
				t.Errorf("%s: map %s holds %v, the report %v", name, id, whole, want)
			}
		}
		compare := func(id string, want map[string]boxWeight) {
			t.Helper()
			seen := 0
			for _, e := range maps[id] {
				what, _, _ := strings.Cut(e.attr["aria-label"], ", "+display.Bytes(weighed(t, e).bytes)+", ")
				sum, ok := want[what]
				if !ok {
					continue
				}
				seen++
				if got := weighed(t, e); got != sum {
					t.Errorf("%s: map %s shows %v for %s, the report says %v", name, id, got, what, sum)
				}
				if sum.wasted > 0 && sum.wasted < sum.bytes && !strings.Contains(e.attr["aria-label"], ", "+display.Bytes(sum.wasted)+" wasted") {
					t.Errorf("%s: map %s does not say how much of %s is wasted: %s", name, id, what, e.attr["aria-label"])
				}
			}
			if boxes := len(maps[id]); seen < boxes/2 || boxes > 0 && seen == 0 {
				t.Errorf("%s: %d boxes of %d on map %s were looked at", name, seen, boxes, id)
			}
		}
		byLayer, byPackage, byDirectory := map[string]boxWeight{}, map[string]boxWeight{}, map[string]boxWeight{}
		for _, l := range f.Layers {
			w := boxWeight{bytes: l.Size, wasted: l.WastedBytes}
			if l.Inherited {
				w.inherited = l.Size
			}
			place := "step " + strconv.Itoa(r.StepNumber(*l.Instruction))
			if l.Inherited {
				place = "base image"
			}
			byLayer[place+": "+display.OneLine(f.Instructions[*l.Instruction].Text)] = w
		}
		for _, file := range f.Files {
			w := boxWeight{bytes: file.Size}
			if file.Verdict == "shadowed" || file.Verdict == "leftover" {
				w.wasted = file.Size
			}
			if f.Layers[file.Layer].Inherited {
				w.inherited = file.Size
			}
			owner := "in no package"
			if file.Package != nil {
				owner = *file.Package
			}
			sum := byPackage[owner]
			sum.add(w)
			byPackage[owner] = sum
			for path := "/" + file.Path; path != ""; path = path[:strings.LastIndexByte(path, '/')] {
				sum := byDirectory[path]
				sum.add(w)
				byDirectory[path] = sum
			}
		}
		compare("mi", byLayer)
		compare("mp", byPackage)
		compare("mf", byDirectory)
	}
}

// weighed reads a box's bytes.
func weighed(t *testing.T, e element) (w boxWeight) {
	t.Helper()
	for attr, to := range map[string]*int64{"data-bytes": &w.bytes, "data-wasted": &w.wasted, "data-inherited": &w.inherited} {
		n, err := strconv.ParseInt(e.attr[attr], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		*to = n
	}
	return w
}
