package text

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/report/view"
)

// maxPods is how many containers are listed.
const maxPods = 200

// pods says for each container that runs the image what is to be changed in its manifest, and
// what of the image its settings settle.
func (p *textPage) pods(s *view.Settled) {
	by := s.ByPod()
	for i := range p.Report.Pods {
		if i == maxPods {
			p.Add("")
			p.Say(p.Faint, fmt.Sprintf("… and %d more containers that run the image, see -o json", len(p.Report.Pods)-maxPods))
			break
		}
		pod := &p.Report.Pods[i]
		p.Add("")
		p.Say(p.Strong, "In "+p.PodTitle(pod))
		if also := p.Also(&pod.ManifestPlace); also != "" {
			for _, line := range display.Wrap(also, p.Width-2) {
				p.Add("  " + p.Faint(line))
			}
		}
		own := by.Of(pod)
		for _, f := range own {
			p.podFinding(f, slices.Contains(s.Risks[:min(len(s.Risks), maxRisks)], f))
		}
		for k := range pod.Settles {
			p.Say(p.Faint, "  "+p.SettledBy(pod, &pod.Settles[k]))
		}
		held := view.RisksIn(pod, s.Risks)
		for _, f := range held {
			p.Say(plainly, "  "+p.RiskTitle(f)+", which is for the image to change")
		}
		if len(own)+len(pod.Settles)+len(held) == 0 {
			p.Add(p.Faint("  nothing to change in its manifest"))
		}
	}
}

// held says what of the image itself holds in pods, with the pods, in a row for each.
func (p *textPage) held(findings []*model.Finding) {
	const lead = 2
	rows := view.HeldByPods(p.Report, findings)
	for i := range rows {
		h := &rows[i]
		if i == 0 {
			p.Add("")
			p.Say(p.Strong, "In the image, for the Dockerfile to change")
		}
		right := p.OneLine(string(h.Finding.Confidence))
		room := p.Width - lead - 2 - display.Width(right)
		name := p.Truncate(p.OneLine(h.Finding.Title), max(room, 1))
		p.Add("  " + p.Strong(name) + strings.Repeat(" ", max(room-display.Width(name), 0)) + "  " + p.Faint(right))
		for _, line := range display.Wrap(p.Holds(h), p.Width-2*lead) {
			p.Add(strings.Repeat(" ", 2*lead) + p.Faint(line))
		}
		if h.Finding.Fix != nil {
			for _, line := range display.Wrap(p.OneLine(h.Finding.Fix.Summary), p.Width-2*lead) {
				p.Add(strings.Repeat(" ", 2*lead) + line)
			}
		}
	}
}

// podFinding is one finding of a pod, with its YAML. Of a risk that the report begins with, that
// has said what to do.
func (p *textPage) podFinding(f *model.Finding, told bool) {
	const lead = 2
	right := fmt.Sprintf("line %d, %s", f.Manifest.Line, p.OneLine(string(f.Confidence)))
	room := p.Width - lead - 2 - display.Width(right)
	name := p.Truncate(p.OneLine(f.Title), max(room, 1))
	p.Add("  " + p.Strong(name) + strings.Repeat(" ", max(room-display.Width(name), 0)) + "  " + p.Faint(right))
	width := p.Width - 2*lead
	if f.Fix != nil && !told {
		for _, line := range display.Wrap(p.OneLine(f.Fix.Summary), width) {
			p.Add(strings.Repeat(" ", 2*lead) + line)
		}
	}
	for _, line := range p.ManifestEdit(f, width) {
		p.Add(strings.Repeat(" ", 2*lead) + line)
	}
}
