package rules

import (
	"github.com/tare-oci/tare/model"
)

// ruleAt is a rule, as claimedBy counts them, and a layer.
type ruleAt struct {
	rule  uint8
	layer int
}

// emptyPackages lists the packages that a rule wants and that hold no bytes, such as
// one that only depends on others (python3-dev, build-essential), by the rule that
// gets them and by the layer that they came with: the finding there settles them,
// too, though it holds no file of theirs.
func (c *Claims) emptyPackages() map[ruleAt][]int32 {
	if c.empty != nil {
		return c.empty
	}
	c.empty = make(map[ruleAt][]int32)
	holds := make([]bool, len(c.owned))
	for i, p := range c.tree.Packages {
		if r := &c.tree.Records[i]; p >= 0 && int(p) < len(holds) && r.Verdict != model.Shadowed && r.Size.Bytes() > 0 {
			holds[p] = true
		}
	}
	for i, wanted := range c.owned {
		if wanted = wanted.And(c.leftoverBy); !wanted.IsEmpty() && !holds[i] {
			at := ruleAt{uint8(wanted.First() + 1), c.build.Packages[i].Layer}
			c.empty[at] = append(c.empty[at], int32(i))
		}
	}
	return c.empty
}
