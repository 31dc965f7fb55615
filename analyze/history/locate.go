package history

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/model"
)

// Sources are what is known of a build beside the image's own history. Either
// may be nil.
type Sources struct {
	Dockerfile *Dockerfile // that the user named
	Provenance *Provenance // that the image carries
	// Mask leaves out of an instruction what an error must not show; nil leaves
	// nothing out.
	Mask func(text string) string
}

// Origin is what Locate found out.
type Origin struct {
	Dockerfile *Dockerfile // whose lines the instructions got; nil: none
	Stage      int         // index of the stage that the image is
	// Base is nil where nothing tells of it. 0 layers say that there is none.
	Base *model.Base
}

// Locate gives instructions the lines of the Dockerfile that they come from, and
// its words. Steps and layerStep are what Instructions made of the config, and
// steps are changed; layers are the digests of the manifest's layers, "" where
// it names none.
//
// Provenance tells by digest which lines made a layer. Where there is none, or
// its digests are not the image's because somebody recompressed the layers, the
// instructions of the Dockerfile's last stage are tied to the history in order,
// and a note says so. If the two part, that is an error where the user named the
// Dockerfile, and a note otherwise. With an error, steps are as they were.
func Locate(config *v1.ConfigFile, layers []string, steps []model.Instruction, layerStep []int, s Sources) (*Origin, []string, error) {
	l := locator{steps: steps, layerStep: layerStep, layers: layers, named: s.Dockerfile, mask: s.Mask, origin: &Origin{Dockerfile: s.Dockerfile}}
	if p := s.Provenance; p != nil && p.Dockerfile != nil && (s.Dockerfile == nil || s.Dockerfile.Same(p.Dockerfile)) {
		l.exact = p
		l.origin.Dockerfile = cmp.Or(s.Dockerfile, p.Dockerfile)
	}
	if l.origin.Dockerfile == nil {
		return l.origin, nil, nil
	}
	if len(steps) == 0 {
		if s.Dockerfile == nil {
			return l.origin, nil, nil
		}
		return nil, nil, fmt.Errorf("%s cannot be compared with the image, which has no history; leave it out", s.Dockerfile.File)
	}
	l.items = traces(config, steps)
	l.kaniko = slices.ContainsFunc(config.History, func(h v1.History) bool { return h.Author == "kaniko" })
	if err := l.match(); err != nil {
		return nil, nil, err
	}
	l.write()
	l.findBase()
	if l.exact == nil && s.Provenance != nil && s.Provenance.Dockerfile != nil {
		l.note("the image's provenance has a different Dockerfile than %s, so instructions are matched with its lines by their order", s.Dockerfile.File)
	} else if l.exact == nil {
		l.note("the image has no provenance with lines, so instructions are matched with %s by their order", s.Dockerfile.File)
	}
	return l.origin, l.notes, nil
}

// locator is the work of Locate.
type locator struct {
	steps     []model.Instruction
	layerStep []int
	layers    []string
	items     []trace
	mask      func(string) string
	named     *Dockerfile
	exact     *Provenance // of the Dockerfile that is used; else nil
	kaniko    bool

	chain    *chain
	byOrder  []*Step // by item; nil: the two part
	byDigest []*Step // by layer
	digests  int     // layers that are tied by digest
	origin   *Origin
	notes    []string
}

func (l *locator) note(format string, args ...any) {
	l.notes = append(l.notes, fmt.Sprintf(format, args...))
}

// maxStages is how many stages are tried for one that the image could be.
const maxStages = 64

// match finds the stage that the image is, and its instructions' steps.
func (l *locator) match() error {
	d := l.origin.Dockerfile
	stage := len(d.Stages) - 1
	if l.exact != nil {
		stage = d.target(l.exact.Target)
	}
	parted := l.try(stage)
	if parted == nil || l.digests > 0 {
		l.origin.Stage = stage
		return nil
	}
	last := *l
	for other := len(d.Stages) - 1; other >= max(0, len(d.Stages)-maxStages); other-- {
		if other == stage || l.try(other) != nil || !l.madeLayer() {
			continue
		}
		l.origin.Stage = other
		l.note("the image is stage %q of %s, not the last one", cmp.Or(d.Stages[other].Name, fmt.Sprint(other)), d.File)
		return nil
	}
	*l = last
	l.origin.Stage = stage
	err := l.mismatchError(parted)
	if l.named != nil {
		return err
	}
	l.origin.Dockerfile = nil
	l.note("the image's provenance does not say which lines made its layers: %v", err)
	return nil
}

// try matches one stage by digest and by order, and says where the order parts.
func (l *locator) try(stage int) *mismatch {
	d := l.origin.Dockerfile
	l.chain, l.digests = d.chain(stage), 0
	l.byDigest = make([]*Step, len(l.layers))
	if l.exact != nil {
		l.byDigest = l.exact.match(l.layers, l.chain)
		for _, s := range l.byDigest {
			if s != nil {
				l.digests++
			}
		}
	}
	var parted *mismatch
	l.byOrder, parted = align(l.items, l.chain, l.scratch(), l.kaniko)
	return parted
}

