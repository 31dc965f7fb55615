package cli

import (
	"context"
	"errors"
	"os"
	"path"
	"regexp"
	"strings"

	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/forge"
)

// candidates are the images that may be the one before a pull request, in the order
// in which they are tried. close removes what was fetched.
type candidates struct {
	names []string          // references and files
	what  map[string]string // which one a fetched report is, by its file
	kept  map[string]string // what that file is called where it is kept, by its file
	notes []string          // what was asked for and is not there
}

func (c *candidates) close() {
	for name := range c.what {
		os.Remove(name)
	}
}

// artifactPrefix begins the name of a report that an earlier run kept.
const artifactPrefix = "artifact:"

// candidatesOf resolves what only a job knows: its target branch, and reports that
// earlier runs kept. What is not there is left out, with a note.
func candidatesOf(ctx context.Context, given []string, job *forge.Job, offline bool) (*candidates, error) {
	c := &candidates{what: map[string]string{}, kept: map[string]string{}}
	for _, name := range given {
		spec, isArtifact := strings.CutPrefix(name, artifactPrefix)
		var err error
		switch {
		case isArtifact && offline:
			c.miss(name, "--offline contacts no server")
		case isArtifact:
			err = c.fetch(ctx, spec, job)
		case !strings.Contains(name, "{branch}"):
			c.names = append(c.names, name)
		case job == nil || job.Target == "":
			c.miss(name, "the target branch is not known")
		default:
			c.names = append(c.names, strings.ReplaceAll(name, "{branch}", asTag(job.Target)))
		}
		if err != nil {
			c.close()
			return nil, err
		}
	}
	return c, nil
}

func (c *candidates) fetch(ctx context.Context, spec string, job *forge.Job) error {
	if job == nil {
		c.miss(artifactPrefix+spec, "this is not a GitHub or GitLab job")
		return nil
	}
	a, err := job.Artifact(ctx, spec)
	if errors.Is(err, forge.ErrAbsent) {
		c.miss(artifactPrefix+spec, err.Error())
		return nil
	}
	if err != nil {
		return err
	}
	c.names = append(c.names, a.File)
	c.what[a.File], c.kept[a.File] = a.What, keptAs(spec)
	return nil
}

// keptAs returns the name of the file that an artifact holds, as a person has it who
// downloads it. Where only the artifact is named, its file is taken to have the same name.
func keptAs(spec string) string {
	name, file, _ := strings.Cut(spec, "/")
	if file != "" {
		return path.Base(file)
	}
	return name + ".json"
}

func (c *candidates) miss(name, why string) {
	c.notes = append(c.notes, display.Escape(name)+": "+why)
}

// noTag are characters that a tag of an image cannot have.
var noTag = regexp.MustCompile(`[^A-Za-z0-9_.-]+`)

// asTag spells a branch as a tag: release/1.2 as release-1.2, as the action that most
// workflows make their tags with does.
func asTag(branch string) string {
	tag := strings.TrimLeft(noTag.ReplaceAllString(branch, "-"), "-.")
	return tag[:min(len(tag), 128)]
}
