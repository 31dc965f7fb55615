package cli

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/gate"
	"github.com/tare-oci/tare/ui/settings"
	"github.com/tare-oci/tare/ui/severity"
)

// checkFlags are the flags of `tare check`.
type checkFlags struct {
	bounds []*boundFlag // the limits that are one value each
	lists  []*listFlag  // and those that are many
	deny   []string
	user   string
	floor  string
	levels []string
	scope  string
	config string

	against againstFlags
}

func newCheckFlags() *checkFlags {
	own := &checkFlags{}
	for _, name := range gate.SingleNames {
		own.bounds = append(own.bounds, &boundFlag{name: name})
	}
	for _, name := range gate.ListNames {
		own.lists = append(own.lists, &listFlag{name: name})
	}
	return own
}

// boundUsage says what the flags mean.
var boundUsage = map[string]string{
	gate.NameMinEfficiency:    "the least `SHARE` without avoidable waste that counts: 0.95 or 95%",
	gate.NameMaxWasted:        "the most avoidable waste that may count: a `SIZE` or a percentage",
	gate.NameMaxSize:          "the most `SIZE` of file content",
	gate.NameMaxPullSize:      "the most `SIZE` to pull, compressed",
	gate.NameMaxLayers:        "the most `LAYERS`, the base's included",
	gate.NameFailOn:           "fail if a change worth making has at least this `CONFIDENCE`: certain, likely or possible",
	gate.NameMaxSizeGrowth:    "how much larger than --against the image may be: a `SIZE` or a percentage",
	gate.NameMaxPullGrowth:    "how much more there may be to pull than with --against: a `SIZE` or a percentage",
	gate.NameMaxWasteGrowth:   "how much more avoidable waste may count than in --against: a `SIZE` or a percentage",
	gate.NameMaxLayerGrowth:   "how many more `LAYERS` than --against the image may have",
	gate.NameMaxPackageGrowth: "how many more `PACKAGES` than --against the image may have",
	gate.NameMaxPulledAgain:   "how much someone who has --against may have to pull again for nothing: a `SIZE` or a percentage of what they pull",
	gate.NameDenyPaths:        "`PATTERN[,…]` of paths that no layer may hold, deleted or not; repeatable",
	gate.NameDenyPackages:     "`PATTERN[,…]` of packages that must not be installed; repeatable",
	gate.NameRequireLabels:    "`LABEL[,…]` that must be set, or LABEL=PATTERN; repeatable",
}

func (own *checkFlags) register(set *pflag.FlagSet) {
	set.SortFlags = false
	growth := func(name string) bool { return gate.IsGrowth(name) }
	for _, b := range own.bounds {
		if !growth(b.name) {
			set.Var(b, b.name, boundUsage[b.name])
		}
	}
	set.StringSliceVar(&own.deny, gate.NameDeny, nil, "`RULE[,…]` that must find nothing, or risks: secrets and programs that cannot start (always denied, unless you pass none); repeatable")
	for _, l := range own.lists {
		set.Var(l, l.name, boundUsage[l.name])
	}
	set.StringVar(&own.user, gate.NameRequireUser, "", "who must run the container: `USER[,…]`; without a value, anyone but root")
	set.Lookup(gate.NameRequireUser).NoOptDefVal = "true"
	own.against.register(set)
	for _, b := range own.bounds {
		if growth(b.name) {
			set.Var(b, b.name, boundUsage[b.name])
		}
	}
	set.StringVar(&own.floor, gate.NameFloor, "", "ignore changes and growth of less than `SIZE|N%` of the own bytes, or less than the larger of both (default 1MB,1%; 0 counts all)")
	set.StringSliceVar(&own.levels, "severity", nil, "how severe findings are in SARIF, GitLab, GitHub and JUnit: `KIND=LEVEL[,…]`, where a kind is a rule, gate, risk, change or rest, and a level is "+severity.Takes)
	set.StringVar(&own.scope, "scope", "", "what counts: `own` (your own layers, not the base image; the default) or all")
	set.StringVar(&own.config, "config", "", "the settings `FILE`: a .tare.yaml or a .dive-ci")
}

