package html

import (
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

// gate is what the gate said.
type gate struct {
	Passed     bool
	Sentence   string
	Thresholds []threshold
	Ignored    []ignoredEntry
	Notes      []string
}

type threshold struct {
	Name, Figure, Limit, Reason string
	Passed                      bool
	First                       *link // the finding to fix first
}

type ignoredEntry struct {
	What, Why string
	Unused    bool
}

// maxGate is how many lines of each kind a gate shows.
const maxGate = 200

func (h *builder) gate(c *model.Check) *gate {
	if c == nil {
		return nil
	}
	h.room(otherRoom)
	v := &gate{Passed: c.Passed}
	failed := 0
	rank := h.ranks()
	for i := range c.Thresholds {
		t := &c.Thresholds[i]
		if !t.Passed {
			failed++
		}
		if len(v.Thresholds) == maxGate {
			continue
		}
		row := threshold{
			Name: h.take(strings.TrimSpace(t.Name+" "+t.Rule), nameCells), Passed: t.Passed,
			Figure: h.take(t.Figure, nameCells), Limit: h.take(t.Limit, nameCells), Reason: h.take(t.Reason, lineCells),
		}
		if !t.Passed && len(t.Findings) > 0 {
			if n, ok := rank[t.Findings[0]]; ok && n <= h.found {
				row.First = &link{Text: "the fix", To: elementID("f", n)}
			}
		}
		v.Thresholds = append(v.Thresholds, row)
	}
	scope := "the whole image"
	if c.Scope == model.ScopeOwn {
		scope = "what is not inherited from the base"
	}
	v.Sentence = display.Plural(len(c.Thresholds), "threshold") + " passed, looking at " + scope + "."
	if failed > 0 {
		v.Sentence = display.Count(failed) + " of " + display.Plural(len(c.Thresholds), "threshold") + " failed, looking at " + scope + "."
	}
	for _, g := range c.Ignored[:min(len(c.Ignored), maxGate)] {
		why := g.Reason
		if g.Expires != "" {
			why += " (until " + g.Expires + ")"
		}
		what := g.What
		if len(g.Findings) > 0 {
			what += ", " + display.Bytes(g.Bytes)
		}
		what += ", by " + g.Where
		v.Ignored = append(v.Ignored, ignoredEntry{What: h.take(what, lineCells), Why: h.take(why, lineCells), Unused: len(g.Findings) == 0})
	}
	for _, note := range c.Notes[:min(len(c.Notes), maxGate)] {
		v.Notes = append(v.Notes, h.take(note, lineCells))
	}
	return v
}

// ranks gives each finding of the report its place in the list, from 1.
func (h *builder) ranks() map[int]int {
	place := make(map[*model.Finding]int)
	for i, f := range view.Ranked(h.report) {
		place[f] = i + 1
	}
	rank := make(map[int]int, len(place))
	for i := range h.report.Findings {
		rank[i] = place[&h.report.Findings[i]]
	}
	return rank
}
