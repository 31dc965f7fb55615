package gate

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// MaxGrowth is by how much a figure of the image may exceed that of an older image.
type MaxGrowth struct {
	Of   string // the limit's name, such as NameMaxSizeGrowth
	Most Amount // bytes or a number; a share is of the older image's figure
}

// Name implements Bound.
func (b MaxGrowth) Name() string { return b.Of }

// grownThings says, by the name of a limit, what it counts, and whether it counts bytes.
var grownThings = map[string]struct {
	what  string
	bytes bool
}{
	NameMaxSizeGrowth: {"size", true}, NameMaxPullGrowth: {"pull size", true}, NameMaxWasteGrowth: {"counted waste", true},
	NameMaxLayerGrowth: {"layers", false}, NameMaxPackageGrowth: {"packages", false}, NameMaxPulledAgain: {"what is pulled again", true},
}

var errNoOlder = errors.New("there is no older image to compare with; name one with --against")

func (b MaxGrowth) judge(s *scale) (t model.Threshold, err error) {
	if s.growth == nil {
		return t, errNoOlder
	}
	fig, err := s.growth.figure(b.Of, s)
	if err != nil {
		return t, err
	}
	thing := grownThings[b.Of]
	grown := fig.now - fig.before
	t.Scope = fig.scope
	t.Passed = grown <= b.Most.Bytes
	if b.Most.IsShare { // from nothing, any growth is more than any share
		t.Passed = grown <= 0 || fig.before > 0 && compareShare(grown, fig.before, b.Most.Share) <= 0
	}
	t.Figure, t.Limit = b.spell(grown, fig.before, thing.bytes)
	before, now := display.Count(int(fig.before)), display.Count(int(fig.now))
	if thing.bytes {
		now, before = display.BytesApart(fig.now, fig.before)
	}
	t.Reason = thing.what + " " + cmp.Or(fig.spelled, now+" instead of "+before)
	if size := s.growth.comparison.Totals.Size; b.Of == NameMaxWasteGrowth && size.Growth != 0 { // growth that is no waste
		now, before := display.BytesApart(size.New, size.Old)
		defer func() { t.Reason += "; the image weighs " + now + " instead of " + before }()
	}
	switch {
	case grown <= 0:
	case !t.Passed && thing.bytes && grown < s.floor:
		t.Passed = true
		t.Reason += "; growth below the floor of " + display.Bytes(s.floor) + " does not count"
	default:
		t.Findings, t.Contributions = fig.findings, fig.contributions
		if len(t.Contributions) > 0 {
			t.Reason += "; " + s.contribution(&t.Contributions[0], thing.bytes)
		}
		if !t.Passed {
			s.letThrough(&t, b.Of, grown, fig.before)
		}
	}
	return t, nil
}

// leastShare is the part of the older figure, one in so many, below which a growth is told in bytes:
// as a share, all of it would be spelled alike.
const leastShare = 1000

// spell returns a growth and its limit for a person.
func (b MaxGrowth) spell(grown, before int64, bytes bool) (figure, limit string) {
	switch {
	case b.Most.IsShare && grown > 0 && before > 0 && (!bytes || grown >= before/leastShare):
		figure, limit = display.Share(grown, before), percent(b.Most.Share)
	case b.Most.IsShare && bytes:
		figure, limit = display.Bytes(grown), percent(b.Most.Share)
	case b.Most.IsShare:
		figure, limit = display.Count(int(grown)), percent(b.Most.Share)
	case bytes:
		figure, limit = display.BytesApart(grown, b.Most.Bytes)
	default:
		figure, limit = display.Count(int(grown)), display.Count(int(b.Most.Bytes))
	}
	if grown > 0 {
		figure = "+" + figure
	}
	return figure, limit
}

// maxParts is how many packages and paths a contribution names.
const maxParts = 3

// contribution says in one line which instruction added bytes, and which packages or paths they are.
func (s *scale) contribution(c *model.Contribution, bytes bool) string {
	text := s.step(c.Instruction, c.Layer)
	if c.Inherited {
		text = "the base image, " + text
	}
	if bytes && c.Bytes != 0 {
		text += " (+" + display.Bytes(c.Bytes) + ")"
	}
	var parts []string
	for _, list := range []struct {
		kind  string
		parts []model.Part
	}{{"", c.Packages}, {"/", c.Paths}} {
		for _, p := range list.parts[:min(len(list.parts), maxParts)] {
			part := list.kind + display.OneLine(p.Name)
			if p.Bytes > 0 && bytes {
				part += " +" + display.Bytes(p.Bytes)
			}
			parts = append(parts, part)
		}
	}
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	return text
}

// maxQuoted is how many bytes of an instruction a reason quotes.
const maxQuoted = 80

// step names an instruction as a person finds it: "line 7: COPY app /app".
func (s *scale) step(instruction, layer *int) string {
	r := s.report
	if instruction == nil || *instruction < 0 || *instruction >= len(r.Instructions) {
		if layer == nil {
			return "an unknown instruction"
		}
		return fmt.Sprintf("layer %d", *layer)
	}
	in := &r.Instructions[*instruction]
	text := display.OneLine(in.Text)
	if len(text) > maxQuoted {
		text = strings.ToValidUTF8(text[:maxQuoted], "") + "…"
	}
	if in.Location != nil {
		return fmt.Sprintf("line %d: %s", in.Location.Line, text)
	}
	if n := r.StepNumber(*instruction); n > 0 {
		return fmt.Sprintf("step %d: %s", n, text)
	}
	return text
}
