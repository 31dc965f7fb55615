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
	Why: "A process can be alive and still not answer. Docker and Compose check a service only if the image says how, with HEALTHCHECK. Kubernetes ignores that instruction and wants probes in the pod's manifest instead; " +
		"both are easy when the program offers a check and the image documents it. tare looks only at images that expose a port, and whose entry point is not a script that runs any command it is given.",
	Confidence: model.Possible,
	Observe:    observeHealth,
	InPod:      byProbes,
	Lesson: rules.Lesson{
		See:     "docker inspect IMAGE --format '{{json .Config.Healthcheck}} {{json .Config.ExposedPorts}}'",
		Before:  "EXPOSE 8080\nCMD [\"/app\"]",
		After:   "EXPOSE 8080\nHEALTHCHECK CMD [\"/app\", \"-health\"]\nCMD [\"/app\"]",
		WhenNot: "Where the image runs only on Kubernetes, and its manifests have readiness and liveness probes.",
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
	if b.Pod != nil || len(b.Ports) == 0 || b.Healthcheck || !b.RunsService() || b.Process().Anything {
		return nil // who builds an image for any command leaves the check to others: it would fail for most
	}
	o := rules.Observation{Fix: advice.Hint(model.Manual, fmt.Sprintf("Add a HEALTHCHECK that queries port %s, and the same check as a probe in the pod's manifest.", strings.TrimSuffix(checkedPort(b.Ports), "/tcp")))}
	for i := range b.Instructions {
		if b.Parsed().Keyword(i) == "EXPOSE" {
			o.Instruction = model.Ptr(i)
		}
	}
	return []rules.Observation{o}
}

// checkedPort is the port to ask: the first that is not for whoever logs in.
func checkedPort(ports []string) string {
	for _, port := range ports {
		if port != "22/tcp" && port != "22" {
			return port
		}
	}
	return ports[0]
}
