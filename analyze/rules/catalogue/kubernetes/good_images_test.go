package kubernetes_test

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// The entry points of the images that everybody starts from have a few shapes. These are
// texts of our own in those shapes.
const (
	// argumentsFirst: options are the server's; then whatever was asked for.
	argumentsFirst = `#!/bin/sh
set -e
if [ "${1#-}" != "$1" ] || [ "${1%.conf}" != "$1" ]; then
	set -- SERVER "$@"
fi
exec "$@"
`
	// stepsDown: root prepares a directory and starts the script anew as another user.
	stepsDown = `#!/bin/sh
set -e
if [ "${1#-}" != "$1" ]; then
	set -- SERVER "$@"
fi
if [ "$1" = 'SERVER' ] && [ "$(id -u)" = '0' ]; then
	find . \! -user SERVER -exec chown SERVER '{}' +
	exec gosu SERVER "$0" "$@"
fi
um="$(umask)"
[ "$um" = '0022' ] && umask 0077
exec "$@"
`
	// functions: a database that starts itself for a moment to fill it.
	functions = `#!/usr/bin/env bash
set -Eeo pipefail
fill() {
	"$@" --skip-networking &
	pid=$!
	for i in {30..0}; do
		if client ping; then break; fi
		sleep 1
	done
	kill "$pid"
	wait "$pid"
}
_main() {
	if [ "${1:0:1}" = '-' ]; then
		set -- SERVER "$@"
	fi
	if [ "$1" = 'SERVER' ]; then
		mkdir -p /var/lib/SERVER
		if [ "$(id -u)" = '0' ]; then
			exec gosu SERVER "$BASH_SOURCE" "$@"
		fi
		[ -d /var/lib/SERVER/db ] || fill "$@"
	fi
	exec "$@"
}
if ! [ "${#FUNCNAME[@]}" -ge 2 ]; then
	_main "$@"
fi
`
	// hooks: each file of a directory runs before the server.
	hooks = `#!/bin/sh
set -e
entrypoint_log() {
	if [ -z "${QUIET:-}" ]; then
		echo "$@"
	fi
}
if [ "$1" = "nginx" ] || [ "$1" = "nginx-debug" ]; then
	if find "/docker-entrypoint.d/" -mindepth 1 -type f | read v; then
		find "/docker-entrypoint.d/" -follow -type f | sort -V | while read -r f; do
			case "$f" in
				*.sh) "$f" ;;
				*) entrypoint_log "ignoring $f" ;;
			esac
		done
	fi
fi
exec "$@"
`
	// subcommand: the program's name is added where a subcommand was asked for.
	subcommand = `#!/bin/sh
set -e
case "$1" in
	*.yaml|*.yml) set -- SERVER serve "$@" ;;
	serve|help|-*) set -- SERVER "$@" ;;
esac
exec "$@"
`
	// ownWords: the server's own words, and what the user adds.
	ownWords = `#!/bin/bash -e
PERMISSIONS_OK=0
if [ ! -r "$CONFIG" ]; then
	PERMISSIONS_OK=1
	echo "CONFIG='$CONFIG' is not readable."
fi
if [ $PERMISSIONS_OK -eq 1 ]; then
	echo "see the documentation"
fi
export HOME="$DATA"
exec SERVER server --homepath="$HOMEPATH" --config="$CONFIG" "$@"
`
	// chooses: another user where it is root, and an init of its own.
	chooses = `#!/usr/bin/dumb-init /bin/sh
set -e
if [ -n "$BIND" ]; then
	ADDRESS=$(ip -o -4 addr list $BIND | head -n1 | awk '{print $4}' | cut -d/ -f1)
fi
if [ "$1" = 'agent' ]; then
	shift
	set -- SERVER agent -data-dir=/data "$@"
fi
if [ "$1" = 'SERVER' ]; then
	if [ "$(stat -c %u /data)" != "$(id -u SERVER)" ]; then
		chown SERVER:SERVER /data
	fi
	set -- su-exec SERVER:SERVER "$@"
fi
exec "$@"
`
	foreground = `#!/bin/sh
set -e
: "${APACHE_CONFDIR:=/etc/apache2}"
: "${APACHE_RUN_DIR:=/var/run/apache2}"
rm -f "$APACHE_RUN_DIR/apache2.pid"
exec apache2 -DFOREGROUND "$@"
`
	accounts = "root:x:0:0:root:/root:/bin/sh\nSERVER:x:999:999::/var/lib/SERVER:/bin/sh\n"
)

