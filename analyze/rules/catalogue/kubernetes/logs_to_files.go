package kubernetes

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/startable"
	"github.com/tare-oci/tare/model"
)

// LogsToFiles finds programs that are told to log into files, or do by default.
var LogsToFiles = rules.Rule{
	ID:    "logs-to-files",
	Group: rules.Kubernetes,
	Title: "the program logs to files",
	Why: "Kubernetes collects what a container writes to its standard output and error. Nobody sees a log file inside the container; it is lost with the container, and grows until the node runs short of disk and evicts the pod. " +
		"Programs that can only log to files can be given /dev/stdout and /dev/stderr, as the official nginx and httpd images do.",
	Confidence: model.Possible,
	Observe:    observeLogs,
	InPod:      byLogs,
	Lesson: rules.Lesson{
		See:     "docker logs CONTAINER   # empty?\ndocker diff CONTAINER | grep -i log",
		Before:  "CMD [\"nginx\", \"-g\", \"daemon off;\"]",
		After:   "RUN ln -sf /dev/stdout /var/log/nginx/access.log \\\n    && ln -sf /dev/stderr /var/log/nginx/error.log\nCMD [\"nginx\", \"-g\", \"daemon off;\"]",
		WhenNot: "Where a second container in the pod reads the file from a shared volume and forwards it.",
		Sources: []string{"https://kubernetes.io/docs/concepts/cluster-administration/logging/", "https://12factor.net/logs"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN make
			+ var/log/nginx/access.log
			config {"Cmd": ["nginx", "-g", "daemon off;"]}`,
		Miss: `
			RUN make
			+ var/log/nginx/access.log -> /dev/stdout
			config {"Cmd": ["nginx", "-g", "daemon off;"]}`,
	},
}

// servers are programs that log into files unless they are told otherwise.
var servers = []struct {
	programs []string
	logs     []string
}{
	{[]string{"nginx"}, []string{"var/log/nginx/access.log", "var/log/nginx/error.log"}},
	{[]string{"apache2", "apache2ctl", "apachectl", "apache2-foreground"}, []string{"var/log/apache2/access.log", "var/log/apache2/error.log"}},
	{[]string{"httpd", "httpd-foreground"}, []string{"var/log/httpd/access_log", "var/log/httpd/error_log"}},
}

func observeLogs(b *rules.Build, _ *model.Tree) []rules.Observation {
	p := b.Program()
	for _, c := range p.Commands {
		for _, w := range c.Args() {
			name, file, ok := strings.Cut(w.Text, "=")
			if ok && isLogName(strings.TrimLeft(name, "-")) && isLogFile(file) && !startable.Below(sharedDirs(b), file) {
				return []rules.Observation{AtProgram(b, fmt.Sprintf("Let the program log to standard output instead of %s.", file))}
			}
		}
		for _, s := range servers {
			// The directory tells that the package of the server made it; the files
			// tell where they lead.
			if !slices.Contains(s.programs, c.Name()) {
				continue
			}
			if _, ok := b.Visible(path.Dir(s.logs[0])); !ok || startable.Below(sharedDirs(b), "/"+s.logs[0]) {
				continue
			}
			if r, ok := b.Visible(s.logs[0]); !ok || r.Kind == model.File {
				o := AtProgram(b, fmt.Sprintf("Link /%s to /dev/stdout and /%s to /dev/stderr, or set them in the server's configuration.", s.logs[0], s.logs[1]))
				return []rules.Observation{o}
			}
		}
	}
	for _, variable := range b.Env {
		if name, value, _ := strings.Cut(variable, "="); isLogName(name) && isLogFile(value) && !startable.Below(sharedDirs(b), value) {
			return []rules.Observation{{Fix: advice.Hint(model.Manual, fmt.Sprintf("Set %s so that the program logs to standard output instead of %s.", name, value))}}
		}
	}
	return nil
}

func isLogName(name string) bool {
	switch strings.ReplaceAll(strings.ToLower(name), "-", "_") {
	case "log_file", "logfile", "log_path", "log_to_file", "access_log", "error_log", "access_logfile", "error_logfile", "log_filename", "logging_file_name", "dlogging.file.name":
		return true
	}
	return strings.HasSuffix(strings.ToLower(name), "_log_file") || strings.HasSuffix(strings.ToLower(name), "logging.file.name")
}

func isLogFile(value string) bool {
	return path.IsAbs(value) && !strings.HasPrefix(value, "/dev/") && !strings.HasPrefix(value, "/proc/")
}
