package gate

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
)

// Limit is one threshold of the gate.
type Limit struct {
	Bound Bound
	Scope string // "" is the gate's
	From  string // file and line of the settings that set it, "" for a flag
}

// Bound is the condition of a limit. Only types of this package implement it.
type Bound interface {
	// Name is the flag's without dashes, and the key in the settings.
	Name() string
	// judge reports whether an image is within the bound. The caller fills in name and origin.
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

	NameMaxSizeGrowth    = "max-size-growth"
	NameMaxPullGrowth    = "max-pull-growth"
	NameMaxWasteGrowth   = "max-waste-growth"
	NameMaxLayerGrowth   = "max-layer-growth"
	NameMaxPackageGrowth = "max-package-growth"
	NameMaxPulledAgain   = "max-pulled-again"

	NameDenyPaths     = "deny-paths"
	NameDenyPackages  = "deny-packages"
	NameRequireUser   = "require-user"
	NameRequireLabels = "require-labels"

	// NameFloor is not a limit: it sets the floor of all limits on waste and growth.
	NameFloor = "floor"
)

// SingleNames are the limits that have one value, ListNames those that can be given several
// times. Deny and RequireUser are in neither list.
var (
	SingleNames = []string{
		NameMinEfficiency, NameMaxWasted, NameMaxSize, NameMaxPullSize, NameMaxLayers, NameFailOn,
		NameMaxSizeGrowth, NameMaxPullGrowth, NameMaxWasteGrowth, NameMaxLayerGrowth, NameMaxPackageGrowth, NameMaxPulledAgain,
	}
	ListNames = []string{NameDenyPaths, NameDenyPackages, NameRequireLabels}
)

var order = []string{NameMinEfficiency, NameMaxWasted, NameMaxSize, NameMaxPullSize, NameMaxLayers, NameDeny, NameFailOn,
	NameMaxSizeGrowth, NameMaxPullGrowth, NameMaxWasteGrowth, NameMaxLayerGrowth, NameMaxPackageGrowth, NameMaxPulledAgain, NameDenyPaths, NameDenyPackages, NameRequireUser, NameRequireLabels}

// Parse reads the value that a person wrote for the limit of this name. The error says which
// values the limit takes; the caller adds the limit's name and the text.
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
	case NameMaxSizeGrowth, NameMaxPullGrowth, NameMaxWasteGrowth:
		most, err := ParseGrowth(text)
		return MaxGrowth{name, most}, err
	case NameMaxPulledAgain:
		most, err := ParseAmount(text)
		return MaxPulledAgain(most), err
	case NameMaxLayerGrowth, NameMaxPackageGrowth:
		return parseCountGrowth(name, text)
	case NameFailOn:
		switch c := model.Confidence(text); c {
		case model.Certain, model.Likely, model.Possible:
			return FailOn(c), nil
		}
		return nil, fmt.Errorf("it takes %s", Takes(name))
	}
	return nil, fmt.Errorf("%s is no limit that is one text", name)
}

// ParseItem reads one value of a limit that can be given several times.
func ParseItem(name, text string) (Bound, error) {
	err := errors.New("it takes " + Takes(name))
	switch name {
	case NameDenyPaths:
		if _, err := ParseGlob(text); err != nil {
			return nil, err
		}
		return DenyPaths(text), checkLiteral(text)
	case NameDenyPackages:
		return DenyPackages(text), errors.Join(CheckPattern(text), checkLiteral(text))
	case NameRequireLabels:
		label, pattern, _ := strings.Cut(text, "=")
		if _, bad := path.Match(pattern, ""); bad != nil || strings.TrimSpace(label) == "" {
			return nil, err
		}
		return RequireLabel(text), nil
	}
	return nil, err
}

// checkLiteral refuses what other programs take for a list or an exception and a pattern here
// takes literally: it would deny nothing, and nobody would notice. A backslash makes a brace or
// an exclamation mark that is meant.
func checkLiteral(pattern string) error {
	if strings.HasPrefix(pattern, "!") {
		return errors.New(`it takes no exceptions with !; leave that one out, or write \! for a name that begins so`)
	}
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case '{', '}':
			return errors.New(`it takes no lists in braces; write one pattern for each, or \{ and \} for a name that holds them`)
		}
	}
	return nil
}

// ParseUser reads which user has to run a container; "true" is any user but root.
func ParseUser(text string) RequireUser {
	if text == "true" {
		return ""
	}
	return RequireUser(strings.ReplaceAll(text, " ", ""))
}

// parseCountGrowth reads a growth of something that is counted, such as layers.
func parseCountGrowth(name, text string) (Bound, error) {
	if strings.HasSuffix(strings.TrimSpace(text), "%") {
		if most, err := ParseGrowth(text); err == nil {
			return MaxGrowth{name, most}, nil
		}
	} else if n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 31); err == nil {
		return MaxGrowth{name, Amount{Bytes: int64(n)}}, nil
	}
	return nil, errors.New("it takes " + Takes(name))
}

// Takes returns how the value of a limit is written, to follow the words "it takes ".
func Takes(name string) string {
	switch name {
	case NameMinEfficiency:
		return "0 to 1, or a percentage such as 95%"
	case NameMaxWasted, NameMaxSizeGrowth, NameMaxPullGrowth, NameMaxWasteGrowth, NameMaxPulledAgain:
		return "a size such as 20MB, or a percentage such as 5%"
	case NameMaxSize, NameMaxPullSize:
		return "a size such as 200MB"
	case NameFloor:
		return "a size such as 1MB, a percentage such as 1%, or both with a comma between them"
	case NameMaxLayers:
		return "a whole number such as 12"
	case NameMaxLayerGrowth, NameMaxPackageGrowth:
		return "a whole number such as 5, or a percentage such as 10%"
	case NameDenyPaths:
		return "patterns of paths such as root/.ssh/**"
	case NameDenyPackages:
		return "names of packages, with * and ?, such as gcc or *-dev"
	case NameRequireUser:
		return "true, or the users of whom it must be one"
	case NameRequireLabels:
		return "names of labels such as org.opencontainers.image.source, or NAME=PATTERN"
	case NameFailOn:
		return "certain, likely or possible"
	}
	return "rules such as apt-lists, or risks"
}

// Over returns the limits of over, and those of under whose names over does not have. The
// command line's limits go over those of the settings.
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
