package analyze

import (
	"bytes"
	"context"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/checkout"
	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/analyze/source"
)

// What is looked at of a project: entries of its directories, how deep, and Dockerfiles of up to so many
// bytes.
const (
	maxProjectFiles  = 200_000
	maxProjectDepth  = 6
	maxNeighbours    = 200
	maxNeighbourSize = 64 << 10
	maxNeighbourRead = 32 << 20 // of files together that are no Dockerfiles
)

var (
	dockerfileName = lazyregexp.New(`(?i)^(?:dockerfile|containerfile)(?:[._-].*)?$|\.(?:dockerfile|containerfile)$`)
	// notOurs are directories that hold other people's projects, or none.
	notOurs = []string{".git", "node_modules", "vendor", ".venv", "venv", "target", ".cache", "__pycache__"}
)

// readNeighbours returns the other Dockerfiles of a project, up to its repository's root, that start from
// an image or copy from it, by the last part of its name: what these need has to stay in it, and the registry
// that they name is where the image will be pushed, which is often not yet in the name that it was built with.
// Whatever the name, "" where there is none, one that installs from package lists which nothing in it fetched
// has them of an image that is not public, which this one may be, or be the base of.
// What cannot be read is left out, and so are links, which may lead out of the project.
func readNeighbours(ctx context.Context, dockerfile, name, base string) (list []rules.Neighbour) {
	image := lastPart(name)
	self, err := checkout.Follow(dockerfile)
	if err != nil {
		return nil
	}
	root, found := checkout.Root(filepath.Dir(self))
	if !found {
		return nil
	}
	entries, left := 0, maxNeighbourRead
	mounted := make(map[string]bool) // paths of the project that containers have
	var callers []rules.Neighbour
	own := baseSearch{name: lastPart(base)}
	if isOfficial(base) {
		own.name = ""
	}
	read := func(name string) []byte {
		if left <= 0 {
			return nil
		}
		text := readNearby(name)
		left -= len(text)
		return text
	}
	_ = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if entries++; entries > maxProjectFiles || len(list) >= maxNeighbours || ctx.Err() != nil {
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
			if slices.Contains(notOurs, d.Name()) || strings.Count(relative, string(filepath.Separator)) >= maxProjectDepth {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || name == self {
			return nil
		}
		switch {
		case dockerfileName.MatchString(d.Name()):
			own.dockerfiles = append(own.dockerfiles, filepath.ToSlash(relative))
			if n, ok := readNeighbour(name, filepath.ToSlash(relative), image); ok {
				list = append(list, n)
			}
		case composeName.MatchString(d.Name()):
			used, ok := readCompose(read(name), filepath.Dir(name), image)
			if !ok {
				return nil
			}
			own.compose(used.builds, filepath.ToSlash(filepath.Dir(relative)))
			callers = appendCaller(callers, filepath.ToSlash(relative), used.commands)
			for _, at := range used.mounts {
				mounted[at] = true
			}
		case callerName.MatchString(d.Name()), builderName.MatchString(d.Name()):
			text := read(name)
			if own, err := filepath.Rel(root, self); err == nil {
				if builder := mountlessBuilder(filepath.ToSlash(relative), text, filepath.ToSlash(own)); builder != "" {
					list = append(list, rules.Neighbour{Name: filepath.ToSlash(relative), Builder: builder})
				}
			}
			if !bytes.Contains(text, []byte("docker")) {
				return nil // as most do: the expressions take longer
			}
			own.lines(text, filepath.ToSlash(filepath.Dir(relative)))
			callers = appendCaller(callers, filepath.ToSlash(relative), dockerRuns(text, image))
		}
		return nil
	})
	for _, at := range slices.Sorted(maps.Keys(mounted)) {
		for _, script := range scriptsAt(root, at) {
			callers = appendCaller(callers, script, []string{string(read(filepath.Join(root, filepath.FromSlash(script))))})
		}
	}
	if builds := own.found(); builds != "" {
		list = append(list, rules.Neighbour{Name: builds, IsBase: true})
	}
	return append(list, callers...)
}

// lastPart returns what the name of an image is without registry, organisation, tag and digest, "" for no name.
func lastPart(image string) string {
	if repository := source.Repository(image); repository != "" {
		return path.Base(repository)
	}
	return ""
}

