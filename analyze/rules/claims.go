package rules

import (
	"slices"

	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/analyze/rules/pattern"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// MaxRules is how many rules a catalogue may have.
const MaxRules = pattern.MaxOwners

// Claims says which rule claimed which file version. Claim makes it, Findings
// turns it into the report's findings.
type Claims struct {
	catalogue   []Rule
	tree        *model.Tree
	names       *model.Names
	build       *Build
	paths       *pattern.Index // of what the rules claim
	claimedBy   []uint8        // by record: index in catalogue plus one, 0 for none
	cause       [4]uint8       // by model.Cause: likewise
	duplicate   uint8          // the rule of duplicates, likewise
	owned       []pattern.Set  // by package: the rules that want its files
	empty       map[ruleAt][]int32
	duplicateOf map[model.RecordID]model.RecordID
	mask        redactor
	settled     map[int][]model.Settled // by pod: what of the image it settles
	held        map[int][]string        // by pod: the ids of the image's findings that hold in it as well
	manifests   *redact.Mask            // of the secrets of all pods, once somebody asked
	podTexts    map[string]string       // texts of manifests as they are shown, see podText
	pods        []*Build                // by pod: the image as it runs it, likewise
	podIDs      map[string]int          // how many findings of pods have an id

	shadowedBy, leftoverBy, liveBy pattern.Set // which rules may claim by path what is shadowed, wasted, live
}

// Claim hands each file version to the first rule of the catalogue that claims it,
// and marks the visible ones that a certain or likely rule claims as leftovers. The
// tree's shadowed versions must have their verdicts and causes already. The
// catalogue has MaxRules rules at most; neither it nor b is changed.
func Claim(t *model.Tree, b *Build, catalogue []Rule) *Claims {
	build := *b
	build.Tree = t
	build.commands, build.scripts = make(map[string][]rewrite.Command), make(map[string][]rewrite.Command)
	c := &Claims{catalogue: catalogue, tree: t, names: t.VisibleNames(), build: &build, claimedBy: make([]uint8, len(t.Records))}
	c.mask = redactor{mask: build.SecretMask(), known: make(map[string]string)}
	c.paths = c.index(t, func(r *Rule) []string { return r.Paths })
	c.owned = c.ownedBy()
	c.sortRules()
	for i := range t.Records {
		id := model.RecordID(i)
		r := &t.Records[i]
		if r.Kind != model.File || r.Size.Bytes() == 0 {
			continue // nothing to win, so nothing to say
		}
		if r.Verdict == model.Shadowed {
			c.claimedBy[i] = c.shadowed(r)
			continue
		}
		at, wasted := c.visible(id)
		c.claimedBy[i] = at
		if wasted {
			r.Verdict = model.Leftover
		}
	}
	return c
}

// sortRules notes which rules may claim what.
func (c *Claims) sortRules() {
	suppressed := c.suppressed()
	for i := range c.catalogue {
		bit := pattern.Only(i)
		rule := &c.catalogue[i]
		switch {
		case rule.Confidence == model.Possible:
			c.liveBy = c.liveBy.Or(bit.Without(suppressed))
		case rule.ShadowedOnly:
			c.shadowedBy = c.shadowedBy.Or(bit)
		case rule.VisibleOnly:
			c.leftoverBy = c.leftoverBy.Or(bit.Without(suppressed))
		default:
			c.shadowedBy = c.shadowedBy.Or(bit)
			c.leftoverBy = c.leftoverBy.Or(bit.Without(suppressed))
		}
		if rule.Cause != model.NoCause {
			c.cause[rule.Cause] = uint8(i + 1)
		}
		if rule.Duplicates {
			c.duplicate = uint8(i + 1)
		}
	}
}

// shadowed picks the rule for a shadowed version: by path, else by cause.
func (c *Claims) shadowed(r *model.Record) uint8 {
	if claims := c.paths.Node(r.Node).And(c.shadowedBy); !claims.IsEmpty() {
		return uint8(claims.First() + 1)
	}
	return c.cause[r.Cause]
}

// visible picks the rule that claims every visible name of a version, and reports
// whether that makes it waste. A package manager that hard-links its cache into
// the tree has not wasted those bytes.
func (c *Claims) visible(id model.RecordID) (rule uint8, wasted bool) {
	claims := c.leftoverBy.Or(c.liveBy)
	r := &c.tree.Records[id]
	if r.Gone == model.StillThere {
		if claims = claims.And(c.wants(r.Node)); claims.IsEmpty() {
			return 0, false // as for nearly every file
		}
	}
	names := c.names.Of(id)
	for _, n := range names {
		if n != r.Node || r.Gone != model.StillThere {
			claims = claims.And(c.wants(n))
		}
	}
	if len(names) == 0 {
		return 0, false
	}
	for _, set := range []pattern.Set{claims.And(c.leftoverBy), claims.And(c.liveBy)} {
		for ; !set.IsEmpty(); set = set.Without(pattern.Only(set.First())) {
			at := set.First()
			if !c.exempt(&c.catalogue[at], id, names) {
				return uint8(at + 1), c.catalogue[at].Confidence != model.Possible
			}
		}
	}
	return 0, false
}

// exempt reports whether a rule must leave a version alone that it claims by all its names.
func (c *Claims) exempt(rule *Rule, id model.RecordID, names []model.NodeID) bool {
	return slices.ContainsFunc(names, func(n model.NodeID) bool {
		if len(c.build.Neighbours) > 0 && c.build.IsCopiedElsewhere("/"+c.build.pathOf(n)) {
			return true
		}
		return rule.Concerns != nil && !rule.Concerns(c.build, id, n) || rule.Exempts != nil && rule.Exempts(c.build, c.build.pathOf(n))
	})
}

// wants returns the rules that want what is visible at a node, by its path or by
// the package that it belongs to.
func (c *Claims) wants(n model.NodeID) pattern.Set {
	set := c.paths.Node(n)
	if c.tree.Packages == nil {
		return set
	}
	if id, ok := c.tree.Visible(n); ok {
		if p := c.tree.Packages[id]; p >= 0 && int(p) < len(c.owned) && !c.build.OwnedByLink[id] {
			set = set.Or(c.owned[p])
		}
	}
	return set
}
