package load

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/analyze/demo"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report"
	"github.com/tare-oci/tare/ui/report/reporttest"
	"github.com/tare-oci/tare/ui/report/text"
)

func saved(t testing.TB, r *model.Report, files bool) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := (report.JSON{Files: files}).Write(&out, r); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A report that is read back says the same in JSON and in text, to the byte.
func TestReadGivesTheSameReport(t *testing.T) {
	names := demo.Names()
	slices.Reverse(names) // the first is the largest
	for _, name := range names[:imagetest.Rounds(2, 2, len(names))] {
		want := analysed(t, "demo:"+name)
		for _, files := range []bool{false, true} {
			written := saved(t, want, files)
			got, err := Read(bytes.NewReader(written))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if again := saved(t, got, files); !bytes.Equal(again, written) {
				t.Errorf("%s, files %v (-written +read and written):\n%s", name, files, cmp.Diff(string(written), string(again)))
			}
			if (got.Tree != nil) != files {
				t.Errorf("%s: there is a tree: %v", name, got.Tree != nil)
			}
			for _, verbose := range []bool{false, true} {
				if diff := cmp.Diff(reporttest.Render(t, text.Report{Verbose: verbose}, want), reporttest.Render(t, text.Report{Verbose: verbose}, got)); diff != "" {
					t.Errorf("%s (-analysed +read):\n%s", name, diff)
				}
			}
		}
	}
}

// The tree that is read back has the same file versions as the one analysed, at
// the same layers, with the same verdicts, findings and packages.
func TestReadRebuildsTheTree(t *testing.T) {
	names := demo.Names()
	slices.Reverse(names) // the first is the largest
	for _, name := range names[:imagetest.Rounds(2, 2, len(names))] {
		want := analysed(t, "demo:"+name)
		got, err := Read(bytes.NewReader(saved(t, want, true)))
		if err != nil {
			t.Fatal(err)
		}
		describe := func(r *model.Report) (all []string) {
			for v := range r.Tree.Files() {
				rec := &r.Tree.Records[v.Record]
				line := fmt.Sprintf("%s layer %d size %d %s %s by %d", r.Tree.Path(v.Name), rec.Layer, rec.Size.Bytes(), rec.Verdict, rec.Cause, rec.HiddenBy)
				if rec.Verdict == model.Shadowed || rec.Verdict == model.Leftover {
					line += fmt.Sprint(" finding ", rec.Finding())
				}
				if r.Tree.Packages != nil {
					line += fmt.Sprint(" package ", r.Tree.Packages[v.Record])
				}
				all = append(all, line)
			}
			return all
		}
		a, b := describe(want), describe(got)
		known := 0
		for i := range b {
			if strings.Contains(b[i], fmt.Sprint("finding ", model.NoFinding)) {
				a[i], _, _ = strings.Cut(a[i], " finding ") // one that the rows do not tell from others
				b[i], _, _ = strings.Cut(b[i], " finding ")
			} else {
				known++
			}
		}
		if diff := cmp.Diff(a, b); diff != "" {
			t.Errorf("%s (-analysed +read):\n%s", name, diff)
		}
		if known == 0 {
			t.Errorf("%s: no file is tied to its finding", name)
		}
		for i := range got.Layers {
			for _, rec := range got.Tree.Layer(i) {
				if int(rec.Layer) != i {
					t.Fatalf("%s: a record of layer %d stands in layer %d", name, rec.Layer, i)
				}
			}
		}
		for e := range got.Tree.Entries() {
			if got.Tree.Records[e.Record].Kind == model.Whiteout {
				t.Errorf("%s: a whiteout is visible", name)
			}
		}
	}
}

