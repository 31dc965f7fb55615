package ports

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
)

// commandServer is a program whose command line says where it listens. Lists of options are
// separated by spaces; an option that is in none of them means that nothing is known.
type commandServer struct {
	names []string // of the program
	call  []string // the words, one of them, that make it a server: run
	// callOptional is true where it is one without such a word as well.
	callOptional bool
	before       string // options with a word that may stand before the call
	binds        string // options with an address and a port
	hosts        string // options with an address
	ports        string // options with a port
	flags        string // options without a word that say nothing of where it listens
	valued       string // the same with a word
	loads        string // options with a word that name what may say where it listens
	more         string // options without a word with which it listens at further ports
	// bare is true where an argument without an option is the address and port, needs is true
	// where it wants one argument of another meaning, and args is how many it may have.
	bare, needs bool
	args        int
	// port and local are what it takes where the command says nothing: 0 where nobody can tell,
	// and whether it listens only for the container itself.
	port  int64
	local bool
	// vars and files may say otherwise: variables, and files in the working directory. Where one
	// is there, nothing is known but what the command says.
	vars, files []string
	// unsure is true where files that tare does not read may say otherwise, too.
	unsure bool
	// others is true where it listens at further ports that its configuration names.
	others bool
	// open are the words that make it listen at all addresses, at the end of its command.
	open []string
}

