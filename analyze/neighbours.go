package analyze

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// What is looked at of a project: entries of its directories, how deep, and Dockerfiles of up to so many
// bytes.
const (
	maxEntries       = 20_000
	maxDepth         = 6
	maxNeighbours    = 200
	maxNeighbourSize = 64 << 10
)

var (
	dockerfileName = lazyregexp.New(`(?i)^(?:dockerfile|containerfile)(?:[._-].*)?$|\.(?:dockerfile|containerfile)$`)
	// notOurs are directories that hold other people's projects, or none.
	notOurs = []string{".git", "node_modules", "vendor", ".venv", "venv", "target", ".cache", "__pycache__"}
)

// readNeighbours returns the other Dockerfiles of a project, up to its repository's root, that start from
// an image or copy from it, by the name that the user gave: what these need has to stay in it. What cannot
// be read is left out, and so are links, which may lead out of the project.
func readNeighbours(dockerfile, reference string) (list []rules.Neighbour) {
	image := repositoryOf(reference)
	if _, err := os.Lstat(reference); err == nil || image == "" {
		return nil // an archive has no name that a Dockerfile could use
	}
	self, err := filepath.Abs(dockerfile)
	root := projectRoot(filepath.Dir(dockerfile))
	if err != nil || root == "" {
		return nil
	}
	entries := 0
	_ = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if entries++; entries > maxEntries || len(list) >= maxNeighbours {
			return fs.SkipAll
		}
		if err != nil {
			return nil
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return nil
		}
		if d.IsDir() {
			if slices.Contains(notOurs, d.Name()) || strings.Count(relative, string(filepath.Separator)) >= maxDepth {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || !dockerfileName.MatchString(d.Name()) {
			return nil
		}
		if at, err := filepath.Abs(name); err != nil || at == self {
			return nil
		}
		if n, ok := readNeighbour(name, filepath.ToSlash(relative), image); ok {
			list = append(list, n)
		}
		return nil
	})
	return list
}

// projectRoot is the directory of the repository that a directory lies in, "" where it lies in none.
func projectRoot(dir string) string {
	for range maxAbove {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return dir
		} else if !errors.Is(err, fs.ErrNotExist) {
			return ""
		}
		dir = filepath.Join(dir, "..")
	}
	return ""
}

// readNeighbour reports what a Dockerfile needs of an image, and whether it needs anything.
func readNeighbour(name, relative, image string) (n rules.Neighbour, ok bool) {
	info, err := os.Stat(name)
	if err != nil || info.Size() > maxNeighbourSize {
		return n, false
	}
	text, err := os.ReadFile(name)
	if err != nil || !bytes.Contains(text, []byte(path.Base(image))) {
		return n, false
	}
	d, err := history.ParseDockerfile(relative, text)
	if err != nil {
		return n, false
	}
	n.Name = relative
	for i := range d.Stages {
		stage := &d.Stages[i]
		if repositoryOf(stage.Base) == image && stage.Parent < 0 {
			n.Installs = n.Installs || installsFirst(stage)
		}
		for j := range stage.Steps {
			step := &stage.Steps[j]
			if step.Keyword == "COPY" && step.CopyFrom != "" && repositoryOf(step.CopyFrom) == image {
				if copies, parsed := rewrite.ParseCopy(step.Text); parsed {
					n.Copies = append(n.Copies, copies.Sources...)
				}
			}
		}
	}
	return n, n.Installs || len(n.Copies) > 0
}

// installsFirst reports whether a stage installs from apt's package lists before it fetches any.
func installsFirst(stage *history.Stage) bool {
	for i := range stage.Steps {
		if stage.Steps[i].Keyword != "RUN" {
			continue
		}
		run, err := rewrite.ParseRun(stage.Steps[i].Text)
		if err != nil {
			return false
		}
		for _, c := range run.Commands {
			if sub, _, apt := c.Apt(); apt && sub == "update" {
				return false
			}
			if c.NeedsLists() {
				return true
			}
		}
	}
	return false
}

// repositoryOf returns the name of an image without transport, registry of Docker Hub, tag and digest; ""
// for what is no name.
func repositoryOf(reference string) string {
	if _, rest, ok := strings.Cut(reference, "://"); ok {
		reference = rest
	}
	name, _, _ := strings.Cut(reference, "@")
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		name = name[:i]
	}
	for _, prefix := range []string{"docker.io/", "index.docker.io/", "library/"} {
		name = strings.TrimPrefix(name, prefix)
	}
	if strings.ContainsAny(name, "$ \t\\") || strings.HasPrefix(name, "-") || strings.HasPrefix(name, ".") {
		return ""
	}
	return name
}
