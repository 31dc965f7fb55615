package pods_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// What images of these tests have in common.
const (
	passwd  = "RUN useradd app\n+ etc/passwd text root:x:0:0:root:/root:/bin/sh|app:x:10001:10001::/home/app:/bin/sh|\n"
	program = "RUN make\n+ app elf\n"
	shell   = program + "+ bin/sh elf\n"
	web     = "COPY . /app\n+ app/server.js text x|\n+ app/package.json text {}|\n+ app/node_modules/a/index.js text x|\n+ app/node_modules/b/index.js text x|\n"
	node    = `{"Cmd": ["node", "/app/server.js"], "WorkingDir": "/app"}`
	nginx   = "RUN apt-get install -y nginx\n+ etc/nginx/nginx.conf text pid /run/nginx.pid;|http {|server {|listen 8080;|listen [::]:8080;|}|}|\n+ usr/sbin/nginx elf\n+ var/lib/nginx/ mode 0755\n"
	prepare = "COPY docker-entrypoint.sh /\n+ docker-entrypoint.sh text #!/bin/sh|./migrate|exec \"$@\"|\n"
)

// hides is a pod with a volume of a kind at a directory.
func hides(kind, dir string) string {
	return fmt.Sprintf("{volumes: [{name: t, %s: {}}], containers: [{image: app, name: x, volumeMounts: [{name: t, mountPath: %s}]}]}", kind, dir)
}