func TestReadRefuses(t *testing.T) {
	good := string(saved(t, analysed(t, "demo:deleted-later"), true))
	plain := string(saved(t, analysed(t, "demo:deleted-later"), false))
	small := func(more string) string {
		return `{"schemaVersion": 2, "tool": {"name": "tare", "version": "x"}` + more + `}`
	}
	for _, c := range []struct {
		name string
		text string
		want string
	}{
		{"nothing", "", "it is empty"},
		{"a list", "[]", "no report of tare's"},
		{"a number", "1", "no report of tare's"},
		{"broken", `{"schemaVersion": 1,}`, "broken JSON"},
		{"cut short", good[:len(good)/2], "ends too early"},
		{"cut in files", good[:len(good)-100], "ends too early"},
		{"something behind", good + "{}", "something follows after its end"},
		{"another tool's", `{"schemaVersion": 1, "tool": {"name": "wrap"}}`, "no report of tare's"},
		{"an image index", `{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []}`, `it has no "tool": it is no report of tare's`},
		{"package.json", `{"name": "x", "version": "1"}`, `it has no "schemaVersion"`},
		{"a comparison", small(`, "old": {}, "new": {}`), `it has no "image"`},
		{"newer", strings.Replace(good, `"schemaVersion": 2`, `"schemaVersion": 3`, 1), "its schemaVersion is 3, and this one reads up to 2: a newer tare wrote it (1.0.0)"},
		{"older", strings.Replace(good, `"schemaVersion": 2`, `"schemaVersion": 1`, 1), "its schemaVersion is 1, and this one reads 2: an older tare wrote it (1.0.0)"},
		{"no version", strings.Replace(good, `"schemaVersion": 2`, `"schemaVersion": 0`, 1), "no report of tare's"},
		{"a key twice", small(`, "notes": [], "notes": []`), `it has "notes" twice`},
		{"a word for a list", small(`, "layers": {}`), "layers: it is no report"},
		{"a text for a number", strings.Replace(good, `"layers": 7`, `"layers": "7"`, 1), "cannot be a JSON string"},
		{"half a byte", strings.Replace(good, `"layers": 7`, `"layers": 7.5`, 1), "cannot be a JSON number"},
		{"a number too large", strings.Replace(good, `"layers": 7`, `"layers": 99999999999999999999`, 1), "cannot be a JSON number"},
		{"no file lists", strings.Replace(good, `"entries": [`, `"other": [`, 1), "files and entries"},
		{"an odd name", strings.Replace(good, `"path":"`, `"path":"a\\x41`, 1), "neither doubled nor"},
		{"a long value", small(`, "notes": ["` + strings.Repeat("x", maxValue+1<<20) + `"]`), "longer than any"},
		{"a long list", small(`, "notes": [` + strings.Repeat(`"",`, maxItems) + `""]`), "there are more than 131072"},
		{"deep", small(`, "other": ` + strings.Repeat("[", 100_000)), "exceeded max depth"},
		{"many paths of a finding", small(`, "findings": [{"paths": [` + strings.Repeat(`"",`, 100) + `""]}]`), "more than 100 paths"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(strings.NewReader(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	if _, err := Read(strings.NewReader(plain)); err != nil {
		t.Errorf("the report itself: %v", err)
	}
	for text, want := range map[string]error{"[]": ErrForeign, strings.Replace(good, `"schemaVersion": 2`, `"schemaVersion": 9`, 1): ErrNewer, strings.Replace(good, `"schemaVersion": 2`, `"schemaVersion": 1`, 1): ErrOlder} {
		if _, err := Read(strings.NewReader(text)); !errors.Is(err, want) {
			t.Errorf("%v is not %v", err, want)
		}
	}
}

// Each of these reports is one figure away from a right one.
func TestReadRefusesWhatDoesNotAddUp(t *testing.T) {
	p := model.Ptr[int]
	b := model.Ptr[int64]
	sample := saved(t, analysed(t, "demo:deleted-later"), false)
	for name, spoil := range map[string]func(r *model.Report){
		"a negative size":                  func(r *model.Report) { r.Image.Size = -1 },
		"an immense size":                  func(r *model.Report) { r.Layers[0].Size = 1 << 62 },
		"another size":                     func(r *model.Report) { r.Image.Size++ },
		"live":                             func(r *model.Report) { r.Summary.LiveBytes++ },
		"wasted":                           func(r *model.Report) { r.Summary.WastedBytes++ },
		"shadowed":                         func(r *model.Report) { r.Summary.ShadowedBytes++ },
		"duplicates":                       func(r *model.Report) { r.Summary.DuplicateBytes = r.Summary.LiveBytes + 1 },
		"efficiency":                       func(r *model.Report) { r.Summary.Efficiency = 0.999 },
		"own":                              func(r *model.Report) { r.Summary.Own.Size++ },
		"own efficiency":                   func(r *model.Report) { r.Summary.Own.Efficiency = 2 },
		"inherited":                        func(r *model.Report) { r.Summary.Inherited.WastedBytes++ },
		"the pull":                         func(r *model.Report) { *r.Image.CompressedSize++ },
		"more wasted of the pull":          func(r *model.Report) { r.Summary.WastedCompressedBytes = b(*r.Image.CompressedSize + 1) },
		"overhead":                         func(r *model.Report) { *r.Image.OverheadBytes++ },
		"a pull that a layer has not":      func(r *model.Report) { r.Layers[1].CompressedSize = nil },
		"layers":                           func(r *model.Report) { r.Image.Layers++ },
		"files":                            func(r *model.Report) { r.Image.Files++ },
		"a layer's number":                 func(r *model.Report) { r.Layers[1].Index = 0 },
		"a layer's files":                  func(r *model.Report) { r.Layers[1].Files = -5 },
		"a layer's instruction":            func(r *model.Report) { r.Layers[1].Instruction = p(99) },
		"a negative instruction":           func(r *model.Report) { r.Layers[1].Instruction = p(-1) },
		"another's instruction":            func(r *model.Report) { r.Layers[1].Instruction = p(0) },
		"a layer's waste":                  func(r *model.Report) { r.Layers[0].WastedBytes = r.Layers[0].Size + 1 },
		"a layer of the base":              func(r *model.Report) { r.Layers[0].Inherited = false },
		"the base's layers":                func(r *model.Report) { r.Image.Base.Layers = 99 },
		"a base of no kind":                func(r *model.Report) { r.Image.Base.How = "luck" },
		"an instruction's number":          func(r *model.Report) { r.Instructions[0].Index = 7 },
		"an instruction's layer":           func(r *model.Report) { r.Instructions[0].Layer = p(99) },
		"an instruction's size":            func(r *model.Report) { r.Instructions[1].Size++ },
		"an instruction of no kind":        func(r *model.Report) { r.Instructions[0].How = "luck" },
		"a line before the first":          func(r *model.Report) { r.Instructions[0].Location = &model.Location{File: "D"} },
		"lines that end before they begin": func(r *model.Report) { r.Instructions[0].Location = &model.Location{File: "D", Line: 3, EndLine: 2} },
		"a package's layer":                func(r *model.Report) { r.Packages[0].Layer = 99 },
		"a package's bytes":                func(r *model.Report) { r.Packages[0].Bytes = r.Image.Size },
		"a package's reason":               func(r *model.Report) { r.Packages[0].Reason = "luck" },
		"a finding's rule":                 func(r *model.Report) { r.Findings[0].Rule = "" },
		"a finding's bytes":                func(r *model.Report) { r.Findings[0].Bytes++ },
		"a finding's layer":                func(r *model.Report) { r.Findings[0].Layer = p(-1) },
		"a finding's instruction":          func(r *model.Report) { r.Findings[0].Instruction = p(99) },
		"who hid a finding":                func(r *model.Report) { r.Findings[0].HiddenBy = p(99) },
		"a finding's confidence":           func(r *model.Report) { r.Findings[0].Confidence = "sure" },
		"a finding's verdict":              func(r *model.Report) { r.Findings[0].Verdict = model.Ptr(model.Live) },
		"a finding's files":                func(r *model.Report) { r.Findings[0].FileCount = -1 },
		"a finding's strategy":             func(r *model.Report) { r.Findings[0].Fix.Strategy = "hope" },
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Read(bytes.NewReader(sample))
			if err != nil {
				t.Fatal(err)
			}
			spoil(r)
			_, err = Read(bytes.NewReader(saved(t, r, false)))
			if err == nil || strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("error %v", err)
			}
		})
	}
}

// The same for the rows of files.
func TestReadRefusesRows(t *testing.T) {
	row := func(path string, layer int, more string) string {
		return fmt.Sprintf(`{"path":%q,"links":[],"layer":%d,"size":1,"compressedSize":null,"verdict":"live","cause":null,"hiddenBy":null,"mode":"644","uid":0,"gid":0,"package":null%s}`, path, layer, more)
	}
	report := func(rows ...string) string {
		size := len(rows)
		return fmt.Sprintf(`{"schemaVersion":2,"tool":{"name":"tare"},"image":{"layers":1,"files":%d,"size":%d,"base":{"how":"none"}},
			"summary":{"liveBytes":%d,"efficiency":1,"own":{"size":%d,"efficiency":1},"inherited":{"efficiency":1}},
			"layers":[{"index":0,"files":%d,"size":%d}],"instructions":[],"packages":[],"findings":[],"changes":[],"risks":[],"plan":{"sizeAfter":0},"files":[%s],"entries":[]}`,
			size, size, size, size, size, size, strings.Join(rows, ","))
	}
	for _, c := range []struct{ name, text, want string }{
		{"right", report(row("a/b", 0, "")), ""},
		{"right with links", report(row("a/b", 0, `,"links":["c","d"]`)), ""},
		{"no layer", report(row("a", -1, "")), "lacks a key"},
		{"a layer too many", report(row("a", 1, "")), "a row names a layer"},
		{"an empty path", report(row("", 0, "")), "empty"},
		{"up", report(row("a/../b", 0, "")), "no name"},
		{"a slash", report(row("/a", 0, "")), "no name"},
		{"twice", report(row("a", 0, ""), row("a", 0, "")), "stands there twice"},
		{"a link twice", report(row("a", 0, `,"links":["b"]`), row("b", 0, "")), "stands there twice"},
		{"deep", report(row(strings.Repeat("a/", maxDepth)+"a", 0, "")), "too deep"},
		{"long", report(row(strings.Repeat("a", maxName+1), 0, "")), "too long"},
		{"negative", report(row("a", 0, `,"size":-1`)), "makes no sense"},
		{"a mode", report(row("a", 0, `,"mode":"rwx"`)), "makes no sense"},
		{"shadowed by nobody", report(row("a", 0, `,"verdict":"shadowed"`)), "makes no sense"},
		{"shadowed by the future", report(row("a", 0, `,"verdict":"shadowed","cause":"deleted","hiddenBy":70000`)), "makes no sense"},
		{"shadowed from below", report(row("a", 0, `,"verdict":"shadowed","cause":"deleted","hiddenBy":-1`)), "makes no sense"},
		{"hidden and live", report(row("a", 0, `,"hiddenBy":0`)), "makes no sense"},
		{"another size", report(row("a", 0, `,"size":2`)), "does not add up"},
		{"nobody's leftover", report(row("a", 0, `,"verdict":"leftover","cause":"logs"`)), "no finding holds"},
		{"nobody's waste", report(row("a", 0, `,"verdict":"shadowed","cause":"deleted","hiddenBy":0`)), "no finding holds"},
		{"a package", report(row("a", 0, `,"package":"curl"`)), "is not listed"},
		{"a word", report(row("a", 0, `,"verdict":"dead"`)), "unknown verdict"},
		{"an entry's type", strings.Replace(report(row("a", 0, "")), `"entries":[`, `"entries":[{"path":"d","type":"door","layer":0,"mode":"0"}`, 1), "makes no sense"},
		{"a link to nowhere", strings.Replace(report(row("a", 0, "")), `"entries":[`, `"entries":[{"path":"d","type":"symlink","layer":0,"mode":"0"}`, 1), "makes no sense"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Read(strings.NewReader(c.text))
			switch {
			case c.want == "" && err != nil:
				t.Errorf("error %v", err)
			case c.want == "":
				if again := saved(t, r, true); !bytes.Contains(again, []byte(`"path":"a/b"`)) {
					t.Errorf("the file is lost: %s", again)
				}
			case err == nil || !strings.Contains(err.Error(), c.want):
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

// What another program did to the text without changing what it says is no harm.
func TestReadTakesOtherLayouts(t *testing.T) {
	r := analysed(t, "demo:chown-copy")
	want := saved(t, r, true)
	var checked bytes.Buffer
	if err := (report.JSON{Files: true, Check: &model.Check{Scope: model.ScopeOwn}}).Write(&checked, r); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"keys sorted":       sortedKeys(t, want),
		"a check in it":     checked.Bytes(),
		"a key of tomorrow": bytes.Replace(want, []byte(`"partial"`), []byte(`"tomorrow": {"a": [1]}, "partial"`), 1),
	} {
		got, err := Read(bytes.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !bytes.Equal(saved(t, got, true), want) {
			t.Errorf("%s: it is another report", name)
		}
	}
}

// FuzzRead holds that no text makes Read panic, and that what it takes can be
// shown in every way.
func FuzzRead(f *testing.F) {
	f.Add(saved(f, reporttest.Clean(), true))
	f.Add(saved(f, reporttest.Sample(), false))
	f.Add([]byte(`{"schemaVersion":2,"tool":{"name":"tare"},"image":{"layers":1,"files":2,"size":2,"base":{"how":"none"}},"summary":{"liveBytes":1,"wastedBytes":1,"shadowedBytes":1,"avoidableBytes":1,"efficiency":0.5,"own":{"size":2,"wastedBytes":1,"efficiency":0.5},"inherited":{"efficiency":1}},"layers":[{"index":0,"files":2,"size":2,"wastedBytes":1}],"instructions":[],"packages":[],"findings":[{"id":"x","rule":"x","confidence":"certain","bytes":1,"verdict":"shadowed","cause":"deleted","layer":0,"hiddenBy":0}],"changes":[{"id":"x","kind":"decision","confidence":"certain","bytes":1,"findings":["x"]}],"risks":["x"],"plan":{"sizeAfter":1,"changes":1},"files":[{"path":"a","layer":0,"size":1,"verdict":"live","mode":"0","links":["z"]},{"path":"a\\\\","layer":0,"size":1,"verdict":"shadowed","cause":"deleted","hiddenBy":0,"mode":"7"}],"entries":[{"path":"d","type":"directory","layer":0,"mode":"755"}]}`))
	f.Fuzz(func(t *testing.T, given []byte) {
		r, err := Read(bytes.NewReader(given))
		if err != nil {
			if line := err.Error(); line == "" || len(line) > 1000 {
				t.Errorf("the error is %d bytes long", len(line))
			}
			return
		}
		for _, w := range []report.Writer{text.Report{Verbose: true}, text.Report{Width: 40, ASCII: true}, report.JSON{Files: r.Tree != nil}} {
			if err := w.Write(io.Discard, r); err != nil {
				t.Error(err)
			}
		}
		first := saved(t, r, r.Tree != nil)
		again, err := Read(bytes.NewReader(first))
		if err != nil {
			t.Fatalf("what was read cannot be read again: %v", err)
		}
		if second := saved(t, again, r.Tree != nil); !bytes.Equal(first, second) {
			t.Errorf("read again it is another report:\n%s", cmp.Diff(string(first), string(second)))
		}
		if c := compare.Reports(r, again); len(c.Findings)+len(c.Instructions)+len(c.Packages)+len(c.Paths) > 0 {
			t.Errorf("it differs from itself: %+v", c)
		}
	})
}

// sortedKeys writes JSON as a program does that keeps objects as maps.
func sortedKeys(t *testing.T, text []byte) []byte {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var doc map[string]any
	if err := decoder.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
