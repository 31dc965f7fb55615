package workloads

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// object reads one Kubernetes object: its workloads go to the set. inKind is the kind that the
// items of a list have where they do not say it, as those of a PodList may; else "".
func (r *reader) object(n *yaml.Node, inKind string) {
	w := newWalker(n)
	r.objects(w, w.real(n), inKind, 0)
	if w.unrendered {
		r.template()
	}
	if w.crowded {
		r.problem(line(n), fmt.Sprintf("a pod in it has more than %d containers, so the rest is left out", maxContainers), "check that it is a manifest")
	}
	if w.steps < 0 {
		r.problem(line(n), "its aliases refer to each other so often that it cannot be read to the end", "write out what they stand for")
	}
}

func (r *reader) objects(w *walker, n *yaml.Node, inKind string, depth int) {
	if n == nil || depth > maxLists {
		return
	}
	if n.Kind == yaml.SequenceNode { // a JSON array of objects
		for _, item := range n.Content {
			r.objects(w, w.real(item), inKind, depth+1)
		}
		return
	}
	kind := w.text(w.get(n, "kind"))
	if items := w.get(n, "items"); items != nil && strings.HasSuffix(kind, "List") {
		r.seen = true
		for _, item := range w.list(items) {
			r.objects(w, w.real(item), strings.TrimSuffix(kind, "List"), depth+1)
		}
		return
	}
	if kind == "" {
		kind = inKind
	}
	if kind == "" || n.Kind != yaml.MappingNode {
		return // values of a chart, settings of another program
	}
	r.count++
	r.seen = true
	r.workloads(w, n, kind)
}

// maxLists is how deep lists of objects may be inside each other.
const maxLists = 4

// noPods are kinds that hold texts or schemas, and no pod whatever their keys are called.
var noPods = []string{"ConfigMap", "Secret", "CustomResourceDefinition", "Namespace"}

// always are the kinds that cannot be without a pod, and where it is.
var always = map[string]string{
	"Pod": "spec", "PodTemplate": "template.spec", "Deployment": "spec.template.spec", "StatefulSet": "spec.template.spec",
	"DaemonSet": "spec.template.spec", "ReplicaSet": "spec.template.spec", "ReplicationController": "spec.template.spec",
	"Job": "spec.template.spec", "CronJob": "spec.jobTemplate.spec.template.spec",
}

// workloads adds every pod of an object to the set.
func (r *reader) workloads(w *walker, n *yaml.Node, kind string) {
	if slices.Contains(noPods, kind) {
		r.values(w, n, kind)
		return
	}
	if kind == "Kustomization" {
		r.kustomization(w, n)
		return
	}
	meta := w.get(n, "metadata")
	about := Workload{
		File: r.file, Source: r.source, Document: r.count, Line: n.Line,
		APIVersion: w.text(w.get(n, "apiVersion")), Kind: kind,
		Namespace: w.text(w.get(meta, "namespace")), Name: w.text(w.get(meta, "name")),
		Labels: w.labels(w.get(meta, "labels"), nil), Annotations: w.labels(w.get(meta, "annotations"), nil),
		Owner: w.owner(meta),
	}
	if about.Name == "" {
		about.Name = w.text(w.get(meta, "generateName"))
	}
	if replicas := w.number(w.path(n, "spec", "replicas")); replicas != nil {
		about.Replicas = &replicas.Value
	}
	found := len(r.set.Workloads)
	search := &search{walker: w, found: func(pod Pod, labels *yaml.Node, path []string) {
		one := about
		one.Pod, one.Path = pod, strings.Join(path, ".")
		one.Labels = w.labels(labels, cloned(about.Labels))
		r.add(one)
	}}
	search.in(n, nil, nil)
	if where, must := always[kind]; must && len(r.set.Workloads) == found {
		r.without(w, n, &about, where)
	}
}

