package workloads

import (
	"encoding/base64"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxValues is how many bytes of Secrets and ConfigMaps are kept, of all manifests together.
const maxValues = 64 << 20

// values keeps what a Secret or a ConfigMap holds, which may stand in the command of a container as
// well. What a Secret has in base64 is kept in both forms.
func (r *reader) values(w *walker, n *yaml.Node, kind string) {
	if kind != "Secret" && kind != "ConfigMap" {
		return
	}
	for _, key := range []string{"data", "stringData"} {
		for name, value := range w.labels(w.get(n, key), nil) {
			if r.held += len(name) + len(value); r.held > maxValues {
				r.problem(n.Line, "the Secrets and ConfigMaps are more than 64 MiB, so not all of their values are known", "give fewer manifests at once")
				return
			}
			if kind == "ConfigMap" {
				r.set.Settings = append(r.set.Settings, name+"="+value)
				continue
			}
			r.set.Secrets = append(r.set.Secrets, name+"="+value)
			if plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value)); err == nil && key == "data" && len(plain) > 0 {
				r.set.Secrets = append(r.set.Secrets, name+"="+string(plain))
			}
		}
	}
}

// Variables are all that containers set in their environment, as NAME=value, with what ConfigMaps
// hold.
func (s *Set) Variables() []string {
	all := slices.Clone(s.Settings)
	for i := range s.Workloads {
		for j := range s.Workloads[i].Containers {
			for _, e := range s.Workloads[i].Containers[j].Env {
				all = append(all, e.Name+"="+e.Value)
			}
		}
	}
	return all
}

// Texts are the commands and arguments of all containers, and the annotations of all objects, each
// once.
func (s *Set) Texts() []string {
	seen := make(map[string]bool)
	var all []string
	add := func(text string) {
		if text != "" && !seen[text] {
			seen[text] = true
			all = append(all, text)
		}
	}
	for i := range s.Workloads {
		w := &s.Workloads[i]
		for j := range w.Containers {
			c := &w.Containers[j]
			add(strings.Join(slices.Concat(c.Command, c.Args), " "))
			for _, p := range []*Probe{c.Liveness, c.Readiness, c.Startup} {
				if p != nil {
					add(strings.Join(p.Command, " "))
				}
			}
		}
		for _, text := range w.Annotations {
			add(text)
		}
	}
	slices.Sort(all)
	return all
}
