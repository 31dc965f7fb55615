package view

import (
	"fmt"
	"strings"

	"github.com/tare-oci/tare/model"
)

// From says where a finding comes from, in one line of at most so many cells: the step of the
// build, or the line of a manifest and whose it is.
func (v View) From(f *model.Finding, width int) string {
	if f.Manifest == nil {
		return v.Step(f.Layer, f.Instruction, width)
	}
	return v.Truncate(v.Line(f.Manifest)+", "+v.Container(f.Manifest), width)
}

// Line is a line of a manifest: deploy/web.yaml:12.
func (v View) Line(at *model.ManifestPlace) string {
	file := at.File
	if file == "-" {
		file = "standard input"
	}
	return fmt.Sprintf("%s:%d", v.OneLine(Clip(file)), at.Line)
}

// Container names a container and its workload.
func (v View) Container(at *model.ManifestPlace) string {
	name := v.OneLine(Clip(at.Workload))
	if at.Container != "" {
		name += ", container " + v.OneLine(Clip(at.Container))
	}
	return name
}

// ManifestEdit is the YAML that helps, as added lines of a diff; nil for none.
func (v View) ManifestEdit(f *model.Finding, width int) (lines []string) {
	if f.Manifest == nil || f.Manifest.Edit == "" {
		return nil
	}
	for line := range strings.Lines(f.Manifest.Edit) {
		lines = append(lines, v.Gain(v.Truncate("+ "+v.Escape(strings.TrimRight(line, "\n")), width)))
	}
	return lines
}

// PodTitle says which container runs the image, and how its image differs.
func (v View) PodTitle(p *model.Pod) string {
	title := v.Container(&p.ManifestPlace)
	if p.Role != "container" && p.Role != "" {
		title += " (" + v.OneLine(p.Role) + ")"
	}
	title += ", " + v.Line(&p.ManifestPlace)
	if p.Differs != "" {
		title += ": " + v.OneLine(Clip(p.Differs))
	}
	return title
}

// SettledBy says which finding of the image a pod settles, and by what.
func (v View) SettledBy(p *model.Pod, s *model.Settled) string {
	return fmt.Sprintf("settled: %s, by %s in line %d", v.OneLine(s.Title), v.OneLine(Clip(s.Setting)), s.Line)
}

// PodFindings are findings by the container that they are about.
type PodFindings map[podKey][]*model.Finding

type podKey struct{ file, workload, container string }

// ByPod sorts findings by their containers. There may be thousands of both.
func ByPod(findings []*model.Finding) PodFindings {
	by := make(PodFindings)
	for _, f := range findings {
		if m := f.Manifest; m != nil {
			k := podKey{m.File, m.Workload, m.Container}
			by[k] = append(by[k], f)
		}
	}
	return by
}

// Of returns those about one container.
func (by PodFindings) Of(p *model.Pod) []*model.Finding {
	return by[podKey{p.File, p.Workload, p.Container}]
}
