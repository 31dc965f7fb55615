package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/tare-oci/tare/model"
)

// Limit is one threshold of the gate.
type Limit struct {
	Bound Bound
	Scope string // "" is the gate's
	From  string // file and line of the settings that set it, "" for a flag
}

// Bound is what a limit asks for. It is one of the types of this package.
type Bound interface {
	// Name is the flag's without dashes, and the key in the settings.
	Name() string
	// judge reports whether an image keeps to it. The caller fills in name and origin.
	judge(s *scale) (model.Threshold, error)
}

// The names of the limits, in the order in which they are listed.
const (
	NameMinEfficiency = "min-efficiency"
	NameMaxWasted     = "max-wasted"
	NameMaxSize       = "max-size"
	NameMaxPullSize   = "max-pull-size"
	NameMaxLayers     = "max-layers"
	NameDeny          = "deny"
	NameFailOn        = "fail-on"
	NameMaxGrowth     = "max-growth"
)

var order = []string{NameMinEfficiency, NameMaxWasted, NameMaxSize, NameMaxPullSize, NameMaxLayers, NameDeny, NameFailOn, NameMaxGrowth}

// Parse reads the limit of a name from what a person wrote. The error says what
// it takes; it names neither the limit nor the text.
func Parse(name, text string) (Bound, error) {
	switch name {
	case NameMinEfficiency:
		share, err := ParseShare(text)
		return MinEfficiency(share), err
	case NameMaxWasted:
		amount, err := ParseAmount(text)
		return MaxWasted(amount), err
	case NameMaxSize:
		n, err := ParseBytes(text)
		return MaxSize(n), err
	case NameMaxPullSize:
		n, err := ParseBytes(text)
		return MaxPullSize(n), err
	case NameMaxLayers:
		n, err := strconv.ParseUint(text, 10, 31)
		if err != nil {
			return nil, fmt.Errorf("it takes %s", Takes(name))
		}
		return MaxLayers(n), nil
	case NameFailOn:
		switch c := model.Confidence(text); c {
		case model.Certain, model.Likely, model.Possible:
			return FailOn(c), nil
		}
		return nil, fmt.Errorf("it takes %s", Takes(name))
	}
	return nil, fmt.Errorf("%s is no limit that is one text", name)
}

// Takes says what a limit is written as: "it takes " and this.
func Takes(name string) string {
	switch name {
	case NameMinEfficiency:
		return "0 to 1, or a percentage such as 95%"
	case NameMaxWasted, NameMaxGrowth:
		return "a size such as 20MB, or a percentage such as 5%"
	case NameMaxSize, NameMaxPullSize:
		return "a size such as 200MB"
	case NameMaxLayers:
		return "a whole number such as 12"
	case NameFailOn:
		return "certain, likely or possible"
	}
	return "rules such as apt-lists"
}

// Over returns the limits of over, and those of under that over names none for:
// flags over settings.
func Over(over, under []Limit) []Limit {
	all := slices.Clone(over)
	for _, limit := range under {
		if !slices.ContainsFunc(over, func(o Limit) bool { return o.Bound.Name() == limit.Bound.Name() }) {
			all = append(all, limit)
		}
	}
	return all
}

// sorted is the order in which limits are listed.
func sorted(limits []Limit) []Limit {
	return slices.SortedStableFunc(slices.Values(limits), func(a, b Limit) int {
		return cmp.Compare(slices.Index(order, a.Bound.Name()), slices.Index(order, b.Bound.Name()))
	})
}
