package architecture

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// retired are words that names had before docs/glossary.md, each with the word
// that took its place. A name is taken apart at its capitals and underscores:
// "openKept" holds "kept".
var retired = map[string]string{
	"pardon":   "suppression",
	"excuse":   "suppression",
	"overdue":  "expired",
	"twins":    "duplicates",
	"unsniff":  "replayReader",
	"disarmed": "suppressed",
	"recall":   "lookup, load",
	"memo":     "snapshot, parsed",
	"shelf":    "format",
	"patience": "retry, stall timeout",
	"rewound":  "rewind",
	"trickle":  "stallReader",
	"folder":   "directory, dir",
	"spoken":   "accessible",
	"twin":     "duplicate",
	"tie":      "match",
	"squeeze":  "normalize",
	"stretch":  "span, lines",
	"mended":   "fixed",
	"parting":  "mismatch",
	"converse": "accessible",
}

// retiredNames are whole names that were given up.
var retiredNames = map[string]string{
	"orLeave": "withGrace", "tellFix": "printFix", "tellAlso": "printAlsoSaved", "keptReport": "cachedReport", "openKept": "openStored", "keepOf": "storeKey",
	"Wire": "AsPushed", "Headed": "HashedPrefix", "Digested": "HashedSHA256", "fuse": "itemReader", "recognise": "parseHistory",
	"asideHash": "asyncHash", "comeBack": "httpretry.Backoff", "persistent": "httpretry.Transport",
}

// TestRetiredWordsStayAway holds that no name in the code, of a declaration or of
// a file, goes back to a word that docs/glossary.md has a better one for.
func TestRetiredWordsStayAway(t *testing.T) {
	found := 0
	eachFile(t, parser.ParseComments|parser.SkipObjectResolution, func(name string, file *ast.File, files *token.FileSet) {
		base := strings.TrimSuffix(path.Base(name), ".go")
		for _, word := range wordsOf(base) {
			if better, gone := retired[word]; gone {
				t.Errorf("the file %s is named after %q; the word is %s", name, word, better)
			}
		}
		for _, id := range declared(file) {
			found++
			if better, gone := retiredNames[id.Name]; gone {
				t.Errorf("%s: the word for %s is %s", files.Position(id.Pos()), id.Name, better)
			}
			for _, word := range wordsOf(id.Name) {
				if better, gone := retired[word]; gone {
					t.Errorf("%s: %s holds %q; the word is %s", files.Position(id.Pos()), id.Name, word, better)
				}
			}
		}
	})
	if found < 1000 {
		t.Errorf("the walk missed the house: it found only %d names", found)
	}
}

// saysNothing are names of files and packages that could hold anything.
var saysNothing = []string{"util", "utils", "helper", "helpers", "common", "misc", "stuff"}

// TestFilesSayWhatTheyHold holds that no file or package has a name that could be any other's.
func TestFilesSayWhatTheyHold(t *testing.T) {
	eachFile(t, parser.PackageClauseOnly, func(name string, file *ast.File, _ *token.FileSet) {
		base := strings.TrimSuffix(path.Base(name), ".go")
		if slices.Contains(saysNothing, strings.TrimSuffix(base, "_test")) {
			t.Errorf("the file %s does not say what is in it", name)
		}
		if slices.Contains(saysNothing, file.Name.Name) {
			t.Errorf("%s: the package %s does not say what is in it", name, file.Name.Name)
		}
	})
}

// TestCommentsReportWhether holds that comments speak of a bool as Go's own do: "X reports
// whether", not "X says whether".
func TestCommentsReportWhether(t *testing.T) {
	found := 0
	eachFile(t, parser.ParseComments|parser.SkipObjectResolution, func(_ string, file *ast.File, files *token.FileSet) {
		for _, group := range file.Comments {
			found++
			text := strings.Join(strings.Fields(group.Text()), " ")
			for _, verb := range []string{"says", "tells"} {
				if strings.Contains(text, " "+verb+" whether ") {
					t.Errorf("%s: %q; the words are \"reports whether\"", files.Position(group.Pos()), verb+" whether")
				}
			}
		}
	})
	if found < 1000 {
		t.Errorf("the walk missed the house: it found only %d comments", found)
	}
}

// TestWordsOf shows how names are taken apart.
func TestWordsOf(t *testing.T) {
	for name, want := range map[string]string{
		"openKept": "open kept", "keptReport": "kept report", "HTMLFolder": "html folder", "kept_report_test": "kept report test", "x": "x", "": "", "ID": "id", "tieURL2": "tie url2",
	} {
		if got := strings.Join(wordsOf(name), " "); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// wordsOf takes a name apart at its capitals and underscores, in lower case.
func wordsOf(name string) []string {
	var words []string
	letters := []rune(name)
	start := 0
	cut := func(end int) {
		if end > start {
			words = append(words, strings.ToLower(string(letters[start:end])))
		}
	}
	for i, r := range letters {
		switch {
		case r == '_':
			cut(i)
			start = i + 1
		case unicode.IsUpper(r) && (i > 0 && !unicode.IsUpper(letters[i-1]) || i > 0 && i+1 < len(letters) && unicode.IsLower(letters[i+1])):
			cut(i)
			start = i
		}
	}
	cut(len(letters))
	return words
}

// declared lists the names that a file declares: packages, types, functions,
// methods, fields, constants and variables, and those inside of functions.
func declared(file *ast.File) []*ast.Ident {
	names := []*ast.Ident{file.Name}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			names = append(names, n.Name)
		case *ast.TypeSpec:
			names = append(names, n.Name)
		case *ast.ValueSpec:
			names = append(names, n.Names...)
		case *ast.Field:
			names = append(names, n.Names...)
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				for _, at := range n.Lhs {
					if id, ok := at.(*ast.Ident); ok {
						names = append(names, id)
					}
				}
			}
		case *ast.RangeStmt:
			for _, at := range []ast.Expr{n.Key, n.Value} {
				if id, ok := at.(*ast.Ident); ok && n.Tok == token.DEFINE {
					names = append(names, id)
				}
			}
		}
		return true
	})
	return slices.DeleteFunc(names, func(id *ast.Ident) bool { return id.Name == "_" })
}

// parsed is a Go file of the repository.
type parsed struct {
	name string
	file *ast.File
}

// read are the files that were parsed already, by how: reading all takes a third of a second.
var (
	read      = make(map[parser.Mode][]parsed)
	positions = token.NewFileSet()
)

// eachFile parses every Go file of the repository, tests too.
func eachFile(t *testing.T, mode parser.Mode, do func(name string, file *ast.File, files *token.FileSet)) {
	t.Helper()
	if read[mode] == nil {
		read[mode] = parseAll(t, mode)
	}
	for _, p := range read[mode] {
		do(p.name, p.file, positions)
	}
}

func parseAll(t *testing.T, mode parser.Mode) (all []parsed) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(top), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); base == "testdata" || base == "dist" || name != "." && strings.HasPrefix(base, ".") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		file, err := parser.ParseFile(positions, filepath.Join(top, filepath.FromSlash(name)), nil, mode)
		all = append(all, parsed{name, file})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
