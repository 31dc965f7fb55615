package kubernetes_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// started is an image that starts with words, whose config says so in the instruction given,
// and in which a few files are known. A script has its lines parted by |.
func started(instruction string, entrypoint, cmd []string, files ...string) *rules.Build {
	b := rulestest.Build("WORKDIR /app", instruction)
	b.Entrypoint, b.Cmd, b.WorkingDir, b.Captured = entrypoint, cmd, "/app", map[string][]byte{}
	for i := 0; i < len(files); i += 2 {
		b.Captured[files[i]] = []byte(strings.ReplaceAll(files[i+1], "|", "\n"))
	}
	return b
}

func sh(text string) []string { return []string{"/bin/sh", "-c", text} }

// TestUserByName gives USER the number of its account, or leaves it alone.
func TestUserByName(t *testing.T) {
	const accounts = "root:x:0:0::/root:/bin/sh|toor:x:0:0::/root:/bin/sh|app:x:10001:20002::/app:/bin/sh|twin:x:10001:3::/:/bin/sh|bad:x:ten:3::/:/bin/sh"
	for _, test := range []struct{ name, instruction, user, group, want string }{
		{"a name", "USER app", "app", "", "Give USER the number of app, 10001:20002, so that Kubernetes can tell that it is not root.USER 10001:20002"},
		{"a group by name", "USER app:web", "app:web", "web:x:30:", "USER 10001:30"},
		{"a group by number", "USER app:0", "app:0", "", "USER 10001:0"},
		{"a group that is missing", "USER app:web", "app:web", "", ""},
		{"in other groups", "USER app", "app", "audio:x:29:x,app", "USER 10001"},
		{"of the base", "--", "app", "", "The base image names its user app"},
		{"a number", "USER 10001", "10001", "", ""},
		{"a number and a group by name", "USER 10001:web", "10001:web", "web:x:30:", ""},
		{"a variable", "USER $APP", "app", "", ""},
		{"a variable with braces", "USER ${APP_USER}", "app", "", ""},
		{"an account that is missing", "USER other", "other", "", ""},
		{"an account that cannot be read", "USER bad", "bad", "", ""},
		{"the second of a number", "USER twin", "twin", "", ""},
		{"root", "USER root", "root", "", ""},
		{"root by another name", "USER toor", "toor", "", ""},
		{"nobody said", "RUN make", "", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := rulestest.Build("RUN useradd app", test.instruction)
			if test.instruction == "--" {
				b = rulestest.Build("USER app", "--", "RUN make")
			}
			b.User, b.Captured = test.user, map[string][]byte{"etc/passwd": []byte(strings.ReplaceAll(accounts, "|", "\n")), "etc/group": []byte(test.group)}
			rulestest.Observed(t, "user-by-name", b, test.want)
		})
	}
}