// given refuses flags that are there and say nothing: --against "$OLD" where OLD
// is not set would be another gate than the one that is meant.
func (own *checkFlags) given(set *pflag.FlagSet, inJob bool) error {
	if err := own.against.check(inJob); err != nil {
		return err
	}
	for _, flag := range []struct {
		name, takes string
		says        bool
	}{
		{gate.NameRequireUser, "a user, or nothing", own.user != ""},
		{gate.NameFloor, gate.Takes(gate.NameFloor), own.floor != ""},
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
	for _, l := range own.lists {
		for _, b := range l.bounds {
			limits = append(limits, gate.Limit{Bound: b})
		}
	}
	if own.user != "" {
		limits = append(limits, gate.Limit{Bound: gate.ParseUser(own.user)})
	}
	known := append(ruleIDs(), string(gate.DenyRisks))
	denied := map[string]bool{}
	none := false
	for _, id := range own.deny {
		if id = strings.TrimSpace(id); id == gate.DenyNone {
			none = true
			continue
		}
		if !slices.Contains(known, id) {
			return nil, fmt.Errorf("--deny %s: there is no such rule; %s", id, nearestRule(id))
		}
		if !denied[id] {
			limits = append(limits, gate.Limit{Bound: gate.Deny(id)})
		}
		denied[id] = true
	}
	if none && denied[string(gate.DenyRisks)] {
		return nil, errors.New("--deny risks and --deny none contradict each other: none lets risks pass; leave one of them out")
	}
	return limits, nil
}

// severities are how bad findings are: flags over the project's settings.
func (own *checkFlags) severities(project *settings.Settings) (severity.Table, error) {
	table := severity.Table{}
	if project != nil {
		maps.Copy(table, project.Severity)
	}
	for _, text := range own.levels {
		kind, word, _ := strings.Cut(strings.TrimSpace(text), "=")
		level, err := severity.Parse(word)
		if err != nil {
			return nil, fmt.Errorf("--severity %s: it takes KIND=LEVEL, such as change=error; a level is %s", text, severity.Takes)
		}
		if known := append(ruleIDs(), severity.Keys...); !slices.Contains(known, kind) {
			return nil, fmt.Errorf("--severity %s: there is no rule or kind %q; a kind is a rule, or %s", text, kind, listed(severity.Keys))
		}
		table[kind] = level
	}
	return table, nil
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
	if example, ok := map[string]string{
		gate.NameMinEfficiency: "0.95 or 95%", gate.NameMaxWasted: "20MB or 5%", gate.NameMaxSize: "200MB",
		gate.NameMaxPullSize: "200MB", gate.NameMaxLayers: "12", gate.NameFailOn: "certain, likely or possible",
		gate.NameMaxLayerGrowth: "5 or 10%", gate.NameMaxPackageGrowth: "5 or 10%",
	}[b.name]; ok {
		return "value such as " + example
	}
	return "value such as 20MB or 5%"
}

// listFlag is a flag that may stand several times, each with one value or more.
type listFlag struct {
	name   string
	texts  []string
	bounds []gate.Bound
}

// Set implements pflag.Value.
func (l *listFlag) Set(text string) error {
	for part := range strings.SplitSeq(text, ",") {
		bound, err := gate.ParseItem(l.name, strings.TrimSpace(part))
		if err != nil {
			return err
		}
		l.texts, l.bounds = append(l.texts, part), append(l.bounds, bound)
	}
	return nil
}

// String implements pflag.Value.
func (l *listFlag) String() string { return strings.Join(l.texts, ",") }

// Type implements pflag.Value: it says what the flag takes, after "it takes a".
func (l *listFlag) Type() string { return "list of " + gate.Takes(l.name) }
