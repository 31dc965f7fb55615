package ports

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue/kubernetes"
	"github.com/tare-oci/tare/model"
)

// LowPort finds a port below 1024 in an image whose user is not root.
var LowPort = rules.Rule{
	ID:    "low-port",
	Group: rules.Kubernetes,
	Title: "a port below 1024 without root",
	Why: "On Linux only root, or a program with the capability NET_BIND_SERVICE, may listen on a port below 1024. Docker since 20.10 and many clusters lift that limit inside containers (net.ipv4.ip_unprivileged_port_start=0), others do not, and a pod that drops all capabilities on such a node fails with \"permission denied\" at bind. " +
		"tare takes the port from the program's configuration or command if one of them names it, and otherwise from EXPOSE. A port above 1023 works everywhere, and nobody outside sees a difference: a Service maps port 80 to any port of the container.",
	Confidence: model.Possible,
	Observe:    observeLowPort,
	InPod:      kubernetes.ByUser,
	Lesson: rules.Lesson{
		See:     "docker inspect IMAGE --format '{{.Config.User}} {{json .Config.ExposedPorts}}'\ndocker run --rm --sysctl net.ipv4.ip_unprivileged_port_start=1024 IMAGE",
		Before:  "USER 10001\nEXPOSE 80",
		After:   "USER 10001\nEXPOSE 8080",
		WhenNot: "Where the clusters that run it allow such ports (containerd's enable_unprivileged_ports, or the pod's sysctl), or the program has the capability as a file attribute (setcap).",
		Sources: []string{"https://man7.org/linux/man-pages/man7/capabilities.7.html", "https://docs.docker.com/engine/release-notes/20.10/", "https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN make
			+ app
			EXPOSE 80
			USER 10001
			config {"Cmd": ["/app"], "User": "10001", "ExposedPorts": {"80/tcp": {}}}`,
		Miss: `
			RUN make
			+ app
			EXPOSE 8080
			USER 10001
			config {"Cmd": ["/app"], "User": "10001", "ExposedPorts": {"8080/tcp": {}}}`,
	},
}

func observeLowPort(b *rules.Build, _ *model.Tree) []rules.Observation {
	if kubernetes.IsRoot(b) || !b.RunsService() || setsCapability(b) {
		return nil
	}
	if l := Listening(b); len(l.Ports) > 0 {
		return listensLow(b, &l)
	}
	if l := toldPort(b); len(l.Ports) > 0 && len(b.Ports) == 0 {
		return listensLow(b, &l)
	}
	var low []string
	for _, port := range b.Ports {
		number, _, _ := strings.Cut(port, "/")
		if n, err := strconv.Atoi(number); err == nil && n > 0 && n < 1024 {
			low = append(low, number)
		}
	}
	if len(low) == 0 || len(low) < len(b.Ports) && hasHigh(b) {
		return nil // it may listen on the others alone
	}
	o := kubernetes.At(b, "EXPOSE", fmt.Sprintf("Let the program listen on a port above 1023, such as %d, and EXPOSE that instead of %s: not every cluster lets a user other than root listen there.", instead(low[0]), kubernetes.JoinNames(low)))
	return []rules.Observation{o}
}

// listensLow is what is to be said where the program's configuration or command tells its ports.
func listensLow(b *rules.Build, l *Listener) []rules.Observation {
	var low []string
	for _, port := range l.Ports {
		if port > 0 && port < 1024 {
			low = append(low, strconv.FormatInt(port, 10))
		}
	}
	if len(low) == 0 {
		return nil
	}
	return []rules.Observation{kubernetes.AtProgram(b, fmt.Sprintf("Let %s listen on a port above 1023, such as %d, instead of %s: not every cluster lets a user other than root listen there.", l.Who, instead(low[0]), kubernetes.JoinNames(low)))}
}

// instead is the port that people take for a low one.
func instead(port string) int {
	n, _ := strconv.Atoi(port)
	if n == 443 {
		return 8443
	}
	return 8000 + n
}

// hasHigh reports whether the image also exposes a port that anybody may listen on.
func hasHigh(b *rules.Build) bool {
	for _, port := range b.Ports {
		number, _, _ := strings.Cut(port, "/")
		if n, err := strconv.Atoi(number); err == nil && n >= 1024 {
			return true
		}
	}
	return false
}

// setsCapability reports whether the build lets a program listen there.
func setsCapability(b *rules.Build) bool {
	for i := range b.Instructions {
		if b.Parsed().Keyword(i) == "RUN" && strings.Contains(strings.ToLower(b.Parsed().Text(i)), "cap_net_bind_service") {
			return true
		}
	}
	return false
}

// portOptions are what many programs call the option with the address or the port that they
// listen on.
var portOptions = []string{"--port", "-port", "--http-port", "--listen", "-listen", "--listen-address", "--addr", "-addr", "--bind", "--http-address"}

// toldPort is the port that an option of a program's command names which tare does not know.
// The option of a program that calls another may mean that one's port, so nothing is told where
// a word names a host.
func toldPort(b *rules.Build) Listener {
	p := b.Process()
	if len(p.Words) == 0 || len(p.Background) > 0 || len(p.Words) > maxWords || isKnown(p.Words) {
		return Listener{}
	}
	l := Listener{Who: path.Base(p.Words[0])}
	for i, w := range p.Words[1:] {
		option, value, joined := strings.Cut(w, "=")
		lower := strings.ToLower(option)
		if strings.HasPrefix(w, "-") && (strings.Contains(lower, "host") || strings.Contains(lower, "server") || strings.Contains(lower, "url") || strings.Contains(lower, "target")) || strings.Contains(w, "://") {
			return Listener{}
		}
		if !slices.Contains(portOptions, option) {
			continue
		}
		if !joined && i+2 < len(p.Words) {
			value = p.Words[i+2]
		}
		if hasVariable(value) {
			if len(p.Texts) == 0 || unsettled(&p) {
				return Listener{}
			}
			value = expand(b, value)
		}
		a, ok := addressOf(value)
		if n, isPort := portOf(a.port); ok && isPort {
			l.Ports = append(l.Ports, n)
		}
	}
	return l
}
