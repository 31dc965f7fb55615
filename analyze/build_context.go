package analyze

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// maxAbove is how many directories above a Dockerfile its build context is looked for.
const maxAbove = 8

// BuildContext returns the directory that the COPY and ADD instructions of a Dockerfile at a
// path read: the Dockerfile's own, or the nearest one above it that has what they name, where
// its own lacks something. docker build -f docker/Dockerfile . is how such files are built.
// Nothing above a repository's root is looked at.
func BuildContext(dockerfile string, text []byte) string {
	beside := filepath.Dir(dockerfile)
	d, err := history.ParseDockerfile(dockerfile, text)
	if err != nil {
		return beside
	}
	sources := contextSources(d)
	dir := beside
	for range maxAbove {
		if hasAll(dir, sources) {
			return dir
		}
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			break
		}
		dir = filepath.Join(dir, "..")
	}
	return beside
}

// contextSources are what a Dockerfile's instructions copy from the build context, as slash
// separated paths that may have wildcards. What a variable names is left out.
func contextSources(d *history.Dockerfile) (sources []string) {
	for _, stage := range d.Stages {
		for _, step := range stage.Steps {
			c, ok := rewrite.ParseCopy(step.Text)
			if !ok || slices.ContainsFunc(c.Flags, func(flag string) bool { return strings.HasPrefix(flag, "--from=") }) {
				continue
			}
			for _, source := range c.Sources {
				source = path.Clean("/" + source)[1:]
				if source != "" && !strings.ContainsAny(source, "$:\\") && fs.ValidPath(source) {
					sources = append(sources, source)
				}
			}
		}
	}
	return sources
}

// hasAll reports whether a directory has a file for each path.
func hasAll(dir string, sources []string) bool {
	root := os.DirFS(dir)
	return !slices.ContainsFunc(sources, func(source string) bool {
		found, err := fs.Glob(root, source)
		return err == nil && len(found) == 0
	})
}
