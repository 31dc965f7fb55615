package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/gate"
)

// againstFlags hold an image against an older one.
type againstFlags struct {
	older  olderFlag // the first that exists counts; none for no comparison
	legacy growthFlag
	allow  string

	decided  bool // whether the project's settings set limits, so that none is added
	dive     bool // whether they are dive's, which knows no risks
	risky    bool // whether risks may pass
	newOnly  bool // whether they may pass where no older image shows which are new
	first    bool // whether an image with nothing to compare with is told of, not judged
	contents bool // a limit asks what each layer holds, which reads all files

	taken string   // the name of the one that was taken, "" for none
	notes []string // which one was taken, and which were not there
}

// noOlder is the name that stands for no older image, at the end of a list.
const noOlder = "none"

func (a *againstFlags) register(set *pflag.FlagSet) {
	set.Var(&a.older, "against", "an older `IMAGE` or saved report to compare with, or several: the first that exists, where none stands for no comparison")
	set.Var(&a.legacy, "max-growth", "the old name of --max-waste-growth")
	set.StringVar(&a.allow, "allow-growth", "", "let one growth through, up to a limit: `TEXT` such as \"size up to 400MB until 2030-01-31: the new model\"")
	_ = set.MarkHidden("max-growth")
}

// asked reports whether there may be an older image.
func (a *againstFlags) asked() bool { return len(a.older) > 0 }

// names are the images before. What stands for none is left out.
func (a *againstFlags) names() []string {
	return slices.DeleteFunc(slices.Clone(a.older), func(name string) bool { return name == noOlder })
}

// check refuses a list in which something is empty, as a variable that is not set leaves
// it, or follows none, which is always there; and what only a job can find.
func (a *againstFlags) check(inJob bool) error {
	for i, name := range a.older {
		switch {
		case name == "":
			return errors.New("--against is empty; it takes an older image, or leave it out")
		case name == noOlder && i < len(a.older)-1:
			return fmt.Errorf("--against: %s comes before %s and always matches; put it at the end", noOlder, display.OneLine(a.older[i+1]))
		case !inJob && (strings.HasPrefix(name, artifactPrefix) || strings.Contains(name, "{branch}")):
			return fmt.Errorf("--against %s: only tare comment resolves that, in a job of GitHub or GitLab; name an image or a saved report", display.OneLine(name))
		}
	}
	return nil
}

// load loads the report to judge and, where there is one to hold it against, the
// older, nil else.
func (a *againstFlags) load(ctx context.Context, reference string, f *flags, t terminal) (older, r *model.Report, err error) {
	a.notes = nil
	if !a.asked() {
		r, err = loadReport(ctx, reference, f, t)
		return nil, r, err
	}
	var missing []string
	for i, name := range a.older {
		if name == noOlder {
			why := ""
			if len(missing) > 0 {
				why = " (" + strings.Join(missing, ", ") + ")"
			}
			a.notes = append(a.notes, "there is no older image to compare with"+why+", so growth is not checked")
			r, err = loadReport(ctx, reference, f, t)
			return nil, r, err
		}
		absent := fmt.Errorf("there is no %s", name)
		if !missingFile(name) {
			pair := pairOf(name, reference, f, t)
			pair.contents = pair.contents && a.contents
			older, err = pair.old(ctx)
			if err == nil {
				a.taken = name
				if len(a.older) > 1 {
					a.notes = append(a.notes, "compared with "+display.Escape(name))
				}
				if r, err = pair.new(ctx); err != nil {
					return nil, nil, err
				}
				return pair.onOneBase(ctx, older, r)
			}
			if !source.Absent(err) || len(a.older) == 1 {
				return nil, nil, err
			}
			absent = err
		}
		missing = append(missing, display.Escape(name)+" is not there")
		if i == len(a.older)-1 && len(a.older) > 1 {
			return nil, nil, fmt.Errorf("--against: none of them exists (%w); end the list with %s if the first run has nothing to compare with", absent, noOlder)
		} else if i == len(a.older)-1 {
			save := "save that image"
			if strings.HasSuffix(name, ".json") {
				save = "save a report with tare -o json=" + name + " IMAGE"
			}
			return nil, nil, fmt.Errorf("the old image: %w; %s, or write --against %s,%s for the first run", absent, save, name, noOlder)
		}
	}
	return nil, nil, errors.New("--against is empty")
}

// fileEndings are how the names of archives and saved reports end.
var fileEndings = []string{".json", ".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.xz", ".tar.bz2", ".oci"}

// missingFile reports whether a name can only be that of a file that is not there, so
// that no registry need be asked for it. An archive may be followed by the name of an image
// within it.
func missingFile(name string) bool {
	for _, transport := range []string{"docker-archive:", "oci-archive:", "oci-dir:", "dir:"} {
		if rest, ok := strings.CutPrefix(name, transport); ok {
			return !anyFile(rest)
		}
	}
	if strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../") || strings.HasPrefix(name, "/") {
		return !anyFile(name)
	}
	file, _, _ := strings.Cut(name, ":")
	file, _, _ = strings.Cut(file, "@")
	return slices.ContainsFunc(fileEndings, func(end string) bool { return strings.HasSuffix(file, end) }) && !anyFile(name)
}

