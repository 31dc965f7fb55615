package view

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/ui/display"
)

// Fingerprints returns for each finding of the report, by its index, a name of 32
// hexadecimal digits that stays the same from run to run, while bytes, layers and other findings come and go: it is made
// from the rule, the cause, the instructions that made and hid the bytes, or the container of
// a manifest, and the file they stand in, and from a number where those are the same.
func (v Findings) Fingerprints() []string {
	all := v.Report.Findings
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
		parts := []string{f.Rule, "", v.text(f.Instruction), "", strconv.FormatBool(f.Inherited), ""}
		if f.Cause != nil {
			parts[1] = *f.Cause
		}
		if m := f.Manifest; m != nil {
			parts[2] = m.Workload + "/" + m.Container
		}
		if f.HiddenBy != nil {
			parts[3] = v.text(v.Maker(f.HiddenBy))
		}
		if at := v.Location(f); at != nil {
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
func (v Findings) text(i *int) string {
	if in := v.InstructionAt(i); in != nil {
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
