package kubernetes

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
)

var (
	nginxListen  = lazyregexp.New(`(?m)^[^#\n]*?\blisten\s+(?:\[[^\]\s]*\]:|[^\s;:\[\]]*:)?([0-9]+|[^\s;]+)`)
	nginxServer  = lazyregexp.New(`(?m)^[^#\n]*?\bserver\s*\{`)
	apacheListen = lazyregexp.New(`(?mi)^\s*Listen\s+(?:\[[^\]\s]*\]:|[^\s:\[\]]*:)?([0-9]+)\b`)
)

// Listens are the ports at which the program listens, and its name, where its configuration
// or its command tells for certain.
func Listens(b *rules.Build) (who string, ports []int64) {
	p := b.Process()
	name := p.Name()
	if len(p.Background) > 0 {
		return "", nil // another may listen
	}
	switch name {
	case "nginx", "openresty":
		return name, nginxPorts(b, p.Words)
	case "apache2", "apache2-foreground", "httpd", "httpd-foreground", "apachectl", "apache2ctl":
		return "Apache", apachePorts(b)
	case "gunicorn", "uvicorn", "hypercorn":
		if b.Getenv("GUNICORN_CMD_ARGS")+b.Getenv("UVICORN_PORT")+b.Getenv("WEB_CONCURRENCY") != "" {
			return "", nil
		}
		return name, optionPort(p.Words, "--bind", "-b", "--port")
	case "redis-server", "valkey-server":
		return name, optionPort(p.Words, "--port")
	}
	if ports := optionPort(p.Words, "--server.port", "-Dserver.port"); len(ports) > 0 && b.Getenv("SERVER_PORT") == "" {
		return name, ports
	}
	return "", nil
}

// nginxPorts are those of all listen directives, 80 for a server without one; nil where a
// template or a variable may give others.
func nginxPorts(b *rules.Build, words []string) (ports []int64) {
	text, ok := nginxConfig(b, words)
	if !ok || len(sortedCaptured(b, "etc/nginx/templates/")) > 0 {
		return nil
	}
	found := nginxListen.FindAllStringSubmatch(text, -1)
	for _, m := range found {
		n, err := strconv.ParseInt(m[1], 10, 64)
		if err != nil {
			if strings.HasPrefix(m[1], "unix:") {
				continue
			}
			return nil
		}
		if !slices.Contains(ports, n) {
			ports = append(ports, n)
		}
	}
	if len(found) < len(nginxServer.FindAllString(text, -1)) && !slices.Contains(ports, 80) {
		ports = append(ports, 80)
	}
	return ports
}

func apachePorts(b *rules.Build) (ports []int64) {
	for _, dir := range MountedDirs(b) {
		if strings.Contains(dir, "apache2") || strings.Contains(dir, "httpd") {
			return nil
		}
	}
	for _, top := range []string{"etc/apache2/", "usr/local/apache2/conf/", "etc/httpd/"} {
		for _, file := range sortedCaptured(b, top) {
			if dir := path.Base(path.Dir(file)); strings.HasSuffix(dir, "-available") || dir == "extra" || dir == "original" {
				continue
			}
			for _, m := range apacheListen.FindAllSubmatch(b.Captured[file], -1) {
				if n, err := strconv.ParseInt(string(m[1]), 10, 64); err == nil && !slices.Contains(ports, n) {
					ports = append(ports, n)
				}
			}
		}
	}
	return ports
}

// optionPort is the port that an option of a command has: --bind 0.0.0.0:8000, --port=8000.
func optionPort(words []string, options ...string) (ports []int64) {
	for i, w := range words {
		option, value, joined := strings.Cut(w, "=")
		if !slices.Contains(options, option) {
			continue
		}
		if !joined {
			if i+1 == len(words) {
				return nil
			}
			value = words[i+1]
		}
		n, err := strconv.ParseInt(value[strings.LastIndexByte(value, ':')+1:], 10, 64)
		if err != nil {
			return nil // a socket, or a variable
		}
		ports = append(ports, n)
	}
	return ports
}