// without complains of a workload without a container, but not of a patch: its containers
// have names and no images, or it is about something else than containers.
func (r *reader) without(w *walker, n *yaml.Node, about *Workload, where string) {
	spec := w.path(n, strings.Split(where, ".")...)
	containers := w.get(spec, "containers")
	if containers == nil || containers.Kind == yaml.SequenceNode && len(containers.Content) > 0 {
		return
	}
	r.problem(containers.Line, fmt.Sprintf("%s has no list of containers in %s.containers", about, where), "name them there, each with an image")
}

// add adds a workload, and takes out images that are no names yet.
func (r *reader) add(one Workload) {
	for i := range one.Containers {
		if c := &one.Containers[i]; r.placeholder(c.Image, c.ImageLine) {
			c.Image = ""
		}
	}
	if len(r.set.Workloads) == maxWorkloads {
		if !r.full {
			r.full = true
			r.problem(one.Line, fmt.Sprintf("there are more than %d workloads, so the rest is left out", maxWorkloads), "give fewer manifests at once")
		}
		return
	}
	r.set.Workloads = append(r.set.Workloads, one)
}

// placeholder reports whether an image is a template that is filled in later, and
// complains of that once in a file.
func (r *reader) placeholder(image string, line int) bool {
	helm := strings.Contains(image, "{{")
	if !helm && !strings.Contains(image, "${") && !strings.Contains(image, "$(") {
		return false
	}
	switch {
	case helm && helmWords.MatchString(image):
		r.template()
	case !r.placeholders:
		r.placeholders = true
		r.problem(line, "the image "+strconv.Quote(clip(image))+" is filled in later, so it is left out", "fill it in first, or name that image itself")
	}
	return true
}

// owner is the object that controls another, or the first owner.
func (w *walker) owner(meta *yaml.Node) string {
	owner := ""
	for _, item := range w.list(w.get(meta, "ownerReferences")) {
		name := w.text(w.get(item, "kind")) + "/" + w.text(w.get(item, "name"))
		if w.text(w.get(item, "controller")) == "true" {
			return name
		}
		if owner == "" {
			owner = name
		}
	}
	return owner
}

func cloned(labels map[string]string) map[string]string {
	if labels == nil {
		return nil
	}
	into := make(map[string]string, len(labels))
	for k, v := range labels {
		into[k] = v
	}
	return into
}

// search looks for pods anywhere in an object.
type search struct {
	*walker
	found func(pod Pod, labels *yaml.Node, path []string)
	open  map[*yaml.Node]bool // what is looked into: an alias of that leads in a circle
}

// in looks into a node and all below it. above is the mapping around it: the labels of a pod
// template stand in the metadata beside its spec.
func (s *search) in(n, above *yaml.Node, path []string) {
	n = s.real(n)
	if n == nil || len(path) > maxDepth || s.spent() {
		return
	}
	if s.open[n] {
		return
	}
	if s.open == nil {
		s.open = make(map[*yaml.Node]bool)
	}
	s.open[n] = true
	defer delete(s.open, n)
	switch n.Kind {
	case yaml.SequenceNode:
		for i, item := range n.Content {
			s.in(item, nil, indexed(path, i))
		}
	case yaml.MappingNode:
		pod, ok := s.pod(n)
		if ok {
			var labels *yaml.Node
			if len(path) > 1 { // the object's own metadata is there already
				labels = s.path(above, "metadata", "labels")
			}
			s.found(pod, labels, path)
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if key := n.Content[i].Value; !skipped(key, ok) {
				s.in(n.Content[i+1], n, append(path, key))
			}
		}
	}
}

// skipped reports whether there is nothing to look for below a key: what the cluster says
// about the object, what it was before, and what was read as a part of a pod.
func skipped(key string, inPod bool) bool {
	switch key {
	case "status", "metadata":
		return true
	case "containers", "initContainers", "ephemeralContainers", "sidecars", "steps", "container", "script", "volumes":
		return inPod
	}
	return false
}

// indexed is a path to an item of the list at path.
func indexed(path []string, i int) []string {
	end := len(path) - 1
	if end < 0 {
		return []string{fmt.Sprintf("[%d]", i)}
	}
	return append(path[:end:end], fmt.Sprintf("%s[%d]", path[end], i))
}