// readNeighbour reports what a Dockerfile needs of an image, and whether it needs anything.
func readNeighbour(name, relative, image string) (n rules.Neighbour, ok bool) {
	text := readNearby(name)
	if !bytes.Contains(text, []byte(image)) && !bytes.Contains(text, []byte("apt")) {
		return n, false // an argument's default is in the file, too
	}
	d, err := history.ParseDockerfile(relative, text)
	if err != nil {
		return n, false
	}
	n.Name = relative
	isImage := func(name string) bool { return image != "" && lastPart(d.Expand(name)) == image }
	from := make([]bool, len(d.Stages)) // stands on the image, perhaps through other stages
	named := make(map[string]bool)      // likewise, by the names of stages
	for i := range d.Stages {
		stage := &d.Stages[i]
		if from[i] = stage.Parent < 0 && isImage(stage.Base) || stage.Parent >= 0 && from[stage.Parent]; from[i] {
			n.Builds = true
			named[stage.Name] = stage.Name != ""
			n.Installs = n.Installs || installsFirst(stage)
			for j := range stage.Steps {
				if stage.Steps[j].Keyword == "RUN" {
					n.Copies = append(n.Copies, temporaryPath.FindAllString(stage.Steps[j].Text, -1)...)
				}
				n.Calls = append(n.Calls, callsOf(&stage.Steps[j])...)
			}
		} else if stage.Parent < 0 && !isOfficial(d.Expand(stage.Base)) {
			n.Installs = n.Installs || installsUnfetched(stage)
		}
		for j := range stage.Steps {
			n.Copies = append(n.Copies, copiedFrom(&stage.Steps[j], func(name string) bool { return isImage(name) || named[strings.ToLower(name)] })...)
		}
	}
	n.Installs = n.Installs || slices.ContainsFunc(n.Copies, func(source string) bool { return strings.HasPrefix(source, "/var/lib/apt") })
	return n, n.Builds || n.Installs || len(n.Copies) > 0
}

// isOfficial reports whether an image is one of Docker Hub's own, by its name: these bring no package lists.
// Nobody has to write more than a word for them, and few have a dash in it.
func isOfficial(image string) bool {
	word, official := strings.CutPrefix(source.Repository(image), "index.docker.io/library/")
	return official && !strings.ContainsAny(word, "-_")
}

// temporaryPath matches paths for temporary files, which may be those of the image.
var temporaryPath = lazyregexp.New(`/(?:var/)?tmp/[\w.*+/-]+`)

// copiedFrom returns what an instruction copies or mounts from an image that fits.
func copiedFrom(step *history.Step, fits func(name string) bool) (paths []string) {
	switch step.Keyword {
	case "COPY":
		if copies, ok := rewrite.ParseCopy(step.Text); ok && step.CopyFrom != "" && fits(step.CopyFrom) {
			return copies.Sources
		}
	case "RUN":
		for _, m := range rewrite.Mounts(step.Node.Flags) {
			if fits(m.From) {
				paths = append(paths, "/"+strings.TrimPrefix(m.Source, "/"))
			}
		}
	}
	return paths
}

// mayFetch matches what may fetch package lists without saying so: a script, and what is loaded and run.
var mayFetch = lazyregexp.New(`(?:^|[\s;&|])(?:/|\./)?[\w./-]+\.(?:sh|bash|py|pl|rb)\b|\b(?:ba)?sh\b|\bsource\b|\badd-apt-repository\b|\bapt-add-repository\b|\beval\b|\bupdate\b`)

// installsUnfetched reports whether a stage surely installs by apt, and nothing of it may have fetched package
// lists before.
func installsUnfetched(stage *history.Stage) bool {
	for i := range stage.Steps {
		if stage.Steps[i].Keyword != "RUN" {
			continue
		}
		run, err := rewrite.ParseRun(stage.Steps[i].Text)
		if err != nil {
			return false
		}
		for _, c := range run.Commands {
			sub, operands, apt := c.Apt()
			if mayFetch.MatchString(c.Source()) || c.Conditional {
				return false
			}
			if apt && sub == "install" && slices.ContainsFunc(operands, func(name string) bool { return !strings.ContainsAny(name, "./$") }) {
				return true
			}
		}
	}
	return false
}

// callsInstall matches what installs from apt's package lists, or is a script that may.
var callsInstall = lazyregexp.New(`\b(?:apt-get|apt|aptitude)\b[^&;|\n]*\b(?:install|build-dep|satisfy|upgrade|dist-upgrade)\b|\brosdep\b[^&;|\n]*\binstall\b|\bgdebi\b|\bmk-build-deps\b|(?:^|[\s;&|])(?:/|\./)?[\w./-]+\.(?:sh|bash)\b`)

// handlesFiles are commands that run none of the scripts that they name.
var handlesFiles = strings.Fields("chmod chown chgrp touch cp mv ln rm mkdir install cat echo printf sed test [ ls dos2unix")

// installsFirst reports whether a stage installs from apt's package lists before it surely fetches any, or
// may do so.
func installsFirst(stage *history.Stage) bool {
	for i := range stage.Steps {
		if k := stage.Steps[i].Keyword; k != "RUN" && k != "ONBUILD" {
			continue
		}
		text := stage.Steps[i].Text
		run, err := rewrite.ParseRun(text)
		if err != nil {
			if callsInstall.MatchString(text) && !strings.Contains(text, "update") {
				return true
			}
			continue
		}
		for _, c := range run.Commands {
			if sub, _, apt := c.Apt(); apt && sub == "update" && !c.Conditional {
				return false
			}
			if c.NeedsLists() || !slices.Contains(handlesFiles, c.Name()) && callsInstall.MatchString(c.Source()) {
				return true
			}
		}
	}
	return false
}
