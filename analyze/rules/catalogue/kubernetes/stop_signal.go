package kubernetes

import (
	"fmt"
	"path"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// StopSignal finds a known server that is stopped with another signal than the one that lets
// it finish.
var StopSignal = rules.Rule{
	ID:    "stop-signal",
	Group: rules.Kubernetes,
	Title: "a stop signal that cuts requests off",
	Do:    "set the stop signal that the server wants",
	Why: "Docker and Kubernetes stop a container with the signal of STOPSIGNAL, or SIGTERM without one. To some servers SIGTERM means \"at once\": nginx, Apache and PHP-FPM drop the requests that they are working on. PostgreSQL waits for all clients to leave first, and is killed when the grace period is over; systemd does not stop at all. " +
		"Each has a signal that stops it well: SIGQUIT for nginx and PHP-FPM, SIGWINCH for Apache, SIGINT for PostgreSQL, SIGUSR1 for HAProxy, SIGRTMIN+3 for systemd. The official images set it.",
	Confidence: model.Possible,
	Observe:    observeStopSignal,
	InPod:      byStop,
	Lesson: rules.Lesson{
		See:     "docker inspect IMAGE --format '{{.Config.StopSignal}}'",
		Before:  "CMD [\"nginx\", \"-g\", \"daemon off;\"]",
		After:   "STOPSIGNAL SIGQUIT\nCMD [\"nginx\", \"-g\", \"daemon off;\"]",
		WhenNot: "Where requests are short and may fail, or a preStop hook in the pod's manifest has already sent the traffic elsewhere.",
		Sources: []string{"https://nginx.org/en/docs/control.html", "https://httpd.apache.org/docs/current/stopping.html", "https://www.postgresql.org/docs/current/server-shutdown.html", "https://docs.docker.com/reference/dockerfile/#stopsignal"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN make
			+ usr/sbin/nginx
			STOPSIGNAL SIGTERM
			CMD ["nginx" "-g" "daemon off;"]
			config {"Cmd": ["nginx", "-g", "daemon off;"], "StopSignal": "SIGTERM"}`,
		Fixed: "STOPSIGNAL SIGQUIT",
		Miss: `
			RUN make
			+ usr/sbin/nginx
			STOPSIGNAL SIGQUIT
			CMD ["nginx" "-g" "daemon off;"]
			config {"Cmd": ["nginx", "-g", "daemon off;"], "StopSignal": "SIGQUIT"}`,
	},
}

// stops is what a server does at its signal, and at SIGTERM.
type stops struct{ signal, well, term string }

// wanted are the signals that servers want; nginx(8), httpd(8), php-fpm(8), postgres(1),
// haproxy(1), systemd(1).
func wanted(b *rules.Build, p *rules.Process) (s stops, ok bool) {
	name := p.Name()
	if phpFPM.MatchString(name) {
		return stops{"SIGQUIT", "finishes its requests", "drops its requests"}, true
	}
	file, _ := b.FindProgram(p.Words[0])
	if path.Base(file) == "systemd" || name == "systemd" {
		return stops{"SIGRTMIN+3", "shuts down", "does not stop"}, true
	}
	switch name {
	case "nginx", "openresty":
		return stops{"SIGQUIT", "finishes its requests", "drops its requests"}, true
	case "apache2", "httpd", "httpd-foreground", "apache2-foreground":
		if name == "httpd" && !isApache(b) {
			return stops{}, false
		}
		return stops{"SIGWINCH", "finishes its requests", "drops its requests"}, true
	case "postgres":
		return stops{"SIGINT", "closes its connections and stops", "waits for all clients to leave"}, true
	case "haproxy":
		return stops{"SIGUSR1", "finishes its connections", "drops its connections"}, true
	}
	return stops{}, false
}

// numbers are signals that people write as numbers. signal(7), x86 and ARM.
var numbers = map[string]string{"2": "SIGINT", "3": "SIGQUIT", "9": "SIGKILL", "10": "SIGUSR1", "15": "SIGTERM", "28": "SIGWINCH", "37": "SIGRTMIN+3"}

// signalName is a signal by its full name; SIGTERM for none.
func signalName(text string) string {
	text = strings.ToUpper(strings.TrimSpace(text))
	if text == "" {
		return "SIGTERM"
	}
	if name, ok := numbers[text]; ok {
		return name
	}
	if !strings.HasPrefix(text, "SIG") {
		text = "SIG" + text
	}
	return text
}

func observeStopSignal(b *rules.Build, _ *model.Tree) []rules.Observation {
	p := b.Process()
	if b.Pod != nil && b.Pod.Container.PreStop > 0 || len(p.Words) == 0 || len(p.Holders) > 0 || p.Init != "" {
		return nil
	}
	server, ok := wanted(b, &p)
	have := signalName(b.StopSignal)
	if _, back := goesBack(b, p.Words); !ok || back || have == server.signal {
		return nil
	}
	does := "gets " + have
	if have == "SIGTERM" {
		does = server.term + " at SIGTERM"
	}
	summary := fmt.Sprintf("Stop %s with %s: it then %s, and %s.", p.Name(), server.signal, server.well, "now it "+does)
	o := At(b, "STOPSIGNAL", summary)
	switch {
	case o.Instruction != nil && !b.Instructions[*o.Instruction].Inherited:
		o.Fix = advice.Edit{Before: b.Parsed().Text(*o.Instruction), After: "STOPSIGNAL " + server.signal}.Fix(model.Manual, summary)
	default:
		o = AtProgram(b, summary)
		if i := o.Instruction; i != nil && !b.Instructions[*i].Inherited && b.Parsed().Text(*i) != "" {
			before := b.Parsed().Text(*i)
			o.Fix = advice.Edit{Before: before, After: "STOPSIGNAL " + server.signal + "\n" + before}.Fix(model.Manual, summary)
		}
	}
	return []rules.Observation{o}
}