// TestScripts tries the rules about scripts in front of a program.
func TestScripts(t *testing.T) {
	script := []string{"/start.sh"}
	const entry = `ENTRYPOINT ["/start.sh"]`
	for _, test := range []struct {
		name, rule, instruction string
		entrypoint, cmd         []string
		text, want              string
	}{
		{"and nothing else", "script-without-exec", entry, script, nil, "#!/bin/sh|node server.js", `ENTRYPOINT ["node", "server.js"]`},
		{"as CMD", "script-without-exec", `CMD ["/start.sh"]`, nil, script, "#!/bin/sh|set -e|node server.js", `CMD ["node", "server.js"]`},
		{"by a shell", "script-without-exec", `CMD ["bash", "/start.sh"]`, nil, []string{"bash", "/start.sh"}, "node server.js", `CMD ["node", "server.js"]`},
		{"after a migration", "script-without-exec", entry, script, nil, "#!/bin/sh|./migrate||node server.js", "In /start.sh, line 4, write exec before node server.js,"},
		{"with a variable", "script-without-exec", entry, script, nil, "#!/bin/sh|node $MAIN", "line 2, write exec before node $MAIN,"},
		{"its arguments", "script-without-exec", entry, script, []string{"worker"}, "#!/bin/sh|migrate|\"$@\"", `write exec before "$@"`},
		{"in a directory", "script-without-exec", entry, script, nil, "#!/bin/sh|cd /srv|node server.js", "line 3"},
		{"a virtual environment", "script-without-exec", entry, script, nil, "#!/bin/sh|. /venv/bin/activate|gunicorn app:app", "line 3"},
		{"the second script", "script-without-exec", entry, script, []string{"/run.sh"}, "#!/bin/sh|exec \"$@\"", "In /run.sh, line 3"},
		{"exec", "script-without-exec", entry, script, nil, "#!/bin/sh|./migrate|exec node server.js", ""},
		{"a loop", "script-without-exec", entry, script, nil, "#!/bin/sh|while true; do job; sleep 60; done", ""},
		{"a trap", "script-without-exec", entry, script, nil, "#!/bin/sh|trap 'kill 0' TERM|node server.js", ""},
		{"a wait", "script-without-exec", entry, script, nil, "#!/bin/sh|node server.js &|wait", ""},
		{"gosu", "script-without-exec", entry, script, nil, "#!/bin/sh|chown app /data|exec gosu app node server.js", ""},
		{"tini in front", "script-without-exec", `ENTRYPOINT ["tini", "--", "/start.sh"]`, []string{"tini", "--", "/start.sh"}, nil, "#!/bin/sh|node server.js", ""},
		{"tini in the script", "script-without-exec", entry, script, nil, "#!/bin/sh|exec tini -- node server.js", ""},
		{"s6", "script-without-exec", entry, script, nil, "#!/command/with-contenv bash|s6-svscan /etc/s6", ""},
		{"no shell's", "script-without-exec", entry, script, nil, "#!/usr/bin/env python3|main()", ""},
		{"a setup that ends", "script-without-exec", entry, script, nil, "#!/bin/sh|mkdir -p /data|chown app /data", ""},

		{"two programs", "no-init", entry, script, nil, "#!/bin/sh|nginx -g 'daemon off;' &|node server.js", "nginx and node containers of their own"},
		{"three programs", "no-init", entry, script, nil, "#!/bin/sh|redis-server &|worker &|exec node server.js", "redis-server, worker and node"},
		{"one of two, waited for", "no-init", entry, script, nil, "#!/bin/sh|a &|b &|wait", ""},
		{"a trap for two", "no-init", entry, script, nil, "#!/bin/sh|trap 'kill 0' TERM|a &|b", ""},
		{"a temporary server", "no-init", entry, script, nil, "#!/bin/sh|mysqld --skip-networking &|pid=$!|seed|kill $pid|exec mysqld", ""},
		{"a helper", "no-init", entry, script, nil, "#!/bin/sh|sleep 5 &|exec node server.js", ""},
		{"tini for two", "no-init", "ENTRYPOINT tini", []string{"tini", "-g", "--", "/start.sh"}, nil, "#!/bin/sh|a &|exec b", ""},
		{"one program", "no-init", entry, script, nil, "#!/bin/sh|exec node server.js", ""},
	} {
		t.Run(test.rule+"/"+test.name, func(t *testing.T) {
			b := started(test.instruction, test.entrypoint, test.cmd, "start.sh", test.text, "run.sh", "#!/bin/sh|migrate|node server.js")
			rulestest.Observed(t, test.rule, b, test.want)
		})
	}
}

