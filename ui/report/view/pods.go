package view

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

// From says where a finding comes from, in one line of at most so many cells: the step of the
// build, or the line of a manifest and whose it is.
func (v View) From(f *model.Finding, width int) string {
	if f.Manifest == nil {
		return v.Step(f.Layer, f.Instruction, width)
	}
	return v.Truncate(v.Line(f.Manifest)+", "+v.Container(f.Manifest)+More(f.Manifest), width)
}

// More says how many further containers a place stands for: " and 3 more"; "" for none.
func More(at *model.ManifestPlace) string {
	if at.Others <= 0 {
		return ""
	}
	return fmt.Sprintf(" and %s more", display.Count(at.Others))
}

// maxAlso is how many workloads a line names.
const maxAlso = 5

// Also names the workloads whose containers have the same spec, with how many more there are;
// "" for none.
func (v View) Also(at *model.ManifestPlace) string {
	if at.Others <= 0 {
		return ""
	}
	var names []string
	for _, other := range at.Also[:min(len(at.Also), maxAlso)] {
		names = append(names, fmt.Sprintf("%s (%s)", v.OneLine(Clip(other.Workload)), v.Line(&model.ManifestPlace{File: other.File, Line: other.Line})))
	}
	return "and the same in " + andMore(names, at.Others-len(names))
}

// andMore lists names for a sentence, and how many more there are.
func andMore(names []string, more int) string {
	if more > 0 {
		names = append(names[:len(names):len(names)], display.Count(more)+" more")
	}
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], "; ") + " and " + names[last]
	}
	return strings.Join(names, "")
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
	title += ", " + v.Line(&p.ManifestPlace) + More(&p.ManifestPlace)
	if p.Differs != "" {
		title += ": " + v.OneLine(Clip(p.Differs))
	}
	return title
}

// SettledBy says which finding of the image a pod settles, and by what.
func (v View) SettledBy(p *model.Pod, s *model.Settled) string {
	return fmt.Sprintf("settled: %s, by %s in line %d", v.OneLine(s.Title), v.OneLine(Clip(s.Setting)), s.Line)
}

// Held is a finding of the image and the pods in which it holds.
type Held struct {
	Finding *model.Finding
	Pods    []*model.Pod
}

// killed is the rule that tells why a pod that is stopped ends with an error, in the middle of its
// work. How sure it is says only whether the program may be started in another way.
const killed = "package-manager-start"

// HeldByPods are the findings of the image, among some, that somebody who changes its manifests
// has to know of: those that are certain or likely, that of a program that is killed, and those of
// a rule that another pod has a finding of.
func HeldByPods(r *model.Report, findings []*model.Finding) (held []Held) {
	if len(r.Pods) == 0 {
		return nil
	}
	shown, in := make(map[string]bool), make(map[string][]*model.Pod)
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Manifest != nil {
			shown[f.Rule] = true
		}
	}
	for i := range r.Pods {
		for _, id := range r.Pods[i].Findings {
			in[id] = append(in[id], &r.Pods[i])
		}
	}
	for _, f := range findings {
		if pods := in[f.ID]; len(pods) > 0 && (f.Confidence != model.Possible || f.Rule == killed || shown[f.Rule]) {
			held = append(held, Held{f, pods})
		}
	}
	return held
}

// NotHeld are findings without those that a report tells with the pods.
func NotHeld(r *model.Report, findings []*model.Finding) (rest []*model.Finding) {
	held := HeldByPods(r, findings)
	for _, f := range findings {
		if !slices.ContainsFunc(held, func(h Held) bool { return h.Finding == f }) {
			rest = append(rest, f)
		}
	}
	return rest
}

// maxHeld is how many pods a line names.
const maxHeld = 5

// Holds names the pods in which a finding of the image holds: "in Deployment web and CronJob
// tidy".
func (v View) Holds(h *Held) string {
	var names []string
	more := 0
	for _, p := range h.Pods {
		name := v.Container(&p.ManifestPlace)
		if slices.Contains(names, name) {
			continue
		}
		more += p.Others
		if len(names) < maxHeld {
			names = append(names, name)
		} else {
			more++
		}
	}
	return "in " + andMore(names, more)
}

// PodFindings are findings by the container that they are about.
type PodFindings map[podKey][]*model.Finding

type podKey struct{ file, workload, container string }

// ByPod sorts what is said of pods by their containers, the risks first.
func (s *Settled) ByPod() PodFindings {
	return ByPod(append(s.Risks[:len(s.Risks):len(s.Risks)], s.Pods...))
}

// RisksIn are the risks among some that are the image's own and hold in a container of a pod.
func RisksIn(p *model.Pod, risks []*model.Finding) (held []*model.Finding) {
	for _, f := range risks {
		if f.Manifest == nil && slices.Contains(p.Findings, f.ID) {
			held = append(held, f)
		}
	}
	return held
}

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
