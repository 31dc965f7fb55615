package pods

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue/kubernetes"
	"github.com/tare-oci/tare/analyze/rules/catalogue/ports"
	"github.com/tare-oci/tare/model"
)

// NoProbe finds a container that serves a port and that Kubernetes cannot ask whether it is
// ready.
var NoProbe = rules.Rule{
	ID:    "no-probe",
	Group: rules.Kubernetes,
	Title: "a service without a readiness probe",
	Why: "Without a readinessProbe, a pod gets requests as soon as its process has started: at each rollout the first ones fail until the program listens, and a pod that hangs keeps getting its share. Kubernetes ignores HEALTHCHECK in the image, " +
		"so the manifest has to say again how to check the program. tare does not ask for a liveness probe: one that is too strict restarts pods that are only busy.",
	Confidence: model.Possible,
	ObservePod: observeProbe,
	Lesson: rules.Lesson{
		See:        "kubectl get pod POD -o jsonpath='{.spec.containers[*].readinessProbe}'\ndocker inspect IMAGE --format '{{json .Config.Healthcheck}}'",
		Before:     "containers:\n  - name: web\n    image: shop/web:1\n    ports: [{containerPort: 8080}]",
		After:      "containers:\n  - name: web\n    image: shop/web:1\n    ports: [{containerPort: 8080}]\n    readinessProbe:\n      httpGet: {path: /healthz, port: 8080}",
		OfManifest: true,
		WhenNot:    "Where the pod gets no requests through a Service. tare says nothing about jobs, init containers, containers without a TCP port, containers with a command of their own and no ports, and containers that have a readiness probe.",
		Sources:    []string{"https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/", "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN make
			+ app
			config {"Cmd": ["/app"], "User": "10001", "ExposedPorts": {"8080/tcp": {}}}
			pod {containers: [{name: x, image: app}]}`,
		Miss: `
			RUN make
			+ app
			config {"Cmd": ["/app"], "User": "10001", "ExposedPorts": {"8080/tcp": {}}}
			pod {containers: [{name: x, image: app, readinessProbe: {tcpSocket: {port: 8080}}}]}`,
	},
}

func observeProbe(b *rules.Build, _ *model.Tree) []rules.Observation {
	c := b.Pod.Container
	if !kubernetes.Serves(b) || c.Readiness != nil || strings.HasPrefix(b.Pod.Workload.APIVersion, "serving.knative.dev/") || !b.RunsService() {
		return nil // Knative asks by itself
	}
	port := probedPort(b)
	if port == "" {
		return nil
	}
	summary := fmt.Sprintf("Give %s a readinessProbe on port %s, so that it gets requests only when it can answer them.", kubernetes.Container(b), port)
	if b.Healthcheck {
		summary = fmt.Sprintf("Give %s a readinessProbe: Kubernetes ignores HEALTHCHECK in the image.", kubernetes.Container(b))
	}
	return []rules.Observation{kubernetes.InPod(b, c.Line, summary, "readinessProbe:\n"+probe(b, port))}
}

// probedPort is the port to ask: one at which the program listens, where that is known; else the
// first that the manifest names for TCP, or that the image exposes; "" for none.
func probedPort(b *rules.Build) string {
	l := ports.Listening(b)
	if l.Local != "" && !l.Unsure {
		return "" // the kubelet reaches it as little as anybody else, of which rule local-only tells
	}
	if len(l.Ports) > 0 {
		for _, p := range b.Pod.Container.Ports {
			if slices.Contains(l.Ports, p.Number) {
				return strconv.FormatInt(p.Number, 10)
			}
		}
		return strconv.FormatInt(l.Ports[0], 10) // and rule port-mismatch tells of another one
	}
	for _, p := range b.Pod.Container.Ports {
		if p.Protocol == "" || p.Protocol == "TCP" {
			return strconv.FormatInt(p.Number, 10)
		}
	}
	if len(b.Pod.Container.Ports) > 0 || b.Pod.Overrides().Decides {
		return "" // another command may serve nothing
	}
	for _, exposed := range b.Ports {
		if number, protocol, _ := strings.Cut(exposed, "/"); protocol == "" || protocol == "tcp" {
			return number
		}
	}
	return ""
}

// askedURL is what a HEALTHCHECK asks of its own container.
var askedURL = lazyregexp.New(`https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(:[0-9]+)?(/[A-Za-z0-9._~/%-]*)?`)

// askedPage is what askedURL finds in the text of a check that asks for one page and no more: nil
// where it has a variable or a query, or sends more than a plain GET.
func askedPage(text string) []string {
	at := askedURL.FindStringSubmatchIndex(text)
	if at == nil || strings.Count(text, "://") > 1 || at[1] < len(text) && !strings.ContainsRune(" \t\"'|;&)", rune(text[at[1]])) {
		return nil
	}
	for _, option := range []string{" -X", " -H", " -d", " -u", " -F", " --request", " --header", " --data", " --user", " --post", " --method"} {
		if strings.Contains(text, option) {
			return nil
		}
	}
	return askedURL.FindStringSubmatch(text)
}

// probe is the inside of a probe: what the image's HEALTHCHECK does, or a connection.
func probe(b *rules.Build, port string) string {
	if len(b.Check) < 2 || !b.Healthcheck {
		return "  tcpSocket: {port: " + port + "}\n"
	}
	words := b.Check[1:]
	if m := askedPage(strings.Join(words, " ")); m != nil {
		return httpGet(m)
	}
	if b.Check[0] == "CMD-SHELL" {
		words = []string{"/bin/sh", "-c", words[0]}
	}
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = strconv.Quote(w)
	}
	return "  exec:\n    command: [" + strings.Join(quoted, ", ") + "]\n"
}

// httpGet is the inside of a probe that asks what askedURL found.
func httpGet(m []string) string {
	scheme, at, page := "", strings.TrimPrefix(m[1], ":"), m[2]
	if strings.HasPrefix(m[0], "https:") {
		scheme = ", scheme: HTTPS"
	}
	if at == "" {
		at = map[bool]string{false: "80", true: "443"}[scheme != ""]
	}
	if page == "" {
		page = "/"
	}
	return "  httpGet: {path: " + page + ", port: " + at + scheme + "}\n"
}