// TestPackageManagers starts what npm and its like start.
func TestPackageManagers(t *testing.T) {
	const start = `{"scripts": {"start": "node server.js", "pre": "node a.js && node b.js", "fancy": "next start"}}`
	for _, test := range []struct {
		name, instruction string
		cmd               []string
		want              string
	}{
		{"npm start", `CMD ["npm", "start"]`, []string{"npm", "start"}, `CMD ["node", "server.js"]`},
		{"in shell form", "CMD npm start", sh("npm start"), `CMD ["node", "server.js"]`},
		{"npm run", `CMD ["npm", "run", "start"]`, []string{"npm", "run", "start"}, `CMD ["node", "server.js"]`},
		{"yarn", `CMD ["yarn", "start"]`, []string{"yarn", "start"}, `CMD ["node", "server.js"]`},
		{"pnpm", `CMD ["pnpm", "run", "start"]`, []string{"pnpm", "run", "start"}, `CMD ["node", "server.js"]`},
		{"two programs", `CMD ["npm", "run", "pre"]`, []string{"npm", "run", "pre"}, "Start what npm run pre runs (node a.js && node b.js)"},
		{"a program that is not there", `CMD ["npm", "run", "fancy"]`, []string{"npm", "run", "fancy"}, "(next start)"},
		{"with arguments", `CMD ["npm", "start", "--", "--port", "80"]`, []string{"npm", "start", "--", "--port", "80"}, "Start in CMD what npm starts"},
		{"poetry", `CMD ["poetry", "run", "gunicorn", "app:app"]`, []string{"poetry", "run", "gunicorn", "app:app"}, "Start in CMD what poetry starts"},
		{"node", `CMD ["node", "server.js"]`, []string{"node", "server.js"}, ""},
		{"an install", `CMD ["npm", "ci"]`, []string{"npm", "ci"}, ""},
		{"yarn that installs", `CMD ["yarn", "install"]`, []string{"yarn", "install"}, ""},
		{"a variable's words", `CMD ["npm", "run", "$X"]`, []string{"npm", "run", "start"}, "Start what npm run start runs (node server.js)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			rulestest.Observed(t, "package-manager-start", started(test.instruction, nil, test.cmd, "app/package.json", start), test.want)
		})
	}
	b := started("CMD npm start", nil, sh("npm start"), "app/package.json", start)
	rulestest.Observed(t, "shell-form-entrypoint", b, "") // the other edit starts no shell either
	b = started(`ENTRYPOINT ["/e.sh"]`, []string{"/e.sh"}, nil, "app/package.json", start, "e.sh", "#!/bin/sh|exec npm start")
	rulestest.Observed(t, "package-manager-start", b, "In /e.sh, start node server.js instead of npm start.")
	b = started(`CMD ["npm", "start"]`, []string{"tini", "--"}, []string{"npm", "start"}, "app/package.json", start)
	rulestest.Observed(t, "package-manager-start", b, "")
}

// TestShellForms edits what a shell starts.
func TestShellForms(t *testing.T) {
	for _, test := range []struct {
		name, instruction string
		entrypoint, cmd   []string
		want              string
	}{
		{"a list", "CMD migrate && node a.js", nil, sh("migrate && node a.js"), "CMD migrate && exec node a.js"},
		{"in JSON form", `CMD ["sh", "-c", "cd /app; node a.js"]`, nil, []string{"sh", "-c", "cd /app; node a.js"}, `CMD ["sh", "-c", "cd /app; exec node a.js"]`},
		{"behind an entry point", "CMD node a.js", []string{"/e.sh"}, sh("node a.js"), `CMD ["node", "a.js"]`},
		{"an entry point that ignores CMD", "ENTRYPOINT node a.js", sh("node a.js"), []string{"-v"}, "ENTRYPOINT exec node a.js"},
		{"a pipe", "CMD node a.js | tee log", nil, sh("node a.js | tee log"), "Write CMD with brackets"},
		{"a trap", "CMD trap 'x' TERM; node a.js", nil, sh("trap 'x' TERM; node a.js"), "Write CMD with brackets"},
		{"exec", "CMD migrate && exec node a.js", nil, sh("migrate && exec node a.js"), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			rulestest.Observed(t, "shell-form-entrypoint", started(test.instruction, test.entrypoint, test.cmd, "e.sh", "#!/bin/sh|exec \"$@\""), test.want)
		})
	}
}

