package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// account tells of findings in plain sentences, for the formats that other
// programs read. What it returns is safe to print on one line each.
type account struct {
	*page
	paths Paths
}

// accountWidth is how much of an instruction one line quotes.
const accountWidth = 200

func newAccount(r *model.Report, paths Paths) account {
	return account{Text{Width: maxWidth}.page(r), paths}
}

// instruction returns one by its index, nil where there is none.
func (a account) instruction(i *int) *model.Instruction {
	if i == nil || *i < 0 || *i >= len(a.report.Instructions) {
		return nil
	}
	return &a.report.Instructions[*i]
}

// place is where the Dockerfile says what a finding is about: the instruction
// that put the bytes there. It is nil where nobody knows.
func (a account) place(f *model.Finding) *model.Location {
	in := a.instruction(f.Instruction)
	if in == nil || in.Location == nil || in.Location.Line < 1 {
		return nil
	}
	at := *in.Location
	at.File, at.EndLine = a.paths.of(at.File), max(at.EndLine, at.Line)
	return &at
}

// headline says what a finding is and what it weighs: "apt package lists: 21 MB
// (7 MB to pull), certain".
func (a account) headline(f *model.Finding) string {
	line := a.OneLine(f.Title)
	if f.Bytes > 0 {
		line += ": " + display.Bytes(f.Bytes)
		if f.CompressedBytes != nil {
			line += " (" + display.Bytes(*f.CompressedBytes) + " to pull)"
		}
	}
	line += ", " + a.OneLine(string(f.Confidence))
	if f.Inherited {
		line += ", inherited from the base image"
	}
	return line
}

// story says where a finding's bytes come from, what hid them, and what to do.
func (a account) story(f *model.Finding) []string {
	var lines []string
	if from := a.step(f.Layer, f.Instruction, accountWidth); from != "" {
		lines = append(lines, "From "+from)
	}
	if f.HiddenBy != nil {
		if f.Layer != nil && *f.Layer == *f.HiddenBy {
			lines = append(lines, "Hidden within the same layer")
		} else if by := a.step(f.HiddenBy, a.maker(f.HiddenBy), accountWidth); by != "" {
			lines = append(lines, "Hidden by "+by)
		}
	}
	if len(f.Paths) > 0 {
		most := "Mostly /" + a.TruncatePath(a.Escape(ends(f.Paths[0])), accountWidth)
		if f.FileCount > 1 {
			most += ", of " + display.Plural(f.FileCount, "file")
		}
		lines = append(lines, most)
	}
	if f.Fix != nil && f.Fix.Summary != "" {
		lines = append(lines, "Fix: "+a.OneLine(clip(f.Fix.Summary)))
	}
	return lines
}

// maxEditLines is how much of an edit a format for other programs carries.
const maxEditLines = 60

// change is a fix's edit as lines of a diff; none where there is no edit.
func (a account) change(f *model.Finding) []string {
	if f.Fix == nil {
		return nil
	}
	edit := a.edit(f.Fix, maxWidth)
	if more := len(edit) - maxEditLines; more > 0 {
		edit = append(edit[:maxEditLines:maxEditLines], "  ("+display.Plural(more, "more line")+")")
	}
	return edit
}

// fingerprints gives each finding of the report a name that stays the same from
// run to run, while bytes, layers and other findings come and go: it is made
// from the rule, the cause, the instructions that made and hid the bytes and the
// Dockerfile they stand in, and from a number where those are the same.
func (a account) fingerprints() []string {
	all := a.report.Findings
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	// Their order in the report goes by bytes, the layers' is the build's.
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Or(compareIndex(all[i].Layer, all[j].Layer), compareIndex(all[i].HiddenBy, all[j].HiddenBy), cmp.Compare(all[i].Confidence, all[j].Confidence))
	})
	prints := make([]string, len(all))
	seen := map[string]int{}
	for _, i := range order {
		f := &all[i]
		parts := []string{f.Rule, "", a.text(f.Instruction), "", strconv.FormatBool(f.Inherited), ""}
		if f.Cause != nil {
			parts[1] = *f.Cause
		}
		if f.HiddenBy != nil {
			parts[3] = a.text(a.maker(f.HiddenBy))
		}
		if at := a.place(f); at != nil {
			parts[5] = at.File
		}
		key := strings.Join(parts, "\x00")
		sum := sha256.Sum256([]byte(key + "\x00" + strconv.Itoa(seen[key])))
		seen[key]++
		prints[i] = hex.EncodeToString(sum[:16])
	}
	return prints
}

// text is an instruction's own words, however they are broken into lines.
func (a account) text(i *int) string {
	if in := a.instruction(i); in != nil {
		return display.OneLine(in.Text)
	}
	return ""
}

// compareIndex compares two indexes, of which none is the least.
func compareIndex(a, b *int) int {
	index := func(i *int) int {
		if i == nil {
			return -1
		}
		return *i
	}
	return cmp.Compare(index(a), index(b))
}

// excuses gives each finding the entry by which the settings that the gate read
// tell to ignore it, nil where there is none.
func excuses(r *model.Report, c *model.Check) []*model.Ignored {
	out := make([]*model.Ignored, len(r.Findings))
	if c == nil {
		return out
	}
	for e := range c.Ignored {
		for _, i := range c.Ignored[e].Findings {
			if i >= 0 && i < len(out) && out[i] == nil {
				out[i] = &c.Ignored[e]
			}
		}
	}
	return out
}

// excused says which findings have an entry.
func excused(r *model.Report, c *model.Check) []bool {
	out := make([]bool, len(r.Findings))
	for i, entry := range excuses(r, c) {
		out[i] = entry != nil
	}
	return out
}

// weight is how much a finding matters to somebody who reads a list of them.
type weight int

const (
	aside    weight = iota // worth knowing: nothing wasted, or nothing the reader can mend
	wasteful               // likely waste
	sure                   // certain waste
)

func (a account) weigh(f *model.Finding) weight {
	switch {
	case f.Inherited || f.Bytes == 0 || !f.Wasted() || a.unavoidable(f):
		return aside
	case f.Confidence == model.Certain:
		return sure
	}
	return wasteful
}

// unavoidable says that a finding is the base image's package database, of which
// the first run of a package manager above it stores another copy. The gate does
// not count it as own either.
func (a account) unavoidable(f *model.Finding) bool {
	layers := a.report.Layers
	return f.Rule == "package-db-churn" && f.Layer != nil && *f.Layer >= 0 && *f.Layer < len(layers) && layers[*f.Layer].Inherited
}

// rankedIndexes is the order in which findings matter, as ranked has it, by their
// place in the report.
func rankedIndexes(findings []model.Finding) []int {
	order := make([]int, len(findings))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return compareRank(&findings[a], &findings[b]) })
	return order
}