// scratch says that the build began with nothing.
func (l *locator) scratch() bool {
	return strings.EqualFold(l.origin.Dockerfile.Stages[l.chain.root].Base, "scratch")
}

// madeLayer reports whether a step that was tied by order made a layer: without
// one, a stage of a few settings would fit many images.
func (l *locator) madeLayer() bool {
	for i, s := range l.byOrder {
		if s != nil && l.steps[i].Layer != nil {
			return true
		}
	}
	return false
}

// mismatchError is the error that says where a Dockerfile and an image part.
func (l *locator) mismatchError(p *mismatch) error {
	d := l.origin.Dockerfile
	const next = "name the Dockerfile that built the image"
	shown := func(text string) string {
		if l.mask != nil {
			text = l.mask(text)
		}
		return brief(text)
	}
	switch {
	case p.step == nil:
		return fmt.Errorf("%s does not match the image: it begins FROM scratch, but the image has %q below its first instruction; %s",
			d.File, shown(l.steps[p.item].Text), next)
	case p.item < 0:
		return fmt.Errorf("%s:%d: %q does not match the image, whose history ends before it; %s", d.File, p.step.Line, shown(p.step.Text), next)
	}
	here, there := shown(p.step.Text), shown(l.steps[p.item].Text)
	if here == there {
		return fmt.Errorf("%s:%d: %q does not match the image, which has something else there that is not shown (a value, or the end of a long text); %s", d.File, p.step.Line, here, next)
	}
	return fmt.Errorf("%s:%d: %q does not match the image, which has %q there; %s", d.File, p.step.Line, here, there, next)
}

// write puts what was found into the instructions.
func (l *locator) write() {
	d := l.origin.Dockerfile
	if d == nil {
		return
	}
	for i, s := range l.byOrder {
		if s != nil {
			l.locate(i, s, l.order())
		}
	}
	guessed := 0
	for layer, item := range l.layerStep {
		switch {
		case layer < len(l.byDigest) && l.byDigest[layer] != nil && item >= 0:
			l.locate(item, l.byDigest[layer], model.FromProvenance)
		case item >= 0 && l.byOrder != nil && l.byOrder[item] != nil:
			guessed++
		}
	}
	if l.exact != nil && guessed > 0 {
		have := "layers have"
		if guessed == 1 {
			have = "layer has"
		}
		l.note("%d %s a different digest than in the image's provenance, as after recompression, so instructions are matched with %s by their order",
			guessed, have, d.File)
	}
}

// order is how an instruction was learnt that no digest told of.
func (l *locator) order() string {
	if l.exact == nil || l.named != nil && l.digests == 0 {
		return model.FromDockerfile
	}
	return model.FromProvenance
}

func (l *locator) locate(item int, s *Step, how string) {
	step := &l.steps[item]
	if step.Keyword == s.Keyword {
		step.Text = s.Text
	}
	step.Location, step.How = l.origin.Dockerfile.Location(s), how
	step.Apart, step.Disabled, step.Fills, step.KeepsLists = s.Apart, s.Disabled, s.Fills, s.KeepsLists
}

// findBase counts the layers below the first that a step of the Dockerfile made.
// What made those stands in no line of it, but they came in by its FROM.
func (l *locator) findBase() {
	d := l.origin.Dockerfile
	if d == nil {
		return
	}
	own := l.firstOwn()
	base := model.Base{How: model.BaseByHistory, Layers: own}
	root := &d.Stages[l.chain.root]
	if l.exact != nil {
		base.How = model.BaseByProvenance
		n, image := l.exact.base(l.layers, &root.From)
		if n >= 0 && n < own {
			base.Layers = n // ONBUILD triggers of the base made the rest
		}
		base.Reference, base.Digest = orNil(image.reference()), orNil(image.digest())
	} else if !strings.Contains(root.Base, "$") {
		base.Reference = &root.Base
	}
	l.origin.Base = &base
	if l.scratch() {
		base = model.Base{How: model.BaseNone}
		return
	}
	for _, item := range l.layerStep[:own] {
		if item >= 0 {
			l.steps[item].Location, l.steps[item].How = d.Location(&root.From), l.order()
		}
	}
}

// firstOwn is the lowest layer that a step of the Dockerfile made, or how many
// layers there are.
func (l *locator) firstOwn() int {
	for layer, item := range l.layerStep {
		if layer < len(l.byDigest) && l.byDigest[layer] != nil || item >= 0 && l.byOrder != nil && l.byOrder[item] != nil {
			return layer
		}
	}
	return len(l.layerStep)
}

func orNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
