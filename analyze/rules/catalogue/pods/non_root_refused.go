package pods

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue/kubernetes"
	"github.com/tare-oci/tare/model"
)

// NonRootRefused finds a pod that demands another user than root of an image that has root,
// or a name.
var NonRootRefused = rules.Rule{
	ID:    "non-root-refused",
	Group: rules.Kubernetes,
	Title: "a container that the kubelet refuses",
	Why: "With runAsNonRoot: true the kubelet starts a container only if it can see that its user is not root. It looks at runAsUser, and without that at USER in the image's config, where it understands only numbers. " +
		"An image without USER fails with \"container has runAsNonRoot and image will run as root\", and one with a name fails with \"image has non-numeric user, cannot verify user is non-root\". The pod stays in CreateContainerConfigError.",
	Confidence: model.Likely,
	Risk:       true,
	ObservePod: observeRefused,
	Lesson: rules.Lesson{
		See:        "kubectl describe pod POD | grep -i non-root\ndocker inspect IMAGE --format '{{.Config.User}}'",
		Before:     "securityContext:\n  runAsNonRoot: true      # and the image says USER app",
		After:      "securityContext:\n  runAsNonRoot: true\n  runAsUser: 10001        # or USER 10001 in the Dockerfile",
		OfManifest: true,
		WhenNot:    "Where the cluster gives each pod a user of its own, as OpenShift does through its security context constraints.",
		Sources:    []string{"https://kubernetes.io/docs/tasks/configure-pod-container/security-context/", "https://kubernetes.io/docs/concepts/security/pod-security-standards/"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN useradd --uid 10001 app
			+ etc/passwd text root:x:0:0:root:/root:/bin/sh|app:x:10001:10001::/home/app:/bin/sh|
			USER app
			config {"Cmd": ["/app"], "User": "app"}
			pod {containers: [{name: x, image: app, securityContext: {runAsNonRoot: true}}]}`,
		Miss: `
			RUN useradd --uid 10001 app
			+ etc/passwd text root:x:0:0:root:/root:/bin/sh|app:x:10001:10001::/home/app:/bin/sh|
			USER app
			config {"Cmd": ["/app"], "User": "app"}
			pod {securityContext: {runAsUser: 10001}, containers: [{name: x, image: app, securityContext: {runAsNonRoot: true}}]}`,
	},
}

func observeRefused(b *rules.Build, _ *model.Tree) []rules.Observation {
	line := b.Pod.RunAsNonRoot()
	if line == 0 {
		return nil
	}
	const edit = "securityContext:\n  runAsNonRoot: true\n  runAsUser: %d\n"
	if uid := b.Pod.RunAsUser(); uid != nil {
		if uid.Value != 0 {
			return nil
		}
		return []rules.Observation{kubernetes.InPod(b, uid.Line, "runAsNonRoot and runAsUser: 0 contradict each other, so the kubelet refuses the container: set runAsUser to the number of another user.", "")}
	}
	name, _, _ := strings.Cut(b.Own.User, ":")
	if uid, err := strconv.ParseInt(name, 10, 64); err == nil && uid != 0 {
		return nil
	}
	if kubernetes.IsRoot(b.Own) {
		return []rules.Observation{kubernetes.InPod(b, line, "The kubelet refuses the container, since the image runs as root: write USER 10001 in the Dockerfile, or set runAsUser, and let that user own what the program writes.", fmt.Sprintf(edit, 10001))}
	}
	account, known := b.Account(name)
	if !known {
		return []rules.Observation{kubernetes.InPod(b, line, fmt.Sprintf("The kubelet refuses the container, since USER %s in the image is a name, which may be root: write its number in the Dockerfile, or set runAsUser to it.", name), "")}
	}
	return []rules.Observation{kubernetes.InPod(b, line, fmt.Sprintf("The kubelet refuses the container, since USER %s in the image is a name, which may be root: write USER %d in the Dockerfile, or set runAsUser to it.", name, account.UID), fmt.Sprintf(edit, account.UID))}
}
