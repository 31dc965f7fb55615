package history

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Provenance is what BuildKit attests of a build with mode=max: which lines of
// the Dockerfile became which step, and which layers a step ended with. Values
// of build arguments stand in the attestation, too; they are not even read.
//
// See BuildKit's docs/attestations/slsa-definitions.md; both of its formats are
// read, the predicates https://slsa.dev/provenance/v0.2 and /v1.
type Provenance struct {
	// Dockerfile is nil where the provenance holds none (mode=min).
	Dockerfile *Dockerfile
	// Target is the stage that was asked for, "" for the last.
	Target string

	steps   []string              // names of the steps that have layers, in order
	chains  map[string][][]string // by step: digests of the layers, the step's own last
	lines   map[string][]int      // by step: lines that it was made of
	sources map[string]string     // by step: the image that it fetches
	images  []dependency
}

// maxProvenance is how many values an attestation may have: each may take some
// hundred bytes when decoded. BuildKit's have a few thousand.
const maxProvenance = 500_000

// statement is the part of an in-toto statement that is read.
type statement struct {
	PredicateType string
	Predicate     struct {
		// v0.2
		Materials   []dependency
		Invocation  struct{ Parameters parameters }
		BuildConfig buildConfig
		Metadata    struct {
			Metadata metadata `json:"https://mobyproject.org/buildkit@v1#metadata"`
		}
		// v1
		BuildDefinition struct {
			ResolvedDependencies []dependency
			ExternalParameters   struct{ Request parameters }
			InternalParameters   struct{ BuildConfig buildConfig }
		}
		RunDetails struct {
			Metadata struct {
				Metadata metadata `json:"buildkit_metadata"`
			}
		}
	}
}

// parameters are the build's; only the target is read.
type parameters struct{ Args struct{ Target string } }

type buildConfig struct {
	LLBDefinition []struct {
		ID string
		Op struct {
			Op struct{ Source struct{ Identifier string } }
		}
	}
}

type metadata struct {
	Source struct {
		Infos []struct {
			Filename, Language string
			Data               []byte
		}
		Locations map[string]struct {
			Locations []struct {
				SourceIndex int
				Ranges      []struct{ Start struct{ Line int } }
			}
		}
	}
	Layers map[string][][]struct{ Digest string }
}

// ParseProvenance reads an in-toto statement.
func ParseProvenance(doc []byte) (*Provenance, error) {
	if bytes.Count(doc, []byte{','}) > maxProvenance {
		return nil, fmt.Errorf("it has more than %d values", maxProvenance)
	}
	var s statement
	if err := json.Unmarshal(doc, &s); err != nil {
		return nil, fmt.Errorf("it is not as BuildKit writes it: %w", withoutValue(err))
	}
	b := &s.Predicate
	v1 := &b.BuildDefinition
	switch s.PredicateType {
	case "https://slsa.dev/provenance/v0.2":
		return newProvenance(&b.Metadata.Metadata, &b.BuildConfig, b.Materials, &b.Invocation.Parameters)
	case "https://slsa.dev/provenance/v1":
		return newProvenance(&b.RunDetails.Metadata.Metadata, &v1.InternalParameters.BuildConfig, v1.ResolvedDependencies, &v1.ExternalParameters.Request)
	}
	return nil, fmt.Errorf("tare does not know its predicate type %q", brief(s.PredicateType))
}

// withoutValue keeps a value of a wrong type out of the message: it may be a
// build argument's.
func withoutValue(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Errorf("%s has the wrong type", wrong.Field)
	}
	return err
}

func newProvenance(m *metadata, config *buildConfig, images []dependency, asked *parameters) (*Provenance, error) {
	p := &Provenance{
		Target: asked.Args.Target, images: images,
		chains: make(map[string][][]string), lines: make(map[string][]int), sources: make(map[string]string),
	}
	source := slices.IndexFunc(m.Source.Infos, func(info struct {
		Filename, Language string
		Data               []byte
	},
	) bool {
		return len(info.Data) > 0 && (info.Language == "" || strings.EqualFold(info.Language, "dockerfile"))
	})
	if source < 0 {
		return p, nil
	}
	info := m.Source.Infos[source]
	var err error
	if p.Dockerfile, err = ParseDockerfile(cmp.Or(info.Filename, "Dockerfile"), info.Data); err != nil {
		return nil, err
	}
	for step, at := range m.Source.Locations {
		for _, l := range at.Locations {
			if l.SourceIndex != source {
				continue
			}
			for _, r := range l.Ranges {
				p.lines[step] = append(p.lines[step], r.Start.Line)
			}
		}
	}
	for output, chains := range m.Layers {
		step, _, _ := strings.Cut(output, ":")
		for _, chain := range chains {
			digests := make([]string, len(chain))
			for i, d := range chain {
				digests[i] = d.Digest
			}
			if len(digests) > 0 {
				p.chains[step] = append(p.chains[step], digests)
			}
		}
	}
	for _, op := range config.LLBDefinition {
		if image, ok := strings.CutPrefix(op.Op.Op.Source.Identifier, "docker-image://"); ok {
			p.sources[op.ID] = image
		}
	}
	p.steps = slices.SortedFunc(maps.Keys(p.chains), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) // step9 < step10
	})
	return p, nil
}

// step finds the step of a chain that a step of the build was made of.
func (p *Provenance) step(name string, c *chain) *Step {
	for _, line := range p.lines[name] {
		if s := c.at(line); s != nil {
			return s
		}
	}
	return nil
}

// match says for each layer, named by its digest, which step of a chain made it,
// nil where that does not show. A layer is a step's where the step's chain is
// the image up to that layer. Steps that are merged rather than stacked (COPY
// --link) have a chain of their own, whose last digest alone must do.
func (p *Provenance) match(layers []string, c *chain) []*Step {
	matched := make([]*Step, len(layers))
	last := make(map[string][]*Step)
	for _, name := range p.steps {
		step := p.step(name, c)
		if step == nil {
			continue
		}
		for _, chain := range p.chains[name] {
			end := len(chain) - 1
			if len(chain) <= len(layers) && slices.Equal(chain, layers[:len(chain)]) {
				if matched[end] == nil {
					matched[end] = step
				}
			} else if steps := last[chain[end]]; len(steps) == 0 || steps[len(steps)-1] != step {
				last[chain[end]] = append(steps, step)
			}
		}
	}
	for i, digest := range layers {
		steps := last[digest]
		if matched[i] != nil || digest == "" || len(steps) == 0 {
			continue
		}
		// Several steps can make the same layer: WORKDIR of a directory that is there.
		matched[i] = steps[0]
		if len(steps) > 1 {
			last[digest] = steps[1:]
		}
	}
	return matched
}

// base finds the layers that a FROM brought, -1 where that does not show, and
// the image it named.
func (p *Provenance) base(layers []string, from *Step) (n int, image dependency) {
	n = -1
	source := ""
	for _, name := range slices.Sorted(maps.Keys(p.lines)) {
		lines := p.lines[name]
		if !slices.ContainsFunc(lines, func(l int) bool { return from.Line <= l && l <= from.EndLine }) {
			continue
		}
		// ONBUILD triggers carry the FROM's line, too; they fetch nothing.
		if p.sources[name] == "" && len(p.sources) > 0 {
			continue
		}
		source = cmp.Or(source, p.sources[name])
		for _, chain := range p.chains[name] {
			if len(chain) <= len(layers) && slices.Equal(chain, layers[:len(chain)]) {
				n = max(n, len(chain))
			}
		}
	}
	return n, p.image(source, from)
}
