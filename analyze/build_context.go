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
	"github.com/tare-oci/tare/analyze/lazyregexp"
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
// built. A COPY of all that there is means the directory where the project begins, or where the
// files are that commands name. Nothing above a repository's root is looked at. The directory lies below the working directory or is that
// itself, unless it is the Dockerfile's; where the right one seems to lie above, the error is
// [ErrContextAbove].
func BuildContext(dockerfile string, text []byte) (string, error) {
	beside := filepath.Dir(dockerfile)
	d, err := history.ParseDockerfile(dockerfile, text)
	if err != nil {
		return beside, nil
	}
	sources, all := contextSources(d)
	if len(sources) == 0 && !all {
		return beside, nil
	}
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
	if !named { // all of it, so it is where a project begins, or where there is what commands name
		sources = append(wordsOfCommands(d), manifests...)
		fits = func(dir string) bool { return slices.ContainsFunc(sources, exists(dir)) }
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
	if !named && beside != "." && filepath.IsLocal(beside) && isForDocker(beside) {
		return ".", nil // nobody copies this alone
	}
	return beside, nil
}

// wordsOfCommands are the relative paths of files that the commands of a Dockerfile name.
func wordsOfCommands(d *history.Dockerfile) (names []string) {
	for _, stage := range d.Stages {
		for _, step := range stage.Steps {
			switch step.Keyword {
			case "RUN", "CMD", "ENTRYPOINT":
			default:
				continue
			}
			for word := range strings.FieldsFuncSeq(step.Text, func(r rune) bool { return strings.ContainsRune(" \t\n\"'`,;&|()[]{}<>=", r) }) {
				name := path.Clean(word)
				if strings.ContainsAny(name, "./") && name != "." && !strings.ContainsAny(name, "$:\\*?") && fs.ValidPath(name) && len(names) < maxWords {
					names = append(names, name)
				}
			}
		}
	}
	return names
}

// maxWords is how many words of commands are looked for on the disk.
const maxWords = 200

// forDocker matches the files of a directory that is there to build images in.
var forDocker = lazyregexp.New(`(?i)^(?:(?:dockerfile|containerfile|docker-compose|compose|docker-bake)(?:[._-].*)?|.*\.(?:dockerfile|dockerignore|env|conf|cfg|ini|md|sh)|\.dockerignore|\.env.*)$`)

// isForDocker reports whether a directory has nothing but what images are built and started with.
func isForDocker(dir string) bool {
	entries, err := os.ReadDir(dir)
	return err == nil && !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.IsDir() || !forDocker.MatchString(e.Name()) })
}

// contextSources are what a Dockerfile's instructions copy from the build context, as slash
// separated paths. What a variable or a pattern names is left out: it may be nothing. all is true
// where one copies all that there is.
func contextSources(d *history.Dockerfile) (sources []string, all bool) {
	for _, stage := range d.Stages {
		for _, step := range stage.Steps {
			c, ok := rewrite.ParseCopy(step.Text)
			if !ok || slices.ContainsFunc(c.Flags, func(flag string) bool { return strings.HasPrefix(flag, "--from=") }) {
				continue
			}
			for _, source := range c.Sources {
				source = path.Clean("/" + source)[1:]
				all = all || source == ""
				if source != "" && !strings.ContainsAny(source, "$:\\*?[") && fs.ValidPath(source) {
					sources = append(sources, source)
				}
			}
		}
	}
	return sources, all
}
