package ports

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
)

// redisListens is where Redis or Valkey listens, whose command may have any directive of its
// configuration: --bind ADDRESS … --port NUMBER. A file of them, which tare does not read, may say
// anything.
func redisListens(b *rules.Build, c *command) Listener {
	l := Listener{Who: path.Base(c.words[0])}
	var hosts []string
	where, off := -1, false
	for i := 1; i < len(c.words); {
		name, ok := strings.CutPrefix(c.words[i], "--")
		if !ok || name == "" {
			return Listener{} // a file, or -h
		}
		from := i + 1
		for i = from; i < len(c.words) && !strings.HasPrefix(c.words[i], "--"); i++ {
		}
		values, ok := redisValues(b, c, c.words[from:i])
		if !ok {
			return Listener{}
		}
		switch name {
		case "bind":
			hosts, where = values, -1
			if i == from+1 && len(values) == 1 {
				where = from
			}
		case "port", "tls-port":
			if len(values) != 1 {
				return Listener{}
			}
			n, ok := portOf(values[0])
			if !ok && values[0] != "0" {
				return Listener{}
			}
			off = off || name == "port" && !ok
			if ok {
				l.Ports = append(l.Ports, n)
			}
		default:
			if !slices.Contains(strings.Fields(redisDirectives), name) || len(values) == 0 {
				return Listener{}
			}
		}
	}
	if len(l.Ports) > 0 && !off && !slices.Contains(c.words, "--port") {
		l.Ports = append(l.Ports, 6379) // beside that for TLS
	}
	if l.Local = localOf(hosts); l.Local != "" && where > 0 {
		var s commandServer
		l.Words = s.opened(c.words, []int{where}, false)
	}
	return l
}

// redisValues are the values of a directive, which may stand together in one word.
func redisValues(b *rules.Build, c *command, words []string) (values []string, ok bool) {
	for _, w := range words {
		if hasVariable(w) {
			if !c.shell || c.unsettled {
				return nil, false
			}
			if w = expand(b, w); hasVariable(w) {
				return nil, false
			}
		}
		for value := range strings.FieldsSeq(w) {
			values = append(values, strings.TrimPrefix(value, "-")) // an address that may be missing
		}
	}
	return values, true
}

// redisDirectives say nothing of where it listens.
const redisDirectives = "save appendonly appendfsync requirepass masterauth maxmemory maxmemory-policy maxclients dir dbfilename loglevel logfile protected-mode databases timeout tcp-keepalive " +
	"tcp-backlog replicaof slaveof io-threads lazyfree-lazy-eviction notify-keyspace-events rename-command stop-writes-on-bgsave-error rdbcompression pidfile tls-cert-file tls-key-file tls-ca-cert-file tls-auth-clients"
