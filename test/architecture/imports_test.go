package architecture

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// top is the directory of the repository.
const top = "../.."

const module = "github.com/tare-oci/tare"

// line is the order of the packages inside analyze: each may import what stands
// in the rows above its own.
var line = [][]string{
	{"analyze/atomicfile", "analyze/budget", "analyze/checkout", "analyze/compression", "analyze/ctxio", "analyze/executable", "analyze/httpretry", "analyze/lazyregexp", "analyze/nearest", "analyze/redact", "analyze/rope"},
	{"analyze/language", "analyze/secrets"},
	{"analyze/replay"},
	{"analyze/demo", "analyze/loader"},
	{"analyze/source"},
	{"analyze/scan"},
	{"analyze/indexstore"},
	{"analyze/store"},
	{"analyze/overlay"},
	{"analyze/history", "analyze/packages", "analyze/workloads"},
	{"analyze/rules/pattern", "analyze/rules/rewrite", "analyze/rules/toolchain"},
	{"analyze/rules/instructions", "analyze/rules/startable"},
	{"analyze/rules/need"},
	{"analyze/rules"},
	{"analyze/rules/advice", "analyze/rules/installs"},
	{"analyze/rules/catalogue/caches", "analyze/rules/catalogue/kubernetes", "analyze/rules/catalogue/leftovers", "analyze/rules/catalogue/packages", "analyze/rules/catalogue/structure"},
	{"analyze/rules/catalogue/ports"},
	{"analyze/rules/catalogue/pods"},
	{"analyze/rules/catalogue"},
	{"analyze/fix/dockerignore", "analyze/fix/multistage", "analyze/fix/unified"},
	{"analyze/fix"},
	{"analyze/changes"},
}

// rooms is the same for the packages inside analyze/source: each may import what
// stands in the rows above its own. The door, analyze/source, may import them all.
var rooms = [][]string{
	{"usererror"},
	{"dockerconfig", "fileid", "imagename", "pipe", "platforms"},
	{"image"},
	{"manifest"},
	{"archive"},
	{"engine", "registry"},
}

