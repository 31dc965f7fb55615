package rules

import (
	"cmp"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/model"
)

// Claims says which rule holds which file version. Claim makes it, Findings
// turns it into the report's findings.
type Claims struct {
	tree   *model.Tree
	names  *model.Names
	build  *Build
	places *places
	holds  []uint8  // by record: index in Catalogue plus one, 0 for none
	cause  [4]uint8 // by model.Cause: the structural rule
	twins  map[model.RecordID]model.RecordID
	owned  []ruleSet // by package: the rules that want its files
	mask   redactor

	shadowedBy, leftoverBy, liveBy ruleSet // which rules may claim by path what is shadowed, wasted, live
}

// Claim hands each file version to the first rule that claims it, and marks the
// visible ones that a certain or likely rule holds as leftovers. The tree's
// shadowed versions must have their verdicts and causes already.
func Claim(t *model.Tree, b *Build) *Claims {
	build := *b
	build.tree = t
	c := &Claims{tree: t, names: t.VisibleNames(), build: &build, mask: redactor{mask: build.mask(), known: make(map[string]string)}, holds: make([]uint8, len(t.Records))}
	c.cause = [4]uint8{
		model.Deleted: c.rule("removed-later"), model.Replaced: c.rule("overwritten"), model.Copied: c.rule("metadata-copy"),
	}
	c.places = build.compile(newPlaces(t), func(r *Rule) []string { return r.Paths })
	c.owned = build.owned()
	used := build.disarmed()
	for i := range Catalogue {
		bit := ruleSet(1) << i
		switch rule := &Catalogue[i]; {
		case rule.Confidence == model.Possible:
			c.liveBy |= bit
		case rule.ShadowedOnly:
			c.shadowedBy |= bit
		case rule.VisibleOnly:
			c.leftoverBy |= bit &^ used
		default:
			c.shadowedBy |= bit
			c.leftoverBy |= bit &^ used
		}
	}
	for i := range t.Records {
		id := model.RecordID(i)
		r := &t.Records[i]
		if r.Kind != model.File || r.Size.Bytes() == 0 {
			continue // nothing to win, so nothing to say
		}
		if r.Verdict == model.Shadowed {
			c.holds[i] = c.shadowed(r)
			continue
		}
		at, wasted := c.visible(id)
		c.holds[i] = at
		if wasted {
			r.Verdict = model.Leftover
		}
	}
	return c
}

// disarmed are the rules that must leave visible versions alone, because the
// image runs something from where they look, or with a tool that uses it.
func (b *Build) disarmed() (rules ruleSet) {
	holds := b.compile(newPlaces(nil), func(r *Rule) []string { return r.Holds })
	for _, name := range b.usedFiles() {
		rules |= holds.match(name) | holds.match(name+"/x") // the directory itself counts too
	}
	p := b.program()
	for i := range Catalogue {
		if rule := &Catalogue[i]; slices.ContainsFunc(rule.Tools, p.runs) || rule.Unless != nil && rule.Unless(b) {
			rules |= 1 << i
		}
	}
	return rules
}

// shadowed picks the rule for a shadowed version: by path, else by cause.
func (c *Claims) shadowed(r *model.Record) uint8 {
	if claims := c.places.node(r.Node) & c.shadowedBy; claims != 0 {
		return uint8(bits.TrailingZeros64(uint64(claims)) + 1)
	}
	return c.cause[r.Cause]
}

// visible picks the rule that claims every visible name of a version, and says
// whether that makes it waste. A package manager that hard-links its cache into
// the tree has not wasted those bytes.
func (c *Claims) visible(id model.RecordID) (rule uint8, wasted bool) {
	claims := c.leftoverBy | c.liveBy
	if r := &c.tree.Records[id]; r.Gone == model.StillThere {
		if claims &= c.wants(r.Node); claims == 0 {
			return 0, false // as for nearly every file
		}
	}
	names := c.names.Of(id)
	for _, n := range names {
		claims &= c.wants(n)
	}
	if len(names) == 0 {
		return 0, false
	}
	for _, set := range []ruleSet{claims & c.leftoverBy, claims & c.liveBy} {
		for ; set != 0; set &= set - 1 {
			at := bits.TrailingZeros64(uint64(set))
			spares := Catalogue[at].Spares
			if spares == nil || !slices.ContainsFunc(names, func(n model.NodeID) bool { return spares(c.build, c.tree.Path(n)) }) {
				return uint8(at + 1), Catalogue[at].Confidence != model.Possible
			}
		}
	}
	return 0, false
}

