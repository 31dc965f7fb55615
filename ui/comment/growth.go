package comment

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/compare"
	"github.com/tare-oci/tare/ui/report/markdown"
)

const (
	// maxSteps is how many instructions that grew are named.
	maxSteps = 3
	// maxCauses is how many packages, or paths, are named as what grew in one.
	maxCauses = 3
)

// growers are the instructions that grew, the largest growth first, as far as they
// matter beside the first.
func (c *Comment) growers() []*model.InstructionChange {
	if c.Comparison == nil {
		return nil
	}
	var all []*model.InstructionChange
	for i := range c.Comparison.Instructions {
		if ch := &c.Comparison.Instructions[i]; ch.Bytes.Growth > c.negligible() && ch.New != nil {
			all = append(all, ch)
		}
	}
	slices.SortStableFunc(all, func(a, b *model.InstructionChange) int { return cmp.Compare(b.Bytes.Growth, a.Bytes.Growth) })
	for i, ch := range all {
		if i == maxSteps || ch.Bytes.Growth < all[0].Bytes.Growth/20 {
			return all[:i]
		}
	}
	return all
}

// growth says which lines made the image larger, and what in them.
func (c *Comment) growth(to *markdown.Comment) {
	all := c.growers()
	if len(all) == 0 {
		return
	}
	where := c.compared(to).Where
	to.Add("#### What grew\n\n")
	for _, ch := range all {
		line := "- **" + compare.More(ch.Bytes.Growth) + "** " + where(ch.New)
		if ch.New.Inherited && ch.New.Location != nil {
			line += " (the base image)"
		}
		if ch.New.Text != "" {
			line += " " + markdown.Code(ch.New.Text)
		}
		if ch.Kind == model.Added {
			line += ", which is new"
		}
		if causes := c.causes(ch); causes != "" {
			line += ": " + causes
		}
		to.Add(line + "\n")
	}
	to.Add("\n")
}

// causes names what grew in a step: packages, then waste, and, where these are less
// than half of it, paths.
func (c *Comment) causes(grown *model.InstructionChange) string {
	var packages, waste, paths []string
	rest, told := 0, int64(0)
	for i := range c.Comparison.Packages {
		p := &c.Comparison.Packages[i]
		if p.Bytes.Growth <= 0 || p.Kind == model.Removed || !sameStep(p.Step, grown.New) {
			continue
		}
		told += p.Bytes.Growth
		if len(packages) == maxCauses {
			rest++
			continue
		}
		packages = append(packages, markdown.Code(p.Name)+" "+compare.More(p.Bytes.Growth))
	}
	if rest > 0 {
		packages = append(packages, display.Plural(rest, "package")+" more")
	}
	for i := range c.Comparison.Findings {
		f := &c.Comparison.Findings[i]
		if !f.Wasted || f.Bytes.Growth <= c.negligible() || f.Kind == model.Removed || !sameStep(f.Step, grown.New) || len(waste) == maxCauses {
			continue
		}
		told += f.Bytes.Growth
		waste = append(waste, markdown.Prose(f.Title)+" "+compare.More(f.Bytes.Growth)+" (wasted)")
	}
	if told < grown.Bytes.Growth/2 {
		paths = c.grownPaths(grown.New)
	}
	return strings.Join(slices.DeleteFunc([]string{listed(packages), listed(waste), listed(paths)}, func(s string) bool { return s == "" }), "; ")
}

// grownPaths names the directories and files that grew most in a step.
func (c *Comment) grownPaths(step *model.Step) (paths []string) {
	for i := range c.Comparison.Paths {
		p := &c.Comparison.Paths[i]
		if p.Bytes.Growth <= c.negligible() || p.Kind == model.Removed || !sameStep(p.Step, step) || len(paths) == maxCauses {
			continue
		}
		name := "/" + p.Path
		if p.Directory {
			name += "/"
		}
		paths = append(paths, markdown.CodePath(name)+" "+compare.More(p.Bytes.Growth))
	}
	return paths
}

// sameStep reports whether two steps of the new image are one.
func sameStep(a, b *model.Step) bool {
	return a != nil && b != nil && equal(a.Instruction, b.Instruction) && equal(a.Layer, b.Layer)
}

func equal(a, b *int) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

// listed spells items as a sentence has them: "a, b and c".
func listed(items []string) string {
	last := len(items) - 1
	if last < 1 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:last], ", ") + " and " + items[last]
}

// ranked are the changes that are worth a person's time, those first that touch what
// grew.
func (c *Comment) ranked() []*model.Change {
	worth := c.parts(&markdown.Comment{}).Worth()
	grown := make(map[int]int) // how much more each instruction holds or wastes
	if c.Comparison != nil {
		for i := range c.Comparison.Instructions {
			if ch := &c.Comparison.Instructions[i]; ch.New != nil && ch.New.Instruction != nil {
				grown[*ch.New.Instruction] = int(max(ch.Bytes.Growth, ch.WastedBytes.Growth))
			}
		}
	}
	weight := func(change *model.Change) (most int) {
		for _, at := range change.Instructions {
			most = max(most, grown[at])
		}
		return most
	}
	slices.SortStableFunc(worth, func(a, b *model.Change) int { return cmp.Compare(weight(b), weight(a)) })
	return worth
}

// first is the change to make first, nil where tare is not sure enough of any: what is only
// possible may be there on purpose, and stood there before the pull request.
func (c *Comment) first() *model.Change {
	all := c.ranked()
	if at := slices.IndexFunc(all, func(ch *model.Change) bool { return ch.Confidence != model.Possible }); at >= 0 {
		return all[at]
	}
	return nil
}

// change shows the change to make first.
func (c *Comment) change(to *markdown.Comment) {
	first := c.first()
	if first == nil {
		return
	}
	line := "**Saves " + display.Bytes(first.Bytes) + "**"
	if first.CompressedBytes != nil {
		line += " (" + display.Bytes(*first.CompressedBytes) + " of the pull)"
	}
	if place := c.parts(to).Place(first); place != "" {
		line += " in " + place
	}
	to.Add("#### What to change\n\n" + line + ": " + markdown.Prose(first.Title) + ".\n\n")
	to.Add(c.parts(to).Change(first))
}

// otherChanges lists the rest of them.
func (c *Comment) otherChanges(to *markdown.Comment) {
	first := c.first()
	others := slices.DeleteFunc(c.ranked(), func(ch *model.Change) bool { return ch == first })
	if len(others) == 0 {
		return
	}
	what := "other change"
	if first == nil {
		what = "possible change"
	}
	to.Add("**" + display.Plural(len(others), what) + "**\n\n")
	c.parts(to).Changes(others)
}
