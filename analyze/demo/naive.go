package demo

import (
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

const naiveDockerfile = `# A built-in sample of tare: nobody runs this image.
# It is how most first Dockerfiles look.
FROM debian:12-slim
RUN apt-get update
RUN apt-get install -y python3-pip
COPY app /app
RUN pip3 install --break-system-packages -r /app/requirements.txt
RUN rm -rf /var/lib/apt/lists/*
WORKDIR /app
EXPOSE 8000
CMD ["python3", "server.py"]
`

func naiveApt() Sample {
	return Sample{
		Name:       "naive-apt",
		Title:      "a first Dockerfile with apt",
		Lesson:     "update, install and clean up in separate RUNs, and the cleaning frees nothing",
		Dockerfile: naiveDockerfile,
		config: v1.Config{
			Env:          []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
			WorkingDir:   "/app",
			Cmd:          []string{"python3", "server.py"},
			ExposedPorts: map[string]struct{}{"8000/tcp": {}},
		},
		steps: naiveSteps,
	}
}

func naiveSteps() []step {
	update := newLayer(stepTime(1))
	aptLists(update)

	added := newLayer(stepTime(2))
	packages := parsePackages(pythonText)
	install(added, packages)
	dpkgDatabase(added, parsePackages(debianText), packages, "python3-pip")
	added.add(
		entry{path: "var/log/apt/history.log", size: 7_912, kind: source},
		entry{path: "var/log/apt/term.log", size: 48_227, mode: 0o640, kind: source},
		entry{path: "etc/ssl/certs/ca-certificates.crt", size: 213_777, kind: source},
	)

	app := newLayer(stepTime(3))
	app.add(
		entry{path: "app/server.py", size: 6_411, kind: source},
		entry{path: "app/models.py", size: 9_204, kind: source},
		entry{path: "app/templates/base.html", size: 3_870, kind: source},
		entry{path: "app/templates/index.html", size: 5_122, kind: source},
		entry{path: "app/static/logo.png", size: 48_913, kind: packed},
		entry{path: "app/static/app.js", size: 231_604, kind: source},
	)
	app.text("app/requirements.txt", "flask==3.1.0\nrequests==2.32.3\ngunicorn==23.0.0\n")

	pip := newLayer(stepTime(4))
	pipInstall(pip)

	clean := newLayer(stepTime(5))
	var lists []string
	for _, f := range aptListFiles {
		lists = append(lists, f.path)
	}
	clean.remove(append(lists, "var/lib/apt/lists/auxfiles", "var/lib/apt/lists/lock", "var/lib/apt/lists/partial")...)

	here := newLayer(stepTime(6))
	here.dir("app", 0o755, 0, 0)

	return append(debian(),
		run("apt-get update", update),
		run("apt-get install -y python3-pip", added),
		transfer("COPY app /app", app),
		run("pip3 install --break-system-packages -r /app/requirements.txt", pip),
		run("rm -rf /var/lib/apt/lists/*", clean),
		workdir("/app", here),
		meta("EXPOSE map[8000/tcp:{}]"),
		meta(`CMD ["python3" "server.py"]`),
	)
}

// aptListFiles are what `apt-get update` fetches on Debian 12.
var aptListFiles = []entry{
	{path: "var/lib/apt/lists/deb.mirror.lan_debian_dists_bookworm-updates_InRelease", size: 55_403, kind: source},
	{path: "var/lib/apt/lists/deb.mirror.lan_debian_dists_bookworm-updates_main_binary-amd64_Packages.lz4", size: 13_468, kind: packed},
	{path: "var/lib/apt/lists/deb.mirror.lan_debian_dists_bookworm_InRelease", size: 151_075, kind: source},
	{path: "var/lib/apt/lists/deb.mirror.lan_debian_dists_bookworm_main_binary-amd64_Packages.lz4", size: 18_643_220, kind: packed},
	{path: "var/lib/apt/lists/deb.mirror.lan_debian-security_dists_bookworm-security_InRelease", size: 34_770, kind: source},
	{path: "var/lib/apt/lists/deb.mirror.lan_debian-security_dists_bookworm-security_main_binary-amd64_Packages.lz4", size: 541_902, kind: packed},
}

func aptLists(l *layer) {
	l.dir("var/lib/apt/lists/partial", 0o700, 42, 0)
	l.dir("var/lib/apt/lists/auxfiles", 0o755, 42, 0)
	l.add(aptListFiles...)
	l.add(entry{path: "var/lib/apt/lists/lock", mode: 0o640})
}

// pipInstall writes what pip unpacks and, without --no-cache-dir, keeps.
func pipInstall(l *layer) {
	const site = "usr/local/lib/python3.11/dist-packages/"
	for _, p := range []struct {
		name, version string
		wheel         int64
		modules       []string
	}{
		{"blinker", "1.9.0", 8_458, []string{"base", "_utilities"}},
		{"certifi", "2025.1.31", 166_393, []string{"core"}},
		{"charset_normalizer", "3.4.1", 145_265, []string{"api", "cd", "constant", "legacy", "md", "models", "utils", "version"}},
		{"click", "8.1.8", 98_188, []string{"core", "decorators", "exceptions", "formatting", "globals", "parser", "shell_completion", "termui", "testing", "types", "utils"}},
		{"flask", "3.1.0", 102_979, []string{"app", "blueprints", "cli", "config", "ctx", "helpers", "logging", "sessions", "templating", "testing", "typing", "views", "wrappers"}},
		{"gunicorn", "23.0.0", 85_029, []string{"arbiter", "config", "debug", "errors", "glogging", "pidfile", "reloader", "sock", "systemd", "util"}},
		{"idna", "3.10", 70_442, []string{"codec", "core", "idnadata", "intranges", "uts46data"}},
		{"itsdangerous", "2.2.0", 16_234, []string{"encoding", "exc", "serializer", "signer", "timed", "url_safe"}},
		{"jinja2", "3.1.6", 134_899, []string{"bccache", "compiler", "environment", "ext", "filters", "lexer", "loaders", "nodes", "parser", "runtime", "sandbox", "utils"}},
		{"requests", "2.32.3", 64_928, []string{"adapters", "api", "auth", "cookies", "models", "sessions", "structures", "utils"}},
		{"urllib3", "2.3.0", 128_369, []string{"connection", "connectionpool", "exceptions", "fields", "filepost", "poolmanager", "response", "util"}},
		{"werkzeug", "3.1.3", 224_498, []string{"datastructures", "debug", "exceptions", "formparser", "http", "routing", "serving", "test", "urls", "utils", "wsgi"}},
	} {
		for _, m := range append(p.modules, "__init__") {
			file := entry{path: site + p.name + "/" + m + ".py", size: 2*p.wheel/int64(len(p.modules)) + int64(37*len(m)), kind: source}
			code := entry{path: site + p.name + "/__pycache__/" + m + ".cpython-311.pyc", size: file.size * 6 / 5, kind: program}
			l.add(file, code)
		}
		info := site + p.name + "-" + p.version + ".dist-info/"
		l.add(entry{path: info + "METADATA", size: 3_311 + int64(len(p.modules))*61, kind: source})
		l.text(info+"INSTALLER", "pip\n")
		l.add(entry{path: "root/.cache/pip/http/" + hashPath(p.name, 5), size: p.wheel + 1_204, mode: 0o600, kind: packed})
	}
}
