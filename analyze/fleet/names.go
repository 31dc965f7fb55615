package fleet

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/releases"
	"github.com/tare-oci/tare/analyze/source"
)

// Ref is an image to look at.
type Ref struct {
	Name string // as analyze.Open takes it
	// Teams are whose workloads run it, where somebody knows that; nil lets the image tell, and an empty
	// list says that it is of no team.
	Teams []string
	// Runs says that a workload runs it, so that it stays whatever is built on it.
	Runs bool
}

// Join adds references to others. One that is there already gets the teams of both.
func Join(refs []Ref, more ...Ref) []Ref {
	at := make(map[string]int, len(refs))
	for i := range refs {
		at[refs[i].Name] = i
	}
	for _, ref := range more {
		if i, known := at[ref.Name]; known {
			refs[i].Runs = refs[i].Runs || ref.Runs
			if ref.Teams != nil {
				refs[i].Teams = append([]string{}, sorted(append(slices.Clone(refs[i].Teams), ref.Teams...))...)
			}
			continue
		}
		at[ref.Name] = len(refs)
		refs = append(refs, ref)
	}
	return refs
}

// MaxImages is how many images a fleet has.
const MaxImages = 50_000

// Expand turns what a person names into references, in the order in which they are named,
// each once: an image by itself; a repository with a pattern in the place of the tag
// ("ghcr.io/org/app:v*") by its tags that fit; a registry with a slash and nothing behind it
// ("registry.example.com/") by the tags of all its repositories, and one with a pattern
// ("registry.example.com/team/*:v*") by those that fit. last is how many tags of each repository are
// taken, the newest by their versions, 0 for all. Errors are one line, fit for a person.
func Expand(ctx context.Context, names []string, last int, opt source.Options) ([]Ref, error) {
	e := expansion{last: last, opt: opt, seen: make(map[string]bool)}
	for _, name := range names {
		if err := e.add(ctx, name); err != nil {
			return nil, err
		}
		if len(e.refs) > MaxImages {
			return nil, fmt.Errorf("%s: with these there are more than %d images; take the newest tags of each repository with --last 1, or fewer repositories with a narrower pattern", name, MaxImages)
		}
	}
	return e.refs, nil
}

// IsPattern reports whether a name stands for several images of a registry, which has to be asked for them.
func IsPattern(name string) bool {
	_, _, _, ok := pattern(strings.TrimPrefix(name, "registry:"))
	return ok
}

// expansion is a list of references in the making.
type expansion struct {
	last int
	opt  source.Options
	seen map[string]bool
	refs []Ref
}

func (e *expansion) take(name string) {
	if !e.seen[name] {
		e.seen[name] = true
		e.refs = append(e.refs, Ref{Name: name})
	}
}

func (e *expansion) add(ctx context.Context, name string) error {
	rest := strings.TrimPrefix(name, "registry:")
	host, repository, tags, ok := pattern(rest)
	switch {
	case !ok:
		e.take(name)
		return nil
	case repository != "" && !isPattern(repository):
		return e.addTags(ctx, host+"/"+repository, tags, true)
	}
	listed := 0
	all, err := analyze.Repositories(ctx, host, func(path string) bool {
		listed++
		return repository == "" || fits(repository, path)
	}, e.opt)
	if err != nil {
		return err
	}
	found := len(e.refs)
	for _, one := range all {
		if err := e.addTags(ctx, host+"/"+one, tags, false); err != nil {
			return err
		}
		if len(e.refs) > MaxImages {
			return nil // Expand refuses it
		}
	}
	if len(e.refs) == found {
		return fmt.Errorf("%s: none of the %d repositories of %s has an image that fits", name, listed, host)
	}
	return nil
}

// addTags takes the tags of a repository that fit a pattern. With need one at least has to.
func (e *expansion) addTags(ctx context.Context, repository, tags string, need bool) error {
	all, err := analyze.Tags(ctx, repository, e.opt)
	if err != nil {
		if !need && ctx.Err() == nil {
			e.take("registry:" + repository) // it will say why there is nothing
			return nil
		}
		return err
	}
	chosen, err := releases.Pick(all, tags, e.last)
	if err != nil {
		return fmt.Errorf("%s:%s: this is no pattern; write * for any text and ? for any character", repository, tags)
	}
	// "*" is for people's tags: signatures and attestations that lie beside an image have
	// tags of their own, which name no image.
	chosen = slices.DeleteFunc(chosen, func(tag string) bool { return strings.HasPrefix(tag, "sha256-") })
	if len(chosen) == 0 && need {
		return fmt.Errorf("none of the %d tags of %s fits %s", len(all), repository, tags)
	}
	for _, tag := range chosen {
		e.take("registry:" + repository + ":" + tag)
	}
	return nil
}

// pattern takes a name apart that stands for several images of a registry. It reports
// whether the name does.
func pattern(name string) (host, repository, tags string, ok bool) {
	first, rest, found := strings.Cut(name, "/")
	if !found || first == "" || strings.Contains(name, "@") || !strings.ContainsAny(first, ".:") && first != "localhost" {
		// docker.io is left out as people do, and has no catalogue.
		if cut := strings.LastIndexByte(name, ':'); cut > 0 && isPattern(name[cut:]) && !isPattern(name[:cut]) && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "/") {
			return "docker.io", name[:cut], name[cut+1:], true
		}
		return "", "", "", false
	}
	if first == "." || first == ".." {
		return "", "", "", false
	}
	repository = rest
	if cut := strings.LastIndexByte(rest, ':'); cut >= 0 {
		repository, tags = rest[:cut], rest[cut+1:]
	}
	if rest != "" && !isPattern(rest) {
		return "", "", "", false
	}
	if tags == "" {
		tags = "*"
	}
	return first, repository, tags, true
}

func isPattern(text string) bool { return strings.ContainsAny(text, "*?[") }

// fits reports whether a repository fits a pattern: of path.Match, where a last star also
// stands for what lies deeper.
func fits(pattern, repository string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok && !isPattern(prefix) {
		return strings.HasPrefix(repository, prefix)
	}
	ok, _ := path.Match(pattern, repository)
	return ok
}

// maxLine is how many bytes a line of a list has.
const maxLine = 64 << 10

// ReadList reads names of images, one a line. Empty lines and what follows a # at the start of
// a line or behind a blank are passed over.
func ReadList(r io.Reader) ([]string, error) {
	var names []string
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		line := strings.TrimPrefix(lines.Text(), "\ufeff")
		if strings.HasPrefix(line, "#") {
			continue
		}
		line, _, _ = strings.Cut(line, " #")
		line, _, _ = strings.Cut(line, "\t#")
		if name := strings.TrimSpace(line); name != "" {
			names = append(names, name)
		}
		if len(names) > MaxImages {
			return nil, fmt.Errorf("it has more than %d images", MaxImages)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("its line %d: %w", len(names)+1, err)
	}
	return names, nil
}
