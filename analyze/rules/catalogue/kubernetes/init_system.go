package kubernetes

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// InitSystem finds images whose process 1 starts and watches services.
var InitSystem = rules.Rule{
	ID:    "init-system",
	Group: rules.Kubernetes,
	Title: "an init system inside the container",
	Why: "systemd, OpenRC, runit or s6 start services, restart them and collect their logs. In a container the engine or Kubernetes does all that, and sees only process 1: as long as the init system runs, a service that died goes " +
		"unnoticed, probes and restarts do not work, and logs end up in files. systemd also asks for privileges that a cluster should not grant. tini and dumb-init only forward signals, so tare does not count them as init systems.",
	Confidence: model.Possible,
	Observe:    observeInit,
	InPod:      ByCommand,
	Lesson: rules.Lesson{
		See:     "docker inspect IMAGE --format '{{json .Config.Entrypoint}} {{json .Config.Cmd}}'",
		Before:  "CMD [\"/sbin/init\"]",
		After:   "CMD [\"nginx\", \"-g\", \"daemon off;\"]",
		WhenNot: "In images that stand in for a whole machine, for example to test configuration management.",
		Sources: []string{"https://docs.docker.com/engine/containers/multi-service_container/", "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN make
			+ sbin/init
			config {"Cmd": ["/sbin/init"]}`,
		Miss: `
			RUN make
			+ app
			config {"Cmd": ["/usr/bin/tini", "--", "/app"]}`,
	},
}

var inits = strings.Fields("systemd init openrc-init runit runit-init runsvdir s6-svscan s6-overlay-init my_init upstart busybox-init")

func observeInit(b *rules.Build, _ *model.Tree) []rules.Observation {
	for _, c := range b.Program().Commands {
		name := c.Name()
		to, _ := b.Resolve(c.Words[0].Text)
		if c.Words[0].Text == "/init" || slices.Contains(inits, name) && name != "init" || path.Base(to) == "systemd" || c.Words[0].Text == "/sbin/init" {
			return []rules.Observation{AtProgram(b, fmt.Sprintf("Run the service itself in the foreground instead of %s, and let Kubernetes restart it.", c.Words[0].Text))}
		}
	}
	return nil
}

// AtProgram is an observation about what the image runs, at the instruction that
// says so.
func AtProgram(b *rules.Build, summary string) rules.Observation {
	o := rules.Observation{Fix: advice.Hint(model.Manual, summary)}
	keyword := "ENTRYPOINT"
	if len(b.Entrypoint) == 0 {
		keyword = "CMD"
	}
	if overridden(b, keyword) {
		return InPod(b, b.Pod.Overrides().Line, summary, "")
	}
	for i := range b.Instructions {
		if b.Parsed().Keyword(i) == keyword {
			o.Instruction = model.Ptr(i) // the last one holds
		}
	}
	return o
}
