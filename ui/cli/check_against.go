package cli

import (
	"context"
	"errors"

	"github.com/spf13/pflag"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/gate"
)

// againstFlags hold an image against an older one.
type againstFlags struct {
	older string // "" for none
	most  growthFlag
}

func (a *againstFlags) register(set *pflag.FlagSet) {
	set.StringVar(&a.older, "against", "", "an older `IMAGE` or saved report: fail if this one wastes more; without other limits, check only that")
	set.Var(&a.most, gate.NameMaxGrowth, "how much more it may waste than --against: a `SIZE`, or a percentage of that image's waste (default 0)")
}

// load loads the report to judge and, where there is one to hold it against, the
// older, nil else.
func (a *againstFlags) load(ctx context.Context, reference string, f *flags, t terminal) (older, r *model.Report, err error) {
	if a.older == "" {
		if a.most.text != "" {
			return nil, nil, errors.New("--max-growth compares with an older image; name it with --against IMAGE")
		}
		r, err = loadReport(ctx, reference, f, t)
		return nil, r, err
	}
	return loadPair(ctx, a.older, reference, f, t)
}

// limit adds what --against asks for to what the gate takes.
func (a *againstFlags) limit(older, r *model.Report, o *gate.Options) error {
	if older == nil {
		return nil
	}
	limit, notes, err := gate.Against(older, r, a.most.amount, *o)
	if err != nil {
		return err
	}
	o.Limits, o.Notes = append(o.Limits, limit), append(o.Notes, notes...)
	return nil
}

// growthFlag is a flag whose value is an amount.
type growthFlag struct {
	text   string
	amount gate.Amount
}

// Set implements pflag.Value.
func (g *growthFlag) Set(text string) (err error) {
	g.text = text
	g.amount, err = gate.ParseGrowth(text)
	return err
}

// String implements pflag.Value.
func (g *growthFlag) String() string { return g.text }

// Type implements pflag.Value: it says what the flag takes, after "it takes a".
func (g *growthFlag) Type() string { return "value such as 1MB or 5%" }
