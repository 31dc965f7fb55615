package main_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/tare-oci/tare"

// line is the order of the packages inside analyze: each may import what stands
// in the rows above its own.
var line = [][]string{
	{"analyze/atomicfile", "analyze/budget", "analyze/redact"},
	{"analyze/demo"},
	{"analyze/source"},
	{"analyze/scan"},
	{"analyze/store"},
	{"analyze/overlay"},
	{"analyze/history", "analyze/packages"},
	{"analyze/rules/pattern", "analyze/rules/rewrite", "analyze/rules/toolchain"},
	{"analyze/rules/instructions"},
	{"analyze/rules"},
	{"analyze/rules/advice"},
	{"analyze/rules/catalogue/caches", "analyze/rules/catalogue/kubernetes", "analyze/rules/catalogue/leftovers", "analyze/rules/catalogue/packages", "analyze/rules/catalogue/structure"},
	{"analyze/rules/catalogue"},
	{"analyze/fix/dockerignore", "analyze/fix/multistage", "analyze/fix/unified"},
	{"analyze/fix"},
}

// mayImport says which packages of ours each part of the house may import; a
// part is a directory with all below it. What is not in here may import nothing.
func mayImport() map[string][]string {
	allowed := map[string][]string{
		"model":       {},
		"ui/display":  {},
		"ui/progress": {"analyze", "model", "ui/display"},
		"ui/report":   {"model", "ui/display"},
		"ui/nearest":  {},
		"ui/gate":     {"model", "ui/display"},
		"ui/settings": {"model", "ui/display", "ui/gate", "ui/nearest"},
		"ui/tui":      {"analyze", "analyze/atomicfile", "model", "ui/display", "ui/nearest", "ui/progress"},
		// The commands pass on where images come from, list the samples, and edit
		// Dockerfiles.
		"ui/cli": {"analyze", "analyze/atomicfile", "analyze/store", "analyze/redact", "analyze/source", "analyze/demo", "analyze/fix", "model", "ui/display", "ui/gate", "ui/nearest", "ui/progress", "ui/report", "ui/settings", "ui/tui"},
		".":      {"ui/cli"},
		// These hold tests and what tests need.
		"analyze/imagetest":       {},
		"analyze/realtest":        {},
		"ui/ptytest":              {},
		"ui/tmuxtest":             {},
		"ui/faulttest":            {"analyze/imagetest"},
		"analyze/rules/rulestest": {"analyze", "analyze/imagetest", "analyze/rules", "analyze/rules/catalogue", "analyze/rules/rewrite", "model"},
	}
	before := []string{"model"}
	for _, row := range line {
		for _, p := range row {
			allowed[p] = slices.Clone(before)
			if p != "analyze/source" {
				// The samples are an image source like any other.
				allowed[p] = slices.DeleteFunc(allowed[p], func(q string) bool { return q == "analyze/demo" })
			}
		}
		before = append(before, row...)
	}
	allowed["analyze"] = before
	return allowed
}

// forbidden are libraries that a part of the house keeps away from. "*" is all
// but the standard library.
var forbidden = map[string][]string{
	"model":   {"*"},
	".":       {"*"},
	"ui":      {"github.com/google/go-containerregistry", "archive/tar", "compress", "github.com/klauspost/compress"},
	"analyze": {"charm.land", "github.com/charmbracelet", "github.com/spf13"},
}

// onlyInTests are packages that no program should carry.
var onlyInTests = []string{module + "/analyze/imagetest", module + "/analyze/rules/rulestest", "testing", "github.com/google/go-cmp", "github.com/rogpeppe/go-internal"}

// TestImportsKeepTheirDirection holds what CONTRIBUTING.md says of who may
// import whom, on every system's files, built or not. Tests may look anywhere.
func TestImportsKeepTheirDirection(t *testing.T) {
	imports := importsByFolder(t)
	if len(imports["ui/cli"]) == 0 || len(imports["analyze"]) == 0 {
		t.Fatalf("the walk missed the house: it found only %q", slices.Sorted(maps.Keys(imports)))
	}
	for _, problem := range wrongImports(imports) {
		t.Error(problem)
	}
}

