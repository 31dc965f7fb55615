package pods

import (
	"fmt"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue/kubernetes"
	"github.com/tare-oci/tare/model"
)

// ProbeFails finds a probe that runs a program that the image does not have.
var ProbeFails = rules.Rule{
	ID:    "probe-fails",
	Group: rules.Kubernetes,
	Title: "a probe that can never pass",
	Why: "A probe with exec runs its command inside the container, so the program has to be in the image. Slim images often lack curl and wget. A probe whose program is missing always fails: a readiness probe keeps all requests away from the pod, and a liveness or startup probe restarts it again and again. " +
		"tare looks for the program at its path or in PATH, also for one that the text of sh -c calls.",
	Confidence: model.Certain,
	ObservePod: observeFailing,
	Lesson: rules.Lesson{
		See:        "kubectl describe pod POD   # Readiness probe failed: … executable file not found in $PATH\ndocker run --rm --entrypoint curl IMAGE --version",
		Before:     "readinessProbe:\n  exec:\n    command: [curl, -f, http://localhost:8080/healthz]",
		After:      "readinessProbe:\n  httpGet: {path: /healthz, port: 8080}",
		OfManifest: true,
		WhenNot:    "Where something brings the program only after the container has started. tare says nothing where a volume may hold it, where the start script installs or copies programs, and where the command can pass without it.",
		Sources:    []string{"https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/", "https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN make
			+ app
			+ bin/sh
			config {"Cmd": ["/app"], "User": "10001"}
			pod {containers: [{name: x, image: app, readinessProbe: {exec: {command: [curl, -f, "http://localhost:8080/"]}}}]}`,
		Miss: `
			RUN make
			+ app
			+ usr/bin/curl
			config {"Cmd": ["/app"], "User": "10001"}
			pod {containers: [{name: x, image: app, readinessProbe: {exec: {command: [curl, -f, "http://localhost:8080/"]}}}]}`,
	},
}

// whenFailing says what a probe that always fails does to a pod.
var whenFailing = map[string]string{
	"the readiness probe": "the pod never gets a request",
	"the liveness probe":  "Kubernetes restarts the container again and again",
	"the startup probe":   "Kubernetes restarts the container again and again",
}

func observeFailing(b *rules.Build, _ *model.Tree) []rules.Observation {
	var all []rules.Observation
	for _, kind := range probes(b) {
		program := kubernetes.ProbeProgram(b, kind.probe)
		if program == "" {
			continue
		}
		summary := fmt.Sprintf("%s is not in the image, so %s of %s always fails and %s.", program, kind.name, kubernetes.Container(b), whenFailing[kind.name])
		edit := instead(kind)
		switch {
		case edit != "":
			summary += " Let Kubernetes ask by itself, with httpGet."
		default:
			summary += " Ask with httpGet, tcpSocket or grpc, or install the program in the image."
		}
		o := kubernetes.InPod(b, kind.probe.Line, summary, edit)
		if !strings.Contains(program, "/") && len(b.Pod.Container.EnvFrom) > 0 {
			o.Confidence = model.Likely // a PATH of the pod's own may lead elsewhere
		}
		all = append(all, o)
	}
	return all
}

// instead is a probe in which the kubelet asks what the missing program would; "" where that
// cannot be told.
func instead(kind namedProbe) string {
	text := strings.Join(kind.probe.Command, " ")
	if !strings.Contains(text, "curl") && !strings.Contains(text, "wget") {
		return ""
	}
	m := askedPage(text)
	if m == nil {
		return ""
	}
	return probeKeys[kind.name] + ":\n" + httpGet(m)
}

// probeKeys are the keys of the probes in a manifest.
var probeKeys = map[string]string{"the readiness probe": "readinessProbe", "the liveness probe": "livenessProbe", "the startup probe": "startupProbe"}
