package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/model"
)

// group is what the versions of one finding have in common: the rule, verdict,
// cause, layer and hiding layer.
type group struct {
	rule     uint8
	verdict  model.Verdict
	cause    model.Cause
	layer    uint16
	hiddenBy uint16
}

// groupTotal adds up the versions of a group.
type groupTotal struct {
	group
	bytes, compressed int64
	known             bool // compressed is
	files             int
	largest           []named
	records           []model.RecordID
	packages          map[int32]int64 // bytes by package
}

func (h *groupTotal) wasted() bool { return h.verdict == model.Shadowed || h.verdict == model.Leftover }

type named struct {
	size int64
	node model.NodeID
	id   model.RecordID
}

// Findings groups what the rules claimed, once duplicates have their verdict too,
// into findings with their fixes: waste first, the largest first, then what is
// only worth a look, then what has no bytes. It notes in each version's record
// which finding it belongs to. duplicateOf gives for each duplicate the version that
// stays live. Where the image's budget does not suffice there are none.
func (c *Claims) Findings(duplicateOf map[model.RecordID]model.RecordID) []model.Finding {
	c.duplicateOf = duplicateOf
	groups := make(map[group]*groupTotal)
	for i := range c.tree.Records {
		r := &c.tree.Records[i]
		if r.Kind != model.File {
			continue
		}
		rule := c.claimedBy[i]
		if r.Verdict == model.Duplicate {
			rule = c.duplicate
		}
		if rule == 0 {
			continue
		}
		key := group{rule, r.Verdict, r.Cause, r.Layer, r.HiddenBy}
		h := groups[key]
		if h == nil {
			if c.build.Budget.Take(budget.Memory, findingCost) != nil {
				return nil
			}
			h = &groupTotal{group: key, known: true}
			groups[key] = h
		}
		c.addTo(h, model.RecordID(i))
	}
	all := make([]*groupTotal, 0, len(groups))
	for _, h := range groups {
		all = append(all, h)
	}
	slices.SortFunc(all, func(a, b *groupTotal) int {
		return cmp.Or(
			cmp.Compare(btoi(!a.wasted()), btoi(!b.wasted())),
			cmp.Compare(b.bytes, a.bytes), cmp.Compare(a.rule, b.rule), cmp.Compare(a.layer, b.layer),
			cmp.Compare(a.hiddenBy, b.hiddenBy), cmp.Compare(a.cause, b.cause))
	})
	findings := make([]model.Finding, 0, len(all))
	for _, h := range all {
		for _, id := range h.records {
			c.tree.Records[id].Ref = uint32(len(findings))
		}
		findings = append(findings, c.finding(h))
	}
	return append(findings, c.observations()...)
}

// findingCost is what a finding takes in memory with its fix, in bytes.
const findingCost = 3 << 10

// addTo adds a version to a group and keeps the group's largest paths.
func (c *Claims) addTo(h *groupTotal, id model.RecordID) {
	r := &c.tree.Records[id]
	h.bytes += r.Size.Bytes()
	h.files++
	h.records = append(h.records, id)
	if r.Compressed.Bytes() < 0 {
		h.known = false
	} else {
		h.compressed += r.Compressed.Bytes()
	}
	if p := c.tree.Packages; p != nil && p[id] >= 0 {
		if h.packages == nil {
			h.packages = make(map[int32]int64)
		}
		h.packages[p[id]] += r.Size.Bytes()
	}
	last := len(h.largest) - 1
	if last+1 == model.MaxFindingPaths && r.Size.Bytes() < h.largest[last].size {
		return
	}
	added := named{r.Size.Bytes(), c.names.First(id), id}
	at, _ := slices.BinarySearchFunc(h.largest, added, func(a, b named) int {
		if a.size != b.size {
			return cmp.Compare(b.size, a.size)
		}
		return c.tree.ComparePath(a.node, b.node)
	})
	if at == model.MaxFindingPaths {
		return
	}
	h.largest = slices.Insert(h.largest, at, added)
	h.largest = h.largest[:min(len(h.largest), model.MaxFindingPaths)]
}

// finding writes the finding of a group.
func (c *Claims) finding(h *groupTotal) model.Finding {
	rule := &c.catalogue[h.rule-1]
	f := model.Finding{
		ID: fmt.Sprintf("%s@%d", rule.ID, h.layer), Rule: rule.ID, Title: rule.Title, Confidence: rule.Confidence,
		Bytes: h.bytes, Verdict: model.Ptr(h.verdict), Layer: model.Ptr(int(h.layer)),
		FileCount: h.files, Packages: c.packagesOf(h),
	}
	if h.known {
		f.CompressedBytes = model.Ptr(h.compressed)
	}
	layer := &c.build.Layers[h.layer]
	f.Instruction, f.Inherited = layer.Instruction, layer.Inherited
	switch h.verdict {
	case model.Shadowed:
		f.Confidence = model.Certain
		f.Cause = model.Ptr(h.cause.String())
		f.HiddenBy = model.Ptr(int(h.hiddenBy))
		f.Inherited = f.Inherited && c.build.Layers[h.hiddenBy].Inherited
		f.ID = fmt.Sprintf("%s@%d-%d:%s", rule.ID, h.layer, h.hiddenBy, h.cause)
	case model.Leftover:
		f.Cause = model.Ptr(rule.ID)
	}
	for _, n := range h.largest {
		f.Paths = append(f.Paths, c.tree.Path(n.node))
	}
	if rule.TitleOf != nil {
		f.Title = cmp.Or(rule.TitleOf(&f, c.build), f.Title)
	}
	if rule.Fix != nil {
		c.build.DuplicateOf = c.sameContent(h.largest[0].id)
		f.Fix = c.mask.fix(rule.Fix(&f, c.build))
		c.build.DuplicateOf = SameContent{}
	}
	return f
}

// sameContent says where else the content of a duplicate is.
func (c *Claims) sameContent(id model.RecordID) SameContent {
	other, ok := c.duplicateOf[id]
	if !ok {
		return SameContent{}
	}
	at := int(c.tree.Records[other].Layer)
	same := SameContent{Path: c.tree.Path(c.names.First(other)), Inherited: c.build.Layers[at].Inherited}
	if step := c.build.Step(&at); step != nil && !step.Inherited {
		same.Step = fmt.Sprintf("step %d (%s)", model.StepNumber(c.build.Instructions, step.Index), shorten(c.mask.text(step.Text)))
	}
	return same
}

// packagesOf names the packages that own what a group has, the one with the
// most bytes first, and behind them those of its rule that hold no bytes.
func (c *Claims) packagesOf(h *groupTotal) []string {
	order := slices.SortedFunc(maps.Keys(h.packages), func(a, b int32) int {
		return cmp.Or(cmp.Compare(h.packages[b], h.packages[a]), cmp.Compare(a, b))
	})
	if h.verdict == model.Leftover {
		order = append(order, c.emptyPackages()[ruleAt{h.rule, int(h.layer)}]...)
	}
	names := make([]string, 0, len(order))
	named := make(map[string]bool, len(order))
	for _, p := range order {
		if name := c.build.Packages[p].Name; !named[name] {
			named[name] = true
			names = append(names, name)
		}
	}
	return names
}

// shorten keeps the beginning of an instruction, for use within a sentence.
func shorten(text string) string {
	line := strings.Join(strings.Fields(text), " ")
	if runes := []rune(line); len(runes) > 50 {
		return string(runes[:49]) + "…"
	}
	return line
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
