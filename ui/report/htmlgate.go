package report

import (
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// htmlGate is what the gate said.
type htmlGate struct {
	Passed     bool
	Sentence   string
	Thresholds []htmlThreshold
	Ignored    []htmlIgnored
	Notes      []string
}

type htmlThreshold struct {
	Name, Figure, Limit, Reason string
	Passed                      bool
	First                       *htmlLink // the finding to mend first
}

type htmlIgnored struct {
	What, Why string
	Unused    bool
}

// htmlMaxGate is how many lines of each kind a gate shows.
const htmlMaxGate = 200

func (h *htmlPage) gate(c *model.Check) *htmlGate {
	if c == nil {
		return nil
	}
	h.room(htmlOtherRoom)
	v := &htmlGate{Passed: c.Passed}
	failed := 0
	rank := h.ranks()
	for i := range c.Thresholds {
		t := &c.Thresholds[i]
		if !t.Passed {
			failed++
		}
		if len(v.Thresholds) == htmlMaxGate {
			continue
		}
		row := htmlThreshold{
			Name: h.take(strings.TrimSpace(t.Name+" "+t.Rule), htmlName), Passed: t.Passed,
			Figure: h.take(t.Figure, htmlName), Limit: h.take(t.Limit, htmlName), Reason: h.take(t.Reason, htmlLine),
		}
		if !t.Passed && len(t.Findings) > 0 {
			if n, ok := rank[t.Findings[0]]; ok && n <= h.found {
				row.First = &htmlLink{Text: "the fix", To: htmlID("f", n)}
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
	for _, g := range c.Ignored[:min(len(c.Ignored), htmlMaxGate)] {
		why := g.Reason
		if g.Expires != "" {
			why += " (until " + g.Expires + ")"
		}
		what := g.What
		if len(g.Findings) > 0 {
			what += ", " + display.Bytes(g.Bytes)
		}
		what += ", by " + g.Where
		v.Ignored = append(v.Ignored, htmlIgnored{What: h.take(what, htmlLine), Why: h.take(why, htmlLine), Unused: len(g.Findings) == 0})
	}
	for _, note := range c.Notes[:min(len(c.Notes), htmlMaxGate)] {
		v.Notes = append(v.Notes, h.take(note, htmlLine))
	}
	return v
}

// ranks gives each finding of the report its place in the list, from 1.
func (h *htmlPage) ranks() map[int]int {
	place := make(map[*model.Finding]int)
	for i, f := range ranked(h.report.Findings) {
		place[f] = i + 1
	}
	rank := make(map[int]int, len(place))
	for i := range h.report.Findings {
		rank[i] = place[&h.report.Findings[i]]
	}
	return rank
}
