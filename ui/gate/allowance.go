package gate

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// AllowLabel is the image label that allows a growth which would fail a limit.
const AllowLabel = "tare.allow-growth"

// Allowance allows one growth that a limit would fail.
type Allowance struct {
	Of     string  // the name of the limit, "" for all limits on growth
	UpTo   *Amount // nil for any growth
	Reason string
	Until  string // YYYY-MM-DD, the last day on which it holds
	Where  string // file and line, or the label
}

// The words for what an allowance can be about.
var allowedThings = map[string]string{
	"size": NameMaxSizeGrowth, "pull": NameMaxPullGrowth, "waste": NameMaxWasteGrowth, "layers": NameMaxLayerGrowth, "packages": NameMaxPackageGrowth,
}

// TakesAllowed says what the word before "growth" may be.
const TakesAllowed = "size, pull, waste, layers or packages"

// AllowedLimit returns the name of the limit that a word of an allowance stands for.
func AllowedLimit(word string) (string, error) {
	if name, ok := allowedThings[word]; ok {
		return name, nil
	}
	return "", errors.New("it takes " + TakesAllowed)
}

var allowance = lazyregexp.New(`^(?:([a-z]+) )?(?:up to ([0-9.,]+ ?[A-Za-z%]*) )?until ([0-9]{4}-[0-9]{2}-[0-9]{2}): *(\S.*)$`)

// TakesAllowance says how an allowance is written as one text.
const TakesAllowance = `a text such as "size up to 400MB until 2030-01-31: the new model"`

// ParseAllowance reads an allowance as a label or a variable has it.
func ParseAllowance(text, where string) (Allowance, error) {
	a := Allowance{Where: where}
	m := allowance.FindStringSubmatch(strings.TrimSpace(text))
	bad := fmt.Errorf("%s: %q cannot be; it takes %s", where, display.OneLine(text), TakesAllowance)
	if m == nil {
		return a, bad
	}
	var err error
	if m[1] != "" {
		if a.Of, err = AllowedLimit(m[1]); err != nil {
			return a, bad
		}
	}
	if m[2] != "" {
		most, err := ParseGrowth(m[2])
		if err != nil {
			return a, bad
		}
		a.UpTo = &most
	}
	if _, err := time.Parse(time.DateOnly, m[3]); err != nil {
		return a, bad
	}
	a.Until, a.Reason = m[3], m[4]
	return a, nil
}

// labelled returns the allowance of an image's label, nil where it has none.
func labelled(r *model.Report) (*Allowance, error) {
	if r.Config == nil {
		return nil, nil
	}
	for _, l := range r.Config.Labels {
		if l.Name == AllowLabel && strings.TrimSpace(l.Value) != "" {
			a, err := ParseAllowance(l.Value, "label "+AllowLabel)
			return &a, err
		}
	}
	return nil, nil
}

// letThrough passes a growth that an allowance covers. If the allowance is too small, it says so.
func (s *scale) letThrough(t *model.Threshold, of string, grown, before int64) {
	tooLow := ""
	for i := range s.allowed {
		a := &s.allowed[i]
		if a.Of != "" && a.Of != of || a.expired(s.today) {
			continue
		}
		if m := a.UpTo; m != nil && (m.IsShare && (before <= 0 || compareShare(grown, before, m.Share) > 0) || !m.IsShare && grown > m.Bytes) {
			most, than := m.upTo(grownThings[of].bytes), ""
			if grownThings[of].bytes && !m.IsShare && display.Bytes(m.Bytes) == display.Bytes(grown) {
				// The reader needs the digits in which the two differ.
				allowed, is := display.BytesApart(m.Bytes, grown)
				most, than = "up to "+allowed, " than "+is
			}
			tooLow += fmt.Sprintf("; %s allows %s until %s, which is less%s", a.Where, most, a.Until, than)
			continue
		}
		t.Passed = true
		t.Reason += fmt.Sprintf("; let through until %s: %s (%s)", a.Until, display.OneLine(a.Reason), a.Where)
		return
	}
	t.Reason += tooLow
}

// upTo spells how much an allowance allows.
func (m *Amount) upTo(bytes bool) string {
	switch {
	case m.IsShare:
		return "up to " + percent(m.Share)
	case bytes:
		return "up to " + display.Bytes(m.Bytes)
	}
	return "up to " + display.Count(int(m.Bytes))
}

func (a *Allowance) expired(today time.Time) bool { return today.UTC().Format(time.DateOnly) > a.Until }
