package kubernetes

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
)

// helpers are programs that work for others, and what Kubernetes has instead of them.
var helpers = []struct{ programs, instead string }{
	{"cron crond anacron fcron supercronic", "make what %s starts CronJobs: with several replicas each of them runs it"},
	{"fluent-bit fluentd td-agent td-agent-bit filebeat vector promtail logstash rsyslogd syslog-ng syslogd", "let the program log to standard output, or run %s as a sidecar that reads the files"},
	{"node_exporter telegraf collectd statsd zabbix_agentd otelcol otelcol-contrib datadog-agent newrelic-infra", "run %s as a sidecar"},
	{"cloud-sql-proxy cloud_sql_proxy envoy stunnel stunnel4 pgbouncer autossh", "run %s as a sidecar"},
	{"sshd dropbear", "leave %s out: kubectl exec opens a shell"},
}

// HelperOf returns what stands in the place of a helper, "" for other programs.
func HelperOf(name string) string {
	for _, h := range helpers {
		if slices.Contains(strings.Fields(h.programs), name) {
			return h.instead
		}
	}
	if strings.HasSuffix(name, "_exporter") {
		return "run %s as a sidecar"
	}
	return ""
}

// supervised are the commands that a configuration of supervisord starts.
var supervisedCommands = lazyregexp.New(`(?m)^\s*command\s*=\s*(?:/bin/)?(?:(?:ba|da)?sh\s+-c\s+["']?(?:exec\s+)?)?([^\s"';%]+)`)

// Helpers are the helpers that a pod's only container runs beside its program.
func Helpers(b *rules.Build) (jobs []string) {
	if b.Pod == nil || b.Pod.Beside() != 1 || !b.RunsService() {
		return nil
	}
	var all []string
	for _, c := range b.Process().Background {
		all = append(all, c.Name())
	}
	servers, _ := backgrounds(b)
	for _, s := range servers {
		all = append(all, startedServer(s.name))
	}
	main := b.Process().Name()
	for _, c := range b.Program().Commands {
		if c.Name() == "supervisord" {
			words := make([]string, len(c.Words))
			for i, w := range c.Words {
				words[i] = w.Text
			}
			text, _ := supervisorConfig(b, words)
			for _, m := range supervisedCommands.FindAllStringSubmatch(text, -1) {
				all = append(all, path.Base(m[1]))
			}
			main = "supervisord"
		}
	}
	others := 0
	for _, name := range all {
		if name == "" || name == main {
			continue
		}
		if HelperOf(name) == "" {
			others++
		} else if !slices.Contains(jobs, name) {
			jobs = append(jobs, name)
		}
	}
	if len(jobs) == 1 && others == 0 && (main == "" || main == "supervisord" || HelperOf(main) != "" || staysIdle(main)) {
		return nil // it is the program itself
	}
	return jobs
}

// staysIdle reports whether a program only keeps the container up.
func staysIdle(name string) bool {
	return slices.Contains([]string{"tail", "sleep", "cat", "wait", "bash", "sh", "service", "systemctl"}, name)
}

// startedServer is the program that words start, also by way of service.
func startedServer(words string) string {
	fields := strings.Fields(words)
	switch {
	case len(fields) == 0:
		return ""
	case path.Base(fields[0]) == "service" && len(fields) > 1:
		return fields[1]
	case strings.HasPrefix(fields[0], "/etc/init.d/"):
		return path.Base(fields[0])
	}
	return path.Base(fields[0])
}
