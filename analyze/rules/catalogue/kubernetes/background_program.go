package kubernetes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/analyze/rules/startable"
	"github.com/tare-oci/tare/model"
)

// BackgroundProgram finds a main program that goes to the background.
var BackgroundProgram = rules.Rule{
	ID:    "background-program",
	Group: rules.Kubernetes,
	Title: "the main program goes to the background",
	Do:    "keep the server in the foreground",
	Why: "Servers such as nginx, Apache, sshd and cron start a copy of themselves in the background and end, as they do on a machine. In a container the engine watches process 1 alone: when that ends, the container ends with it. " +
		"With something beside it that only waits (tail -f, sleep infinity), the container runs on, but nobody notices when the server dies, Kubernetes does not restart it, and docker stop does not reach it. Each of these servers has an option that keeps it in the foreground.",
	Confidence: model.Likely,
	Observe:    observeBackground,
	InPod:      ByCommand,
	Lesson: rules.Lesson{
		See:     "docker inspect IMAGE --format '{{json .Config.Entrypoint}} {{json .Config.Cmd}}'\ndocker top CONTAINER",
		Before:  "CMD service nginx start && tail -f /dev/null",
		After:   "CMD [\"nginx\", \"-g\", \"daemon off;\"]",
		WhenNot: "Where the server's configuration keeps it in the foreground and tare cannot read it, or a script needs it only for a moment, to fill a database for example.",
		Sources: []string{"https://nginx.org/en/docs/ngx_core_module.html#daemon", "https://httpd.apache.org/docs/current/programs/httpd.html", "https://man.openbsd.org/sshd.8", "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN apt-get install -y nginx
			+ etc/nginx/nginx.conf text worker_processes auto;|
			CMD ["nginx"]
			config {"Cmd": ["nginx"]}`,
		Fixed: "CMD [\"nginx\", \"-g\", \"daemon off;\"]",
		Miss: `
			RUN apt-get install -y nginx
			+ etc/nginx/nginx.conf text daemon off;|worker_processes auto;|
			CMD ["nginx"]
			config {"Cmd": ["nginx"]}`,
	},
}

// background is a server that goes to the background.
type background struct {
	name  string   // as it was started: "service nginx start"
	front []string // the words that keep it in front, nil where nobody knows
}

// backgrounds are the servers that go to the background while a container starts, and what
// runs besides.
func backgrounds(b *rules.Build) (found []background, beside []rewrite.Command) {
	for _, c := range b.Program().Commands {
		if c.Conditional || c.Name() == "" {
			continue
		}
		words := make([]string, len(c.Words))
		for i, w := range c.Words {
			words[i] = w.Text
		}
		if front, back := goesBack(b, words); back {
			name := quoted(strings.Join(words, " "))
			if !slices.ContainsFunc(found, func(f background) bool { return f.name == name }) {
				found = append(found, background{name, front})
			}
		} else if staysRunning(c) && !isSetting(c) {
			beside = append(beside, c)
		}
	}
	return found, beside
}

// isSetting reports whether a command prepares a start and is over then.
func isSetting(c rewrite.Command) bool {
	switch c.Name() {
	case "set", "cd", "export", "exec", "wait", "trap", "true", "test", "[", ":", "ln", "sed", "envsubst", "umask", "ulimit", "install", "usermod", "groupmod", "chpasswd", "ssh-keygen", "source", ".", "exit", "id", "ls", "read", "unset", "date", "crontab", "find", "grep", "awk":
		return true
	}
	return false
}

func observeBackground(b *rules.Build, _ *model.Tree) []rules.Observation {
	found, beside := backgrounds(b)
	if len(found) != 1 || !runsNothingElse(b, beside) {
		return nil
	}
	server := found[0]
	if server.front == nil {
		return []rules.Observation{AtProgram(b, fmt.Sprintf("Start the server that %s starts in the foreground, as process 1.", server.name))}
	}
	o := AtProgram(b, fmt.Sprintf("Start %s instead of %s, so that the server is process 1.", quoted(strings.Join(server.front, " ")), server.name))
	p := b.Process()
	if fix := inFront(b, &p, &server); fix != nil {
		o.Fix = fix
	} else if p.Script != "" {
		o.Paths = []string{p.Script}
		o.Fix = advice.Hint(model.Manual, fmt.Sprintf("In /%s, end with exec %s instead of %s, so that the server is process 1.", p.Script, quoted(strings.Join(server.front, " ")), server.name))
	}
	return []rules.Observation{o}
}

// runsNothingElse reports whether nothing runs beside a server but what started it.
func runsNothingElse(b *rules.Build, beside []rewrite.Command) bool {
	for _, c := range beside {
		if script, _ := b.ScriptOf(c.Words[0].Text); script == "" && !isShellName(c.Name()) {
			return false
		}
	}
	return true
}

func isShellName(name string) bool {
	return slices.Contains([]string{"sh", "bash", "ash", "dash", "tini", "dumb-init"}, name)
}

// inFront is the edit that starts a server in the foreground: where the config starts it, and
// nothing but what only waits.
func inFront(b *rules.Build, p *rules.Process, server *background) *model.Fix {
	summary := "Keep the server in the foreground, so that it is process 1."
	if p.Keyword != "" && strings.Join(p.Words, " ") == server.name {
		return StartWith(b, p, server.front, summary)
	}
	words, keyword := b.Entrypoint, "ENTRYPOINT"
	if len(words) == 0 {
		words, keyword = b.Cmd, "CMD"
	}
	if !startable.IsShellText(words) || len(words) != 3 || !onlyWaits(words[2], server.name) {
		return nil
	}
	return StartWith(b, &rules.Process{Keyword: keyword}, server.front, summary)
}

// onlyWaits reports whether a text starts a server and then only waits, without showing what
// the server logs.
func onlyWaits(text, server string) bool {
	for _, c := range rewrite.Script(text) {
		source := c.Source()
		if source != server && source != "tail -f /dev/null" && source != "tail -F /dev/null" && source != "sleep infinity" && source != "bash" && source != "sh" && source != "/bin/bash" && source != "wait" {
			return false
		}
	}
	return true
}
