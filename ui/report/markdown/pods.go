package markdown

import (
	"slices"
	"strconv"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/report/view"
)

// pods says which containers run the image, what is to be changed in their manifests, and
// what of the image they settle.
func (c *reportComment) pods(s *view.Settled) {
	own := s.ByPod()
	told := s.Risks[:min(len(s.Risks), maxRisks)] // above, with what to do
	for i := range c.Report.Pods {
		pod := &c.Report.Pods[i]
		text := "**In Kubernetes:** " + Prose(c.PodTitle(pod)) + "\n\n"
		if also := c.Also(&pod.ManifestPlace); also != "" {
			text += Prose(also) + "\n\n"
		}
		for _, f := range own.Of(pod) {
			text += "- " + Prose(f.Title) + " (" + Code(f.Rule) + "), " + c.podPlace(f)
			if f.Fix != nil && !slices.Contains(told, f) {
				text += ": " + Prose(f.Fix.Summary)
			}
			text += "\n"
			if f.Manifest.Edit != "" {
				text += "\n" + CodeBlock("diff", c.ManifestEdit(f, view.QuoteWidth)) + "\n\n"
			}
		}
		held := view.RisksIn(pod, s.Risks)
		for _, f := range held {
			text += "- " + Prose(f.Title) + " (" + Code(f.Rule) + "), which is for the image to change\n"
		}
		if len(own.Of(pod))+len(held)+len(pod.Settles) == 0 {
			text += "- nothing to change in its manifest\n"
		}
		for k := range pod.Settles {
			text += "- " + Prose(c.SettledBy(pod, &pod.Settles[k])) + "\n"
		}
		if !c.Add(text + "\n") {
			c.Missed++
		}
	}
}

// held says what of the image itself holds in pods.
func (c *reportComment) held(findings []*model.Finding) {
	rows := view.HeldByPods(c.Report, findings)
	if len(rows) == 0 {
		return
	}
	text := "**In the image, for the Dockerfile to change:**\n\n"
	for i := range rows {
		f := rows[i].Finding
		text += "- " + Prose(f.Title) + " (" + Code(f.Rule) + "), " + Prose(c.Holds(&rows[i]))
		if f.Fix != nil {
			text += ": " + Prose(f.Fix.Summary)
		}
		text += "\n"
	}
	if !c.Add(text + "\n") {
		c.Missed++
	}
}

// podPlace is the line of the manifest that a finding is about.
func (c *reportComment) podPlace(f *model.Finding) string {
	if at := c.Location(f); at != nil {
		return CodePath(at.File + ":" + strconv.Itoa(at.Line))
	}
	return Code(c.Line(f.Manifest))
}
