package kubernetes

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/analyze/rules/startable"
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
	InPod:      ByCommand,
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
	if len(words) == 0 || startedShell(b) {
		words, keyword = b.Cmd, "CMD"
	}
	if !startable.IsShellText(words) || execs(words[2]) || !b.RunsService() {
		return nil
	}
	p := b.Process()
	if r, ok := b.Runner(p.Words); ok && p.InText && runnerFix(b, &p, &r) != nil {
		return nil // the edit for the package manager starts no shell either
	}
	if overridden(b, keyword) {
		return []rules.Observation{podShell(b, words)}
	}
	o := At(b, keyword, "Write "+keyword+" with brackets, or start its last command with exec.")
	if o.Instruction == nil || b.Instructions[*o.Instruction].Inherited {
		return []rules.Observation{o}
	}
	before := b.Parsed().Text(*o.Instruction)
	if after, ok := withoutShell(b, before, keyword); ok {
		o.Fix = advice.Edit{Before: before, After: after}.Fix(model.Manual, "Make the program process 1, so that it receives signals.")
	}
	return []rules.Observation{o}
}

// podShell is what to do about a shell that the pod starts.
func podShell(b *rules.Build, words []string) rules.Observation {
	o := InPod(b, b.Pod.Overrides().Line, "Start the program itself, or write exec before the last command of the shell, so that the program receives signals.", "")
	if len(words) != 3 {
		return o
	}
	if !strings.Contains(words[2], "\n") {
		if after, ok := rewrite.ExecForm("CMD " + words[2]); ok {
			if plain, _, ok := rewrite.StartWords(after); ok && len(plain) > 0 {
				o.Fix = podFix(b, plain, "Start the program itself, without a shell, so that it receives signals.")
				return o
			}
		}
	}
	if script, ok := rewrite.ExecLast(words[2]); ok {
		o.Fix = podFix(b, []string{words[0], words[1], script}, "Let the shell make way for the program with exec, so that it receives signals.")
	}
	return o
}

// startedShell reports whether the entry point makes way for CMD, which is a shell's text.
func startedShell(b *rules.Build) bool {
	p := b.Process()
	return p.Init == "" && startable.IsShellText(b.Cmd) && slices.ContainsFunc(p.Holders, func(h rules.Holder) bool { return h.Script == "" && h.Text == b.Cmd[2] })
}

// withoutShell makes the program of a CMD or ENTRYPOINT process 1, in whichever form the
// instruction is.
func withoutShell(b *rules.Build, text, keyword string) (string, bool) {
	ignores := keyword == "ENTRYPOINT" && len(b.Cmd) > 0 // in the JSON form it would get the words of CMD
	if after, ok := rewrite.ExecForm(text); ok && !ignores {
		return after, true
	}
	words, shell, ok := rewrite.StartWords(text)
	switch {
	case !ok || len(rewrite.Comments(text)) > 0:
		return "", false
	case shell == "" && startable.IsShellText(words) && len(words) == 3:
		script, ok := rewrite.ExecLast(words[2])
		if !ok {
			return "", false
		}
		return rewrite.WithStartWords(text, []string{words[0], words[1], script})
	case shell == "":
		return "", false
	}
	return rewrite.WithExec(text)
}

// execs reports whether the shell text ends by replacing the shell with the program.
func execs(text string) bool {
	if h, ok := rewrite.ReadHandOver(text); ok && h.Exec {
		return true
	}
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == ';' || r == '&' })
	return len(lines) > 0 && strings.HasPrefix(strings.TrimSpace(lines[len(lines)-1]), "exec ")
}
