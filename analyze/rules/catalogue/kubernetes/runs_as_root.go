package kubernetes

import (
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// RunsAsRoot finds services without a USER, or with root as theirs.
var RunsAsRoot = rules.Rule{
	ID:    "runs-as-root",
	Group: rules.Kubernetes,
	Title: "the program runs as root",
	Why: "Without USER a container's process has user ID 0. Anyone who gets to run code in it can write anywhere in the container and, through a vulnerability in the kernel or the engine, can become root on the node. Clusters that enforce the " +
		"restricted Pod Security Standard refuse such a pod. Most programs need no more than a port above 1023 and a directory they can write to.",
	Confidence: model.Possible,
	Observe:    observeRoot,
	Lesson: rules.Lesson{
		See:     "docker inspect IMAGE --format '{{.Config.User}}'\ndocker run --rm --entrypoint id IMAGE",
		Before:  "CMD [\"/app\"]",
		After:   "USER 10001\nCMD [\"/app\"]",
		WhenNot: "Where the entry point starts as root on purpose and drops its privileges itself (gosu, su-exec, a server's own user option), or the program manages the node. Give USER a number: Kubernetes cannot tell whether a name is root.",
		Sources: []string{"https://kubernetes.io/docs/concepts/security/pod-security-standards/", "https://docs.docker.com/reference/dockerfile/#user"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN make
			+ app
			config {"Cmd": ["/app"]}`,
		Miss: `
			RUN make
			+ app
			config {"Cmd": ["/app"], "User": "app"}`,
	},
}

func observeRoot(b *rules.Build, _ *model.Tree) []rules.Observation {
	user, _, _ := strings.Cut(b.User, ":")
	if user != "" && user != "0" && user != "root" || !b.RunsService() {
		return nil
	}
	for _, c := range b.Program().Commands {
		switch c.Name() {
		case "gosu", "su-exec", "setpriv", "s6-setuidgid", "chpst":
			return nil
		}
	}
	o := rules.Observation{Fix: advice.Hint(model.Manual, "Add USER with a number (USER 10001) before CMD, and make that user the owner of the directories it writes to.")}
	for i := range b.Instructions {
		if b.Parsed().Keyword(i) == "USER" {
			o.Instruction = model.Ptr(i)
		}
	}
	return []rules.Observation{o}
}
