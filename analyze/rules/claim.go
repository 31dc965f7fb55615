package rules

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tare-oci/tare/model"
)

// Claims says which rule holds which file version. Claim makes it, Findings
// turns it into the report's findings.
type Claims struct {
	tree  *model.Tree
	names *model.Names
	build *Build
	holds []uint8  // by record: index in Catalogue plus one, 0 for none
	cause [4]uint8 // by model.Cause: the structural rule
	twins map[model.RecordID]model.RecordID
}

// Claim hands each file version to the first rule that claims it, and marks the
// visible ones that a certain or likely rule holds as leftovers. The tree's
// shadowed versions must have their verdicts and causes already.
func Claim(t *model.Tree, b *Build) *Claims {
	c := &Claims{tree: t, names: t.VisibleNames(), build: b, holds: make([]uint8, len(t.Records))}
	c.cause = [4]uint8{
		model.Deleted: c.rule("removed-later"), model.Replaced: c.rule("overwritten"), model.Copied: c.rule("metadata-copy"),
	}
	var path []byte
	for i := range t.Records {
		id := model.RecordID(i)
		r := &t.Records[i]
		if r.Kind != model.File || r.Size == 0 {
			continue // nothing to win, so nothing to say
		}
		if r.Verdict == model.Shadowed {
			path = t.AppendPath(path[:0], r.Node)
			c.holds[i] = c.shadowed(r, string(path))
			continue
		}
		if at := c.visible(id); at > 0 {
			c.holds[i] = at
			r.Verdict = model.Leftover
		}
	}
	return c
}

// shadowed picks the rule for a shadowed version: by path, else by cause.
func (c *Claims) shadowed(r *model.Record, path string) uint8 {
	for i := range Catalogue {
		rule := &Catalogue[i]
		if rule.Claims != nil && rule.Confidence != model.Possible && rule.Claims(path) {
			return uint8(i + 1)
		}
	}
	return c.cause[r.Cause]
}

// visible picks the rule that claims every visible name of a version. A package
// manager that hard-links its cache into the tree has not wasted those bytes.
func (c *Claims) visible(id model.RecordID) uint8 {
	var paths []string
	for i := range Catalogue {
		rule := &Catalogue[i]
		if rule.Claims == nil || rule.ShadowedOnly || rule.Confidence == model.Possible {
			continue
		}
		if paths == nil {
			for _, n := range c.names.Of(id) {
				paths = append(paths, c.tree.Path(n))
			}
		}
		if len(paths) > 0 && !slices.ContainsFunc(paths, func(p string) bool {
			return !rule.Claims(p) || rule.Spares != nil && rule.Spares(c.build, p)
		}) {
			return uint8(i + 1)
		}
	}
	return 0
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
}

type named struct {
	size int64
	path string
	id   model.RecordID
}

// Findings groups what the rules hold, once duplicates have their verdict too,
// into findings with their fixes: waste first, the largest first. It notes in
// each version's record which finding holds it. twins gives for each duplicate
// the version that stays live.
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
			cmp.Compare(btoi(a.verdict == model.Duplicate), btoi(b.verdict == model.Duplicate)),
			cmp.Compare(b.bytes, a.bytes), cmp.Compare(a.rule, b.rule), cmp.Compare(a.layer, b.layer),
			cmp.Compare(a.hiddenBy, b.hiddenBy), cmp.Compare(a.cause, b.cause))
	})
	findings := make([]model.Finding, 0, len(all))
	for _, h := range all {
		for _, id := range h.records {
			c.tree.Records[id].Finding = uint32(len(findings))
		}
		findings = append(findings, c.finding(h))
	}
	return findings
}

// hold adds a version to a group and keeps the group's largest paths.
func (c *Claims) hold(h *held, id model.RecordID) {
	r := &c.tree.Records[id]
	h.bytes += r.Size
	h.files++
	h.records = append(h.records, id)
	if r.Compressed < 0 {
		h.known = false
	} else {
		h.compressed += r.Compressed
	}
	last := len(h.largest) - 1
	if last+1 == model.MaxFindingPaths && r.Size < h.largest[last].size {
		return
	}
	new := named{r.Size, c.tree.Path(c.names.First(id)), id}
	at, _ := slices.BinarySearchFunc(h.largest, new, func(a, b named) int {
		return cmp.Or(cmp.Compare(b.size, a.size), cmp.Compare(a.path, b.path))
	})
	h.largest = slices.Insert(h.largest, at, new)
	h.largest = h.largest[:min(len(h.largest), model.MaxFindingPaths)]
}

func (c *Claims) finding(h *held) model.Finding {
	rule := &Catalogue[h.rule-1]
	f := model.Finding{
		ID: fmt.Sprintf("%s@%d", rule.ID, h.layer), Rule: rule.ID, Title: rule.Title, Confidence: rule.Confidence,
		Bytes: h.bytes, Verdict: model.Ptr(h.verdict), Layer: model.Ptr(int(h.layer)),
		FileCount: h.files, Packages: []string{},
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
		f.Paths = append(f.Paths, n.path)
	}
	if rule.Fix != nil {
		build := *c.build
		if twin, ok := c.twins[h.largest[0].id]; ok {
			build.Twin = c.tree.Path(c.names.First(twin))
			build.TwinInherited = build.Layers[c.tree.Records[twin].Layer].Inherited
		}
		f.Fix = rule.Fix(&f, &build)
	}
	return f
}

func (c *Claims) rule(id string) uint8 {
	for i := range Catalogue {
		if Catalogue[i].ID == id {
			return uint8(i + 1)
		}
	}
	panic("rules: no rule " + id)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
