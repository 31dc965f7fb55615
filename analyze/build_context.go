package analyze

import (
	"errors"
	"fmt"
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

// ErrContextAbove says that a Dockerfile is built with a directory above the one where tare was
// started. The diff could not name a file there, and what lies there may be another project's.
var ErrContextAbove = errors.New("what COPY names lies above this directory")

// manifests are files that lie where a project begins.
var manifests = []string{"package.json", "go.mod", "requirements.txt", "pyproject.toml", "setup.py", "Pipfile", "Cargo.toml", "pom.xml", "build.gradle", "build.gradle.kts", "composer.json", "Gemfile", "mix.exs", "CMakeLists.txt"}

// BuildContext returns the directory that the COPY and ADD instructions of a Dockerfile at a
// path read: the Dockerfile's own, or the nearest one above it that has all that they name,
// where its own has nothing of it. docker build -f docker/Dockerfile . is how such files are
// built. A COPY of all that there is means the directory where the project begins. Nothing above
// a repository's root is looked at. The directory lies below the working directory or is that
// itself, unless it is the Dockerfile's; where the right one seems to lie above, the error is
// [ErrContextAbove].
func BuildContext(dockerfile string, text []byte) (string, error) {
	beside := filepath.Dir(dockerfile)
	d, err := history.ParseDockerfile(dockerfile, text)
	if err != nil {
		return beside, nil
	}
	sources := contextSources(d)
	exists := func(dir string) func(string) bool {
		return func(source string) bool {
			_, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(source)))
			return err == nil
		}
	}
	fits := func(dir string) bool { // whether it has all that is copied
		return !slices.ContainsFunc(sources, func(source string) bool { return !exists(dir)(source) })
	}
	named := len(sources) > 0
	if !named { // all of it, so it is where a project begins
		sources, fits = manifests, func(dir string) bool { return slices.ContainsFunc(manifests, exists(dir)) }
	}
	if slices.ContainsFunc(sources, exists(beside)) {
		return beside, nil
	}
	dir := beside
	for range maxAbove {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			break
		}
		dir = filepath.Join(dir, "..")
		if fits(dir) {
			if !filepath.IsLocal(dir) && !named {
				break
			}
			if !filepath.IsLocal(dir) {
				return beside, fmt.Errorf("%w; run tare fix in %s", ErrContextAbove, dir)
			}
			return dir, nil
		}
	}
	return beside, nil
}

// contextSources are what a Dockerfile's instructions copy from the build context, as slash
// separated paths. What a variable or a pattern names is left out: it may be nothing.
func contextSources(d *history.Dockerfile) (sources []string) {
	for _, stage := range d.Stages {
		for _, step := range stage.Steps {
			c, ok := rewrite.ParseCopy(step.Text)
			if !ok || slices.ContainsFunc(c.Flags, func(flag string) bool { return strings.HasPrefix(flag, "--from=") }) {
				continue
			}
			for _, source := range c.Sources {
				source = path.Clean("/" + source)[1:]
				if source != "" && !strings.ContainsAny(source, "$:\\*?[") && fs.ValidPath(source) {
					sources = append(sources, source)
				}
			}
		}
	}
	return sources
}
