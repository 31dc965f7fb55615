package kubernetes

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// What the image's first process is, and whom it runs as. These rules look at
// the config; no byte would be saved by following them.

var ShellFormEntrypoint = rules.Rule{
	ID:    "shell-form-entrypoint",
	Group: rules.Kubernetes,
	Title: "a shell stands before the program",
	Why: "CMD and ENTRYPOINT without brackets are run by /bin/sh -c. The shell may stay as process 1 with the program as its child, and it does not pass signals on: when Kubernetes or docker stop sends SIGTERM the program never hears of it, " +
		"and is killed without a chance to finish requests once the grace period (30 or 10 seconds) is over. An ENTRYPOINT in shell form also ignores CMD and the arguments of docker run.",
	Confidence: model.Possible,
	Observe:    observeShellForm,
	Lesson: rules.Lesson{
		See:     "docker inspect IMAGE --format '{{json .Config.Entrypoint}} {{json .Config.Cmd}}'",
		Before:  "CMD node server.js",
		After:   "CMD [\"node\", \"server.js\"]",
		WhenNot: "Where the text needs a shell (variables, several steps): then let its last command begin with exec.",
		Sources: []string{"https://docs.docker.com/reference/dockerfile/#shell-and-exec-form", "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN make
			+ app
			CMD ["/bin/sh" "-c" "/app -v"]
			config {"Cmd": ["/bin/sh", "-c", "/app -v"]}`,
		Fixed: "CMD [\"/app\", \"-v\"]",
		Miss: `
			RUN make
			+ app
			config {"Cmd": ["/bin/sh", "-c", "cd / && exec /app -v"]}`,
	},
}

func observeShellForm(b *rules.Build, _ *model.Tree) []rules.Observation {
	words, keyword := b.Entrypoint, "ENTRYPOINT"
	if len(words) == 0 {
		words, keyword = b.Cmd, "CMD"
	}
	if !rules.IsShellText(words) || execs(words[2]) || !b.RunsService() {
		return nil
	}
	o := rules.Observation{Fix: advice.Hint(model.Manual, "Write "+keyword+" with brackets, or let the last command of its text begin with exec.")}
	for i := len(b.Instructions) - 1; i >= 0; i-- {
		if b.Parsed().Keyword(i) != keyword {
			continue
		}
		o.Instruction = model.Ptr(i)
		if after, ok := rewrite.ExecForm(b.Parsed().Text(i)); ok && !b.Instructions[i].Inherited {
			o.Fix = advice.Edit{Before: b.Parsed().Text(i), After: after}.Fix(model.Manual, "Let the program be process 1, so that it gets the signals.")
		}
		break
	}
	return []rules.Observation{o}
}

// execs reports whether the shell text ends by replacing the shell with the program.
func execs(text string) bool {
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == ';' || r == '&' })
	return len(lines) > 0 && strings.HasPrefix(strings.TrimSpace(lines[len(lines)-1]), "exec ")
}

var InitSystem = rules.Rule{
	ID:    "init-system",
	Group: rules.Kubernetes,
	Title: "an init system inside the container",
	Why: "systemd, OpenRC, runit or s6 start services, restart them and collect their logs. In a container the engine or Kubernetes does all that, and sees only process 1: as long as the init lives, a service that died goes " +
		"unnoticed, probes and restarts do not work, and logs end up in files. systemd also asks for privileges that a cluster should not grant. tini and dumb-init only pass signals on and are no init system in this sense.",
	Confidence: model.Possible,
	Observe:    observeInit,
	Lesson: rules.Lesson{
		See:     "docker inspect IMAGE --format '{{json .Config.Entrypoint}} {{json .Config.Cmd}}'",
		Before:  "CMD [\"/sbin/init\"]",
		After:   "CMD [\"nginx\", \"-g\", \"daemon off;\"]",
		WhenNot: "In images that stand in for a whole machine, to test configuration management for one.",
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
			return []rules.Observation{atProgram(b, fmt.Sprintf("Run the one service itself instead of %s, in the foreground, and let Kubernetes restart it.", c.Words[0].Text))}
		}
	}
	return nil
}

// atProgram is an observation about what the image runs, at the instruction that
// says so.
func atProgram(b *rules.Build, summary string) rules.Observation {
	o := rules.Observation{Fix: advice.Hint(model.Manual, summary)}
	keyword := "ENTRYPOINT"
	if len(b.Entrypoint) == 0 {
		keyword = "CMD"
	}
	for i := range b.Instructions {
		if b.Parsed().Keyword(i) == keyword {
			o.Instruction = model.Ptr(i) // the last one holds
		}
	}
	return o
}

var ManyServices = rules.Rule{
	ID:    "many-services",
	Group: rules.Kubernetes,
	Title: "several services in one container",
	Why: "With a supervisor, or a script that starts one service in the background and another in front, a container looks well as long as the last process lives. The others can die unseen; they cannot be scaled, updated or limited " +
		"apart; their logs mix. Kubernetes runs one process a container, and those that belong together as containers of one pod, with their own probes and limits.",
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
			return []rules.Observation{atProgram(b, fmt.Sprintf("Give each service that %s starts an image of its own, and run them as containers of one pod or as deployments.", c.Name()))}
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
		return []rules.Observation{atProgram(b, "Run one service in the foreground, and give the others images of their own: one that is started in the background dies unseen.")}
	}
	return nil
}

var RunsAsRoot = rules.Rule{
	ID:    "runs-as-root",
	Group: rules.Kubernetes,
	Title: "the program runs as root",
	Why: "Without USER a container's process has user id 0. Whoever gets to run code in it can write everywhere in the container and, with a hole in the kernel or the engine, is root on the node. Clusters that enforce the " +
		"restricted Pod Security Standard refuse such a pod. Most programs need no more than a port above 1023 and a folder that they may write to.",
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
	o := rules.Observation{Fix: advice.Hint(model.Manual, "Add USER with a number (USER 10001) before CMD, and give that user the folders it writes to.")}
	for i := range b.Instructions {
		if b.Parsed().Keyword(i) == "USER" {
			o.Instruction = model.Ptr(i)
		}
	}
	return []rules.Observation{o}
}