// TestPods tries what is said of an image in a pod: a line for each finding of the rule, with
// its line in the manifest's one long line left out, "" where nothing is to be found.
func TestPods(t *testing.T) {
	for _, test := range []struct{ rule, image, config, pod, want string }{
		// A user that the kubelet refuses.
		{"non-root-refused", program, `{"Cmd": ["/app"]}`, `{securityContext: {runAsNonRoot: true}, containers: [{image: app}]}`, "since the image runs as root"},
		{"non-root-refused", program, `{"Cmd": ["/app"], "User": "0:0"}`, `{containers: [{image: app, securityContext: {runAsNonRoot: true}}]}`, "since the image runs as root"},
		{"non-root-refused", passwd, `{"Cmd": ["/app"], "User": "app"}`, `{containers: [{image: app, securityContext: {runAsNonRoot: true}}]}`, "write USER 10001 in the Dockerfile"},
		{"non-root-refused", program, `{"Cmd": ["/app"], "User": "other"}`, `{containers: [{image: app, securityContext: {runAsNonRoot: true}}]}`, "write its number"},
		{"non-root-refused", program, `{"Cmd": ["/app"], "User": "10001"}`, `{containers: [{image: app, securityContext: {runAsNonRoot: true, runAsUser: 0}}]}`, "contradict each other"},
		{"non-root-refused", program, `{"Cmd": ["/app"], "User": "10001"}`, `{containers: [{image: app, securityContext: {runAsNonRoot: true}}]}`, ""},
		{"non-root-refused", program, `{"Cmd": ["/app"]}`, `{securityContext: {runAsNonRoot: true}, containers: [{image: app, securityContext: {runAsUser: 10001}}]}`, ""},
		{"non-root-refused", program, `{"Cmd": ["/app"]}`, `{securityContext: {runAsNonRoot: true}, containers: [{image: app, securityContext: {runAsNonRoot: false}}]}`, ""},
		{"non-root-refused", program, `{"Cmd": ["/app"]}`, `{containers: [{image: app}]}`, ""},

		// Writes to a read-only filesystem.
		{"read-only-root", nginx, `{"Cmd": ["nginx", "-g", "daemon off;"]}`, `{containers: [{image: app, securityContext: {readOnlyRootFilesystem: true}}]}`, "writes /run/nginx.pid and /var/lib/nginx. Mount an emptyDir at /run and /var/lib/nginx."},
		{"read-only-root", nginx, `{"Cmd": ["nginx", "-g", "daemon off; pid /tmp/nginx.pid;"]}`, `{volumes: [{name: t, emptyDir: {}}], containers: [{image: app, securityContext: {readOnlyRootFilesystem: true}, volumeMounts: [{name: t, mountPath: /var/run}, {name: t, mountPath: /var/lib/nginx}]}]}`, ""},
		{"read-only-root", nginx, `{"Cmd": ["nginx", "-g", "daemon off;"]}`, `{volumes: [{name: t, configMap: {}}], containers: [{image: app, securityContext: {readOnlyRootFilesystem: true}, volumeMounts: [{name: t, mountPath: /run}, {name: t, mountPath: /var/lib/nginx}]}]}`, "Mount an emptyDir"},
		{"read-only-root", nginx, `{"Cmd": ["nginx", "-g", "daemon off;"]}`, `{volumes: [{name: t, configMap: {}}], containers: [{image: app, securityContext: {readOnlyRootFilesystem: true}, volumeMounts: [{name: t, mountPath: /etc/nginx/nginx.conf, subPath: x}]}]}`, ""},
		{"read-only-root", nginx, `{"Cmd": ["nginx", "-g", "daemon off;"]}`, `{containers: [{image: app}]}`, ""},
		{"read-only-root", prepare, `{"Entrypoint": ["/docker-entrypoint.sh"], "Cmd": ["gunicorn", "shop"]}`, `{containers: [{image: app, securityContext: {readOnlyRootFilesystem: true}}]}`, "writes /tmp. Mount an emptyDir at /tmp."},
		{"read-only-root", "COPY s.sh /\n+ s.sh text #!/bin/sh|echo x > /etc/app.conf|mkdir -p /var/cache/app|exec /app|\n+ etc/passwd text x|\n", `{"Entrypoint": ["/s.sh"]}`, `{containers: [{image: app, securityContext: {readOnlyRootFilesystem: true}}]}`, "Mount an emptyDir at /var/cache/app. Keep the container from writing /etc/app.conf"},
		{"read-only-root", "COPY s.sh /\n+ s.sh text #!/bin/sh|mkdir -p /data/x|exec /app|\n", `{"Entrypoint": ["/s.sh"], "Volumes": {"/data": {}}}`, `{containers: [{image: app, securityContext: {readOnlyRootFilesystem: true}}]}`, ""},
		{"read-only-root", program, `{"Cmd": ["/app", "--log-file=/var/log/app.log"]}`, `{containers: [{image: app, securityContext: {readOnlyRootFilesystem: true}}]}`, "writes /var/log/app.log. Mount an emptyDir at /var/log."},
		{"read-only-root", program, `{"Cmd": ["/app"]}`, `{containers: [{image: app, securityContext: {readOnlyRootFilesystem: true}}]}`, ""},

		// The pod's command and the entry point.
		{"entrypoint-replaced", prepare, `{"Entrypoint": ["/docker-entrypoint.sh"], "Cmd": ["/app"]}`, `{containers: [{image: app, command: [/app, -v]}]}`, `replaces the image's entry point, /docker-entrypoint.sh`},
		{"entrypoint-replaced", program, `{"Entrypoint": ["/usr/bin/tini", "--"], "Cmd": ["/app"]}`, `{containers: [{image: app, command: [/app, -v]}]}`, `tini, which passes signals on`},
		{"entrypoint-replaced", prepare, `{"Entrypoint": ["/docker-entrypoint.sh"], "Cmd": ["/app"]}`, `{containers: [{image: app, command: [/docker-entrypoint.sh, /app, -v]}]}`, ""},
		{"entrypoint-replaced", prepare, `{"Entrypoint": ["/docker-entrypoint.sh"], "Cmd": ["/app"]}`, `{containers: [{name: y, image: z}], initContainers: [{image: app, command: [./migrate]}]}`, ""},
		{"entrypoint-replaced", prepare, `{"Entrypoint": ["/docker-entrypoint.sh"], "Cmd": ["/app"]}`, `{containers: [{image: app, command: [sleep, infinity]}]}`, ""},
		{"entrypoint-replaced", program, `{"Entrypoint": ["/app"]}`, `{containers: [{image: app, command: [/other]}]}`, ""},
		{"entrypoint-replaced", program, `{"Entrypoint": ["/bin/sh", "-c", "/app"]}`, `{containers: [{image: app, args: [-v]}]}`, "ignores these args"},
		{"entrypoint-replaced", program, `{"Entrypoint": ["/bin/sh", "-c", "/app \"$@\""]}`, `{containers: [{image: app, args: [-v]}]}`, ""},
		{"entrypoint-replaced", program, `{"Entrypoint": ["/app"]}`, `{containers: [{image: app, args: [-v]}]}`, ""},

		// Ports.
		{"port-mismatch", nginx, `{"Cmd": ["nginx", "-g", "daemon off;"]}`, `{containers: [{image: app, ports: [{containerPort: 80}]}]}`, "Write port 8080: there nginx listens, and containerPort says 80."},
		{"port-mismatch", nginx, `{"Cmd": ["nginx", "-g", "daemon off;"]}`, `{containers: [{image: app, ports: [{name: http, containerPort: 8080}], livenessProbe: {httpGet: {port: web}}}]}`, "Give a port of the container the name web"},
		{"port-mismatch", nginx, `{"Cmd": ["nginx", "-g", "daemon off;"]}`, `{containers: [{image: app, ports: [{name: http, containerPort: 8080}], livenessProbe: {httpGet: {port: http}}}]}`, ""},
		{"port-mismatch", nginx, `{"Cmd": ["nginx", "-g", "daemon off;"]}`, `{containers: [{image: app, name: x, livenessProbe: {tcpSocket: {port: 9000}}}, {image: z, name: z, ports: [{containerPort: 9000}]}]}`, ""},
		{"port-mismatch", nginx, `{"Cmd": ["nginx", "-g", "daemon off;"]}`, `{volumes: [{name: t, configMap: {}}], containers: [{image: app, volumeMounts: [{name: t, mountPath: /etc/nginx/conf.d}], ports: [{containerPort: 80}]}]}`, ""},
		{"port-mismatch", "RUN apt-get install -y nginx\n+ etc/nginx/nginx.conf text http {|include /etc/nginx/sites-enabled/*;|}|\n+ etc/nginx/sites-available/default text server {|listen 80 default_server;|listen [::]:80 default_server;|}|\n+ etc/nginx/sites-enabled/default -> /etc/nginx/sites-available/default\n+ usr/sbin/nginx elf\n", `{"Cmd": ["nginx", "-g", "daemon off;"]}`, `{containers: [{image: app, ports: [{containerPort: 8080}]}]}`, "Write port 80: there nginx listens"},
		{"port-mismatch", nginx + "+ etc/nginx/sites-enabled/x -> /elsewhere\n", `{"Cmd": ["nginx", "-g", "daemon off;"]}`, `{containers: [{image: app, ports: [{containerPort: 80}]}]}`, ""},
		{"port-mismatch", nginx + "+ etc/nginx/templates/x.conf.template text listen ${PORT};|\n", `{"Cmd": ["nginx", "-g", "daemon off;"]}`, `{containers: [{image: app, ports: [{containerPort: 80}]}]}`, ""},
		{"port-mismatch", program, `{"Cmd": ["gunicorn", "--bind=0.0.0.0:8000", "shop"]}`, `{containers: [{image: app, readinessProbe: {tcpSocket: {port: 8080}}}]}`, "Write port 8000: there gunicorn listens, and the readiness probe says 8080."},
		{"port-mismatch", program, `{"Cmd": ["gunicorn", "--bind=0.0.0.0:8000", "shop"]}`, `{containers: [{image: app, args: [gunicorn, -b, ":8080", shop], readinessProbe: {tcpSocket: {port: 8080}}}]}`, ""},
		{"port-mismatch", program, `{"Cmd": ["/app"], "ExposedPorts": {"3000/tcp": {}}}`, `{containers: [{image: app, ports: [{containerPort: 8080}]}]}`, "the image exposes 3000"},
		{"port-mismatch", program, `{"Cmd": ["/app"], "ExposedPorts": {"3000/tcp": {}}}`, `{containers: [{image: app, env: [{name: PORT, value: "8080"}], ports: [{containerPort: 8080}]}]}`, ""},
		{"port-mismatch", program, `{"Cmd": ["/app"], "ExposedPorts": {"3000/tcp": {}}}`, `{containers: [{image: app, env: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: s, key: k}}}], ports: [{containerPort: 8080}]}]}`, "the image exposes 3000"},
		{"port-mismatch", program, `{"Cmd": ["/app"], "ExposedPorts": {"3000/tcp": {}}}`, `{containers: [{image: app, env: [{name: LOG_LEVEL, value: ""}, {name: SUPPORT_KEY, valueFrom: {}}], ports: [{containerPort: 8080}]}]}`, "the image exposes 3000"},
		{"port-mismatch", program, `{"Cmd": ["/app"], "ExposedPorts": {"3000/tcp": {}}}`, `{containers: [{image: app, env: [{name: HTTP_PORT, valueFrom: {configMapKeyRef: {name: s, key: k}}}], ports: [{containerPort: 8080}]}]}`, ""},
		{"port-mismatch", program, `{"Cmd": ["/app"], "ExposedPorts": {"3000/tcp": {}}}`, `{containers: [{image: app, env: [{name: LISTEN_ON, value: "$(HOST):$(P)"}], ports: [{containerPort: 8080}]}]}`, ""},
		{"port-mismatch", program, `{"Cmd": ["/app"], "ExposedPorts": {"3000/tcp": {}}}`, `{containers: [{image: app, envFrom: [{secretRef: {name: s}}], ports: [{containerPort: 8080}]}]}`, ""},
		{"port-mismatch", program, `{"Cmd": ["/app"], "ExposedPorts": {"3000/tcp": {}}}`, `{containers: [{image: app, args: [-p, "8080"], ports: [{containerPort: 8080}]}]}`, ""},
		{"port-mismatch", program, `{"Cmd": ["/app"], "ExposedPorts": {"3000/tcp": {}}}`, `{containers: [{image: app, ports: [{containerPort: 3000}, {containerPort: 9090}]}]}`, ""},
		{"port-mismatch", program, `{"Cmd": ["/app"]}`, `{containers: [{image: app, ports: [{containerPort: 8080}]}]}`, ""},

		// One port for one thing: the one that the program listens on, or the manifest's in both rules.
		{"no-probe", nginx, `{"Cmd": ["nginx", "-g", "daemon off;"]}`, `{containers: [{image: app, ports: [{containerPort: 80}]}]}`, "readinessProbe on port 8080,"},
		{"no-probe", nginx, `{"Cmd": ["nginx", "-g", "daemon off;"]}`, `{containers: [{image: app, ports: [{containerPort: 9113}, {containerPort: 8080}]}]}`, "readinessProbe on port 8080,"},
		{"no-probe", program, `{"Cmd": ["/app"], "ExposedPorts": {"3000/tcp": {}}}`, `{containers: [{image: app, ports: [{containerPort: 8080}]}]}`, "readinessProbe on port 8080,"},
		{"no-probe", program, `{"Cmd": ["/app"], "ExposedPorts": {"3000/tcp": {}}}`, `{containers: [{image: app, ports: [{containerPort: 3000}]}]}`, "readinessProbe on port 3000,"},

		// A server that only its own pod reaches.
		{"local-only", program, `{"Cmd": ["/app"]}`, `{containers: [{image: app, name: web, args: [gunicorn, -b, "127.0.0.1:8000", shop]}]}`, "Let gunicorn listen on 0.0.0.0: it listens on 127.0.0.1 alone"},
		{"local-only", program, `{"Cmd": ["/app"]}`, `{containers: [{image: app, name: web, args: [gunicorn, -b, "127.0.0.1:8000", shop]}, {image: z, name: proxy}]}`, ""},

		// Probes.
		{"no-probe", program, `{"Cmd": ["/app"]}`, `{containers: [{image: app, ports: [{containerPort: 8080}]}]}`, "readinessProbe on port 8080"},
		{"no-probe", program, `{"Cmd": ["/app"], "ExposedPorts": {"80/tcp": {}}, "Healthcheck": {"Test": ["CMD", "/app", "-health"]}}`, `{containers: [{image: app}]}`, "Kubernetes ignores HEALTHCHECK"},
		{"no-probe", program, `{"Cmd": ["/app"]}`, `{containers: [{image: app, ports: [{containerPort: 8080}], livenessProbe: {tcpSocket: {port: 8080}}}]}`, "readinessProbe"},
		{"no-probe", program, `{"Cmd": ["/app"]}`, `{containers: [{image: app, ports: [{containerPort: 8080}], readinessProbe: {exec: {command: [x]}}}]}`, ""},
		{"no-probe", program, `{"Cmd": ["/app"]}`, `{containers: [{image: app}]}`, ""},
		{"no-probe", program, `{"Cmd": ["/app"], "ExposedPorts": {"80/tcp": {}}}`, `{containers: [{image: app, command: [/worker]}]}`, ""},
		{"no-probe", program, `{"Cmd": ["/app"], "ExposedPorts": {"53/udp": {}}}`, `{containers: [{image: app, ports: [{containerPort: 53, protocol: UDP}]}]}`, ""},
		{"no-probe", program, `{"Cmd": ["/app"], "ExposedPorts": {"80/tcp": {}}}`, `{containers: [{name: y, image: z}], initContainers: [{image: app}]}`, ""},

		// Probes whose program is missing.
		{"probe-fails", program, `{"Cmd": ["/app"]}`, `{containers: [{image: app, name: web, readinessProbe: {exec: {command: [curl, -f, "http://localhost:8080/ready"]}}}]}`, "curl is not in the image, so the readiness probe of container web always fails and the pod never gets a request."},
		{"probe-fails", program, `{"Cmd": ["/app"]}`, `{containers: [{image: app, livenessProbe: {exec: {command: [/usr/bin/check, -x]}}}]}`, "/usr/bin/check is not in the image, so the liveness probe of the container always fails and Kubernetes restarts"},
		{"probe-fails", shell, `{"Cmd": ["/app"]}`, `{containers: [{image: app, livenessProbe: {exec: {command: [sh, -c, "curl -fs localhost:8080 || exit 1"]}}}]}`, "curl is not in the image"},
		{"probe-fails", shell, `{"Cmd": ["/app"]}`, `{containers: [{image: app, startupProbe: {exec: {command: [/bin/sh, -c, "test -e /ready && timeout 3 nc -z localhost 80"]}}}]}`, "nc is not in the image, so the startup probe"},
		{"probe-fails", shell, `{"Cmd": ["/app"]}`, `{containers: [{image: app, livenessProbe: {exec: {command: [sh, -c, "curl -s localhost:8080 | grep ok"]}}}]}`, "grep is not in the image"},
		{"probe-fails", program, `{"Cmd": ["/app"]}`, `{containers: [{image: app, livenessProbe: {exec: {command: [sh, -c, "test -e /ready"]}}}]}`, "sh is not in the image"},
		{"probe-fails", shell, `{"Cmd": ["/app"]}`, `{containers: [{image: app, livenessProbe: {exec: {command: [sh, -c, "curl -fs localhost:8080 || wget -q localhost:8080 || true"]}}}]}`, ""},
		{"probe-fails", shell, `{"Cmd": ["/app"]}`, `{containers: [{image: app, livenessProbe: {exec: {command: [sh, -c, "curl -fs localhost:8080 || /app -check"]}}}]}`, ""},
		{"probe-fails", shell, `{"Cmd": ["/app"]}`, `{containers: [{image: app, livenessProbe: {exec: {command: [sh, -c, "! curl -fs localhost:8080"]}}}]}`, ""},
		{"probe-fails", shell, `{"Cmd": ["/app"]}`, `{containers: [{image: app, livenessProbe: {exec: {command: [sh, -c, "curl -fs localhost:8080; true"]}}}]}`, ""},
		{"probe-fails", shell, `{"Cmd": ["/app"]}`, `{containers: [{image: app, livenessProbe: {exec: {command: [sh, -c, "if command -v curl; then curl localhost; fi"]}}}]}`, ""},
		{"probe-fails", shell, `{"Cmd": ["/app"]}`, `{containers: [{image: app, livenessProbe: {exec: {command: [sh, -c, "test -e /ready"]}}}]}`, ""},
		{"probe-fails", shell, `{"Cmd": ["/app"]}`, `{containers: [{image: app, livenessProbe: {exec: {command: [sh, -c, "$CHECK"]}}}]}`, ""},
		{"probe-fails", program + "+ usr/bin/curl elf\n", `{"Cmd": ["/app"]}`, `{containers: [{image: app, readinessProbe: {exec: {command: [curl, localhost]}}}]}`, ""},
		{"probe-fails", program + "+ opt/bin/curl elf\n", `{"Cmd": ["/app"], "Env": ["PATH=/opt/bin"]}`, `{containers: [{image: app, readinessProbe: {exec: {command: [curl, localhost]}}}]}`, ""},
		{"probe-fails", program, `{"Cmd": ["/app"]}`, `{volumes: [{name: t, emptyDir: {}}], containers: [{image: app, volumeMounts: [{name: t, mountPath: /usr/local/bin/}], readinessProbe: {exec: {command: [check]}}}]}`, ""},
		{"probe-fails", program, `{"Cmd": ["/app"]}`, `{containers: [{image: app, livenessProbe: {exec: {command: [test, -e, /ready]}}}]}`, "test is not in the image"},
		{"probe-fails", program, `{"Cmd": ["/app"]}`, `{containers: [{image: app, livenessProbe: {exec: {command: [timeout, "5", /app, -check]}}}]}`, "timeout is not in the image"},
		{"probe-fails", program, `{"Cmd": ["/app"]}`, `{containers: [{image: app, livenessProbe: {exec: {command: ["curl -f localhost"]}}}]}`, "curl -f localhost is not in the image"},
		{"probe-fails", program + "+ opt/bin/curl elf\n", `{"Cmd": ["/app"]}`, `{containers: [{image: app, env: [{name: PATH, valueFrom: {configMapKeyRef: {name: a, key: b}}}], readinessProbe: {exec: {command: [curl, localhost]}}}]}`, ""},
		{"probe-fails", program + "+ opt/bin/curl elf\n", `{"Cmd": ["/app"]}`, `{containers: [{image: app, env: [{name: PATH, value: "$(BIN):/bin"}], readinessProbe: {exec: {command: [curl, localhost]}}}]}`, ""},
		{"probe-fails", program, `{"Cmd": ["/app"]}`, `{containers: [{image: app, livenessProbe: {exec: {command: [/proc/1/exe, -check]}}}]}`, ""},
		{"probe-fails", shell, `{"Cmd": ["/app"], "Env": ["BASH_ENV=/env"]}`, `{containers: [{image: app, livenessProbe: {exec: {command: [sh, -c, "check"]}}}]}`, ""},
		{"probe-fails", program + "+ Files/app.exe\n", `{"Cmd": ["/app"]}`, `{containers: [{image: app, livenessProbe: {exec: {command: [cmd, /c, check]}}}]}`, ""},
		{"probe-fails", "COPY s.sh /\n+ s.sh text #!/bin/sh|apk add curl|exec /app|\n+ app elf\n", `{"Entrypoint": ["/s.sh"]}`, `{containers: [{image: app, readinessProbe: {exec: {command: [curl, localhost]}}}]}`, ""},

		// Volumes over what the image brings.
		{"hidden-by-volume", web, node, hides("emptyDir", "/app/node_modules"), "The emptyDir at /app/node_modules hides 2 files (1 kB) of the image, among them /app/node_modules, which the program needs. Mount it at a directory that only holds data"},
		{"hidden-by-volume", web, node, hides("configMap", "/app"), "The ConfigMap at /app hides 4 files (1 kB) of the image, among them /app/server.js, which the program needs. Mount each of its keys as a file of its own with subPath"},
		{"hidden-by-volume", web, node, hides("secret", "/app/"), "The Secret at /app/ hides"},
		{"hidden-by-volume", web, node, hides("persistentVolumeClaim", "/app"), "The volume at /app hides"},
		{"hidden-by-volume", web, `{"Cmd": ["npm", "start"], "WorkingDir": "/app"}`, hides("emptyDir", "/app"), "The emptyDir at /app hides"},
		{"hidden-by-volume", "RUN make\n+ usr/local/bin/app elf\n", `{"Cmd": ["app"]}`, hides("emptyDir", "/usr/local/bin"), "among them /usr/local/bin/app"},
		{"hidden-by-volume", web, node, hides("emptyDir", "/app/uploads"), ""},
		{"hidden-by-volume", web, node, hides("emptyDir", "/app/node_modules/.cache"), ""},
		{"hidden-by-volume", web, node, hides("emptyDir", "/tmp"), ""},
		{"hidden-by-volume", web, node, hides("emptyDir", "/app/dist"), ""},
		{"hidden-by-volume", web, node, hides("configMap", "/app/server.js, subPath: server.js"), ""},
		{"hidden-by-volume", web, `{"Cmd": ["node", "/app/server.js"], "Volumes": {"/app/node_modules": {}}}`, hides("emptyDir", "/app/node_modules"), ""},
		{"hidden-by-volume", web, node, hides("hostPath", "/app"), ""},
		{"hidden-by-volume", web, node, `{volumes: [{name: t, emptyDir: {}}], initContainers: [{image: z, name: z, volumeMounts: [{name: t, mountPath: /to}]}], containers: [{image: app, name: x, volumeMounts: [{name: t, mountPath: /app}]}]}`, ""},
		{"hidden-by-volume", nginx, `{"Cmd": ["nginx", "-g", "daemon off;"]}`, hides("configMap", "/etc/nginx"), ""},

		// A sidecar's job.
		{"sidecar-inside", "COPY s.sh /\n+ s.sh text #!/bin/sh|service cron start|fluent-bit -c /x &|exec /app|\n", `{"Entrypoint": ["/s.sh"]}`, `{containers: [{image: app, name: web}]}`, "Container web also runs"},
		{"sidecar-inside", "COPY s.sh /\n+ s.sh text #!/bin/sh|cron|exec /app|\n", `{"Entrypoint": ["/s.sh"]}`, `{containers: [{image: app, name: web}, {image: z, name: z}]}`, ""},
		{"sidecar-inside", "COPY s.sh /\n+ s.sh text #!/bin/sh|/worker &|exec /app|\n", `{"Entrypoint": ["/s.sh"]}`, `{containers: [{image: app, name: web}]}`, ""},
		{"sidecar-inside", program, `{"Cmd": ["fluent-bit", "-c", "/x"]}`, `{containers: [{image: app, name: web}]}`, ""},
		{"sidecar-inside", program, `{"Cmd": ["cron", "-f"]}`, `{containers: [{image: app, name: web}]}`, ""},
		{"sidecar-inside", "RUN apt-get install -y supervisor\n+ etc/supervisor/supervisord.conf text [supervisord]|nodaemon=true|[program:web]|command=/app|[program:jobs]|command=/usr/sbin/cron -f|\n", `{"Cmd": ["supervisord", "-n"]}`, `{containers: [{image: app, name: web}]}`, "make what cron starts CronJobs"},
	} {
		img := rulestest.Parse(t, test.image+"config "+test.config+"\npod "+test.pod)
		var got []string
		for _, f := range img.Findings(t, test.rule) {
			if f.Manifest == nil || f.Manifest.Line == 0 || f.Manifest.Workload != "Deployment shop/web" {
				t.Errorf("%s: it is at %+v", test.rule, f.Manifest)
			}
			got = append(got, f.Fix.Summary)
		}
		if text := strings.Join(got, "\n"); (text == "") != (test.want == "") || !strings.Contains(text, test.want) {
			t.Errorf("%s in %s\n%s\ngot  %q\nwant %q", test.rule, test.config, test.pod, text, test.want)
		}
	}
}

