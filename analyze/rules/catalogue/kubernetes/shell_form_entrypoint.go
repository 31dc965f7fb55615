package kubernetes

import (
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// ShellFormEntrypoint finds an ENTRYPOINT or CMD that a shell runs.
var ShellFormEntrypoint = rules.Rule{
	ID:    "shell-form-entrypoint",
	Group: rules.Kubernetes,
	Title: "a shell runs as process 1",
	Why: "CMD and ENTRYPOINT without brackets are run by /bin/sh -c. The shell may stay as process 1 with the program as its child, and it does not forward signals: when Kubernetes or docker stop sends SIGTERM, the program never gets it, " +
		"and is killed once the grace period (30 or 10 seconds) is over, without a chance to finish its requests. A shell-form ENTRYPOINT also ignores CMD and the arguments of docker run.",
	Confidence: model.Possible,
	Observe:    observeShellForm,
	Lesson: rules.Lesson{
		See:     "docker inspect IMAGE --format '{{json .Config.Entrypoint}} {{json .Config.Cmd}}'",
		Before:  "CMD node server.js",
		After:   "CMD [\"node\", \"server.js\"]",
		WhenNot: "Where the command needs a shell (variables, several steps): then start its last command with exec.",
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
	o := rules.Observation{Fix: advice.Hint(model.Manual, "Write "+keyword+" with brackets, or start its last command with exec.")}
	for i := len(b.Instructions) - 1; i >= 0; i-- {
		if b.Parsed().Keyword(i) != keyword {
			continue
		}
		o.Instruction = model.Ptr(i)
		if after, ok := rewrite.ExecForm(b.Parsed().Text(i)); ok && !b.Instructions[i].Inherited {
			o.Fix = advice.Edit{Before: b.Parsed().Text(i), After: after}.Fix(model.Manual, "Make the program process 1, so that it receives signals.")
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
