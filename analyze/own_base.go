package analyze

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/model"
)

// baseSearch looks for the Dockerfile of a project that builds a base image.
type baseSearch struct {
	name        string   // of the base, without registry, organisation and tag; "" looks for nothing
	dockerfiles []string // all but the one at hand, from the project's root
	named       []string // what files say that builds it: a Dockerfile, or a directory that has one
}

// lines reads a script, a Makefile or the like in a directory.
func (s *baseSearch) lines(text []byte, dir string) {
	if s.name == "" {
		return
	}
	for _, b := range builtByLines(text, dir) {
		if slices.ContainsFunc(b.tags, func(tag string) bool { return lastPart(tag) == s.name }) {
			s.named = append(s.named, b.from)
		}
	}
}

// compose takes what the services of a Compose file in a directory build.
func (s *baseSearch) compose(builds []serviceBuild, dir string) {
	for _, b := range builds {
		if s.name != "" && b.image == s.name {
			s.named = append(s.named, path.Join(dir, b.from))
		}
	}
}

// found returns the Dockerfile that builds the base: the one that a file names, else the only one that lies in a
// directory of the base's name or has it in its own; "" for none.
func (s *baseSearch) found() string {
	if s.name == "" {
		return ""
	}
	only := func(fits func(dockerfile string) bool) string {
		if i := slices.IndexFunc(s.dockerfiles, fits); i >= 0 && !slices.ContainsFunc(s.dockerfiles[i+1:], fits) {
			return s.dockerfiles[i]
		}
		return ""
	}
	if named := only(func(d string) bool {
		return slices.Contains(s.named, d) || slices.Contains(s.named, path.Dir(d)) && strings.EqualFold(path.Base(d), "dockerfile")
	}); named != "" {
		return named
	}
	return only(func(d string) bool {
		return path.Base(path.Dir(d)) == s.name && strings.EqualFold(path.Base(d), "dockerfile") || slices.Contains([]string{"Dockerfile." + s.name, s.name + ".Dockerfile", "Dockerfile-" + s.name}, path.Base(d))
	})
}

// ownBaseNote says that most of an image comes from a base that a Dockerfile of the project builds; "" where it does
// not.
func ownBaseNote(r *model.Report, dockerfile *history.Dockerfile, builds string) string {
	inherited := r.Image.Size - r.Summary.Own.Size
	if builds == "" || dockerfile == nil || inherited*2 < r.Image.Size || strings.Contains(dockerfile.LastBase(), "$") {
		return ""
	}
	return fmt.Sprintf("%s%stare %s -f %s", humanize.Bytes(uint64(inherited)), model.BaseNote, dockerfile.LastBase(), builds)
}
