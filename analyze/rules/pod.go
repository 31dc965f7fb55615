package rules

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/analyze/workloads"
	"github.com/tare-oci/tare/model"
)

// Pod is a container of a Kubernetes workload that runs the image, for all that have the same
// spec.
type Pod struct {
	Workload  *workloads.Workload
	Container *workloads.Container
	Others    int                // how many more have it
	Also      []model.OtherPlace // the first of them
}

// Setting is what of a pod decides a question that a rule asks of the image.
type Setting struct {
	Decides bool   // the pod answers it, whatever the image says
	Text    string // the setting as a person would name it: runAsUser: 10001; "" where it is not worth telling
	Line    int
	Ends    bool // the question does not arise: the container is one that ends by itself
}

// In is the image as a container of a pod runs it: with the pod's command, arguments, user,
// working directory and variables in the place of the image's own.
func (b *Build) In(p *Pod) *Build {
	in := *b
	in.Pod, in.Own, in.Pods, in.needs, in.process = p, b, nil, nil, nil
	c := p.Container
	// https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/
	switch {
	case len(c.Command) > 0:
		in.Entrypoint, in.Cmd = slices.Concat(c.Command, c.Args), nil
	case len(c.Args) > 0:
		in.Cmd = c.Args
	}
	if c.WorkingDir != "" {
		in.WorkingDir = c.WorkingDir
		in.parsed = nil
	}
	if uid := p.RunAsUser(); uid != nil {
		in.User = strconv.FormatInt(uid.Value, 10)
		if gid := p.runAsGroup(); gid != nil {
			in.User += ":" + strconv.FormatInt(gid.Value, 10)
		}
	}
	in.Env = slices.Clone(b.Env)
	for _, e := range c.Env {
		in.Env = append(in.Env, e.Name+"="+e.Value)
	}
	return &in
}

// RunAsUser is the user that the container or its pod sets, nil where neither does.
func (p *Pod) RunAsUser() *workloads.Setting[int64] {
	if own := p.Container.Security.RunAsUser; own != nil {
		return own
	}
	return p.Workload.Security.RunAsUser
}

func (p *Pod) runAsGroup() *workloads.Setting[int64] {
	if own := p.Container.Security.RunAsGroup; own != nil {
		return own
	}
	return p.Workload.Security.RunAsGroup
}

// RunAsNonRoot is the line that demands another user than root, 0 where nothing does.
func (p *Pod) RunAsNonRoot() int {
	set := p.Container.Security.RunAsNonRoot
	if set == nil {
		set = p.Workload.Security.RunAsNonRoot
	}
	if set == nil || !set.Value {
		return 0
	}
	return set.Line
}

// Overrides is the command or the arguments that the container runs instead of the
// image's; Decides is false where it leaves both to the image.
func (p *Pod) Overrides() Setting {
	switch c := p.Container; {
	case len(c.Command) > 0:
		return Setting{Decides: true, Text: "command: " + flow(c.Command), Line: c.CommandLine}
	case len(c.Args) > 0:
		return Setting{Decides: true, Text: "args: " + flow(c.Args), Line: c.ArgsLine}
	}
	return Setting{}
}

// flow is a list of words as YAML writes it in one line.
func flow(words []string) string {
	text := ""
	for i, w := range words {
		if i > 0 {
			text += ", "
		}
		text += strconv.Quote(w)
	}
	return "[" + text + "]"
}

// Beside is how many containers of the pod run together with this one, this one counted: no
// init containers, which have ended by then.
func (p *Pod) Beside() int {
	n := 0
	for i := range p.Workload.Containers {
		if role := p.Workload.Containers[i].Role; role == workloads.Main || role == workloads.Sidecar {
			n++
		}
	}
	return n
}

// podMask hides the secrets of the image and of all manifests: a container may be given on its
// command line what is a variable of another, or in a Secret.
func (c *Claims) podMask() redact.Mask {
	if c.manifests == nil {
		b := c.build
		var set []string
		for i := range b.Pods {
			for _, e := range b.Pods[i].Container.Env {
				set = append(set, e.Name+"="+e.Value)
			}
		}
		mask := redact.Hiding(b.PodSecrets, b.Env, b.Variables, b.PodVariables, set)
		c.manifests = &mask
	}
	return *c.manifests
}

// ShownPlace is a place in a manifest without the secrets that its names and its YAML may hold.
func (c *Claims) ShownPlace(at model.ManifestPlace) model.ManifestPlace {
	at.Workload, at.Container, at.Edit = c.podText(at.Workload), c.podText(at.Container), c.podText(at.Edit)
	at.Also = slices.Clone(at.Also)
	for i := range at.Also {
		at.Also[i].Workload = c.podText(at.Also[i].Workload)
	}
	return at
}

// podText hides the secrets of a text of a manifest. The same names come for each rule, so what
// was made of them is kept.
func (c *Claims) podText(text string) string {
	if text == "" {
		return ""
	}
	shown, known := c.podTexts[text]
	if !known {
		shown = c.podMask().Text(text)
		if c.podTexts == nil {
			c.podTexts = make(map[string]string)
		}
		c.podTexts[text] = shown
	}
	return shown
}