// mayImport says which packages of ours each part of the house may import; a
// part is a directory with all below it. What is not in here may import nothing.
func mayImport() map[string][]string {
	allowed := map[string][]string{
		"model":       {},
		"ui/display":  {},
		"ui/progress": {"analyze", "model", "ui/display"},
		"ui/report":   {"model", "ui/display", "ui/severity"},
		"ui/severity": {"model"},
		"ui/pulled":   {"model", "ui/display"},
		"ui/yamlnode": {},
		"ui/builder":  {},
		"ui/gate":     {"analyze/compare", "analyze/lazyregexp", "model", "ui/display", "ui/pulled"},
		"ui/forge":    {"analyze/httpretry", "analyze/lazyregexp"},
		"ui/comment":  {"model", "ui/display", "ui/pulled", "ui/report/compare", "ui/report/markdown", "ui/report/view"},
		"ui/settings": {"analyze/nearest", "model", "ui/display", "ui/gate", "ui/severity", "ui/yamlnode"},
		"ui/tui":      {"analyze", "analyze/atomicfile", "analyze/compare", "analyze/filetar", "analyze/nearest", "model", "ui/display", "ui/progress", "ui/yamlnode"},
		// The door of report knows the formats below it, and none knows the door.
		"ui/report/jsontext": {"model", "ui/display"},
		"ui/report/view":     {"model", "ui/display", "ui/severity"},
		"ui/report/text":     {"model", "ui/display", "ui/report/view"},
		"ui/report/markdown": {"analyze/lazyregexp", "model", "ui/display", "ui/report/view"},
		"ui/report/html":     {"model", "ui/display", "ui/report/view", "ui/report/webpage"},
		"ui/report/webpage":  {},
		"ui/report/load":     {"model", "ui/report/jsontext"},
		"ui/report/bases":    {"model", "ui/display", "ui/report/formats", "ui/report/jsontext", "ui/report/view"},
		"ui/report/formats":  {},
		"ui/report/fleet":    {"model", "ui/display", "ui/report/formats", "ui/report/jsontext", "ui/report/markdown", "ui/report/view", "ui/report/webpage"},
		"ui/report/compare":  {"model", "ui/display", "ui/pulled", "ui/report/formats", "ui/report/jsontext", "ui/report/markdown", "ui/report/view"},
		"ui/report/releases": {"model", "ui/display", "ui/pulled", "ui/report/formats", "ui/report/jsontext", "ui/report/markdown", "ui/report/view", "ui/report/webpage"},
		// The rooms of the terminal interface know each other in this order, and none
		// knows the program that they make up.
		"ui/tui/draw":        {"model", "ui/display"},
		"ui/tui/filetree":    {"model"},
		"ui/tui/terminal":    {},
		"ui/tui/lists":       {"ui/display", "ui/tui/draw", "ui/tui/terminal"},
		"ui/tui/releases":    {"model", "ui/display", "ui/pulled", "ui/report/releases", "ui/tui/draw", "ui/tui/lists"},
		"ui/tui/fleet":       {"model", "ui/display", "ui/report/fleet", "ui/tui/draw", "ui/tui/lists"},
		"ui/tui/timeline":    {"model"},
		"ui/tui/keys":        {"ui/display", "ui/tui/pane"},
		"ui/tui/beside":      {"analyze/compare", "model", "ui/display", "ui/pulled", "ui/tui/draw", "ui/tui/keys", "ui/tui/pane"},
		"ui/tui/act":         {"model", "ui/display", "ui/report/view", "ui/tui/draw", "ui/tui/terminal"},
		"ui/tui/viewer":      {"analyze/atomicfile", "analyze/filetar", "model", "ui/display", "ui/tui/draw"},
		"ui/tui/annotate":    {"model"},
		"ui/tui/packagetree": {"model"},
		"ui/tui/pane":        {"analyze", "model", "ui/display", "ui/report/view", "ui/tui/annotate", "ui/tui/draw", "ui/tui/filetree", "ui/tui/packagetree"},
		"ui/tui/accessible":  {"analyze/nearest", "model", "ui/display", "ui/tui/annotate", "ui/tui/draw", "ui/tui/filetree", "ui/tui/pane"},
		"ui/tui/tuitest":     {"model"},
		// What the interface acts through edits Dockerfiles and runs builders.
		"ui/workspace": {"analyze", "analyze/atomicfile", "analyze/checkout", "analyze/fix", "analyze/source", "model", "ui/builder", "ui/tui/act"},
		// The course: lessons, what judges them, and their faces.
		"ui/learn/lesson":   {"analyze", "analyze/nearest", "analyze/replay", "model", "ui/display", "ui/gate", "ui/yamlnode"},
		"ui/learn/course":   {"ui/learn/lesson"},
		"ui/learn/progress": {"analyze/atomicfile"},
		"ui/learn/session":  {"analyze/atomicfile", "ui/gate", "ui/learn/lesson", "ui/learn/progress"},
		"ui/learn/markdown": {},
		"ui/learn/handout":  {"model", "ui/display", "ui/learn/lesson", "ui/learn/markdown"},
		"ui/learn/real":     {"analyze", "model", "ui/builder", "ui/learn/lesson"},
		"ui/learn/screen":   {"model", "ui/builder", "ui/display", "ui/learn/lesson", "ui/learn/markdown", "ui/learn/real", "ui/learn/session", "ui/tui/draw", "ui/tui/keys", "ui/tui/terminal"},
		"ui/learn/prompt":   {"model", "ui/display", "ui/learn/lesson", "ui/learn/markdown", "ui/learn/real", "ui/learn/session"},
		// The commands pass on where images come from, list the samples, and edit
		// Dockerfiles.
		"ui/cli": {
			"analyze", "analyze/atomicfile", "analyze/changes", "analyze/compare", "analyze/demo", "analyze/fix", "analyze/fleet", "analyze/indexstore", "analyze/nearest", "analyze/redact", "analyze/releases", "analyze/source", "analyze/store", "analyze/workloads", "model",
			"ui/builder", "ui/comment", "ui/display", "ui/forge", "ui/gate", "ui/learn/course", "ui/learn/handout", "ui/learn/lesson", "ui/learn/progress", "ui/learn/prompt", "ui/learn/screen", "ui/learn/session", "ui/progress", "ui/report", "ui/report/view", "ui/settings", "ui/severity", "ui/tui", "ui/workspace",
		},
		".": {"ui/cli"},
		// Compare two reports, and many: beside the line, not in it.
		"analyze/compare":  {"model"},
		"analyze/releases": {"analyze/compare", "model"},
		"analyze/bases":    {"analyze/lazyregexp", "model"},
		"analyze/fleet":    {"analyze", "analyze/redact", "analyze/releases", "analyze/source", "analyze/store", "model"},
		// These hold tests and what tests need.
		"analyze/imagetest":            {},
		"analyze/imagetest/enginetest": {"analyze/imagetest"},
		"test":                         {"analyze/imagetest", "analyze/replay"},
		"docs":                         {},
		"ui/report/reporttest":         {"analyze", "model", "ui/display"},
		"ui/forge/forgetest":           {},
		"analyze/rules/rulestest":      {"analyze", "analyze/imagetest", "analyze/rules", "analyze/rules/catalogue", "analyze/rules/rewrite", "analyze/workloads", "model"},
		"analyze/source/sourcetest":    {"analyze/compression", "analyze/imagetest", "analyze/source"},
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
	allowed["analyze"] = append(before, "analyze/bases")
	inside := slices.Clone(allowed["analyze/scan"])
	inside = slices.DeleteFunc(inside, func(p string) bool { return p == "analyze/source" })
	for _, row := range rooms {
		for _, p := range row {
			allowed["analyze/source/"+p] = slices.Clone(inside)
		}
		for _, p := range row {
			inside = append(inside, "analyze/source/"+p)
		}
	}
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
var onlyInTests = []string{module + "/analyze/imagetest", module + "/ui/report/reporttest", "testing", "github.com/google/go-cmp", "github.com/rogpeppe/go-internal", module + "/ui/forge/forgetest", module + "/ui/tui/tuitest", module + "/analyze/rules/rulestest", module + "/analyze/source/sourcetest"}

// TestImportsKeepTheirDirection holds what CONTRIBUTING.md says of who may
// import whom, on every system's files, built or not. Tests may look anywhere.
// This test alone decides: the linter has no list of its own.
func TestImportsKeepTheirDirection(t *testing.T) {
	imports := importsByDirectory(t)
	if len(imports["ui/cli"]) == 0 || len(imports["analyze"]) == 0 {
		t.Fatalf("the walk missed the house: it found only %q", slices.Sorted(maps.Keys(imports)))
	}
	for _, problem := range wrongImports(imports) {
		t.Error(problem)
	}
}

// TestMapHasEveryPackage holds that CONTRIBUTING.md says what each directory of code is
// for, by its path, by its name in the row of a directory above, or in a row for all that
// is in the directory above ("x/…/").
func TestMapHasEveryPackage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(top, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "## The map\n")
	table, _, _ = strings.Cut(table, "\n## ")
	for dir := range importsByDirectory(t) {
		named := []string{"`" + dir + "/`", "`" + path.Base(dir) + "/`", "`" + path.Base(dir) + "`", "`" + path.Dir(dir) + "/…/`"}
		if dir != "." && !slices.ContainsFunc(named, func(name string) bool { return strings.Contains(table, name) }) {
			t.Errorf("CONTRIBUTING.md's map lacks %s", dir)
		}
	}
}

// TestWrongImportsAreSeen shows that the test above can fail.
func TestWrongImportsAreSeen(t *testing.T) {
	cases := []struct{ dir, imported, want string }{
		{"model", "github.com/google/go-cmp/cmp", "model may not import github.com/google/go-cmp/cmp"},
		{"model", module + "/analyze", "model may not import " + module + "/analyze"},
		{"ui/report", "archive/tar", "ui/report may not import archive/tar"},
		{"ui/report/html", module + "/ui/report", "ui/report/html may not import " + module + "/ui/report"},
		{"ui/report/load", module + "/ui/report/view", "ui/report/load may not import " + module + "/ui/report/view"},
		{"ui/tui/draw", module + "/ui/tui", "ui/tui/draw may not import " + module + "/ui/tui"},
		{"ui/tui/filetree", module + "/ui/tui/draw", "ui/tui/filetree may not import " + module + "/ui/tui/draw"},
		{"ui/tui/pane", module + "/ui/tui/accessible", "ui/tui/pane may not import " + module + "/ui/tui/accessible"},
		{"ui/tui", module + "/analyze/source", "ui/tui may not import " + module + "/analyze/source"},
		{"analyze/scan", module + "/analyze/overlay", "analyze/scan may not import " + module + "/analyze/overlay"},
		{"analyze/scan/inflate", module + "/analyze/rules", "analyze/scan/inflate may not import " + module + "/analyze/rules"},
		{"analyze/source/registry", module + "/analyze/source", "analyze/source/registry may not import " + module + "/analyze/source"},
		{"analyze/source/registry", module + "/analyze/source/engine", "analyze/source/registry may not import " + module + "/analyze/source/engine"},
		{"analyze/source/image", module + "/analyze/source/archive", "analyze/source/image may not import " + module + "/analyze/source/archive"},
		{"analyze/source", module + "/analyze/source/sourcetest", "analyze/source may not import " + module + "/analyze/source/sourcetest"},
		{"analyze/history", module + "/analyze/packages", "analyze/history may not import " + module + "/analyze/packages"},
		{"analyze/fix/multistage", module + "/analyze/fix", "analyze/fix/multistage may not import " + module + "/analyze/fix"},
		{"analyze/compare", module + "/analyze/rules", "analyze/compare may not import " + module + "/analyze/rules"},
		{"analyze/rules", module + "/analyze/demo", "analyze/rules may not import " + module + "/analyze/demo"},
		{"analyze/rules", "charm.land/lipgloss/v2", "analyze/rules may not import charm.land/lipgloss/v2"},
		{"analyze/rules/pattern", module + "/analyze/rules/rewrite", "analyze/rules/pattern may not import " + module + "/analyze/rules/rewrite"},
		{"analyze/rules/catalogue/caches", module + "/analyze/rules/catalogue/structure", "analyze/rules/catalogue/caches may not import " + module + "/analyze/rules/catalogue/structure"},
		{"analyze/rules/catalogue", module + "/analyze/rules/rulestest", "analyze/rules/catalogue may not import " + module + "/analyze/rules/rulestest"},
		{"analyze", module + "/ui/report", "analyze may not import " + module + "/ui/report"},
		{"analyze", module + "/analyze/imagetest", "analyze may not import " + module + "/analyze/imagetest"},
		{".", module + "/analyze", "main may not import " + module + "/analyze"},
		{"elsewhere", module + "/model", "elsewhere is no part of the house: give it a place in test/architecture/imports_test.go"},
	}
	for _, c := range cases {
		got := wrongImports(map[string][]string{c.dir: {c.imported}})
		if !slices.Contains(got, c.want) {
			t.Errorf("%s importing %s: got %q, want %q", c.dir, c.imported, got, c.want)
		}
	}
	fine := map[string][]string{
		"analyze/source":         {module + "/analyze/demo", "archive/tar"},
		"analyze/source/engine":  {module + "/analyze/source/archive", module + "/analyze/source/image"},
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
	for _, dir := range slices.Sorted(maps.Keys(imports)) {
		name := dir
		if dir == "." {
			name = "main"
		}
		part, known := partOf(dir, allowed)
		if !known {
			problems = append(problems, dir+" is no part of the house: give it a place in test/architecture/imports_test.go")
			continue
		}
		for _, imported := range imports[dir] {
			if !allows(part, imported, allowed[part]) {
				problems = append(problems, name+" may not import "+imported)
			}
		}
	}
	return problems
}

// partOf finds the smallest part of the house that a directory is in.
func partOf(dir string, allowed map[string][]string) (string, bool) {
	for at := dir; at != "."; at = path.Dir(at) {
		if _, ok := allowed[at]; ok {
			return at, true
		}
	}
	return ".", dir == "."
}

func allows(part, imported string, ours []string) bool {
	if within(imported, onlyInTests...) {
		return part == "test" || strings.HasSuffix(part, "test") // packages of tests, which no program carries
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

func within(name string, dirs ...string) bool {
	return slices.ContainsFunc(dirs, func(f string) bool { return name == f || strings.HasPrefix(name, f+"/") })
}

// importsByDirectory reads the imports of every Go file of the house but tests,
// by directory.
func importsByDirectory(t *testing.T) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	eachFile(t, parser.ImportsOnly, func(name string, file *ast.File, _ *token.FileSet) {
		if strings.HasSuffix(name, "_test.go") {
			return
		}
		found := imports[path.Dir(name)]
		for _, spec := range file.Imports {
			found = append(found, strings.Trim(spec.Path.Value, `"`))
		}
		imports[path.Dir(name)] = found // also where a directory imports nothing
	})
	return imports
}