// TestOfTheImage tries what becomes of findings of the image in a pod: "image" where it stays
// one of the image, "pod" where it is one of the manifest's line, "settled by …" and "" for
// none.
func TestOfTheImage(t *testing.T) {
	for _, test := range []struct{ rule, image, config, pod, want string }{
		{"runs-as-root", program, `{"Cmd": ["/app"]}`, `{containers: [{image: app}]}`, "image"},
		{"runs-as-root", program, `{"Cmd": ["/app"]}`, `{containers: [{image: app, securityContext: {runAsUser: 10001}}]}`, "settled by runAsUser: 10001"},
		{"runs-as-root", program, `{"Cmd": ["/app"]}`, `{securityContext: {runAsUser: 10001}, containers: [{image: app}]}`, "settled by runAsUser: 10001"},
		{"runs-as-root", program, `{"Cmd": ["/app"]}`, `{securityContext: {runAsUser: 10001}, containers: [{image: app, securityContext: {runAsUser: 0}}]}`, "pod"},
		{"runs-as-root", program, `{"Cmd": ["/app"], "User": "1"}`, `{containers: [{image: app, securityContext: {runAsUser: 0}}]}`, "pod"},
		{"runs-as-root", program, `{"Cmd": ["/app"]}`, `{containers: [{image: app, command: [/app, -v]}]}`, "image"},
		{"runs-as-root", program, `{"Cmd": ["/app"]}`, `{containers: [{image: app, securityContext: {runAsNonRoot: true}}]}`, ""},
		{"user-by-name", passwd, `{"Cmd": ["/app"], "User": "app"}`, `{containers: [{image: app}]}`, "image"},
		{"user-by-name", passwd, `{"Cmd": ["/app"], "User": "app"}`, `{containers: [{image: app, securityContext: {runAsUser: 7}}]}`, "settled by runAsUser: 7"},
		{"shell-form-entrypoint", program, `{"Cmd": ["/bin/sh", "-c", "/app -v"]}`, `{containers: [{image: app}]}`, "image"},
		{"shell-form-entrypoint", program, `{"Cmd": ["/bin/sh", "-c", "/app -v"]}`, `{containers: [{image: app, command: [/app]}]}`, `settled by command: ["/app"]`},
		{"shell-form-entrypoint", program, `{"Cmd": ["/app", "-v"]}`, `{containers: [{image: app, command: [sh, -c], args: [/app -v]}]}`, `pod command: ["/app", "-v"] # and no args`},
		{"shell-form-entrypoint", program, `{"Cmd": ["/app", "-v"]}`, `{containers: [{image: app, command: [sh, -c, "cd /x && /app"]}]}`, `pod command: ["sh", "-c", "cd /x && exec /app"]`},
		{"shell-form-entrypoint", program, `{"Cmd": ["/app", "-v"]}`, `{containers: [{image: app, command: [sh, -c, "exec /app"]}]}`, ""},
		{"shell-form-entrypoint", program, `{"Cmd": ["/app", "-v"]}`, `{containers: [{image: app, args: [sh, -c, "/app -x"]}]}`, `pod args: ["/app", "-x"]`},
		{"script-without-exec", "COPY s.sh /\n+ s.sh text #!/bin/sh|set -e|/app|\n", `{"Entrypoint": ["/app"]}`, `{containers: [{image: app, command: [/s.sh]}]}`, `pod command: ["/app"]`},
		{"script-without-exec", "COPY s.sh /\n+ s.sh text #!/bin/sh|set -e|/app|\n", `{"Entrypoint": ["/s.sh"]}`, `{containers: [{image: app, command: [/app]}]}`, `settled by command: ["/app"]`},
		{"background-program", nginx, `{"Cmd": ["nginx"]}`, `{containers: [{image: app, args: [nginx, -g, daemon off;]}]}`, `settled by args: ["nginx", "-g", "daemon off;"]`},
		{"background-program", nginx, `{"Cmd": ["nginx", "-g", "daemon off;"]}`, `{containers: [{image: app, command: [nginx]}]}`, `pod command: ["nginx", "-g", "daemon off;"]`},
		{"stop-signal", nginx, `{"Cmd": ["nginx", "-g", "daemon off;"]}`, `{containers: [{image: app, lifecycle: {preStop: {exec: {command: [x]}}}}]}`, "settled by lifecycle.preStop"},
		{"no-init", "COPY s.sh /\n+ s.sh text #!/bin/sh|/worker &|exec /app|\n+ worker\n", `{"Entrypoint": ["/s.sh"]}`, `{shareProcessNamespace: true, containers: [{image: app}]}`, "settled by shareProcessNamespace: true"},
		{"no-healthcheck", program, `{"Cmd": ["/app"], "ExposedPorts": {"80/tcp": {}}}`, `{containers: [{image: app, readinessProbe: {tcpSocket: {port: 80}}}]}`, "settled by readinessProbe"},
		{"no-healthcheck", program, `{"Cmd": ["/app"], "ExposedPorts": {"80/tcp": {}}}`, `{containers: [{image: app, readinessProbe: {exec: {command: [curl, localhost]}}}]}`, ""},
		{"no-healthcheck", program, `{"Cmd": ["/app"], "ExposedPorts": {"80/tcp": {}}}`, `{containers: [{image: app, readinessProbe: {exec: {command: [curl, localhost]}}, livenessProbe: {tcpSocket: {port: 80}}}]}`, "settled by livenessProbe"},
		{"no-healthcheck", program, `{"Cmd": ["/app"], "ExposedPorts": {"80/tcp": {}}}`, `{containers: [{image: app}]}`, ""},
		{"logs-to-files", program, `{"Cmd": ["/app", "--log-file=/logs/x"]}`, `{containers: [{image: app, volumeMounts: [{name: l, mountPath: /logs}]}, {name: f, image: f, volumeMounts: [{name: l, mountPath: /in}]}]}`, "settled by a volume at /logs that another container reads"},
		{"many-services", "COPY s.sh /\n+ s.sh text #!/bin/sh|service cron start|exec /app|\n", `{"Entrypoint": ["/s.sh"]}`, `{containers: [{image: app}]}`, ""},
		{"baked-in-secret", program, `{"Cmd": ["/app"], "Env": ["DB_PASSWORD=made-up-7h3x9q2k"]}`, `{containers: [{image: app, securityContext: {runAsUser: 7}}]}`, "image"},
	} {
		img := rulestest.Parse(t, test.image+"config "+test.config+"\npod "+test.pod)
		if got := becomes(img.Report(t), test.rule); got != test.want {
			t.Errorf("%s in %s\n%s\ngot  %q\nwant %q", test.rule, test.config, test.pod, got, test.want)
		}
	}
}

// becomes says what a report makes of a rule.
func becomes(r *model.Report, rule string) string {
	var all []string
	for i := range r.Findings {
		switch f := &r.Findings[i]; {
		case f.Rule != rule:
		case f.Manifest == nil:
			all = append(all, "image")
		default:
			all = append(all, strings.Join(strings.Fields("pod "+f.Manifest.Edit), " "))
		}
	}
	for _, s := range r.Pods[0].Settles {
		if s.Rule == rule {
			all = append(all, "settled by "+s.Setting)
			if s.Line == 0 {
				all = append(all, fmt.Sprintf("without a line: %+v", s))
			}
		}
	}
	return strings.Join(all, ", ")
}
