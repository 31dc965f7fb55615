package changes

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/model"
)

// step is what one of a change's edits does: the fix of a rule.
type step struct {
	rule     string
	strategy model.Strategy
	summary  string
}

// maxSteps is how many things a title names.
const maxSteps = 3

// title says in a few words what a change does: "install without recommended
// packages, remove apt package lists in the same RUN".
func (d *draft) title() string {
	var parts []string
	seen := make(map[string]bool)
	steps := slices.Clone(d.steps)
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Compare(a.weight(), b.weight()) })
	for _, s := range steps {
		part := s.phrase()
		if !seen[part] {
			seen[part] = true
			parts = append(parts, part)
		}
	}
	if len(parts) > maxSteps {
		parts = append(parts[:maxSteps-1], "and more")
	}
	return strings.Join(parts, ", ")
}

// weight orders the steps of a title: a build stage turns the file over, and is told first.
func (s step) weight() int {
	if s.strategy == model.MultiStage {
		return 0
	}
	return 1
}

// phrase says what a fix does, as one would to a colleague.
func (s step) phrase() string {
	rule, ok := catalogue.ByID(s.rule)
	if !ok {
		return s.rule
	}
	switch s.strategy {
	case model.Dockerignore:
		if m := ignored.FindStringSubmatch(s.summary); m != nil {
			return "keep " + m[1] + " out with .dockerignore"
		}
		return "keep files out with .dockerignore"
	case model.ChangeBase:
		return "choose another base image"
	case model.CacheMount:
		return "keep " + rule.Title + " in a cache mount"
	}
	if s.rule == "metadata-copy" && s.strategy != model.CopyChown {
		return "store the same files once"
	}
	if s.rule == "build-tools" && s.strategy == model.Flag {
		return "install no tools that build nothing here"
	}
	if s.rule == "build-tools" && s.strategy == model.Manual {
		return "leave out the tools that build nothing"
	}
	if rule.Do != "" {
		return rule.Do
	}
	switch s.strategy {
	case model.SameRunCleanup:
		return "remove " + rule.Title + " in the same RUN"
	case model.Flag:
		return "do not write the " + rule.Title
	case model.MultiStage:
		return "build in a separate stage"
	case model.CopyChown:
		return "set owner and mode in the COPY"
	}
	return "avoid " + rule.Title
}

// ignored matches the sentence that names what .dockerignore is to hold.
var ignored = lazyregexp.New(`^Add (\S+) to \.dockerignore`)
