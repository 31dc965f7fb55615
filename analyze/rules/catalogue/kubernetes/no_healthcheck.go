package kubernetes

import (
	"fmt"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// NoHealthcheck finds services with a port and without a HEALTHCHECK.
var NoHealthcheck = rules.Rule{
	ID:    "no-healthcheck",
	Group: rules.Kubernetes,
	Title: "a service without a health check",
	Why: "A process can live and still answer nobody. Docker and Compose ask a service how it is only if the image says how, with HEALTHCHECK. Kubernetes ignores that instruction and wants probes in the pod's manifest instead; " +
		"an image that documents its check, and a program that has one to offer, make both easy. Only images that expose a port are looked at.",
	Confidence: model.Possible,
	Observe:    observeHealth,
	Lesson: rules.Lesson{
		See:     "docker inspect IMAGE --format '{{json .Config.Healthcheck}} {{json .Config.ExposedPorts}}'",
		Before:  "EXPOSE 8080\nCMD [\"/app\"]",
		After:   "EXPOSE 8080\nHEALTHCHECK CMD [\"/app\", \"-health\"]\nCMD [\"/app\"]",
		WhenNot: "Where the image runs on Kubernetes alone and its manifests have readiness and liveness probes.",
		Sources: []string{"https://docs.docker.com/reference/dockerfile/#healthcheck", "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN make
			+ app
			config {"Cmd": ["/app"], "ExposedPorts": {"80/tcp": {}}}`,
		Miss: `
			RUN make
			+ app
			config {"Cmd": ["/app"], "Healthcheck": {"Test": ["CMD", "/app"]}, "ExposedPorts": {"80/tcp": {}}}`,
	},
}

func observeHealth(b *rules.Build, _ *model.Tree) []rules.Observation {
	if len(b.Ports) == 0 || b.Healthcheck || !b.RunsService() {
		return nil
	}
	o := rules.Observation{Fix: advice.Hint(model.Manual, fmt.Sprintf("Add a HEALTHCHECK that asks port %s, and the same as a probe in the pod's manifest.", strings.TrimSuffix(b.Ports[0], "/tcp")))}
	for i := range b.Instructions {
		if b.Parsed().Keyword(i) == "EXPOSE" {
			o.Instruction = model.Ptr(i)
		}
	}
	return []rules.Observation{o}
}