// TestServers tries what goes to the background, and the signal that stops what stays.
func TestServers(t *testing.T) {
	const nginx, script = "etc/nginx/nginx.conf", `ENTRYPOINT ["/start.sh"]`
	for _, test := range []struct {
		name, rule, instruction string
		entrypoint, cmd         []string
		files                   []string
		want                    string
	}{
		{"nginx", "background-program", `CMD ["nginx"]`, nil, []string{"nginx"}, []string{nginx, "user x;"}, `CMD ["nginx", "-g", "daemon off;"]`},
		{"nginx in shell form", "background-program", "CMD nginx", nil, sh("nginx"), []string{nginx, "# daemon off;"}, `CMD ["nginx", "-g", "daemon off;"]`},
		{"nginx and a wait", "background-program", "CMD service nginx start && tail -f /dev/null", nil, sh("service nginx start && tail -f /dev/null"), nil, `CMD ["nginx", "-g", "daemon off;"]`},
		{"nginx and its logs", "background-program", "CMD service nginx start && tail -f /var/log/nginx/access.log", nil, sh("service nginx start && tail -f /var/log/nginx/access.log"), nil, "Start nginx -g daemon off; instead of service nginx start"},
		{"in a script", "background-program", script, []string{"/start.sh"}, nil, []string{nginx, "", "start.sh", "#!/bin/sh|set -e|nginx"}, "In /start.sh, end with exec nginx -g daemon off;"},
		{"apachectl", "background-program", `CMD ["apachectl", "start"]`, nil, []string{"apachectl", "start"}, nil, `CMD ["apachectl", "-D", "FOREGROUND"]`},
		{"apache2ctl -k", "background-program", `CMD ["apache2ctl", "-k", "start"]`, nil, []string{"apache2ctl", "-k", "start"}, nil, `CMD ["apache2ctl", "-D", "FOREGROUND"]`},
		{"sshd", "background-program", `CMD ["/usr/sbin/sshd"]`, nil, []string{"/usr/sbin/sshd"}, nil, `CMD ["/usr/sbin/sshd", "-D", "-e"]`},
		{"cron", "background-program", `CMD ["cron"]`, nil, []string{"cron"}, nil, `CMD ["cron", "-f"]`},
		{"php-fpm", "background-program", `CMD ["php-fpm8.2"]`, nil, []string{"php-fpm8.2"}, []string{"etc/php/8.2/fpm/php-fpm.conf", ";daemonize = no"}, `CMD ["php-fpm8.2", "-F"]`},
		{"redis", "background-program", `CMD ["redis-server", "--daemonize", "yes"]`, nil, []string{"redis-server", "--daemonize", "yes"}, nil, `CMD ["redis-server"]`},
		{"supervisord", "background-program", `CMD ["supervisord"]`, nil, []string{"supervisord"}, []string{"etc/supervisord.conf", "[supervisord]"}, `CMD ["supervisord", "-n"]`},
		{"pm2", "background-program", `CMD ["pm2", "start", "a.js"]`, nil, []string{"pm2", "start", "a.js"}, nil, `CMD ["pm2-runtime", "start", "a.js"]`},
		{"a service that nobody knows", "background-program", "CMD service thing start; sleep infinity", nil, sh("service thing start; sleep infinity"), nil, "Start the server that service thing start starts in the foreground"},
		{"nginx in front", "background-program", `CMD ["nginx", "-g", "daemon off;"]`, nil, []string{"nginx", "-g", "daemon off;"}, []string{nginx, ""}, ""},
		{"nginx in front by its configuration", "background-program", `CMD ["nginx"]`, nil, []string{"nginx"}, []string{nginx, "daemon off;"}, ""},
		{"nginx of which nobody knows", "background-program", `CMD ["nginx"]`, nil, []string{"nginx"}, nil, ""},
		{"nginx by an included file", "background-program", `CMD ["nginx"]`, nil, []string{"nginx"}, []string{nginx, "", "etc/nginx/modules-enabled/d.conf", "daemon off;"}, ""},
		{"a test of nginx", "background-program", script, []string{"/start.sh"}, nil, []string{nginx, "", "start.sh", "nginx -t|exec nginx -g 'daemon off;'"}, ""},
		{"apache in front", "background-program", `CMD ["apachectl", "-D", "FOREGROUND"]`, nil, []string{"apachectl", "-D", "FOREGROUND"}, nil, ""},
		{"apache in front, in one word", "background-program", `CMD ["httpd", "-DFOREGROUND"]`, nil, []string{"httpd", "-DFOREGROUND"}, []string{"etc/httpd/conf/httpd.conf", ""}, ""},
		{"sshd in front", "background-program", `CMD ["sshd", "-De"]`, nil, []string{"sshd", "-De"}, nil, ""},
		{"crond in front", "background-program", `CMD ["crond", "-f", "-l", "2"]`, nil, []string{"crond", "-f", "-l", "2"}, nil, ""},
		{"php-fpm in front", "background-program", `CMD ["php-fpm"]`, nil, []string{"php-fpm"}, []string{"usr/local/etc/php-fpm.conf", "", "usr/local/etc/php-fpm.d/zz-docker.conf", "[global]|daemonize = no"}, ""},
		{"redis in front", "background-program", `CMD ["redis-server", "--daemonize", "no"]`, nil, []string{"redis-server", "--daemonize", "no"}, nil, ""},
		{"supervisord in front", "background-program", `CMD ["supervisord"]`, nil, []string{"supervisord"}, []string{"etc/supervisord.conf", "[supervisord]|nodaemon=true"}, ""},
		{"only when asked", "background-program", script, []string{"/start.sh"}, nil, []string{"start.sh", "if [ $SSH ]; then|service ssh start|fi|exec node a.js"}, ""},
		{"a server beside another", "background-program", "CMD service nginx start && node a.js", nil, sh("service nginx start && node a.js"), nil, ""},

		{"a server beside another", "many-services", "CMD service nginx start && node a.js", nil, sh("service nginx start && node a.js"), nil, "Run one service"},
		{"two in the background", "many-services", "CMD service ssh start; service nginx start; bash", nil, sh("service ssh start; service nginx start; tail -f /dev/null"), nil, "Run one service"},
		{"one in the background", "many-services", "CMD service nginx start && tail -f /dev/null", nil, sh("service nginx start && tail -f /dev/null"), nil, ""},
		{"apache in front", "many-services", script, []string{"/start.sh"}, nil, []string{"start.sh", "chown www-data /data|apachectl -D FOREGROUND"}, ""},
		{"supervisord alone", "many-services", `CMD ["supervisord", "-n"]`, nil, []string{"supervisord", "-n"}, []string{"etc/supervisor/supervisord.conf", "", "etc/supervisor/conf.d/a.conf", "[program:web]|command=web"}, "Start web itself"},
		{"supervisord with two", "many-services", `CMD ["supervisord", "-n"]`, nil, []string{"supervisord", "-n"}, []string{"etc/supervisord.conf", "[program:web]|[program:worker]"}, "Give each service"},

		{"nginx without a signal", "stop-signal", `CMD ["nginx", "-g", "daemon off;"]`, nil, []string{"nginx", "-g", "daemon off;"}, nil, "STOPSIGNAL SIGQUIT\nCMD [\"nginx\", \"-g\", \"daemon off;\"]"},
		{"php-fpm", "stop-signal", `CMD ["php-fpm8.2", "-F"]`, nil, []string{"php-fpm8.2", "-F"}, nil, "STOPSIGNAL SIGQUIT"},
		{"apache", "stop-signal", `CMD ["httpd", "-DFOREGROUND"]`, nil, []string{"httpd", "-DFOREGROUND"}, []string{"etc/httpd/conf/httpd.conf", ""}, "STOPSIGNAL SIGWINCH"},
		{"apache by a script", "stop-signal", `CMD ["/start.sh"]`, nil, []string{"/start.sh"}, []string{"start.sh", "rm -f /run/a.pid|exec apache2 -DFOREGROUND \"$@\""}, "STOPSIGNAL SIGWINCH"},
		{"postgres", "stop-signal", `CMD ["postgres"]`, nil, []string{"postgres"}, nil, "STOPSIGNAL SIGINT"},
		{"systemd", "stop-signal", `CMD ["/lib/systemd/systemd"]`, nil, []string{"/lib/systemd/systemd"}, nil, "STOPSIGNAL SIGRTMIN+3"},
		{"another httpd", "stop-signal", `CMD ["httpd", "-f"]`, nil, []string{"httpd", "-f"}, nil, ""},
		{"a shell keeps the signal", "stop-signal", "CMD nginx -g 'daemon off;'", nil, sh("nginx -g 'daemon off;'"), nil, ""},
		{"another program", "stop-signal", `CMD ["node", "a.js"]`, nil, []string{"node", "a.js"}, nil, ""},
		{"redis", "stop-signal", `CMD ["redis-server"]`, nil, []string{"redis-server"}, nil, ""},
	} {
		t.Run(test.rule+"/"+test.name, func(t *testing.T) {
			rulestest.Observed(t, test.rule, started(test.instruction, test.entrypoint, test.cmd, test.files...), test.want)
		})
	}
	for signal, want := range map[string]string{"SIGQUIT": "", "QUIT": "", "3": "", "SIGTERM": "STOPSIGNAL SIGQUIT", "15": "STOPSIGNAL SIGQUIT", "SIGKILL": "now it gets SIGKILL"} {
		b := rulestest.Build("STOPSIGNAL "+signal, `CMD ["nginx", "-g", "daemon off;"]`)
		b.Cmd, b.StopSignal = []string{"nginx", "-g", "daemon off;"}, signal
		rulestest.Observed(t, "stop-signal", b, want)
	}
}
