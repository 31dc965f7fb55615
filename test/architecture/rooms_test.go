package architecture

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"strings"
	"testing"
)

// maxFiles is how many files a package of the interface or of the rules may have, tests not
// counted: as many as a reader takes in when listing the directory.
const maxFiles = 25

// TestRoomsStaySmall holds that packages which grow a file with each view or rule are split
// before their list of files is too long to be read.
func TestRoomsStaySmall(t *testing.T) {
	files := map[string]int{}
	eachFile(t, parser.PackageClauseOnly, func(name string, _ *ast.File, _ *token.FileSet) {
		dir := path.Dir(name)
		if strings.HasPrefix(dir, "ui/tui") || strings.HasPrefix(dir, "analyze/rules") {
			if !strings.HasSuffix(name, "_test.go") {
				files[dir]++
			}
		}
	})
	if len(files) < 20 {
		t.Fatalf("the walk found only %d packages", len(files))
	}
	for dir, n := range files {
		if n > maxFiles {
			t.Errorf("%s has %d files; at most %d: give what belongs together a package of its own, or a file", dir, n, maxFiles)
		}
	}
}