// goodImage is an image in the style of one that its makers thought about, with the findings
// that they would agree with.
type goodImage struct {
	name, server string
	config       string
	script       string            // docker-entrypoint.sh, "" for none; SERVER is the server
	files        map[string]string // further files
	agree        string            // rules
}

const entry = `"Entrypoint": ["docker-entrypoint.sh"], `

// The findings with which the makers of an image would agree are facts: traefik and tomcat do
// run as root, memcached's USER is a name that a cluster cannot check.
var goodImages = []goodImage{
	{"postgres", "postgres", entry + `"Cmd": ["postgres"], "StopSignal": "SIGINT", "ExposedPorts": {"5432/tcp": {}}, "Volumes": {"/var/lib/postgresql/data": {}}`, functions, nil, ""},
	{"mysql", "mysqld", entry + `"Cmd": ["mysqld"], "ExposedPorts": {"3306/tcp": {}, "33060/tcp": {}}, "Volumes": {"/var/lib/mysql": {}}`, functions, nil, ""},
	{"mariadb", "mariadbd", entry + `"Cmd": ["mariadbd"], "ExposedPorts": {"3306/tcp": {}}, "Volumes": {"/var/lib/mysql": {}}`, functions, nil, ""},
	{"mongo", "mongod", entry + `"Cmd": ["mongod"], "ExposedPorts": {"27017/tcp": {}}, "Volumes": {"/data/db": {}}`, functions, nil, ""},
	{"redis", "redis-server", entry + `"Cmd": ["redis-server"], "WorkingDir": "/data", "ExposedPorts": {"6379/tcp": {}}, "Volumes": {"/data": {}}`, stepsDown, nil, ""},
	{"rabbitmq", "rabbitmq-server", entry + `"Cmd": ["rabbitmq-server"], "ExposedPorts": {"5672/tcp": {}}, "Volumes": {"/var/lib/rabbitmq": {}}`, stepsDown, nil, ""},
	{"memcached", "memcached", entry + `"Cmd": ["memcached"], "User": "memcached", "ExposedPorts": {"11211/tcp": {}}`, argumentsFirst, nil, "user-by-name"},
	{"haproxy", "haproxy", entry + `"Cmd": ["haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"], "User": "haproxy", "StopSignal": "SIGUSR1"`, argumentsFirst, nil, "user-by-name"},
	{"nginx", "nginx", `"Entrypoint": ["/docker-entrypoint.sh"], "Cmd": ["nginx", "-g", "daemon off;"], "StopSignal": "SIGQUIT", "ExposedPorts": {"80/tcp": {}}`, hooks,
		map[string]string{"etc/nginx/nginx.conf": "user  nginx;\nworker_processes  auto;\n", "var/log/nginx/access.log": "-> /dev/stdout", "var/log/nginx/error.log": "-> /dev/stderr", "docker-entrypoint.d/10-listen.sh": "#!/bin/sh\nset -e\nexit 0\n"}, ""},
	{"nginx-unprivileged", "nginx", `"Entrypoint": ["/docker-entrypoint.sh"], "Cmd": ["nginx", "-g", "daemon off;"], "User": "101", "StopSignal": "SIGQUIT", "ExposedPorts": {"8080/tcp": {}}`, hooks,
		map[string]string{"etc/nginx/nginx.conf": "worker_processes  auto;\n", "var/log/nginx/access.log": "-> /dev/stdout", "var/log/nginx/error.log": "-> /dev/stderr"}, ""},
	{"httpd", "httpd", `"Cmd": ["httpd-foreground"], "StopSignal": "SIGWINCH", "ExposedPorts": {"80/tcp": {}}, "WorkingDir": "/usr/local/apache2"`, "",
		map[string]string{"usr/local/bin/httpd-foreground": "#!/bin/sh\nset -e\nrm -f /usr/local/apache2/logs/httpd.pid\nexec httpd -DFOREGROUND \"$@\"\n", "usr/local/apache2/conf/httpd.conf": "User www-data\n"}, "no-healthcheck"},
	{"php-apache", "apache2", `"Entrypoint": ["docker-php-entrypoint"], "Cmd": ["apache2-foreground"], "StopSignal": "SIGWINCH", "ExposedPorts": {"80/tcp": {}}, "WorkingDir": "/var/www/html"`, "",
		map[string]string{"usr/local/bin/docker-php-entrypoint": strings.ReplaceAll(argumentsFirst, "SERVER", "php"), "usr/local/bin/apache2-foreground": foreground, "etc/apache2/apache2.conf": "User ${APACHE_RUN_USER}\n",
			"var/log/apache2/access.log": "-> /dev/stdout", "var/log/apache2/error.log": "-> /dev/stderr"}, ""},
	{"php-fpm", "php-fpm", `"Entrypoint": ["docker-php-entrypoint"], "Cmd": ["php-fpm"], "StopSignal": "SIGQUIT", "ExposedPorts": {"9000/tcp": {}}, "WorkingDir": "/var/www/html"`, "",
		map[string]string{"usr/local/bin/docker-php-entrypoint": strings.ReplaceAll(argumentsFirst, "SERVER", "php"), "usr/local/etc/php-fpm.conf": "include=etc/php-fpm.d/*.conf\n", "usr/local/etc/php-fpm.d/zz-docker.conf": "[global]\ndaemonize = no\n"}, ""},
	{"wordpress", "apache2", `"Entrypoint": ["docker-entrypoint.sh"], "Cmd": ["apache2-foreground"], "StopSignal": "SIGWINCH", "ExposedPorts": {"80/tcp": {}}, "WorkingDir": "/var/www/html", "Volumes": {"/var/www/html": {}}`,
		"#!/usr/bin/env bash\nset -Eeuo pipefail\nif [[ \"$1\" == apache2* ]] || [ \"$1\" = 'php-fpm' ]; then\n\tuid=\"$(id -u)\"\n\tif [ ! -e index.php ]; then\n\t\ttar --create --file - --directory /usr/src/wordpress . | tar --extract --file -\n\tfi\nfi\nexec \"$@\"\n",
		map[string]string{"usr/local/bin/apache2-foreground": foreground, "etc/apache2/apache2.conf": "User ${APACHE_RUN_USER}\n", "usr/src/wordpress/index.php": "<?php\n",
			"var/log/apache2/access.log": "-> /dev/stdout", "var/log/apache2/error.log": "-> /dev/stderr"}, ""},
	{"tomcat", "catalina.sh", `"Cmd": ["catalina.sh", "run"], "ExposedPorts": {"8080/tcp": {}}, "WorkingDir": "/usr/local/tomcat"`, "", nil, "no-healthcheck runs-as-root"},
	{"traefik", "traefik", `"Entrypoint": ["/entrypoint.sh"], "Cmd": ["traefik"], "ExposedPorts": {"80/tcp": {}}`, "", map[string]string{"entrypoint.sh": strings.ReplaceAll(subcommand, "SERVER", "traefik")}, "runs-as-root"},
	{"caddy", "caddy", `"Cmd": ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"], "ExposedPorts": {"80/tcp": {}, "443/tcp": {}}, "WorkingDir": "/srv"`, "", nil, "no-healthcheck runs-as-root"},
	{"registry", "registry", `"Entrypoint": ["/entrypoint.sh"], "Cmd": ["/etc/docker/registry/config.yml"], "ExposedPorts": {"5000/tcp": {}}, "Volumes": {"/var/lib/registry": {}}`, "", map[string]string{"entrypoint.sh": strings.ReplaceAll(subcommand, "SERVER", "registry")}, "runs-as-root"},
	{"influxdb", "influxd", `"Entrypoint": ["/entrypoint.sh"], "Cmd": ["influxd"], "ExposedPorts": {"8086/tcp": {}}, "Volumes": {"/var/lib/influxdb2": {}}`, "", map[string]string{"entrypoint.sh": strings.ReplaceAll(functions, "SERVER", "influxd")}, ""},
	{"grafana", "grafana", `"Entrypoint": ["/run.sh"], "User": "472", "ExposedPorts": {"3000/tcp": {}}, "WorkingDir": "/usr/share/grafana", "Env": ["PATH=/usr/share/grafana/bin:/usr/bin:/bin"]`, "", map[string]string{"run.sh": strings.ReplaceAll(ownWords, "SERVER", "grafana")}, "no-healthcheck"},
	{"elasticsearch", "elasticsearch", `"Entrypoint": ["/bin/tini", "--", "/usr/local/bin/docker-entrypoint.sh"], "Cmd": ["eswrapper"], "User": "1000:0", "ExposedPorts": {"9200/tcp": {}, "9300/tcp": {}}, "WorkingDir": "/usr/share/elasticsearch"`,
		"#!/bin/bash\nset -e\numask 0002\nrun_as_other_user_if_needed() {\n\tif [[ \"$(id -u)\" == \"0\" ]]; then\n\t\texec chroot --userspec=1000:0 / \"${@}\"\n\telse\n\t\texec \"${@}\"\n\tfi\n}\nif [[ \"$1\" != \"eswrapper\" ]]; then\n\tset -- \"$@\"\nfi\nrun_as_other_user_if_needed /usr/share/elasticsearch/bin/elasticsearch $POSITIONAL\n", nil, "no-healthcheck"},
	{"vault", "vault", entry + `"Cmd": ["server", "-dev"], "ExposedPorts": {"8200/tcp": {}}, "Volumes": {"/vault/logs": {}, "/vault/file": {}}`, chooses, nil, ""},
	{"consul", "consul", entry + `"Cmd": ["agent", "-dev"], "ExposedPorts": {"8300/tcp": {}}, "Volumes": {"/consul/data": {}}`, chooses, nil, ""},
	{"node", "node", entry + `"Cmd": ["node"]`, argumentsFirst, nil, ""},
	{"python", "python3", `"Cmd": ["python3"]`, "", nil, ""},
	{"ruby", "irb", `"Cmd": ["irb"]`, "", nil, ""},
	{"golang", "go", `"Cmd": ["bash"], "WorkingDir": "/go"`, "", nil, ""},
	{"busybox", "sh", `"Cmd": ["sh"]`, "", nil, ""},
	{"prometheus", "prometheus", `"Entrypoint": ["/bin/prometheus"], "Cmd": ["--config.file=/etc/prometheus/prometheus.yml"], "User": "65534", "ExposedPorts": {"9090/tcp": {}}, "WorkingDir": "/prometheus", "Volumes": {"/prometheus": {}}`, "", nil, "no-healthcheck"},
	{"jenkins", "java", `"Entrypoint": ["/usr/bin/tini", "--", "/usr/local/bin/jenkins.sh"], "User": "1000", "ExposedPorts": {"8080/tcp": {}}, "Volumes": {"/var/jenkins_home": {}}`, "",
		map[string]string{"usr/local/bin/jenkins.sh": "#! /bin/bash -e\n: \"${JENKINS_HOME:=\"/var/jenkins_home\"}\"\nif [[ $# -lt 1 ]] || [[ \"$1\" == \"--\"* ]]; then\n\texec java -jar /usr/share/jenkins.war \"$@\"\nfi\nexec \"$@\"\n"}, ""},
	{"gunicorn", "gunicorn", `"Cmd": ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"], "User": "10001", "ExposedPorts": {"8000/tcp": {}}, "WorkingDir": "/app"`, "", nil, "no-healthcheck"},
	{"gunicorn by PORT", "gunicorn", `"Cmd": ["/bin/sh", "-c", "exec gunicorn --bind :$PORT app:app"], "Env": ["PORT=8080"], "User": "10001", "ExposedPorts": {"8080/tcp": {}}, "WorkingDir": "/app"`, "", nil, "no-healthcheck"},
	{"uvicorn", "uvicorn", `"Entrypoint": ["tini", "--"], "Cmd": ["uvicorn", "app:app", "--host", "0.0.0.0", "--port", "8000"], "User": "10001", "ExposedPorts": {"8000/tcp": {}}, "WorkingDir": "/app"`, "", nil, "no-healthcheck"},
	{"rails", "rails", `"Entrypoint": ["/rails/bin/docker-entrypoint"], "Cmd": ["./bin/rails", "server"], "Env": ["RAILS_ENV=production"], "User": "1000:1000", "ExposedPorts": {"3000/tcp": {}}, "WorkingDir": "/rails"`, "",
		map[string]string{"rails/bin/docker-entrypoint": "#!/bin/bash -e\nif [ \"${@: -2:1}\" == \"./bin/rails\" ] && [ \"${@: -1:1}\" == \"server\" ]; then\n  ./bin/rails db:prepare\nfi\nexec \"${@}\"\n", "rails/bin/rails": "#!/usr/bin/env ruby\n"}, "no-healthcheck"},
	{"spring", "java", `"Cmd": ["java", "-jar", "/app.jar"], "User": "1000", "ExposedPorts": {"8080/tcp": {}}`, "", map[string]string{"app.jar": "x"}, "no-healthcheck"},
	{"distroless", "server", `"Entrypoint": ["/server"], "User": "65532", "ExposedPorts": {"8080/tcp": {}}`, "", nil, "no-healthcheck"},
}

