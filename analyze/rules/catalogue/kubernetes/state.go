package kubernetes

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/pattern"
	"github.com/tare-oci/tare/model"
)

// What the image brings or leaves out that decides how well a container can be
// replaced: its data, its logs, its health.

var BakedInState = rules.Rule{
	ID:    "baked-in-state",
	Group: rules.Kubernetes,
	Title: "data inside the image",
	Why: "Kubernetes replaces containers at will, and what one wrote into its own filesystem is gone with it. A database that was filled during the build starts from the same old state in every container, and files below a " +
		"VOLUME are hidden as soon as a volume is mounted there, while every pull still carries them. Data belongs into a volume, and the way to fill it into a job or an init container.",
	Confidence: model.Possible,
	Observe:    observeState,
	Lesson: rules.Lesson{
		See:     "docker inspect IMAGE --format '{{json .Config.Volumes}}'\ndocker run --rm --entrypoint ls IMAGE -la /var/lib/mysql",
		Before:  "RUN service mysql start && mysql < seed.sql",
		After:   "COPY seed.sql /docker-entrypoint-initdb.d/",
		WhenNot: "Where the data is part of the program and only read, such as a search index that is built with each release; or in images for tests that must start with the same data.",
		Sources: []string{"https://kubernetes.io/docs/concepts/storage/volumes/", "https://12factor.net/backing-services"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN fill
			+ data/a
			config {"Cmd": ["/app"], "Volumes": {"/data": {}}}`,
		Miss: `
			RUN fill
			+ database/a
			config {"Cmd": ["/app"], "Volumes": {"/data": {}}}`,
	},
}

// dataFiles are the files by which a server knows that its data directory is filled.
var dataFiles = []string{
	"var/lib/mysql/ibdata1", "var/lib/mysql/mysql/user.MYD", "var/lib/postgresql/data/PG_VERSION", "var/lib/postgresql/*/main/PG_VERSION", "var/lib/mongodb/WiredTiger",
	"data/db/WiredTiger", "var/lib/redis/dump.rdb", "data/dump.rdb", "var/lib/etcd/member/**", "var/lib/rabbitmq/mnesia/**",
	"var/lib/elasticsearch/nodes/**", "usr/share/elasticsearch/data/**", "var/lib/influxdb/**", "var/lib/ldap/data.mdb", "var/lib/cassandra/data/**",
}

func observeState(b *rules.Build, t *model.Tree) []rules.Observation {
	patterns := slices.Clone(dataFiles)
	for _, volume := range b.Volumes {
		if name, ok := rules.PlainDirectory(volume); ok && name != "" {
			patterns = append(patterns, name+"/**")
		}
	}
	paths := visibleFiles(t, patterns)
	if len(paths) == 0 {
		return nil
	}
	return []rules.Observation{{Paths: paths, Fix: advice.Hint(model.Manual, fmt.Sprintf("Leave /%s out of the image, and fill the volume when the container first starts.", paths[0]))}}
}

// visibleFiles lists files with content that match a pattern, in byte order; not
// more of them than a finding shows.
func visibleFiles(t *model.Tree, patterns []string) (paths []string) {
	wanted := pattern.New(t)
	for _, p := range patterns {
		wanted.Add(p, 0)
	}
	for i := range t.Records {
		r := &t.Records[i]
		if r.Kind == model.File && r.Gone == model.StillThere && r.Size.Bytes() > 0 && wanted.Node(r.Node) != 0 {
			paths = append(paths, t.Path(r.Node))
		}
	}
	slices.Sort(paths)
	return paths[:min(len(paths), model.MaxFindingPaths)]
}

var LogsToFiles = rules.Rule{
	ID:    "logs-to-files",
	Group: rules.Kubernetes,
	Title: "the program logs into files",
	Why: "Kubernetes collects what a container writes to its standard output and error. A log file inside the container is seen by nobody, is lost with the container, and grows until the node is short of disk and evicts the pod. " +
		"Programs that can only write files can be given /dev/stdout and /dev/stderr as their files, as the official images of nginx and httpd do.",
	Confidence: model.Possible,
	Observe:    observeLogs,
	Lesson: rules.Lesson{
		See:     "docker logs CONTAINER   # empty?\ndocker diff CONTAINER | grep -i log",
		Before:  "CMD [\"nginx\", \"-g\", \"daemon off;\"]",
		After:   "RUN ln -sf /dev/stdout /var/log/nginx/access.log \\\n    && ln -sf /dev/stderr /var/log/nginx/error.log\nCMD [\"nginx\", \"-g\", \"daemon off;\"]",
		WhenNot: "Where a second container of the pod reads the file from a shared volume and passes it on.",
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
			if ok && isLogName(strings.TrimLeft(name, "-")) && isLogFile(file) {
				return []rules.Observation{atProgram(b, fmt.Sprintf("Let the program log to standard output instead of %s.", file))}
			}
		}
		for _, s := range servers {
			// The directory tells that the package of the server made it; the files
			// tell where they lead.
			if !slices.Contains(s.programs, c.Name()) {
				continue
			}
			if _, ok := b.Visible(path.Dir(s.logs[0])); !ok {
				continue
			}
			if r, ok := b.Visible(s.logs[0]); !ok || r.Kind == model.File {
				o := atProgram(b, fmt.Sprintf("Link /%s to /dev/stdout and /%s to /dev/stderr, or say so in the server's configuration.", s.logs[0], s.logs[1]))
				return []rules.Observation{o}
			}
		}
	}
	for _, variable := range b.Env {
		if name, value, _ := strings.Cut(variable, "="); isLogName(name) && isLogFile(value) {
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

var NoHealthcheck = rules.Rule{
	ID:    "no-healthcheck",
	Group: rules.Kubernetes,
	Title: "a service without a health check",
	Why: "A process can live and still answer nobody. Docker and Compose ask a service how it is only if the image says how, with HEALTHCHECK. Kubernetes ignores that instruction and wants probes in the pod's manifest instead; " +
		"an image that documents its check, and a program that has one to offer, make both easy. Only images that expose a port are looked at.",
	Confidence: model.Possible,
	Observe:    observeHealth,
	Lesson: rules.Lesson{
		See:     "docker inspect IMAGE --format '{{json .Config.Healthcheck}} {{json .Config.ExposedPorts}}'",
		Before:  "EXPOSE 8080\nCMD [\"/app\"]",
		After:   "EXPOSE 8080\nHEALTHCHECK CMD [\"/app\", \"-health\"]\nCMD [\"/app\"]",
		WhenNot: "Where the image runs on Kubernetes alone and its manifests have readiness and liveness probes.",
		Sources: []string{"https://docs.docker.com/reference/dockerfile/#healthcheck", "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN make
			+ app
			config {"Cmd": ["/app"], "ExposedPorts": {"80/tcp": {}}}`,
		Miss: `
			RUN make
			+ app
			config {"Cmd": ["/app"], "Healthcheck": {"Test": ["CMD", "/app"]}, "ExposedPorts": {"80/tcp": {}}}`,
	},
}

func observeHealth(b *rules.Build, _ *model.Tree) []rules.Observation {
	if len(b.Ports) == 0 || b.Healthcheck || !b.RunsService() {
		return nil
	}
	o := rules.Observation{Fix: advice.Hint(model.Manual, fmt.Sprintf("Add a HEALTHCHECK that asks port %s, and the same as a probe in the pod's manifest.", strings.TrimSuffix(b.Ports[0], "/tcp")))}
	for i := range b.Instructions {
		if b.Parsed().Keyword(i) == "EXPOSE" {
			o.Instruction = model.Ptr(i)
		}
	}
	return []rules.Observation{o}
}
