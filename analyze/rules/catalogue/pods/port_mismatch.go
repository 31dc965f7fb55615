package pods

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue/kubernetes"
	"github.com/tare-oci/tare/analyze/rules/catalogue/ports"
	"github.com/tare-oci/tare/analyze/workloads"
	"github.com/tare-oci/tare/model"
)

// PortMismatch finds a port of the manifest at which nobody listens.
var PortMismatch = rules.Rule{
	ID:    "port-mismatch",
	Group: rules.Kubernetes,
	Title: "a port that nothing listens on",
	Why: "A probe on a port that nothing listens on always fails: a readiness probe keeps all requests away from the pod, and a liveness probe restarts it again and again. A Service that uses the name of such a containerPort leads nowhere. " +
		"tare compares the port with the configuration of nginx and Apache or with the command line. If neither settles it, tare compares it with EXPOSE, and the finding is then only worth a look.",
	Confidence: model.Possible,
	ObservePod: observePorts,
	Lesson: rules.Lesson{
		See:        "docker inspect IMAGE --format '{{json .Config.ExposedPorts}}'\nkubectl exec POD -- ss -ltn",
		Before:     "ports: [{containerPort: 80}]        # nginx listens on 8080\nreadinessProbe: {tcpSocket: {port: 80}}",
		After:      "ports: [{containerPort: 8080}]\nreadinessProbe: {tcpSocket: {port: 8080}}",
		OfManifest: true,
		WhenNot:    "Where a variable or a file that the pod mounts gives the program another port, or another container of the pod listens there.",
		Sources:    []string{"https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/", "https://kubernetes.io/docs/concepts/services-networking/service/", "https://docs.docker.com/reference/dockerfile/#expose"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN apt-get install -y nginx
			+ etc/nginx/nginx.conf text http {|server { listen 8080; }|}|
			+ usr/sbin/nginx
			config {"Cmd": ["nginx", "-g", "daemon off;"], "User": "101"}
			pod {containers: [{name: x, image: app, readinessProbe: {tcpSocket: {port: 80}}}]}`,
		Miss: `
			RUN apt-get install -y nginx
			+ etc/nginx/nginx.conf text http {|server { listen 8080; }|}|
			+ usr/sbin/nginx
			config {"Cmd": ["nginx", "-g", "daemon off;"], "User": "101"}
			pod {containers: [{name: x, image: app, readinessProbe: {tcpSocket: {port: 8080}}}]}`,
	},
}

// askedPort is a port of a container that the manifest names.
type askedPort struct {
	what   string // the readiness probe, containerPort
	number int64
	line   int
}

func observePorts(b *rules.Build, _ *model.Tree) []rules.Observation {
	asked, missing := askedPorts(b)
	if missing != nil {
		return []rules.Observation{*missing}
	}
	if !b.RunsService() {
		return nil
	}
	if l := ports.Listening(b); len(l.Ports) > 0 {
		asked = slices.DeleteFunc(asked, func(a askedPort) bool { return ofAnother(b, a.number) || isFurther(b, &l, a.number) })
		for _, a := range asked {
			if !l.MayListen(a.number) {
				o := kubernetes.InPod(b, a.line, fmt.Sprintf("Write port %s: there %s listens, and %s says %d.", listed(l.Ports), l.Who, a.what, a.number), "")
				o.Confidence = model.Likely
				return []rules.Observation{o}
			}
		}
		return nil
	}
	return besideExpose(b, asked)
}

// isFurther reports whether a port may be one that the program opens by itself, as for metrics:
// the manifest lists it beside one at which the server is known to listen.
func isFurther(b *rules.Build, l *ports.Listener, number int64) bool {
	if l.Whole {
		return false
	}
	known, listed := false, false
	for _, p := range b.Pod.Container.Ports {
		known = known || slices.Contains(l.Ports, p.Number)
		listed = listed || p.Number == number
	}
	return known && listed
}

// askedPorts are the TCP ports of the probes and then those of the list of ports. A probe
// that goes by a name that no port has is missing one.
func askedPorts(b *rules.Build) (asked []askedPort, missing *rules.Observation) {
	c := b.Pod.Container
	byName := make(map[string]int64)
	for _, p := range c.Ports {
		byName[p.Name] = p.Number
	}
	for _, kind := range probes(b) {
		number, err := strconv.ParseInt(kind.probe.Port, 10, 64)
		if err != nil {
			named, known := byName[kind.probe.Port]
			if !known && kind.probe.Port != "" && !strings.ContainsAny(kind.probe.Port, "{}$") {
				o := kubernetes.InPod(b, kind.probe.Line, fmt.Sprintf("Give a port of %s the name %s, or write its number: %s uses a port of that name, and there is none.", kubernetes.Container(b), kind.probe.Port, kind.name), "")
				o.Title, o.Confidence = "a probe of a port name that does not exist", model.Likely
				return nil, &o
			}
			number = named
		}
		if number > 0 {
			asked = append(asked, askedPort{kind.name, number, kind.probe.Line})
		}
	}
	for _, p := range c.Ports {
		if p.Protocol == "" || p.Protocol == "TCP" {
			asked = append(asked, askedPort{"containerPort", p.Number, p.Line})
		}
	}
	return asked, nil
}

// ofAnother reports whether another container of the pod names a port: they share them.
func ofAnother(b *rules.Build, number int64) bool {
	for i := range b.Pod.Workload.Containers {
		other := &b.Pod.Workload.Containers[i]
		if other.Name == b.Pod.Container.Name {
			continue
		}
		for _, p := range other.Ports {
			if p.Number == number {
				return true
			}
		}
	}
	return false
}

// namedProbe is a probe and what it is called.
type namedProbe struct {
	name  string
	probe *workloads.Probe
}

// probes are the probes of the pod's container that there are.
func probes(b *rules.Build) (all []namedProbe) {
	c := b.Pod.Container
	for _, p := range []namedProbe{{"the readiness probe", c.Readiness}, {"the liveness probe", c.Liveness}, {"the startup probe", c.Startup}} {
		if p.probe != nil {
			all = append(all, p)
		}
	}
	return all
}

// besideExpose compares with what the image exposes, where none of the manifest's ports is
// among them, and nothing of the manifest can have given the program another.
func besideExpose(b *rules.Build, asked []askedPort) []rules.Observation {
	asked = slices.DeleteFunc(asked, func(a askedPort) bool { return ofAnother(b, a.number) })
	if len(asked) == 0 || len(ports.Listening(b).Ports) > 0 {
		return nil
	}
	if b.Pod.Overrides().Decides || len(b.Pod.Container.EnvFrom) > 0 || len(b.Pod.Container.Mounts) > 0 {
		return nil
	}
	var exposed []int64
	for _, port := range b.Ports {
		number, protocol, _ := strings.Cut(port, "/")
		if n, err := strconv.ParseInt(number, 10, 64); err == nil && protocol != "udp" {
			exposed = append(exposed, n)
		}
	}
	for _, a := range asked {
		if slices.Contains(exposed, a.number) {
			return nil
		}
		for _, e := range b.Pod.Container.Env {
			if strings.Contains(e.Value, strconv.FormatInt(a.number, 10)) || isUnknown(e.Value) && namesPort.MatchString(e.Name) {
				return nil
			}
		}
	}
	if len(exposed) == 0 {
		return nil
	}
	a := asked[0]
	return []rules.Observation{kubernetes.InPod(b, a.line, fmt.Sprintf("Make sure that something listens on %d, as %s says: the image exposes %s.", a.number, a.what, listed(exposed)), "")}
}

// namesPort is the name of a variable that may say where the program listens, itself or among
// other options. A password does not.
var namesPort = lazyregexp.New(`(?i)ports?$|^ports?_|_ports?_|listen|bind|addr|_urls$|(^|_)(opts|options|args|flags)$`)

// isUnknown reports whether a manifest does not tell the value of a variable: it comes from a
// Secret, a ConfigMap, a field of the pod or another variable.
func isUnknown(value string) bool {
	return value == "" || strings.Contains(value, "$(") || strings.Contains(value, "{{")
}

// listed names ports for a sentence.
func listed(ports []int64) string {
	names := make([]string, len(ports))
	for i, p := range ports {
		names[i] = strconv.FormatInt(p, 10)
	}
	return joinNames(names)
}