// listeners are known by their manuals: each has its options and defaults from there.
var listeners = []commandServer{
	{
		names: []string{"gunicorn"}, binds: "-b --bind", needs: true, args: 1, port: 8000, local: true,
		flags: "--reload --preload --sendfile --no-sendfile --capture-output -R --enable-stdio-inheritance --reuse-port --initgroups --log-syslog --proxy-protocol --disable-redirect-access-to-syslog",
		valued: "--backlog -w --workers -k --worker-class --threads --worker-connections --max-requests --max-requests-jitter -t --timeout --graceful-timeout --keep-alive " +
			"--limit-request-line --limit-request-fields --limit-request-field_size --worker-tmp-dir -u --user -g --group -m --umask --log-file --error-logfile --access-logfile --access-logformat " +
			"--log-level --logger-class -n --name --pythonpath --forwarded-allow-ips --keyfile --certfile --ca-certs --ciphers --cert-reqs -p --pid --statsd-host --statsd-prefix --reload-engine --reload-extra-file",
		loads: "-c --config --chdir -e --env --paste --paster --log-config --log-config-json",
		vars:  []string{"GUNICORN_CMD_ARGS"}, files: []string{"gunicorn.conf.py"}, open: []string{"--bind", "0.0.0.0:8000"},
	},
	{
		names: []string{"uvicorn"}, hosts: "--host", ports: "--port", needs: true, args: 1, port: 8000, local: true,
		flags: "--reload --access-log --no-access-log --use-colors --no-use-colors --proxy-headers --no-proxy-headers --server-header --no-server-header --date-header --no-date-header --factory",
		valued: "--reload-dir --reload-delay --reload-include --reload-exclude --workers --loop --http --ws --ws-max-size --ws-max-queue --ws-ping-interval --ws-ping-timeout --lifespan --interface " +
			"--log-config --log-level --forwarded-allow-ips --root-path --limit-concurrency --backlog --limit-max-requests --timeout-keep-alive --timeout-graceful-shutdown --header --app-dir " +
			"--ssl-keyfile --ssl-certfile --ssl-keyfile-password --ssl-version --ssl-cert-reqs --ssl-ca-certs --ssl-ciphers --h11-max-incomplete-event-size",
		loads: "--env-file",
		vars:  []string{"UVICORN_HOST", "UVICORN_PORT", "UVICORN_UDS", "UVICORN_FD"}, open: []string{"--host", "0.0.0.0"},
	},
	{
		names: []string{"hypercorn"}, binds: "-b --bind", needs: true, args: 1, port: 8000, local: true,
		flags: "--reload --debug", valued: "-w --workers -k --worker-class --access-logfile --error-logfile --log-level --backlog --graceful-timeout --keep-alive --max-requests --root-path -u --user -g --group -m --umask -p --pid",
		loads: "-c --config --log-config", open: []string{"--bind", "0.0.0.0:8000"},
	},
	{
		names: []string{"flask"}, call: []string{"run"}, before: "-A --app", hosts: "-h --host", ports: "-p --port", port: 5000, local: true,
		flags: "--debug --no-debug --reload --no-reload --debugger --no-debugger --with-threads --without-threads", valued: "--cert --key --extra-files --exclude-patterns", loads: "-e --env-file",
		vars: []string{"FLASK_RUN_HOST", "FLASK_RUN_PORT"}, files: []string{".flaskenv", ".env"}, open: []string{"--host=0.0.0.0"},
	},
	{
		names: []string{"fastapi"}, call: []string{"dev"}, hosts: "--host", ports: "--port", args: 1, port: 8000, local: true,
		flags: "--reload --no-reload --proxy-headers --no-proxy-headers", valued: "--app --root-path --entrypoint -e", vars: []string{"PORT", "HOST"}, open: []string{"--host", "0.0.0.0"},
	},
	{
		names: []string{"fastapi"}, call: []string{"run"}, hosts: "--host", ports: "--port", args: 1, port: 8000,
		flags: "--reload --no-reload --proxy-headers --no-proxy-headers", valued: "--app --root-path --entrypoint -e --workers --forwarded-allow-ips", vars: []string{"PORT", "HOST"},
	},
	{
		names: []string{"manage.py", "django-admin"}, call: []string{"runserver"}, before: "--settings --pythonpath", bare: true, args: 1, port: 8000, local: true, unsure: true,
		flags: "--noreload --nothreading --insecure --nostatic --skip-checks --traceback --no-color --force-color", valued: "--settings --pythonpath -v --verbosity", open: []string{"0.0.0.0:8000"},
	},
	{
		names: []string{"artisan"}, call: []string{"serve"}, hosts: "--host", ports: "--port", port: 8000, local: true,
		flags: "--no-reload --no-interaction -n --ansi --no-ansi -q --quiet", valued: "--tries --env", vars: []string{"SERVER_HOST", "SERVER_PORT"}, files: []string{".env"}, open: []string{"--host=0.0.0.0"},
	},
	{
		names: []string{"rails"}, call: []string{"server", "s"}, hosts: "-b --binding", ports: "-p --port", local: true,
		flags: "-C --dev-caching --no-dev-caching --early-hints --no-early-hints --log-to-stdout --no-log-to-stdout", valued: "-P --pid -u --using", loads: "-c --config -e --environment",
		vars: []string{"BINDING", "HOST", "PORT"}, unsure: true, open: []string{"-b", "0.0.0.0"},
	},
	{
		names: []string{"jekyll"}, call: []string{"serve", "server", "s"}, hosts: "-H --host", ports: "-P --port", port: 4000, local: true, unsure: true,
		flags: "-w --watch --no-watch -I --incremental -D --drafts --future --unpublished --force_polling -V --verbose -q --quiet --trace -t --strict_front_matter --skip-initial-build", valued: "-s --source -d --destination -b --baseurl --limit_posts",
		loads: "--config", more: "-l --livereload", open: []string{"--host", "0.0.0.0"},
	},
	{
		names: []string{"hugo"}, call: []string{"server", "serve"}, hosts: "--bind", ports: "-p --port", port: 1313, local: true,
		flags:  "-D --buildDrafts -F --buildFuture -E --buildExpired -w --watch --disableFastRender --noHTTPCache --disableLiveReload --minify --navigateToChanged --renderToMemory --gc -q --quiet",
		valued: "-s --source -d --destination -b --baseURL -e --environment -t --theme -c --contentDir --cacheDir --poll --logLevel", loads: "--config --configDir", open: []string{"--bind", "0.0.0.0"},
	},
	{
		names: []string{"mkdocs"}, call: []string{"serve"}, binds: "-a --dev-addr", port: 8000, local: true, unsure: true,
		flags: "--livereload --no-livereload --dirty --dirtyreload -c --clean -s --strict -q --quiet -v --verbose", valued: "-t --theme -w --watch", loads: "-f --config-file", open: []string{"-a", "0.0.0.0:8000"},
	},
	{
		names: []string{"vite"}, call: []string{"dev", "serve"}, callOptional: true, hosts: "--host", ports: "--port", local: true, unsure: true,
		flags: "--cors --strictPort --force", valued: "--base -l --logLevel -m --mode", loads: "-c --config", open: []string{"--host", "0.0.0.0"},
	},
	{
		names: []string{"mongod"}, hosts: "--bind_ip", ports: "--port",
		flags: "--auth --noauth --quiet --journal --nojournal --ipv6 --logappend --directoryperdb", valued: "--dbpath --replSet --logpath --wiredTigerCacheSizeGB --keyFile --storageEngine --oplogSize --setParameter --pidfilepath",
	},
	{
		names: []string{"mysqld", "mariadbd"}, hosts: "--bind-address --bind_address", ports: "-P --port", others: true,
		flags: "--skip-name-resolve --skip-log-bin --console", valued: "-u --user -h --datadir --basedir --socket --pid-file --character-set-server --collation-server --default-authentication-plugin --log-error --max-connections --max_connections --server-id --innodb-buffer-pool-size --sql-mode --tmpdir",
	},
}

