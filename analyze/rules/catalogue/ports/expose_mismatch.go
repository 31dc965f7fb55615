package ports

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/catalogue/kubernetes"
	"github.com/tare-oci/tare/model"
)

// ExposeMismatch finds an EXPOSE of a port at which the program does not listen.
var ExposeMismatch = rules.Rule{
	ID:    "expose-mismatch",
	Group: rules.Kubernetes,
	Title: "EXPOSE names another port than the program listens on",
	Why: "EXPOSE opens nothing. It tells people and tools where the program listens: docker run -P, Compose, Traefik and other proxies, platforms that look for the port to send requests to, and whoever writes the manifest. If the program listens elsewhere, they all lead to a port where nobody answers. " +
		"tare compares EXPOSE with the configuration of nginx and Apache or with the command, and reports a mismatch only if none of the ports is right and the program cannot be listening on yet another one, for TLS or management.",
	Confidence: model.Likely,
	Observe:    observeExpose,
	Lesson: rules.Lesson{
		See:     "docker inspect IMAGE --format '{{json .Config.ExposedPorts}} {{json .Config.Cmd}}'",
		Before:  "EXPOSE 5000\nCMD [\"gunicorn\", \"-b\", \"0.0.0.0:8000\", \"app:app\"]",
		After:   "EXPOSE 8000\nCMD [\"gunicorn\", \"-b\", \"0.0.0.0:8000\", \"app:app\"]",
		WhenNot: "Where whoever starts the container gives the program the port that EXPOSE names.",
		Sources: []string{"https://docs.docker.com/reference/dockerfile/#expose", "https://docs.docker.com/reference/cli/docker/container/run/#publish-all"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY app /app
			+ app/app.py
			+ usr/local/bin/gunicorn
			EXPOSE 5000
			config {"Cmd": ["gunicorn", "-b", "0.0.0.0:8000", "app:app"], "ExposedPorts": {"5000/tcp": {}}}`,
		Fixed: "EXPOSE 8000",
		Miss: `
			COPY app /app
			+ app/app.py
			+ usr/local/bin/gunicorn
			EXPOSE 8000
			config {"Cmd": ["gunicorn", "-b", "0.0.0.0:8000", "app:app"], "ExposedPorts": {"8000/tcp": {}}}`,
	},
}

func observeExpose(b *rules.Build, _ *model.Tree) []rules.Observation {
	l := Listening(b)
	if len(l.Ports) == 0 || len(b.Ports) == 0 || !b.RunsService() {
		return nil
	}
	var exposed, listens []string
	for _, port := range b.Ports {
		number, protocol, _ := strings.Cut(port, "/")
		if n, err := strconv.ParseInt(number, 10, 64); err != nil || protocol == "udp" || l.MayListen(n) {
			return nil
		}
		exposed = append(exposed, number)
	}
	for _, n := range l.Ports {
		listens = append(listens, strconv.FormatInt(n, 10))
	}
	i := kubernetes.LastOf(b, "EXPOSE")
	if i >= 0 && b.Instructions[i].Inherited {
		return nil // the base image's, for a program of its own
	}
	summary := fmt.Sprintf("EXPOSE %s instead of %s: there %s listens.", kubernetes.JoinNames(listens), kubernetes.JoinNames(exposed), l.Who)
	o := rules.Observation{Fix: advice.Hint(model.Manual, summary)}
	if i < 0 {
		return []rules.Observation{o}
	}
	o.Instruction = model.Ptr(i)
	before := b.Parsed().Text(i)
	if fields := strings.Fields(before); len(listens) == 1 && len(exposed) == 1 && len(fields) == 2 && fields[1] == strings.TrimSuffix(b.Ports[0], "/tcp") {
		o.Fix = advice.Edit{Before: before, After: fields[0] + " " + listens[0]}.Fix(model.Manual, summary)
	}
	return []rules.Observation{o}
}