// in is the image as a container of a pod runs it. All rules share it, and what they learn of it.
func (c *Claims) in(pod int) *Build {
	if c.pods == nil {
		c.pods = make([]*Build, len(c.build.Pods))
	}
	if c.pods[pod] == nil {
		c.pods[pod] = c.build.In(&c.build.Pods[pod])
	}
	return c.pods[pod]
}

// Place is a line of the manifest, with YAML that helps, "" for none.
func (p *Pod) Place(line int, edit string) *model.ManifestPlace {
	if line == 0 {
		line = p.Container.Line
	}
	return &model.ManifestPlace{
		File: p.Workload.File, Line: line, Workload: p.Workload.String(), Container: p.Container.Name, Edit: edit, Others: p.Others, Also: p.Also,
	}
}

// podFindings asks a rule about the image and the pods that run it. What holds of the image
// in at least one of the pods is a finding of the image; what a pod brings about is one of
// its manifest's line; and what no pod leaves to the image is settled.
func (c *Claims) podFindings(rule *Rule) (findings []model.Finding) {
	var own []Observation
	if rule.Observe != nil {
		own = rule.Observe(c.build, c.tree)
	}
	holds := make([]bool, len(own))
	hold := func(pod, k int) {
		holds[k] = true
		c.held[pod] = append(c.held[pod], c.observed(rule, &own[k]).ID)
	}
	for i := range c.build.Pods {
		in := c.in(i)
		if rule.ObservePod != nil {
			findings = append(findings, c.inPod(rule, in, rule.ObservePod(in, c.tree))...)
			continue
		}
		setting := Setting{}
		if rule.InPod != nil {
			setting = rule.InPod(in)
		}
		if !setting.Decides {
			for k := range holds {
				hold(i, k)
			}
			continue
		}
		var others []Observation
		kept := false
		var seen []Observation
		if !setting.Ends {
			seen = rule.Observe(in, c.tree)
		}
		for _, o := range seen {
			if k := slices.IndexFunc(own, func(was Observation) bool { return o.Manifest == nil && o.same(&was) }); k >= 0 {
				hold(i, k)
				kept = true
				continue
			}
			if o.Manifest == nil {
				o.Manifest = in.Pod.Place(setting.Line, "")
			}
			others = append(others, o)
		}
		if len(own) > 0 && len(others) == 0 && !kept && setting.Text != "" {
			c.settle(i, rule, setting)
		}
		findings = append(findings, c.inPod(rule, in, others)...)
	}
	for k := range own {
		if holds[k] {
			findings = append(findings, c.observed(rule, &own[k]))
		}
	}
	return findings
}

// same reports whether two observations are one: of the same instruction or layer, and with
// the same to do about it.
func (o *Observation) same(other *Observation) bool {
	text := func(o *Observation) string {
		if o.Fix == nil {
			return ""
		}
		return o.Fix.Summary
	}
	equal := func(a, b *int) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }
	return equal(o.Layer, other.Layer) && equal(o.Instruction, other.Instruction) && o.Title == other.Title && text(o) == text(other)
}

// inPod makes findings of what was observed of a container of a pod.
func (c *Claims) inPod(rule *Rule, in *Build, observed []Observation) (findings []model.Finding) {
	for i := range observed {
		o := &observed[i]
		if o.Manifest == nil {
			o.Manifest = in.Pod.Place(0, "")
		}
		f := c.observed(rule, o)
		if f.Fix != nil && f.Fix.Before == nil && f.Fix.After != nil { // YAML, as a rule's fix has it for a pod
			o.Manifest.Edit, f.Fix.After = *f.Fix.After, nil
		}
		mask := c.podMask()
		place := c.ShownPlace(*o.Manifest)
		f.Manifest = &place
		f.Title = mask.Text(f.Title)
		if f.Fix != nil {
			fix := *f.Fix
			fix.Summary = mask.Text(fix.Summary)
			f.Fix = &fix
		}
		f.ID = fmt.Sprintf("%s:%s/%s", rule.ID, place.Workload, place.Container)
		if n := c.podIDs[f.ID]; n > 0 {
			f.ID += fmt.Sprintf("~%d", n+1) // an object that stands in several files
		}
		c.podIDs[f.ID]++
		findings = append(findings, f)
	}
	return findings
}

// settle notes that a pod settles what a rule says of the image.
func (c *Claims) settle(pod int, rule *Rule, s Setting) {
	mask := c.podMask()
	c.settled[pod] = append(c.settled[pod], model.Settled{Rule: rule.ID, Title: rule.Title, Setting: mask.Text(s.Text), Line: s.Line})
}

// Held are the ids of the findings of the image that hold in one of the pods as well. It is
// known once Findings was called.
func (c *Claims) Held(pod int) []string {
	if all := c.held[pod]; all != nil {
		return all
	}
	return []string{}
}

// Settled are, for each of the pods, the findings of the image that it settles. It is known
// once Findings was called.
func (c *Claims) Settled(pod int) []model.Settled {
	if all := c.settled[pod]; all != nil {
		return all
	}
	return []model.Settled{}
}
