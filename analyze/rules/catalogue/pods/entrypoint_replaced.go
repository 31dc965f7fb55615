package pods

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue/kubernetes"
	"github.com/tare-oci/tare/analyze/rules/startable"
	"github.com/tare-oci/tare/model"
)

// EntrypointReplaced finds a pod whose command goes past an entry point that is there to run
// commands, or whose arguments nobody reads.
var EntrypointReplaced = rules.Rule{
	ID:    "entrypoint-replaced",
	Group: rules.Kubernetes,
	Title: "the pod bypasses the image's entry point",
	Why: "A pod's command replaces ENTRYPOINT, and its args replace CMD; people who know docker run expect command to be CMD. If the entry point is a script that prepares things and then runs what it is given, " +
		"command skips the preparation: settings are not written, secrets are not read, the user is not changed, and no init passes signals on. With args, the script runs as before. A shell-form ENTRYPOINT, on the other hand, never reads args.",
	Confidence: model.Possible,
	ObservePod: observeReplaced,
	Lesson: rules.Lesson{
		See:        "docker inspect IMAGE --format '{{json .Config.Entrypoint}} {{json .Config.Cmd}}'\nkubectl get pod POD -o jsonpath='{.spec.containers[*].command}'",
		Before:     "image: shop/web:1         # ENTRYPOINT [\"/docker-entrypoint.sh\"]\ncommand: [\"gunicorn\", \"shop.wsgi\"]",
		After:      "image: shop/web:1\nargs: [\"gunicorn\", \"shop.wsgi\"]",
		OfManifest: true,
		WhenNot:    "Where the container is meant to run without the preparation. tare says nothing about jobs and init containers, where that is common, or if the command names the entry point itself.",
		Sources:    []string{"https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/", "https://docs.docker.com/reference/dockerfile/#shell-form-entrypoint-example"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY docker-entrypoint.sh /
			+ docker-entrypoint.sh text #!/bin/sh|./migrate|exec "$@"|
			+ app
			config {"Entrypoint": ["/docker-entrypoint.sh"], "Cmd": ["/app"], "User": "10001"}
			pod {containers: [{name: x, image: app, command: [/app, -v]}]}`,
		Miss: `
			COPY docker-entrypoint.sh /
			+ docker-entrypoint.sh text #!/bin/sh|./migrate|exec "$@"|
			+ app
			config {"Entrypoint": ["/docker-entrypoint.sh"], "Cmd": ["/app"], "User": "10001"}
			pod {containers: [{name: x, image: app, args: [/app, -v]}]}`,
	},
}

func observeReplaced(b *rules.Build, _ *model.Tree) []rules.Observation {
	c, entry := b.Pod.Container, b.Own.Entrypoint
	if len(entry) == 0 || !kubernetes.Serves(b) {
		return nil
	}
	if len(c.Command) == 0 {
		return ignoredArgs(b)
	}
	p := b.Own.Process()
	name := path.Base(entry[0])
	script, _ := b.Own.ScriptOf(entry[0])
	what := ""
	switch {
	case slices.ContainsFunc(b.Entrypoint, func(w string) bool { return strings.Contains(w, name) }) || !b.RunsService():
		return nil // the command starts it, or the pod only waits for somebody
	case p.Anything && script == "":
		return nil // something else is in between
	case p.Anything:
		what = fmt.Sprintf("/%s, which prepares the start and runs any command", script)
	case p.Init == name:
		what = name + ", which passes signals on"
	default:
		return nil
	}
	words := slices.Clone(b.Entrypoint)
	if len(entry) > 1 && p.Anything {
		return nil // with words of its own between
	}
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = fmt.Sprintf("%q", w)
	}
	return []rules.Observation{kubernetes.InPod(b, c.CommandLine, fmt.Sprintf("Pass these words as args: command replaces the image's entry point, %s.", what), "args: ["+strings.Join(quoted, ", ")+"]\n")}
}

// ignoredArgs finds arguments for an entry point in shell form.
func ignoredArgs(b *rules.Build) []rules.Observation {
	c, entry := b.Pod.Container, b.Own.Entrypoint
	if len(c.Args) == 0 || !startable.IsShellText(entry) || len(entry) != 3 || readsArguments(entry[2]) {
		return nil
	}
	o := kubernetes.InPod(b, c.ArgsLine, "Write the image's ENTRYPOINT with brackets, or put the whole command line into command: a shell runs this entry point and ignores these args.", "")
	o.Title, o.Confidence = "args that are never read", model.Likely
	return []rules.Observation{o}
}

// readsArguments reports whether a shell's text uses what stands behind it.
func readsArguments(text string) bool {
	for _, form := range []string{"$@", "$*", "$0", "$1", "${1", "${@", "$#", "shift"} {
		if strings.Contains(text, form) {
			return true
		}
	}
	return false
}
