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
// files are that commands name. Nothing above a repository's root is looked at.
//
// The directory lies below the working directory or is that itself, unless it is the
// Dockerfile's. Where what COPY names lies above, the error is [ErrContextAbove].
func BuildContext(dockerfile string, text []byte) (string, error) {
	beside := filepath.Dir(dockerfile)
	d, err := history.ParseDockerfile(dockerfile, text)
	if err != nil {
		return beside, nil
	}
	switch sources, all := contextSources(d); {
	case len(sources) > 0:
		dir := nearest(beside, sources, true)
		if dir == beside || filepath.IsLocal(dir) {
			return dir, nil
		}
		if dir != "" {
			return beside, fmt.Errorf("%w; run tare fix in %s", ErrContextAbove, dir)
		}
	case all:
		dir := nearest(beside, append(wordsOfCommands(d), manifests...), false)
		if dir == beside || filepath.IsLocal(dir) {
			return dir, nil
		}
		if beside != "." && filepath.IsLocal(beside) && isForDocker(beside) {
			return ".", nil // nobody copies this alone
		}
	}
	return beside, nil
}

// nearest returns a directory if it has one of several files, else the nearest one above it, up to a
// repository's root, that has one of them, or all. It returns "" where there is none.
func nearest(dir string, names []string, all bool) string {
	has := func(dir string, all bool) bool {
		lacks := func(name string) bool {
			_, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(name)))
			return err != nil
		}
		if all {
			return !slices.ContainsFunc(names, lacks)
		}
		return slices.ContainsFunc(names, func(name string) bool { return !lacks(name) })
	}
	if has(dir, false) {
		return dir
	}
	for range maxAbove {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			break
		}
		if dir = filepath.Join(dir, ".."); has(dir, all) {
			return dir
		}
	}
	return ""
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