// owned says for each package which rules want its files.
func (b *Build) owned() []ruleSet {
	sets := make([]ruleSet, len(b.Packages))
	for i := range Catalogue {
		if owns := Catalogue[i].Owns; owns != nil {
			for p := range b.Packages {
				if owns(b, &b.Packages[p]) {
					sets[p] |= 1 << i
				}
			}
		}
	}
	return sets
}

// wants says which rules want what is visible at a node, by its path or by the
// package that it belongs to.
func (c *Claims) wants(n model.NodeID) ruleSet {
	set := c.places.node(n)
	if c.tree.Packages == nil {
		return set
	}
	if id, ok := c.tree.Visible(n); ok {
		if p := c.tree.Packages[id]; p >= 0 && int(p) < len(c.owned) && !c.build.OwnedByLink[id] {
			set |= c.owned[p]
		}
	}
	return set
}

// group is what one finding holds: versions of one verdict, cause, layer and
// hiding layer.
type group struct {
	rule     uint8
	verdict  model.Verdict
	cause    model.Cause
	layer    uint16
	hiddenBy uint16
}

// held adds up a group.
type held struct {
	group
	bytes, compressed int64
	known             bool // compressed is
	files             int
	largest           []named
	records           []model.RecordID
	packages          map[int32]int64 // bytes by package
}

func (h *held) wasted() bool { return h.verdict == model.Shadowed || h.verdict == model.Leftover }

type named struct {
	size int64
	node model.NodeID
	id   model.RecordID
}

// Findings groups what the rules hold, once duplicates have their verdict too,
// into findings with their fixes: waste first, the largest first, then what is
// only worth a look, then what has no bytes. It notes in each version's record
// which finding holds it. twins gives for each duplicate the version that stays
// live. Where the image's budget does not suffice there are none.
func (c *Claims) Findings(twins map[model.RecordID]model.RecordID) []model.Finding {
	c.twins = twins
	groups := make(map[group]*held)
	duplicate := c.rule("duplicate-content")
	for i := range c.tree.Records {
		r := &c.tree.Records[i]
		if r.Kind != model.File {
			continue
		}
		rule := c.holds[i]
		if r.Verdict == model.Duplicate {
			rule = duplicate
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
			h = &held{group: key, known: true}
			groups[key] = h
		}
		c.hold(h, model.RecordID(i))
	}
	all := make([]*held, 0, len(groups))
	for _, h := range groups {
		all = append(all, h)
	}
	slices.SortFunc(all, func(a, b *held) int {
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

// hold adds a version to a group and keeps the group's largest paths.
func (c *Claims) hold(h *held, id model.RecordID) {
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
	new := named{r.Size.Bytes(), c.names.First(id), id}
	at, _ := slices.BinarySearchFunc(h.largest, new, func(a, b named) int {
		if a.size != b.size {
			return cmp.Compare(b.size, a.size)
		}
		return c.tree.ComparePath(a.node, b.node)
	})
	if at == model.MaxFindingPaths {
		return
	}
	h.largest = slices.Insert(h.largest, at, new)
	h.largest = h.largest[:min(len(h.largest), model.MaxFindingPaths)]
}

func (c *Claims) finding(h *held) model.Finding {
	rule := &Catalogue[h.rule-1]
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
	if rule.Fix != nil {
		c.build.known() // for the copy to share
		build := *c.build
		if twin, ok := c.twins[h.largest[0].id]; ok {
			build.Twin = c.tree.Path(c.names.First(twin))
			at := int(c.tree.Records[twin].Layer)
			build.TwinInherited = build.Layers[at].Inherited
			if step := build.Step(&at); step != nil && !step.Inherited {
				build.TwinStep = fmt.Sprintf("step %d (%s)", step.Index, shorten(c.mask.text(step.Text)))
			}
		}
		f.Fix = c.mask.fix(rule.Fix(&f, &build))
	}
	return f
}

// packagesOf names the packages that own what a group holds, the one with the
// most bytes first.
func (c *Claims) packagesOf(h *held) []string {
	order := slices.SortedFunc(maps.Keys(h.packages), func(a, b int32) int {
		return cmp.Or(cmp.Compare(h.packages[b], h.packages[a]), cmp.Compare(a, b))
	})
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

func (c *Claims) rule(id string) uint8 {
	for i := range Catalogue {
		if Catalogue[i].ID == id {
			return uint8(i + 1)
		}
	}
	panic("rules: no rule " + id)
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
