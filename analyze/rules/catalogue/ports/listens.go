package ports

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue/kubernetes"
)

var (
	nginxListen  = lazyregexp.New(`(?m)^[^#\n]*?\blisten\s+(?:(\[[^\]\s]*\]|[^\s;:\[\]]*):)?([0-9]+|[^\s;]+)`)
	nginxServer  = lazyregexp.New(`(?m)^[^#\n]*?\bserver\s*\{`)
	apacheListen = lazyregexp.New(`(?mi)^\s*Listen\s+(?:(\[[^\]\s]*\]|[^\s:\[\]]*):)?([0-9]+)\b`)
)

// Listener is where the program of a container listens for TCP connections, as far as its
// configuration or its command tells for certain.
type Listener struct {
	Who   string  // the program, as a person calls it; "" where nobody can tell
	Ports []int64 // nil where nobody can tell
	// Local is the address of the container itself where the program listens at no other:
	// 127.0.0.1. Nobody outside of the pod reaches it there.
	Local string
	// Default is true where the command says nothing of the address, and Local is what the
	// program takes then. Unsure is true where something that tare does not read may say
	// another one.
	Default, Unsure bool
	// Words are those of a command that listens at all addresses, nil where nobody knows.
	Words []string
}

// Listens are the ports at which the program listens, and its name, where its configuration
// or its command tells for certain.
func Listens(b *rules.Build) (who string, ports []int64) {
	l := Listening(b)
	return l.Who, l.Ports
}

// Listening is where the program listens.
func Listening(b *rules.Build) Listener {
	p := b.Process()
	if len(p.Background) > 0 || len(p.Words) == 0 {
		return Listener{} // another may listen
	}
	switch name := p.Name(); name {
	case "nginx", "openresty":
		return nginxListens(b, p.Words)
	case "apache2", "apache2-foreground", "httpd", "httpd-foreground", "apachectl", "apache2ctl":
		return apacheListens(b)
	default:
		return commandListens(b, p.Words)
	}
}

// nginxListens reads all listen directives. A server without one listens at 80; where a template
// or a variable may give other ports, nothing is known.
func nginxListens(b *rules.Build, words []string) Listener {
	l := Listener{Who: path.Base(words[0])}
	text, ok := kubernetes.NginxConfig(b, words)
	if !ok || len(kubernetes.SortedCaptured(b, "etc/nginx/templates/")) > 0 {
		return Listener{}
	}
	found := nginxListen.FindAllStringSubmatch(text, -1)
	var hosts []string
	for _, m := range found {
		n, err := strconv.ParseInt(m[2], 10, 64)
		if err != nil {
			if m[1] == "unix" || strings.HasPrefix(m[2], "unix:") {
				continue
			}
			return Listener{}
		}
		hosts = append(hosts, m[1])
		if !slices.Contains(l.Ports, n) {
			l.Ports = append(l.Ports, n)
		}
	}
	if len(found) < len(nginxServer.FindAllString(text, -1)) && !slices.Contains(l.Ports, 80) {
		l.Ports, hosts = append(l.Ports, 80), append(hosts, "")
	}
	l.Local = localOf(hosts)
	return l
}

func apacheListens(b *rules.Build) Listener {
	for _, dir := range kubernetes.MountedDirs(b) {
		if strings.Contains(dir, "apache2") || strings.Contains(dir, "httpd") {
			return Listener{}
		}
	}
	l := Listener{Who: "Apache"}
	var hosts []string
	for _, top := range []string{"etc/apache2/", "usr/local/apache2/conf/", "etc/httpd/"} {
		for _, file := range kubernetes.SortedCaptured(b, top) {
			if dir := path.Base(path.Dir(file)); strings.HasSuffix(dir, "-available") || dir == "extra" || dir == "original" {
				continue
			}
			for _, m := range apacheListen.FindAllSubmatch(b.Captured[file], -1) {
				n, err := strconv.ParseInt(string(m[2]), 10, 64)
				if err != nil {
					continue
				}
				hosts = append(hosts, string(m[1]))
				if !slices.Contains(l.Ports, n) {
					l.Ports = append(l.Ports, n)
				}
			}
		}
	}
	if len(l.Ports) == 0 {
		return Listener{}
	}
	l.Local = localOf(hosts)
	return l
}

// localOf is the container's own address, where all of some addresses are; "" else.
func localOf(hosts []string) string {
	if len(hosts) == 0 || slices.ContainsFunc(hosts, func(host string) bool { return !isLocal(host) }) {
		return ""
	}
	return hosts[0]
}

// isLocal reports whether an address is one that only the container itself, or its pod, reaches.
func isLocal(host string) bool {
	if first, rest, several := strings.Cut(host, ","); several {
		return isLocal(first) && isLocal(rest)
	}
	host = strings.Trim(host, "[]")
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")
}
