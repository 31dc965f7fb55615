package kubernetes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// ManyServices finds supervisors, and scripts that start one service behind another.
var ManyServices = rules.Rule{
	ID:    "many-services",
	Group: rules.Kubernetes,
	Title: "several services in one container",
	Why: "With a supervisor, or a script that starts one service in the background and another in the foreground, a container looks healthy as long as the last process lives. The others can die unnoticed; they cannot be scaled, updated or limited " +
		"separately; their logs mix. Kubernetes expects one process per container; those that belong together run as containers of one pod, each with its own probes and limits.",
	Confidence: model.Possible,
	Observe:    observeServices,
	InPod:      byServices,
	Lesson: rules.Lesson{
		See:     "docker inspect IMAGE --format '{{json .Config.Entrypoint}} {{json .Config.Cmd}}'\ndocker top CONTAINER",
		Before:  "CMD service nginx start && php-fpm -F",
		After:   "CMD [\"php-fpm\", \"-F\"]   # nginx in an image of its own",
		WhenNot: "Where the processes are parts of one program that watches them itself, such as a web server and its workers.",
		Sources: []string{"https://docs.docker.com/engine/containers/multi-service_container/", "https://kubernetes.io/docs/concepts/workloads/pods/"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN make
			+ app
			config {"Cmd": ["/usr/bin/supervisord", "-n"]}`,
		Miss: `
			RUN make
			+ app
			config {"Cmd": ["/app", "service"]}`,
	},
}

var supervisors = strings.Fields("supervisord circusd monit foreman honcho overmind goreman pm2 pm2-runtime forego multirun")

func observeServices(b *rules.Build, _ *model.Tree) []rules.Observation {
	if b.Pod != nil && len(Helpers(b)) > 0 {
		return nil
	}
	for _, c := range b.Program().Commands {
		if slices.Contains(supervisors, c.Name()) {
			return []rules.Observation{AtProgram(b, supervised(b, c))}
		}
	}
	started, beside := backgrounds(b)
	if len(started) > 1 || len(started) == 1 && !runsNothingElse(b, beside) {
		return []rules.Observation{AtProgram(b, "Run one service in the foreground, and give the others their own images: nobody notices when one in the background dies.")}
	}
	return nil
}

// programs are the programs that a configuration of supervisord starts.
var programs = lazyregexp.New(`(?m)^\s*\[program:([^\]\s]+)\]`)

// supervised says what to do about a supervisor: where it has one program to start, Kubernetes
// does its work.
func supervised(b *rules.Build, c rewrite.Command) string {
	if c.Name() == "supervisord" {
		words := make([]string, len(c.Words))
		for i, w := range c.Words {
			words[i] = w.Text
		}
		text, _ := supervisorConfig(b, words)
		if found := programs.FindAllStringSubmatch(text, -1); len(found) == 1 {
			return fmt.Sprintf("Start %s itself as process 1: supervisord starts nothing else, and Kubernetes, which restarts what dies, sees only supervisord now.", found[0][1])
		}
	}
	return fmt.Sprintf("Give each service that %s starts its own image, and run them as containers of one pod or as separate deployments.", c.Name())
}