// command is the program of a container, as far as it is known what its words mean.
type command struct {
	words []string
	// shell is true where a shell reads the words, so that variables in them have values, and
	// unsettled is true where what runs before may give other ones or a directory.
	shell, unsettled bool
}

// commandListens is what a command tells of where its program listens.
func commandListens(b *rules.Build, p *rules.Process) Listener {
	words := serverWords(p.Words)
	if len(words) == 0 {
		return Listener{}
	}
	c := command{words: words, shell: len(p.Texts) > 0 && (!p.Anything || p.InText), unsettled: unsettled(p)}
	var l Listener
	switch name := path.Base(words[0]); name {
	case "java":
		l = javaListens(b, &c)
	case "redis-server", "valkey-server":
		l = redisListens(b, &c)
	default:
		if s := serverOf(words); s != nil {
			l = s.listens(b, &c)
		}
	}
	if l.Words != nil {
		l.Words = slices.Concat(p.Words[:len(p.Words)-len(words)], l.Words)
	}
	return l
}

// serverOf is the server that words start, nil for none that tare knows.
func serverOf(words []string) *commandServer {
	for i := range listeners {
		s := &listeners[i]
		if slices.Contains(s.names, path.Base(words[0])) && (len(s.call) == 0 || s.callOptional || s.names[0] != "fastapi" || slices.Contains(words, s.call[0])) {
			return s
		}
	}
	return nil
}

// isKnown reports whether words start a program whose options tare knows.
func isKnown(words []string) bool {
	words = serverWords(words)
	return len(words) > 0 && (serverOf(words) != nil || slices.Contains([]string{"java", "redis-server", "valkey-server", "nginx", "openresty"}, path.Base(words[0])))
}

// serverWords leaves out what only runs the server: poetry run, bundle exec, python -m, and the
// interpreter of a project's own script.
func serverWords(words []string) []string {
	for range 3 {
		if len(words) < 2 {
			break
		}
		switch first := path.Base(words[0]); {
		case slices.Contains([]string{"poetry", "pipenv", "uv", "pdm", "hatch"}, first) && words[1] == "run",
			first == "bundle" && words[1] == "exec":
			words = words[2:]
		case strings.HasPrefix(first, "python"):
			rest := words[1:]
			for len(rest) > 0 && slices.Contains([]string{"-u", "-O", "-B", "-m"}, rest[0]) {
				rest = rest[1:]
			}
			words = rest
		case first == "php" && path.Base(words[1]) == "artisan":
			words = words[1:]
		}
	}
	return words
}