// program is where the server lies, without leading slash: where the config starts it by a path,
// there.
func (g *goodImage) program(config v1.Config) string {
	for _, word := range slices.Concat(config.Entrypoint, config.Cmd) {
		if path.IsAbs(word) && path.Base(word) == g.server {
			return word[1:]
		}
	}
	return "usr/bin/" + g.server
}

// program is a program of its own.
func program(name string) imagetest.File {
	f := imagetest.Program(name, imagetest.ELF{})
	f.Body = append(f.Body, name...)
	return f
}

// image makes the image.
func (g *goodImage) image(t *testing.T) rulestest.Image {
	t.Helper()
	var config v1.Config
	if err := json.Unmarshal([]byte("{"+g.config+"}"), &config); err != nil {
		t.Fatalf("%s: %v", g.name, err)
	}
	step := rulestest.Step{By: "COPY rootfs /", Files: []imagetest.File{
		imagetest.Text("etc/passwd", strings.ReplaceAll(accounts, "SERVER", g.server)),
		program(g.program(config)),
	}}
	for _, name := range []string{"bin/sh", "bin/bash", "usr/bin/env", "usr/bin/dumb-init", "usr/bin/tini", "bin/tini"} {
		step.Files = append(step.Files, program(name))
	}
	if g.script != "" {
		name := "usr/local/bin/docker-entrypoint.sh"
		if strings.HasPrefix(config.Entrypoint[0], "/docker") {
			name = "docker-entrypoint.sh"
		}
		step.Files = append(step.Files, imagetest.Text(name, strings.ReplaceAll(g.script, "SERVER", g.server)).Chmod(0o755))
	}
	for name, text := range g.files {
		if target, link := strings.CutPrefix(text, "-> "); link {
			step.Files = append(step.Files, imagetest.Symlink(name, target))
			continue
		}
		step.Files = append(step.Files, imagetest.Text(name, text).Chmod(0o755))
	}
	steps := []rulestest.Step{step}
	if config.User != "" {
		steps = append(steps, rulestest.Step{By: "USER " + config.User})
	}
	return rulestest.Image{Steps: steps, Config: config}
}

// TestGoodImages: of images that their makers thought about, tare says what they would agree
// with, and nothing else. With -v it lists what it says.
func TestGoodImages(t *testing.T) {
	if len(goodImages) < 25 {
		t.Fatalf("only %d images", len(goodImages))
	}
	for _, g := range goodImages {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			agreed := strings.Fields(g.agree)
			for _, f := range g.image(t).Report(t).Findings {
				t.Logf("%s: %s, %s: %s", g.name, f.Rule, f.Title, f.Fix.Summary)
				if at := slices.Index(agreed, f.Rule); at >= 0 {
					agreed = slices.Delete(agreed, at, at+1)
					continue
				}
				t.Errorf("its makers would not agree: %s, %s: %s", f.Rule, f.Title, f.Fix.Summary)
			}
			if len(agreed) > 0 {
				t.Errorf("it does not say %q", agreed)
			}
		})
	}
}
