package kubernetes

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// NoInit finds a script that runs several programs beside each other with nobody to pass
// signals on.
var NoInit = rules.Rule{
	ID:    "no-init",
	Group: rules.Kubernetes,
	Title: "several programs without an init",
	Why: "The script starts one program with & and another one after it. Process 1, be it one of them or the shell, does not pass signals on to the others, so docker stop kills those without warning. Nothing notices when the one in the background dies, and nothing cleans up the processes that it leaves behind (zombies). " +
		"Kubernetes expects one program in a container; several belong in containers of one pod. If they must stay together, put tini or dumb-init in front: it passes the signal to all of them and cleans up.",
	Confidence: model.Possible,
	Observe:    observeNoInit,
	InPod:      byCommandOrShared,
	Lesson: rules.Lesson{
		See:     "docker top CONTAINER\ntime docker stop CONTAINER",
		Before:  "ENTRYPOINT [\"/start.sh\"]   # worker & exec node server.js",
		After:   "RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*\nENTRYPOINT [\"tini\", \"-g\", \"--\", \"/start.sh\"]",
		WhenNot: "Where the container runs one program that starts no others; where the script traps the signal, passes it on and waits; where docker run has --init; and where the pod shares its process namespace (shareProcessNamespace).",
		Sources: []string{"https://github.com/krallin/tini", "https://docs.docker.com/engine/containers/multi-service_container/"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY start.sh /
			+ start.sh text #!/bin/sh|/worker &|exec /app|
			+ app
			+ worker
			config {"Entrypoint": ["/start.sh"]}`,
		Miss: `
			COPY start.sh /
			+ start.sh text #!/bin/sh|/worker &|exec /app|
			+ app
			+ worker
			config {"Entrypoint": ["/usr/bin/tini", "-g", "--", "/start.sh"]}`,
	},
}

func observeNoInit(b *rules.Build, _ *model.Tree) []rules.Observation {
	p := b.Process()
	if p.Init != "" || p.Minds || !b.RunsService() || b.Pod != nil && b.Pod.Workload.ShareProcesses {
		return nil
	}
	var programs []string
	for _, c := range p.Background {
		if name := c.Name(); name != "" && staysRunning(c) && !slices.Contains(programs, name) {
			programs = append(programs, name)
		}
	}
	background := len(programs)
	if name := p.Name(); name != "" && !slices.Contains(programs, name) {
		programs = append(programs, name)
	}
	if background == 0 || len(programs) < 2 {
		return nil
	}
	way := "put tini or dumb-init in front of the script"
	if init := installedInit(b); init != "" && p.Script != "" {
		way = fmt.Sprintf("put %s, which is in the image, in front of the script", init)
	}
	o := AtProgram(b, fmt.Sprintf("Give %s containers of their own in one pod; or %s, so that all of them receive signals.", JoinNames(programs), way))
	if p.Script != "" {
		o.Paths = []string{p.Script}
	}
	return []rules.Observation{o}
}

// staysRunning reports whether a command in the background is a program that stays there,
// and not a helper that waits a little and goes.
func staysRunning(c rewrite.Command) bool {
	switch c.Name() {
	case "sleep", "tail", "cat", "echo", "curl", "wget", "tee", "logger", "sh", "bash", "watch", "printf", "touch", "mkdir", "chown", "chmod", "cp", "mv", "rm", "":
		return false
	}
	return true
}

// installedInit returns the path of a small init in the image, "" for none.
func installedInit(b *rules.Build) string {
	for _, name := range []string{"tini", "dumb-init"} {
		for _, dir := range append(b.SearchPath(), "/", "/usr/bin", "/sbin") {
			if _, there := b.Visible(strings.TrimPrefix(path.Join(dir, name), "/")); there {
				return path.Join(dir, name)
			}
		}
	}
	return ""
}

// JoinNames lists names for a sentence: "a, b and c".
func JoinNames(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
