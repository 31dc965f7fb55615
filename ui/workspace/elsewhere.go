package workspace

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/shell"

	"github.com/tare-oci/tare/analyze/checkout"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/builder"
)

// Elsewhere is where to save what shall not be part of the next build: the home directory or the one
// for temporary files. It is "" where the working directory is not in the context of that build, or
// where nobody knows that context.
func (w *Workspace) Elsewhere(r *model.Report) (dir string) {
	line, err := w.Command(r)
	if err != nil {
		return ""
	}
	context := contextOf(line, w.opt.Getenv)
	if context == "" || !checkout.Within(context, resolved(".")) {
		return ""
	}
	home, _ := os.UserHomeDir() // "" is none
	for _, dir := range []string{home, os.TempDir()} {
		if dir != "" && resolved(dir) != "" && !checkout.Within(context, resolved(dir)) {
			return dir
		}
	}
	return ""
}

// contextOf is the directory that a builder's command line sends to the builder, without links; ""
// where there is none on this machine.
func contextOf(line string, getenv func(string) string) string {
	words, err := shell.Fields(line, getenv)
	if err != nil {
		return ""
	}
	_, args, ok := builder.Of(words)
	if !ok {
		return ""
	}
	for i, arg := range slices.Backward(args) {
		if strings.HasPrefix(arg, "-") || i > 0 && (args[i-1] == "-o" || args[i-1] == "--output") {
			continue
		}
		if dir := resolved(arg); dir != "" {
			return dir
		}
	}
	return ""
}

// resolved is a directory's absolute name without links, "" where there is no such directory.
func resolved(name string) string {
	at, err := filepath.Abs(name)
	if err == nil {
		at, err = filepath.EvalSymlinks(at)
	}
	if info, failed := os.Stat(at); err != nil || failed != nil || !info.IsDir() {
		return ""
	}
	return at
}
