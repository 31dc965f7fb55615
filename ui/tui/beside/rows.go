package beside

import (
	"strings"

	"github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/tui/pane"
)

// compareStep is a step of both images with the findings, packages and files whose change it
// caused.
type compareStep struct {
	compare.Step
	doing []doing
}

// doing is a row whose change a step caused.
type doing struct{ list, row int }

// maxDoing is how many such rows a step keeps of each list.
const maxDoing = 5

// searchable joins what a row is found by. Of a long text its start is enough.
func searchable(texts ...string) string {
	const most = 2 << 10
	var b strings.Builder
	for _, text := range texts {
		b.WriteString(text[:min(len(text), most)])
		b.WriteByte('\n')
	}
	return strings.ToLower(b.String())
}

// stepRows makes a row of each step. What the base image has unchanged is folded into one, which has
// its name: what is recorded of a base's own steps, such as "Imported from -", says little.
func (p *Page) stepRows(steps []compare.Step) (rows []row) {
	for i := 0; i < len(steps); i++ {
		end := i
		for end < len(steps) && steps[end].Same && steps[end].New.Inherited && steps[end].Old.Inherited && p.again(steps[end].New) == nil {
			end++
		}
		if end == i {
			rows = append(rows, stepRow(&steps[i], i))
			rows[len(rows)-1].again = p.again(steps[i].New)
			continue
		}
		base := row{what: ofStep, index: -1, kind: model.Changed, same: true, name: baseName(p.c)}
		for ; i < end; i++ {
			inside := stepRow(&steps[i], i)
			inside.nested = true
			base.fold = append(base.fold, inside)
			base.bytes.Old += inside.bytes.Old
			base.bytes.New += inside.bytes.New
		}
		rows = append(rows, base)
		i--
	}
	return rows
}

func baseName(c *model.Comparison) string {
	if name := c.New.Image.Base.Reference; name != nil && *name != "" {
		return *name
	}
	return pane.NoBaseName
}

func stepRow(s *compare.Step, index int) row {
	shown, other := s.New, ""
	if shown == nil {
		shown = s.Old
	} else if s.Old != nil {
		other = s.Old.Text
	}
	return row{
		what: ofStep, index: index, bytes: s.Bytes, kind: s.Kind, same: s.Same, name: shown.Text, cause: shown,
		words: searchable(shown.Text, other), steps: &compareStep{Step: *s},
	}
}

// findingRows makes a row of each finding that changed. Findings that the written changes were
// meant to settle come first. Of these it is shown what is left of their bytes in the new image:
// what is no waste any more, or another rule's, was not saved, and so is not told as gone.
func (p *Page) findingRows(to *model.Report) (rows []row) {
	changes, meant := p.c.Findings, make(map[int]bool)
	var asked []int
	for i := range p.old.Findings {
		if _, ok := p.expected.Saves[p.old.Findings[i].ID]; ok {
			asked = append(asked, i)
		}
	}
	still := compare.StillThere(p.old, to, asked)
	for at, i := range asked {
		f := &p.old.Findings[i]
		r := row{what: ofFinding, index: -1, bytes: model.DeltaOf(f.Bytes, f.Bytes), kind: model.Changed, same: true, name: f.Title, words: searchable(f.Title, f.Rule)}
		for j := range changes {
			if changes[j].OldFinding == i {
				r, meant[j] = findingRow(&changes[j], j), true
			}
		}
		if still != nil {
			r.counted = r.bytes.New
			r.bytes = model.DeltaOf(f.Bytes, still[at])
			if r.same = still[at] == f.Bytes; r.kind == model.Removed && still[at] > 0 {
				r.kind = model.Shrank
			}
		}
		r.predicted = model.Ptr(f.Bytes - p.expected.Saves[f.ID])
		rows = append(rows, r)
	}
	for j := range changes {
		if !meant[j] {
			rows = append(rows, findingRow(&changes[j], j))
		}
	}
	return rows
}

func findingRow(f *model.FindingChange, index int) row {
	return row{
		what: ofFinding, index: index, bytes: f.Bytes, kind: f.Kind, name: f.Title, cause: f.Step,
		words: searchable(append([]string{f.Title, f.Rule, textOf(f.Step)}, f.Paths...)...),
	}
}

func (p *Page) packageRows() (rows []row) {
	for i := range p.c.Packages {
		pk := &p.c.Packages[i]
		rows = append(rows, row{
			what: ofPackage, index: i, bytes: pk.Bytes, kind: pk.Kind, name: pk.Name, cause: pk.Step,
			words: searchable(pk.Name, pk.Reason, deref(pk.OldVersion), deref(pk.NewVersion)),
		})
	}
	return rows
}

func (p *Page) pathRows() (rows []row) {
	for i := range p.c.Paths {
		ch := &p.c.Paths[i]
		r := row{what: ofPath, index: i, bytes: ch.Bytes, kind: ch.Kind, name: "/" + ch.Path, cause: ch.Step, words: searchable("/" + ch.Path)}
		if ch.Directory {
			r.name += "/"
		}
		if ch.Kind != model.Removed {
			r.path = ch.Path
		}
		rows = append(rows, r)
	}
	return rows
}

func textOf(s *model.Step) string {
	if s == nil {
		return ""
	}
	return s.Text
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// relate adds to each step the rows whose change it caused.
func (p *Page) relate() {
	type key struct {
		instruction, layer int
		text               string
	}
	keyOf := func(s *model.Step) key {
		k := key{-1, -1, s.Text}
		if s.Instruction != nil {
			k.instruction = *s.Instruction
		}
		if s.Layer != nil {
			k.layer = *s.Layer
		}
		return k
	}
	by := make(map[key][]doing)
	for at, l := range p.lists[1:] {
		count := make(map[key]int)
		for _, i := range l.sorted {
			if cause := l.rows[i].cause; cause != nil {
				k := keyOf(cause)
				if count[k]++; count[k] <= maxDoing {
					by[k] = append(by[k], doing{at + 1, int(i)})
				}
			}
		}
	}
	steps := p.lists[0]
	for i := range steps.rows {
		s := steps.rows[i].steps
		if s == nil {
			continue
		}
		if s.New != nil {
			s.doing = append(s.doing, by[keyOf(s.New)]...)
		}
		if s.Old != nil && (s.New == nil || keyOf(s.Old) != keyOf(s.New)) {
			s.doing = append(s.doing, by[keyOf(s.Old)]...)
		}
	}
}