// TestWrongImportsAreSeen shows that the test above can fail.
func TestWrongImportsAreSeen(t *testing.T) {
	cases := []struct{ folder, imported, want string }{
		{"model", "github.com/google/go-cmp/cmp", "model may not import github.com/google/go-cmp/cmp"},
		{"model", module + "/analyze", "model may not import " + module + "/analyze"},
		{"ui/report", "archive/tar", "ui/report may not import archive/tar"},
		{"ui/tui", module + "/analyze/source", "ui/tui may not import " + module + "/analyze/source"},
		{"analyze/scan", module + "/analyze/overlay", "analyze/scan may not import " + module + "/analyze/overlay"},
		{"analyze/scan/inflate", module + "/analyze/rules", "analyze/scan/inflate may not import " + module + "/analyze/rules"},
		{"analyze/history", module + "/analyze/packages", "analyze/history may not import " + module + "/analyze/packages"},
		{"analyze/fix/multistage", module + "/analyze/fix", "analyze/fix/multistage may not import " + module + "/analyze/fix"},
		{"analyze/rules", module + "/analyze/demo", "analyze/rules may not import " + module + "/analyze/demo"},
		{"analyze/rules", "charm.land/lipgloss/v2", "analyze/rules may not import charm.land/lipgloss/v2"},
		{"analyze/rules/pattern", module + "/analyze/rules/rewrite", "analyze/rules/pattern may not import " + module + "/analyze/rules/rewrite"},
		{"analyze/rules/catalogue/caches", module + "/analyze/rules/catalogue/structure", "analyze/rules/catalogue/caches may not import " + module + "/analyze/rules/catalogue/structure"},
		{"analyze/rules/catalogue", module + "/analyze/rules/rulestest", "analyze/rules/catalogue may not import " + module + "/analyze/rules/rulestest"},
		{"analyze", module + "/ui/report", "analyze may not import " + module + "/ui/report"},
		{"analyze", module + "/analyze/imagetest", "analyze may not import " + module + "/analyze/imagetest"},
		{".", module + "/analyze", "main may not import " + module + "/analyze"},
		{"elsewhere", module + "/model", "elsewhere is no part of the house: give it a place in architecture_test.go"},
	}
	for _, c := range cases {
		got := wrongImports(map[string][]string{c.folder: {c.imported}})
		if !slices.Contains(got, c.want) {
			t.Errorf("%s importing %s: got %q, want %q", c.folder, c.imported, got, c.want)
		}
	}
	fine := map[string][]string{
		"analyze/source":         {module + "/analyze/demo", "archive/tar"},
		"analyze/scan":           {module + "/analyze/scan/inflate", module + "/analyze/source"},
		"analyze/rules/rewrite":  {module + "/analyze/history", "mvdan.cc/sh/v3/syntax"},
		"analyze":                {module + "/analyze/fix", module + "/model"},
		"ui/cli":                 {module + "/ui/tui", "github.com/spf13/cobra"},
		"model":                  {"strings"},
		"analyze/rules":          {module + "/analyze/rules/pattern"},
		"analyze/rules/rewrite2": nil,
	}
	if got := wrongImports(fine); got != nil {
		t.Errorf("complaints about what is allowed: %q", got)
	}
}

// wrongImports lists, in order, what the files of each directory import against
// the rules.
func wrongImports(imports map[string][]string) []string {
	allowed := mayImport()
	var problems []string
	for _, folder := range slices.Sorted(maps.Keys(imports)) {
		name := folder
		if folder == "." {
			name = "main"
		}
		part, known := partOf(folder, allowed)
		if !known {
			problems = append(problems, folder+" is no part of the house: give it a place in architecture_test.go")
			continue
		}
		for _, imported := range imports[folder] {
			if !allows(part, imported, allowed[part]) {
				problems = append(problems, name+" may not import "+imported)
			}
		}
	}
	return problems
}

// partOf finds the smallest part of the house that a directory is in.
func partOf(folder string, allowed map[string][]string) (string, bool) {
	for at := folder; at != "."; at = path.Dir(at) {
		if _, ok := allowed[at]; ok {
			return at, true
		}
	}
	return ".", folder == "."
}

func allows(part, imported string, ours []string) bool {
	if within(imported, onlyInTests...) {
		return part == "analyze/imagetest" || part == "analyze/rules/rulestest"
	}
	if rest, ok := strings.CutPrefix(imported, module+"/"); ok {
		// A parent in the list stands for itself, not for what is below it: who
		// may call analyze may not reach into analyze/source.
		return within(rest, deepest([]string{part})...) || slices.Contains(ours, rest) || within(rest, deepest(ours)...)
	}
	standard := !strings.Contains(strings.Split(imported, "/")[0], ".")
	for _, house := range []string{part, strings.Split(part, "/")[0]} {
		for _, banned := range forbidden[house] {
			if within(imported, banned) || banned == "*" && !standard {
				return false
			}
		}
	}
	return true
}

// deepest leaves out the parts whose directories hold parts of their own.
func deepest(parts []string) []string {
	return slices.DeleteFunc(slices.Clone(parts), func(p string) bool {
		return p == "analyze" || p == "analyze/rules" || p == "analyze/rules/catalogue"
	})
}

func within(name string, folders ...string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return name == f || strings.HasPrefix(name, f+"/") })
}

// importsByFolder reads the imports of every Go file of the house but tests,
// by directory.
func importsByFolder(t *testing.T) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	files := token.NewFileSet()
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); base == "testdata" || base == "dist" || name != "." && strings.HasPrefix(base, ".") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(files, filepath.FromSlash(name), nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		found := imports[path.Dir(name)]
		for _, spec := range file.Imports {
			found = append(found, strings.Trim(spec.Path.Value, `"`))
		}
		imports[path.Dir(name)] = found
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return imports
}
