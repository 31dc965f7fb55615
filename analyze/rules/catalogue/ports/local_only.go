package ports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue/kubernetes"
	"github.com/tare-oci/tare/model"
)

// LocalOnly finds a server that listens at the container's own address alone.
var LocalOnly = rules.Rule{
	ID:    "local-only",
	Group: rules.Kubernetes,
	Title: "a server that nobody outside can reach",
	Why: "A program that listens on 127.0.0.1 gets connections from its own network namespace only: from inside the container, or from the other containers of its pod. docker run -p, a Service and the probes of Kubernetes all come from outside, and get \"connection refused\". " +
		"Many development servers (flask run, uvicorn, gunicorn, manage.py runserver, rails server) listen there unless they are told otherwise, which is right on a laptop. tare goes by the configuration of nginx and Apache, and by the command of fifteen other servers, with the defaults in their manuals. If an option that it does not know, a variable or a file may say otherwise, it says nothing.",
	Confidence: model.Certain,
	Varies:     "certain, or possible where a file that tare does not read may say otherwise",
	Observe:    observeLocal,
	InPod:      localSetting,
	Lesson: rules.Lesson{
		See:     "docker run -d --name x IMAGE && docker exec x ss -ltn   # 127.0.0.1:8000 instead of 0.0.0.0:8000",
		Before:  "CMD [\"uvicorn\", \"main:app\"]",
		After:   "CMD [\"uvicorn\", \"main:app\", \"--host\", \"0.0.0.0\"]",
		WhenNot: "Where the container shares its network with the one that calls it: a sidecar, docker run --network container:NAME or --network host. tare says nothing about a pod that has hostNetwork or other containers.",
		Sources: []string{"https://docs.docker.com/engine/network/", "https://kubernetes.io/docs/concepts/services-networking/", "https://docs.gunicorn.org/en/stable/settings.html#bind", "https://flask.palletsprojects.com/en/stable/cli/"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY app /app
			+ app/main.py
			+ usr/local/bin/uvicorn
			EXPOSE 8000
			CMD ["uvicorn", "main:app"]
			config {"Cmd": ["uvicorn", "main:app"], "ExposedPorts": {"8000/tcp": {}}}`,
		Fixed: `CMD ["uvicorn", "main:app", "--host", "0.0.0.0"]`,
		Miss: `
			COPY app /app
			+ app/main.py
			+ usr/local/bin/uvicorn
			EXPOSE 8000
			CMD ["uvicorn", "main:app", "--host", "0.0.0.0"]
			config {"Cmd": ["uvicorn", "main:app", "--host", "0.0.0.0"], "ExposedPorts": {"8000/tcp": {}}}`,
	},
}

// localSetting is what of a pod decides who reaches the program: its command and its network,
// containers beside it, which do, and what it says of the program's settings.
func localSetting(b *rules.Build) rules.Setting {
	c := b.Pod.Container
	switch {
	case b.Pod.Workload.HostNetwork:
		return rules.Setting{Decides: true, Ends: true, Text: "hostNetwork: true", Line: b.Pod.Workload.Pod.Line}
	case b.Pod.Beside() > 1:
		return rules.Setting{Decides: true, Ends: true, Text: "a container beside it, which reaches it there", Line: c.Line}
	case !kubernetes.Serves(b):
		return rules.Setting{Decides: true, Ends: true}
	case b.Pod.Overrides().Decides:
		return kubernetes.ByCommand(b)
	case len(c.Env) > 0:
		return rules.Setting{Decides: true, Text: "env", Line: c.Env[0].Line}
	case len(c.EnvFrom) > 0:
		return rules.Setting{Decides: true, Text: "envFrom", Line: c.Line}
	case len(c.Mounts) > 0:
		return rules.Setting{Decides: true, Text: "volumeMounts", Line: c.Mounts[0].Line}
	}
	return rules.Setting{}
}

func observeLocal(b *rules.Build, _ *model.Tree) []rules.Observation {
	if !b.RunsService() {
		return nil
	}
	l := Listening(b)
	if l.Local == "" {
		return nil
	}
	how := "listens on " + l.Local + " alone"
	if l.Default {
		how = "listens on " + l.Local + " unless it is told otherwise"
	}
	summary := fmt.Sprintf("Let %s listen on 0.0.0.0: it %s, where neither docker run -p nor a Service nor a probe reaches it.", l.Who, how)
	o := kubernetes.AtProgram(b, summary)
	if l.Unsure {
		o.Confidence = model.Possible
	}
	p := b.Process()
	if l.Words != nil && !l.Unsure && meantForOthers(b, l.Ports) && isPlainCommand(&p) {
		if fix := kubernetes.StartWith(b, &p, l.Words, summary); fix != nil {
			o.Fix = fix
		}
	}
	return []rules.Observation{o}
}

// isPlainCommand reports whether the words of a program are what the command says, each as it
// stands, so that they can be written as a list: no script has them, and no shell gives them
// another meaning or does anything before.
func isPlainCommand(p *rules.Process) bool {
	if !p.InText {
		return p.Script == "" && len(p.Texts) == 0 || p.Anything && p.Keyword == "CMD"
	}
	if len(p.Texts) != 1 || strings.ContainsAny(p.Texts[0], shellCharacters) {
		return false
	}
	said := strings.Fields(p.Texts[0])
	if len(said) > 0 && said[0] == "exec" {
		said = said[1:]
	}
	return slices.Equal(said, p.Words)
}

// shellCharacters mean something to a shell.
const shellCharacters = "$`*?[]{}~()<>|&;#\n\\\"'"

// meantForOthers reports whether the image or the pod says that others are to reach the program:
// it names the port. Only then is an edit what the author meant.
func meantForOthers(b *rules.Build, ports []int64) bool {
	if b.Pod != nil && len(b.Pod.Container.Ports) > 0 {
		return true
	}
	return slices.ContainsFunc(ports, func(n int64) bool {
		return slices.ContainsFunc(b.Ports, func(exposed string) bool {
			number, _, _ := strings.Cut(exposed, "/")
			return number == strconv.FormatInt(n, 10)
		})
	})
}
