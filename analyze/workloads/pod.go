package workloads

import (
	"go.yaml.in/yaml/v3"
)

// lists are the keys of a pod that hold containers. Steps and sidecars are those of a Tekton
// task; Argo Workflows call theirs sidecars, too.
var lists = []struct {
	key  string
	role Role
}{
	{"initContainers", Init},
	{"containers", Main},
	{"sidecars", Sidecar},
	{"steps", Step},
	{"ephemeralContainers", Ephemeral},
}

// singles are keys that hold one container: of an Argo Workflow's template.
var singles = []struct {
	key  string
	role Role
}{
	{"container", Main},
	{"script", Step},
}

// maxContainers is how many containers of a pod are read. Each is judged beside the others.
const maxContainers = 1000

// pod reads a mapping that has containers; ok is false for one that has none with an image.
func (w *walker) pod(n *yaml.Node) (pod Pod, ok bool) {
	pod = Pod{Line: n.Line}
	for _, l := range lists {
		read := make(map[*yaml.Node]bool)
		for _, item := range w.list(w.get(n, l.key)) {
			if w.spent() {
				return pod, false
			}
			if len(pod.Containers) == maxContainers {
				w.crowded = true
				break
			}
			// One that several aliases stand for is one container: the names of a pod's differ.
			if item = w.real(item); item != nil && item.Kind == yaml.MappingNode && !read[item] {
				read[item] = true
				c := w.container(item, l.role)
				ok = ok || c.Image != ""
				pod.Containers = append(pod.Containers, c)
			}
		}
	}
	for _, s := range singles {
		if item := w.get(n, s.key); item != nil && w.text(w.get(item, "image")) != "" {
			pod.Containers = append(pod.Containers, w.container(item, s.role))
			ok = true
		}
	}
	if !ok {
		return pod, false
	}
	pod.Security = w.security(w.get(n, "securityContext"))
	pod.Volumes = w.volumes(w.get(n, "volumes"))
	pod.ServiceAccount = w.text(w.get(n, "serviceAccountName"))
	pod.ShareProcesses = w.text(w.get(n, "shareProcessNamespace")) == "true"
	pod.HostNetwork = w.text(w.get(n, "hostNetwork")) == "true"
	return pod, true
}

// container reads one container.
func (w *walker) container(n *yaml.Node, role Role) Container {
	image, command, args := w.get(n, "image"), w.get(n, "command"), w.get(n, "args")
	if image != nil && image.Kind == yaml.MappingNode && len(image.Content) > 0 && image.Content[0].Kind == yaml.MappingNode {
		w.unrendered = true
	}
	if role == Init && w.text(w.get(n, "restartPolicy")) == "Always" {
		role = Sidecar
	}
	return Container{
		Role: role, Name: w.text(w.get(n, "name")), Line: n.Line,
		Image: w.text(image), ImageLine: line(image),
		Command: w.texts(command), CommandLine: line(command),
		Args: w.texts(args), ArgsLine: line(args),
		WorkingDir: w.text(w.get(n, "workingDir")),
		Ports:      w.ports(w.get(n, "ports")),
		Liveness:   w.probe(w.get(n, "livenessProbe")),
		Readiness:  w.probe(w.get(n, "readinessProbe")),
		Startup:    w.probe(w.get(n, "startupProbe")),
		PreStop:    line(w.path(n, "lifecycle", "preStop")),
		Security:   w.security(w.get(n, "securityContext")),
		Env:        w.env(w.get(n, "env")),
		EnvFrom:    w.envFrom(w.get(n, "envFrom")),
		Mounts:     w.mounts(w.get(n, "volumeMounts")),
	}
}

func (w *walker) security(n *yaml.Node) Security {
	if n == nil {
		return Security{}
	}
	capabilities := w.get(n, "capabilities")
	return Security{
		Line:         n.Line,
		RunAsUser:    w.number(w.get(n, "runAsUser")),
		RunAsGroup:   w.number(w.get(n, "runAsGroup")),
		FSGroup:      w.number(w.get(n, "fsGroup")),
		RunAsNonRoot: w.yes(w.get(n, "runAsNonRoot")),
		ReadOnlyRoot: w.yes(w.get(n, "readOnlyRootFilesystem")),
		Privileged:   w.yes(w.get(n, "privileged")),
		Escalation:   w.yes(w.get(n, "allowPrivilegeEscalation")),
		Add:          w.texts(w.get(capabilities, "add")),
		Drop:         w.texts(w.get(capabilities, "drop")),
	}
}

func (w *walker) ports(n *yaml.Node) []Port {
	var ports []Port
	for _, item := range w.list(n) {
		if number := w.number(w.get(item, "containerPort")); number != nil {
			ports = append(ports, Port{
				Name: w.text(w.get(item, "name")), Number: number.Value,
				Protocol: w.text(w.get(item, "protocol")), Line: number.Line,
			})
		}
	}
	return ports
}

func (w *walker) probe(n *yaml.Node) *Probe {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	probe := &Probe{Line: n.Line}
	for _, kind := range []string{"httpGet", "tcpSocket", "grpc"} {
		if how := w.get(n, kind); how != nil {
			port := w.get(how, "port")
			probe.Kind, probe.Port, probe.Path = kind, w.text(port), w.text(w.get(how, "path"))
			probe.Line = max(line(port), n.Line)
			return probe
		}
	}
	if how := w.get(n, "exec"); how != nil {
		probe.Kind, probe.Command = "exec", w.texts(w.get(how, "command"))
	}
	return probe
}

func (w *walker) env(n *yaml.Node) []Env {
	var all []Env
	for _, item := range w.list(n) {
		if name := w.text(w.get(item, "name")); name != "" {
			all = append(all, Env{Name: name, Value: w.text(w.get(item, "value")), Line: item.Line})
		}
	}
	return all
}

func (w *walker) envFrom(n *yaml.Node) []string {
	var all []string
	for _, item := range w.list(n) {
		for _, kind := range []string{"configMapRef", "secretRef"} {
			if name := w.text(w.path(item, kind, "name")); name != "" {
				all = append(all, name)
			}
		}
	}
	return all
}

func (w *walker) mounts(n *yaml.Node) []Mount {
	var all []Mount
	for _, item := range w.list(n) {
		if path := w.text(w.get(item, "mountPath")); path != "" {
			all = append(all, Mount{
				Volume: w.text(w.get(item, "name")), Path: path, SubPath: w.text(w.get(item, "subPath")),
				ReadOnly: w.text(w.get(item, "readOnly")) == "true", Line: item.Line,
			})
		}
	}
	return all
}

// volumes reads the volumes of a pod. The kind of a volume is the key beside its name.
func (w *walker) volumes(n *yaml.Node) []Volume {
	var all []Volume
	for _, item := range w.list(n) {
		item = w.real(item)
		if item == nil || item.Kind != yaml.MappingNode {
			continue
		}
		v := Volume{Name: w.text(w.get(item, "name")), Line: item.Line}
		for i := 0; i+1 < len(item.Content) && !w.spent(); i += 2 {
			if key := item.Content[i].Value; key != "name" && key != "<<" {
				v.Kind = key
			}
		}
		if v.Kind == "image" {
			reference := w.path(item, "image", "reference")
			v.Image, v.ImageLine = w.text(reference), line(reference)
		}
		all = append(all, v)
	}
	return all
}
