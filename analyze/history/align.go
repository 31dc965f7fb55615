package history

import (
	"path"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/model"
)

// trace is an item of a history, made ready to be compared with a step.
type trace struct {
	keyword string
	body    string   // of the instruction as it is shown
	texts   []string // normalized forms of what was recorded; build arguments' values may show
	target  string   // of a COPY or ADD whose sources were not recorded
	any     bool     // a RUN whose command is not known
	empty   bool
}

// traces makes a history ready. Steps are what Instructions made of it.
func traces(config *v1.ConfigFile, steps []model.Instruction) []trace {
	items := parseHistory(config.History)
	arguments := collectArguments(items)
	out := make([]trace, len(steps))
	for i := range steps {
		it := &items[i]
		r := &out[i]
		*r = trace{keyword: it.keyword, empty: it.empty}
		r.body = strings.TrimSpace(strings.TrimPrefix(steps[i].Text, it.keyword))
		switch it.keyword {
		case "RUN":
			command, _, ok := runCommand(it, arguments)
			r.any = !ok
			r.texts = []string{normalize(command), normalize(r.body)}
		case "COPY", "ADD":
			if what, ok := readCopied(it.body); ok {
				r.target = what.target
			}
			r.texts = []string{normalize(leadingFlags.ReplaceAllString(it.body, "")), normalize(it.body)}
		default:
			r.texts = []string{normalize(it.body), normalize(r.body)}
		}
	}
	return out
}

var leadingFlags = lazyregexp.New(`^(?:--\S+\s+)+`)

// mismatch is where a history and a Dockerfile stop being the same. One of the
// two is missing where the other goes on alone.
type mismatch struct {
	item int // -1: no item left
	step *Step
}

// align matches a history's items to the steps of a chain: both in their order,
// from the end backwards, for what is left of the history at the start is the
// base's. Some steps leave no trace with some builders, and some items have no
// step (docker build --label); as few of those as possible are passed over.
func align(items []trace, c *chain, scratch, kaniko bool) ([]*Step, *mismatch) {
	matched := make([]*Step, len(items))
	i, j := len(items)-1, len(c.links)-1
	for j >= 0 {
		steps, passed, ok := match(items[:i+1], c.links[:j+1], kaniko)
		if !ok {
			return nil, &mismatch{item: i, step: c.links[j].step}
		}
		i, j = i-passed, j-steps
		if j >= 0 {
			matched[i] = c.links[j].step
			i, j = i-1, j-1
		}
	}
	for ; scratch && i >= 0; i-- {
		if !items[i].empty {
			return nil, &mismatch{item: i}
		}
	}
	return matched, nil
}

// maxPassed is how many steps, and how many items, may be passed over between
// two that fit.
const maxPassed = 256

// match says how many items and links at the end are to be passed over until the
// last of both fit, or until no link is left: as few as will do.
func match(items []trace, links []link, kaniko bool) (steps, passed int, ok bool) {
	mostLinks, mostItems := 0, 0
	for mostLinks < min(len(links), maxPassed) && links[len(links)-1-mostLinks].traceless(kaniko) {
		mostLinks++
	}
	for mostItems < min(len(items), maxPassed) && items[len(items)-1-mostItems].stepless() {
		mostItems++
	}
	for total := range mostLinks + mostItems + 1 {
		for steps := max(0, total-mostItems); steps <= min(total, mostLinks); steps++ {
			i, j := len(items)-1-(total-steps), len(links)-1-steps
			if j < 0 || i >= 0 && links[j].matches(&items[i]) {
				return steps, total - steps, true
			}
		}
	}
	return 0, 0, false
}

// traceless says that some builders record nothing of a step.
func (l *link) traceless(kaniko bool) bool {
	return l.keyword == "ARG" || l.step.Keyword == "ONBUILD" || kaniko && layerless[l.keyword]
}

// stepless says that an item may have come from elsewhere: docker build --label
// and --build-arg.
func (r *trace) stepless() bool {
	return r.empty && (r.keyword == "LABEL" || r.keyword == "ARG")
}

// matches reports whether an item can be what a builder recorded of a link.
func (l *link) matches(r *trace) bool {
	if r.keyword != l.keyword {
		return false
	}
	operands := words(l.node)
	switch l.keyword {
	case "RUN":
		if r.any {
			return true
		}
	case "ARG":
		name, _, _ := strings.Cut(r.body, " ")
		return name == "" || slices.Contains(names(operands), name) // Podman names it where it has a value
	case "EXPOSE":
		return samePorts(operands, strings.Fields(r.body))
	case "HEALTHCHECK":
		return strings.HasSuffix(normalize(r.body), normalize(strings.Join(operands, "")))
	case "COPY", "ADD":
		if r.target != "" {
			return len(operands) > 0 && sameTarget(operands[len(operands)-1], r.target)
		}
	}
	if l.patterns == nil {
		l.patterns = l.look()
	}
	for _, p := range l.patterns {
		if slices.ContainsFunc(r.texts, p.matches) {
			return true
		}
	}
	return false
}

// sameTarget compares the target of a COPY with what the classic builder, Podman
// or Buildah recorded; some write the whole path.
func sameTarget(written, recorded string) bool {
	if expanded(written).matches(normalize(recorded)) {
		return true
	}
	if path.IsAbs(written) || strings.HasPrefix(written, "$") {
		return expanded(path.Clean(written)).matches(normalize(path.Clean(recorded)))
	}
	clean := strings.TrimPrefix(path.Clean(written), ".")
	return append(pattern{""}, expanded(clean)...).matches(normalize(path.Clean(recorded)))
}

// samePorts compares ports: builders sort them and add the protocol. What holds
// variables or ranges is taken to be the same.
func samePorts(written, recorded []string) bool {
	normal := func(ports []string) []string {
		var out []string
		for _, p := range ports {
			out = append(out, strings.TrimSuffix(strings.ToLower(p), "/tcp"))
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	if strings.ContainsAny(strings.Join(written, " "), "$-") {
		return true
	}
	return slices.Equal(normal(written), normal(recorded))
}
