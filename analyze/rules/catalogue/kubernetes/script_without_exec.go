package kubernetes

import (
	"fmt"
	"path"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// ScriptWithoutExec finds a script that starts the program and stays in front of it.
var ScriptWithoutExec = rules.Rule{
	ID:    "script-without-exec",
	Group: rules.Kubernetes,
	Title: "a start script without exec",
	Do:    "start the program without the script",
	Why: "A script that starts the program as its last command, but without exec, stays as process 1 with the program as its child. A shell does not pass signals on: docker stop waits ten seconds, Kubernetes thirty, and then kills the program in the middle of its work. " +
		"With exec in front of the last command, the program takes the script's place, gets the signal and can finish. Scripts that end with a loop, trap signals, wait for their children or run below tini are left alone.",
	Confidence: model.Likely,
	Observe:    observeHolder,
	InPod:      ByCommand,
	Lesson: rules.Lesson{
		See:     "docker inspect IMAGE --format '{{json .Config.Entrypoint}} {{json .Config.Cmd}}'\ndocker top CONTAINER\ntime docker stop CONTAINER",
		Before:  "#!/bin/sh\n./migrate\nnode server.js",
		After:   "#!/bin/sh\n./migrate\nexec node server.js",
		WhenNot: "Where the script has work to do after the program has ended: then trap the signal, pass it on with kill, and wait.",
		Sources: []string{"https://docs.docker.com/reference/dockerfile/#exec-form-entrypoint-example", "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY start.sh /
			+ start.sh text #!/bin/sh|set -e|/app --port 8080|
			+ app
			ENTRYPOINT ["/start.sh"]
			config {"Entrypoint": ["/start.sh"]}`,
		Fixed: "ENTRYPOINT [\"/app\", \"--port\", \"8080\"]",
		Miss: `
			COPY start.sh /
			+ start.sh text #!/bin/sh|set -e|exec /app --port 8080|
			+ app
			ENTRYPOINT ["/start.sh"]
			config {"Entrypoint": ["/start.sh"]}`,
	},
}

func observeHolder(b *rules.Build, _ *model.Tree) []rules.Observation {
	p := b.Process()
	if p.Init != "" || p.Minds || len(p.Background) > 0 || !b.RunsService() {
		return nil
	}
	for _, h := range p.Holders {
		if h.Script == "" || !startsProgram(&h) {
			continue
		}
		last := sourceOf(h.HandOver.Words)
		o := AtProgram(b, fmt.Sprintf("In /%s, line %d, write exec before %s, so that it becomes process 1 and receives signals.", h.Script, h.HandOver.Line, quoted(last)))
		o.Paths = []string{h.Script}
		if fix := withoutScript(b, &h); fix != nil {
			o.Fix = fix
		}
		return []rules.Observation{o}
	}
	return nil
}

// startsProgram reports whether what a script leaves running is a program that stays there.
// What switches to another user is often meant to be one process with it, and what goes to the
// background is for another rule.
func startsProgram(h *rules.Holder) bool {
	name := h.HandOver.Words[0].Text
	switch path.Base(strings.Trim(name, `"`)) {
	case "gosu", "su-exec", "chpst", "s6-setuidgid", "setpriv", "tini", "dumb-init", "s6-svscan", "catatonit", "nginx", "apachectl", "apache2ctl", "service", "systemctl", "supervisord", "/init", "init":
		return false
	}
	return true
}

// withoutScript is the edit that starts the program itself, where the script does nothing else.
func withoutScript(b *rules.Build, h *rules.Holder) *model.Fix {
	if !h.HandOver.Alone {
		return nil
	}
	words := make([]string, len(h.HandOver.Words))
	for i, w := range h.HandOver.Words {
		if !w.Literal || w.Glob {
			return nil
		}
		words[i] = w.Text
	}
	keyword, have := "ENTRYPOINT", b.Entrypoint
	if len(have) == 0 {
		keyword, have = "CMD", b.Cmd
	}
	// The script is all that the instruction starts, and nobody gives it arguments.
	if named := strings.TrimPrefix(path.Join("/", b.WorkingDir, have[len(have)-1]), "/"); path.IsAbs(have[len(have)-1]) && strings.TrimPrefix(have[len(have)-1], "/") != h.Script || !path.IsAbs(have[len(have)-1]) && named != h.Script {
		return nil
	}
	return StartWith(b, &rules.Process{Keyword: keyword}, words, fmt.Sprintf("Start the program itself: /%s does nothing else, and as process 1 it keeps the signals.", h.Script))
}

// sourceOf is a command as a script has it, in one line.
func sourceOf(words []rewrite.Word) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = w.Text
	}
	return strings.Join(texts, " ")
}

// maxQuoted is how many characters of a command a sentence has.
const maxQuoted = 60

// quoted is a command as it stands in a sentence.
func quoted(command string) string {
	if runes := []rune(command); len(runes) > maxQuoted {
		return string(runes[:maxQuoted-1]) + "…"
	}
	return command
}
