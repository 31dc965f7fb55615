package html

import (
	"fmt"
	"slices"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/view"
)

// pod is a container that runs the image, and what its manifest says of it, a line each.
type pod struct {
	Title string
	Lines []podLine
}

// podLine is one finding of a pod, what to do about it, and its YAML.
type podLine struct {
	To             string // the id of the finding, which says more; "" where the page has none
	Title, Summary string
	Edit           []editLine
	id             string // of the finding in the report
}

// maxPods is how many containers are listed.
const maxPods = 50

// pods lists the containers of the manifests that run the image.
func (h *builder) pods(s *view.Settled) (list []pod) {
	own := s.ByPod()
	for i := range h.report.Pods[:min(len(h.report.Pods), maxPods)] {
		p := &h.report.Pods[i]
		item := pod{Title: h.fit(h.text.PodTitle(p), sentenceCells)}
		if also := h.text.Also(&p.ManifestPlace); also != "" {
			item.Lines = append(item.Lines, podLine{Title: h.fit(also, sentenceCells)})
		}
		for _, f := range own.Of(p) {
			item.Lines = append(item.Lines, h.podLine(f, slices.Contains(s.Risks[:min(len(s.Risks), maxRisks)], f)))
		}
		for k := range p.Settles {
			item.Lines = append(item.Lines, podLine{Title: h.fit(h.text.SettledBy(p, &p.Settles[k]), sentenceCells)})
		}
		for _, f := range view.RisksIn(p, s.Risks) {
			item.Lines = append(item.Lines, podLine{Title: h.fit(h.text.RiskTitle(f), sentenceCells) + ", which is for the image to change", id: f.ID})
		}
		if len(item.Lines) == 0 {
			item.Lines = []podLine{{Title: "nothing to change in its manifest"}}
		}
		list = append(list, item)
	}
	return list
}

// podLine is a finding of a pod. What to do about a risk may stand above, among the risks.
func (h *builder) podLine(f *model.Finding, told bool) podLine {
	line := podLine{Title: h.fit(fmt.Sprintf("line %d: %s", f.Manifest.Line, h.text.OneLine(f.Title)), sentenceCells), id: f.ID}
	if h.full() {
		return line
	}
	if f.Fix != nil && !told {
		line.Summary = h.take(f.Fix.Summary, sentenceCells)
	}
	line.Edit = h.diff(h.text.ManifestEdit(f, codeCells))
	return line
}

// linkPods links what is said of pods to the findings that the page has.
func (h *builder) linkPods(c *changes) {
	at := make(map[string]string)
	for i, f := range view.Ranked(h.report) {
		if i == h.found {
			break
		}
		at[f.ID] = elementID("f", i+1)
	}
	link := func(lines []podLine) {
		for i := range lines {
			if lines[i].id != "" {
				lines[i].To = at[lines[i].id]
			}
		}
	}
	for i := range c.Pods {
		link(c.Pods[i].Lines)
	}
	link(c.Held)
}

// ofImage says what of the image itself holds in pods.
func (h *builder) ofImage(findings []*model.Finding) (lines []podLine) {
	rows := view.HeldByPods(h.report, findings)
	for i := range rows[:min(len(rows), maxRisks)] {
		line := podLine{Title: h.fit(h.text.OneLine(rows[i].Finding.Title)+", "+h.text.Holds(&rows[i]), sentenceCells), id: rows[i].Finding.ID}
		if fix := rows[i].Finding.Fix; fix != nil {
			line.Summary = h.take(fix.Summary, sentenceCells)
		}
		lines = append(lines, line)
	}
	return lines
}
