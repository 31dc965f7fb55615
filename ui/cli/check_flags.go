package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/gate"
)

// checkFlags are the flags of `tare check`.
type checkFlags struct {
	bounds []*boundFlag // the limits that are one value each
	deny   []string
	scope  string
	config string

	against againstFlags
}

func newCheckFlags() *checkFlags {
	own := &checkFlags{}
	for _, name := range []string{gate.NameMinEfficiency, gate.NameMaxWasted, gate.NameMaxSize, gate.NameMaxPullSize, gate.NameMaxLayers, gate.NameFailOn} {
		own.bounds = append(own.bounds, &boundFlag{name: name})
	}
	return own
}

// boundUsage says what the flags mean.
var boundUsage = map[string]string{
	gate.NameMinEfficiency: "the least `SHARE` that is not wasted: 0.95 or 95%",
	gate.NameMaxWasted:     "the most that is wasted: a `SIZE` or a percentage",
	gate.NameMaxSize:       "the most `SIZE` of file content",
	gate.NameMaxPullSize:   "the most `SIZE` to pull, compressed",
	gate.NameMaxLayers:     "the most `LAYERS`, the base's included",
	gate.NameFailOn:        "the `CONFIDENCE` from which any finding fails: certain, likely or possible",
}

func (own *checkFlags) register(set *pflag.FlagSet) {
	set.SortFlags = false
	for _, b := range own.bounds {
		set.Var(b, b.name, boundUsage[b.name])
	}
	set.StringSliceVar(&own.deny, gate.NameDeny, nil, "`RULE[,…]` that must find nothing; repeatable")
	own.against.register(set)
	set.StringVar(&own.scope, "scope", "", "`own`: what you added to the base image (the default); all: everything")
	set.StringVar(&own.config, "config", "", "the settings `FILE`: a .tare.yaml or a .dive-ci")
}

// given refuses flags that are there and say nothing: --against "$OLD" where OLD
// is not set would be another gate than the one that is meant.
func (own *checkFlags) given(set *pflag.FlagSet) error {
	for _, flag := range []struct {
		name, takes string
		says        bool
	}{
		{"against", "an older image", own.against.older != ""},
		{gate.NameDeny, "rules", len(own.deny) > 0},
		{"scope", "own or all", own.scope != ""},
		{"config", "a file", own.config != ""},
	} {
		if !flag.says && set.Changed(flag.name) {
			return fmt.Errorf("--%s is empty; it takes %s, or leave it out", flag.name, flag.takes)
		}
	}
	return nil
}

// limits are those that flags and variables name.
func (own *checkFlags) limits() ([]gate.Limit, error) {
	if own.scope != "" && own.scope != model.ScopeOwn && own.scope != model.ScopeAll {
		return nil, fmt.Errorf("--scope %s: there is no such scope; it takes own or all", own.scope)
	}
	var limits []gate.Limit
	for _, b := range own.bounds {
		if b.bound != nil {
			limits = append(limits, gate.Limit{Bound: b.bound})
		}
	}
	known := ruleIDs()
	denied := map[string]bool{}
	for _, id := range own.deny {
		id = strings.TrimSpace(id)
		if !slices.Contains(known, id) {
			return nil, fmt.Errorf("--deny %s: there is no such rule; %s", id, nearestRule(id))
		}
		if !denied[id] {
			limits = append(limits, gate.Limit{Bound: gate.Deny(id)})
		}
		denied[id] = true
	}
	return limits, nil
}

// boundFlag is a flag whose value is a limit.
type boundFlag struct {
	name, text string
	bound      gate.Bound
}

// Set implements pflag.Value.
func (b *boundFlag) Set(text string) error {
	bound, err := gate.Parse(b.name, text)
	if err != nil {
		return err
	}
	b.bound, b.text = bound, text
	return nil
}

// String implements pflag.Value.
func (b *boundFlag) String() string { return b.text }

// Type implements pflag.Value: it says what the flag takes, after "it takes a".
func (b *boundFlag) Type() string {
	return "value such as " + map[string]string{
		gate.NameMinEfficiency: "0.95 or 95%", gate.NameMaxWasted: "20MB or 5%", gate.NameMaxSize: "200MB",
		gate.NameMaxPullSize: "200MB", gate.NameMaxLayers: "12", gate.NameFailOn: "certain, likely or possible",
	}[b.name]
}