// anyFile reports whether a name, or what stands in it before a colon or an at sign, is that
// of something in the file system, or whether that cannot be told.
func anyFile(name string) bool {
	for at, c := range name + ":" {
		if c != ':' && c != '@' {
			continue
		}
		if _, err := os.Stat(name[:at]); !os.IsNotExist(err) {
			return true
		}
	}
	return false
}

// refuse refuses limits on growth that nothing gives an older image for.
func (a *againstFlags) refuse(limits []gate.Limit) error {
	if a.asked() {
		return nil
	}
	for _, l := range limits {
		if gate.IsGrowth(l.Bound.Name()) {
			return fmt.Errorf("--%s compares with an older image; name it with --against", l.Bound.Name())
		}
	}
	if a.allow != "" {
		return errors.New("--allow-growth needs an older image to compare with; name it with --against IMAGE")
	}
	return nil
}

// limits are those of the old name.
func (a *againstFlags) limits(given []gate.Limit) ([]gate.Limit, []string, error) {
	if a.legacy.text == "" {
		return given, nil, nil
	}
	if slices.ContainsFunc(given, func(l gate.Limit) bool { return l.Bound.Name() == gate.NameMaxWasteGrowth }) {
		return nil, nil, errors.New("--max-growth is the old name of --max-waste-growth, which you pass as well; leave it out")
	}
	note := "--max-growth is now --max-waste-growth: it counts what changes would remove, above the floor; for the size, use --max-size-growth"
	return append(given, gate.Limit{Bound: gate.MaxGrowth{Of: gate.NameMaxWasteGrowth, Most: a.legacy.amount}}), []string{note}, nil
}

// compare adds what an older report asks for to what the gate takes, and what holds
// where nobody says otherwise. Without an older report, limits on growth are not judged.
func (a *againstFlags) compare(older, r *model.Report, o *gate.Options) error {
	o.Notes = append(o.Notes, a.notes...)
	defer func(given int) { a.defaults(o, given) }(len(o.Limits))
	if older == nil {
		before := len(o.Limits)
		o.Limits = slices.DeleteFunc(o.Limits, func(l gate.Limit) bool { return gate.IsGrowth(l.Bound.Name()) })
		if before > len(o.Limits) && !a.asked() {
			o.Notes = append(o.Notes, "limits on growth are not judged without --against")
		}
		return nil
	}
	growth, notes, err := gate.Against(older, r, *o)
	if err != nil {
		return err
	}
	o.Growth, o.Notes = growth, append(o.Notes, notes...)
	named := func(name string) bool {
		return slices.ContainsFunc(o.Limits, func(l gate.Limit) bool { return l.Bound.Name() == name })
	}
	switch {
	case !slices.ContainsFunc(o.Limits, func(l gate.Limit) bool { return gate.IsGrowth(l.Bound.Name()) }):
		o.Limits = append(o.Limits, gate.DefaultGrowth()...)
	case !named(gate.NameMaxWasteGrowth): // who limits the size does not mean waste to come in for it
		o.Limits = append(o.Limits, gate.NoNewWaste())
	}
	return nil
}

// defaults adds the limits that hold where so many are given: all where none is and there
// is nothing to compare with, else that there is no risk, unless somebody says that risks may
// pass: a private key must not pass because a project limits the size.
func (a *againstFlags) defaults(o *gate.Options, given int) {
	if !a.decided && given == 0 && o.Growth == nil && !a.first {
		o.Limits = gate.Default()
		note := "no threshold is given, so this is " + gate.DefaultFlags
		if a.risky || a.newOnly {
			note = strings.TrimSuffix(note, " --deny risks")
		}
		o.Notes = append(o.Notes, note)
	}
	isRisks := func(l gate.Limit) bool { return l.Bound == gate.DenyRisks || l.Bound == gate.DenyNewRisks }
	switch {
	case a.risky:
		o.Limits = slices.DeleteFunc(o.Limits, isRisks)
	case a.newOnly && o.Growth == nil:
		o.Limits = slices.DeleteFunc(o.Limits, isRisks)
	case a.dive || slices.ContainsFunc(o.Limits, isRisks):
	case o.Growth != nil:
		o.Limits = append(o.Limits, gate.Limit{Bound: gate.DenyNewRisks})
	default:
		o.Limits = append(o.Limits, gate.Limit{Bound: gate.DenyRisks})
	}
}

// olderFlag is a flag whose value is a list of images, parted by commas or, as a variable
// of a pipeline has them, by line ends.
type olderFlag []string

// Set implements pflag.Value. It adds to what is there.
func (o *olderFlag) Set(text string) error {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, line := range lines {
		if line = strings.TrimSpace(line); i < len(lines)-1 {
			line = strings.TrimSuffix(line, ",") // a line end says the same
		}
		for name := range strings.SplitSeq(line, ",") {
			*o = append(*o, strings.TrimSpace(name))
		}
	}
	return nil
}

// String implements pflag.Value.
func (o *olderFlag) String() string { return strings.Join(*o, ",") }

// Type implements pflag.Value: it says what the flag takes, after "it takes a".
func (o *olderFlag) Type() string { return "list of images" }

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
