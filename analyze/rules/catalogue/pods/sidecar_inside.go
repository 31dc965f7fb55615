package pods

import (
	"fmt"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue/kubernetes"
	"github.com/tare-oci/tare/model"
)

// SidecarInside finds a pod of one container in which a second program does what Kubernetes has
// another object or container for.
var SidecarInside = rules.Rule{
	ID:    "sidecar-inside",
	Group: rules.Kubernetes,
	Title: "a helper that belongs in its own container",
	Why: "The image starts a scheduler, a log shipper, an agent or a proxy beside its program, and the pod has only this container. With several replicas, cron runs every job in each of them. A shipper that dies is not restarted, its memory counts against the program's limit, " +
		"and a new version of it means a new version of the application. Kubernetes has CronJobs, collects standard output on each node, and runs helpers as containers of the same pod, which share volumes and localhost.",
	Confidence: model.Possible,
	ObservePod: observeInside,
	Lesson: rules.Lesson{
		See:        "kubectl exec POD -- ps\nkubectl get pod POD -o jsonpath='{.spec.containers[*].name}'",
		Before:     "containers:\n  - name: web            # its script starts cron and fluent-bit, too\n    image: shop/web:1",
		After:      "containers:\n  - name: web\n    image: shop/web:1\n    volumeMounts: [{name: logs, mountPath: /var/log/web}]\ninitContainers:\n  - name: logs\n    image: fluent/fluent-bit:3.1\n    restartPolicy: Always   # a sidecar\n    volumeMounts: [{name: logs, mountPath: /var/log/web}]\nvolumes: [{name: logs, emptyDir: {}}]",
		OfManifest: true,
		WhenNot:    "Where the helper has to share processes or memory with the program, or the image is used where there are no pods.",
		Sources:    []string{"https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/", "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/", "https://kubernetes.io/docs/concepts/cluster-administration/logging/"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY start.sh /
			+ start.sh text #!/bin/sh|cron|exec /app|
			+ app
			config {"Entrypoint": ["/start.sh"], "User": "10001"}
			pod {containers: [{name: x, image: app}]}`,
		Miss: `
			COPY start.sh /
			+ start.sh text #!/bin/sh|exec /app|
			+ app
			config {"Entrypoint": ["/start.sh"], "User": "10001"}
			pod {containers: [{name: x, image: app}]}`,
	},
}

func observeInside(b *rules.Build, _ *model.Tree) []rules.Observation {
	if !kubernetes.Serves(b) {
		return nil
	}
	jobs := kubernetes.Helpers(b)
	if len(jobs) == 0 {
		return nil
	}
	var advice []string
	for _, job := range jobs {
		advice = append(advice, fmt.Sprintf(kubernetes.HelperOf(job), job))
	}
	summary := fmt.Sprintf("%s also runs %s: %s.", kubernetes.Container(b), joinNames(jobs), strings.Join(advice, "; "))
	o := kubernetes.InPod(b, b.Pod.Container.Line, strings.ToUpper(summary[:1])+summary[1:], "")
	if script := b.Process().Script; script != "" {
		o.Paths = []string{script}
	}
	return []rules.Observation{o}
}
