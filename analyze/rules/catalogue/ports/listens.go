package ports

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
)

// Listener is where the program of a container listens for TCP connections, as far as its
// configuration or its command tells for certain.
type Listener struct {
	Who   string  // the program, as a person calls it; "" where nobody can tell
	Ports []int64 // nil where nobody can tell
	// Also are ports at which it may listen besides, as for TLS or for those who watch over it,
	// and More is true where it may listen at further ones that nobody can tell.
	Also []int64
	More bool
	// Whole is true where the configuration has all ports, since no program of the image's own
	// can open another.
	Whole bool
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

// Listening is where the program listens.
func Listening(b *rules.Build) Listener {
	p := b.Process()
	if len(p.Background) > 0 || len(p.Words) == 0 || !isReadable(&p) {
		return Listener{} // another may listen
	}
	switch name := p.Name(); name {
	case "nginx", "openresty":
		return nginxListens(b, &p)
	case "apache2", "apache2-foreground", "httpd", "httpd-foreground", "apachectl", "apache2ctl":
		return apacheListens(b, &p)
	default:
		return commandListens(b, &p)
	}
}

// isReadable reports whether the name of a program is a word as it stands.
// A command of more than maxWords is not read: each may have to be looked up.
func isReadable(p *rules.Process) bool { return !hasVariable(p.Words[0]) && len(p.Words) <= maxWords }

const maxWords = 500

// MayListen reports whether the program listens at a port, or may do so.
func (l *Listener) MayListen(port int64) bool {
	return l.More || slices.Contains(l.Ports, port) || slices.Contains(l.Also, port)
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
