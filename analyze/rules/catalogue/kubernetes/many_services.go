package kubernetes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
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
	p := b.Program()
	started := 0
	for _, c := range p.Commands {
		if slices.Contains(supervisors, c.Name()) {
			return []rules.Observation{atProgram(b, fmt.Sprintf("Give each service that %s starts its own image, and run them as containers of one pod or as separate deployments.", c.Name()))}
		}
		switch {
		case c.Name() == "service" && len(c.Words) > 2 && (c.Words[2].Text == "start" || c.Words[2].Text == "restart"):
			started++
		case strings.HasPrefix(c.Words[0].Text, "/etc/init.d/") && len(c.Words) > 1 && c.Words[1].Text == "start":
			started++
		case c.Name() == "apachectl" || c.Name() == "rc-service" || c.Name() == "systemctl":
			started++
		}
	}
	if started > 0 && len(p.Commands) > 1 {
		return []rules.Observation{atProgram(b, "Run one service in the foreground, and give the others their own images: nobody notices when one in the background dies.")}
	}
	return nil
}
