package kubernetes

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// RunsAsRoot finds services without a USER, or with root as theirs.
var RunsAsRoot = rules.Rule{
	ID:    "runs-as-root",
	Group: rules.Kubernetes,
	Title: "the program runs as root",
	Why: "Without USER a container's process has user ID 0. Anyone who gets to run code in it can write anywhere in the container and, through a vulnerability in the kernel or the engine, can become root on the node. Clusters that enforce the " +
		"restricted Pod Security Standard refuse such a pod. Most programs need no more than a port above 1023 and a directory they can write to.",
	Confidence: model.Possible,
	Observe:    observeRoot,
	InPod:      byRoot,
	Lesson: rules.Lesson{
		See:     "docker inspect IMAGE --format '{{.Config.User}}'\ndocker run --rm --entrypoint id IMAGE",
		Before:  "CMD [\"/app\"]",
		After:   "USER 10001\nCMD [\"/app\"]",
		WhenNot: "Where the entry point starts as root on purpose and drops its privileges itself (gosu, su-exec, a server's own user option), or the program manages the node. Give USER a number: Kubernetes cannot tell whether a name is root.",
		Sources: []string{"https://kubernetes.io/docs/concepts/security/pod-security-standards/", "https://docs.docker.com/reference/dockerfile/#user"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN make
			+ app
			config {"Cmd": ["/app"]}`,
		Miss: `
			RUN make
			+ app
			config {"Cmd": ["/app"], "User": "app"}`,
	},
}

func observeRoot(b *rules.Build, _ *model.Tree) []rules.Observation {
	if !IsRoot(b) || !b.RunsService() || dropsRights(b) {
		return nil
	}
	if b.Pod != nil {
		if uid := b.Pod.RunAsUser(); uid != nil {
			return []rules.Observation{InPod(b, uid.Line, "Set runAsUser to a number other than 0, and make that user the owner of the directories the program writes to.", "")}
		}
		if b.Pod.RunAsNonRoot() > 0 {
			return nil // it does not run at all
		}
	}
	o := rules.Observation{Fix: advice.Hint(model.Manual, "Add USER with a number (USER 10001) before CMD, and make that user the owner of the directories it writes to.")}
	for i := range b.Instructions {
		if b.Parsed().Keyword(i) == "USER" {
			o.Instruction = model.Ptr(i)
		}
	}
	return []rules.Observation{o}
}

// ownUser is a line of a server's configuration by which it works as another user.
var ownUser = lazyregexp.New(`(?mi)^\s*user\s*=?\s*["']?([a-z_$][^\s;"']*)`)

// dropsRights reports whether the program starts as root and goes on as another user: by the
// script in front of it, or because it is a server that does.
func dropsRights(b *rules.Build) bool {
	for _, c := range b.Program().Commands {
		for _, w := range c.Words {
			switch path.Base(w.Text) {
			case "gosu", "su-exec", "setpriv", "s6-setuidgid", "chpst", "runuser":
				return true
			}
		}
	}
	p := b.Process()
	name := p.Name()
	if phpFPM.MatchString(name) {
		return true // it refuses to work as root
	}
	dir := ""
	switch name {
	case "apache2", "apachectl", "apache2ctl", "apache2-foreground", "httpd-foreground", "postgres", "mysqld", "mariadbd":
		return true // so do these
	case "httpd":
		return isApache(b)
	case "nginx", "openresty":
		dir = "nginx"
	case "haproxy", "squid", "unbound", "named", "dovecot", "chronyd", "memcached":
		return slices.ContainsFunc(p.Words, func(w string) bool { return w == "-u" || strings.HasPrefix(w, "--user") })
	default:
		return false
	}
	for file, text := range b.Captured {
		if m := ownUser.FindSubmatch(text); m != nil && strings.Contains(file, dir) && string(m[1]) != "root" {
			return true
		}
	}
	return false
}
